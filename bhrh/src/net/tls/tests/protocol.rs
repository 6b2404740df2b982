//! What the codec makes of every kind of peer, cut anywhere.

use std::io::{self, Write};

use rustls::version::{TLS12, TLS13};
use rustls::{HandshakeKind, SupportedProtocolVersion};

use super::{Authority, Line, client_config};
use crate::net::tls::codec::Records;

const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

fn line(version: &'static SupportedProtocolVersion, piece: usize) -> Line {
    let authority = Authority::new("authority");
    let tls = authority.issue(&["localhost"]).tls();
    Line::new(&client_config(authority.roots(), version, None), "localhost", &tls, piece)
}

#[test]
fn a_conversation_is_the_same_wherever_it_is_cut() {
    let long: Vec<u8> = (0..100_000u32).map(|n| n as u8).collect();
    for version in VERSIONS {
        for piece in [1, 2, 3, 5, 7, 64, 1000, usize::MAX] {
            let mut line = line(version, piece);
            line.settle().unwrap();
            assert!(!line.server.is_handshaking());
            line.client_writes(b"a request");
            assert_eq!(line.received, b"a request");
            let records = line.seal(b"a response");
            line.client_hears(&records).unwrap();
            assert_eq!(line.client_reads(), b"a response");

            line.received.clear();
            for part in long.chunks(50_000) {
                line.client_writes(part);
            }
            assert!(line.received == long);
            let mut back = Vec::new();
            for part in long.chunks(30_000) {
                let records = line.seal(part);
                line.client_hears(&records).unwrap();
                back.extend(line.client_reads());
            }
            assert!(back == long);
            assert!(line.server.partial().is_empty());
        }
    }
}

#[test]
fn an_answer_can_be_encrypted_while_a_record_is_incomplete() {
    for version in VERSIONS {
        let mut line = line(version, usize::MAX);
        line.settle().unwrap();
        line.client.writer().write_all(&[b'x'; 10_000]).unwrap();
        let records = line.client_says();
        for at in [1, 4, 5, 6, 100, records.len() - 1] {
            let mut other = self::line(version, usize::MAX);
            other.settle().unwrap();
            other.client.writer().write_all(&[b'x'; 10_000]).unwrap();
            let records = other.client_says();
            other.feed(&records[..at]).unwrap();
            assert_eq!(other.server.partial(), &records[..at]);
            let answer = other.seal(b"early");
            other.client_hears(&answer).unwrap();
            assert_eq!(other.client_reads(), b"early");
            other.feed(&records[at..]).unwrap();
            assert_eq!(other.received.len(), 10_000);
        }
    }
}

#[test]
fn a_client_that_speaks_only_http2_gets_the_alert_that_says_so() {
    for version in VERSIONS {
        let authority = Authority::new("authority");
        let tls = authority.issue(&["localhost"]).tls();
        let mut config = client_config(authority.roots(), version, None);
        config.alpn_protocols = vec![b"h2".to_vec()];
        let mut line = Line::new(&config, "localhost", &tls, 3);
        let hello = line.client_says();
        assert_eq!(line.feed(&hello).unwrap_err().kind(), io::ErrorKind::InvalidData);
        let replies = line.replies();
        let error = line.client_hears(&replies).unwrap_err();
        assert_eq!(
            error,
            rustls::Error::AlertReceived(rustls::AlertDescription::NoApplicationProtocol)
        );
        // Nothing more comes out of it.
        assert!(line.feed(b"more").is_err());
        assert!(line.replies().is_empty());
    }
}

#[test]
fn alerts_stand_behind_what_the_handshake_had_ready() {
    // The server's whole flight is ready when the client breaks the protocol with bytes that follow
    // its greeting at once.
    let mut line = line(&TLS13, usize::MAX);
    let mut hello = line.client_says();
    hello.extend_from_slice(b"\x16\x03\x03\x00\x04\xFF\x00\x00\x00");
    assert!(line.feed(&hello).is_err());
    let replies = line.replies();
    // A ServerHello first, then the alert, not the other way round.
    assert_eq!((replies[0], replies[5]), (22, 2));
    let error = line.client_hears(&replies).unwrap_err();
    assert!(matches!(error, rustls::Error::AlertReceived(_)), "{error}");
}

#[test]
fn an_end_without_a_word_is_an_end_but_not_in_the_handshake() {
    for version in VERSIONS {
        let mut line = line(version, usize::MAX);
        let hello = line.client_says();
        line.feed(&hello).unwrap();
        assert_eq!(line.server.end().unwrap_err().kind(), io::ErrorKind::UnexpectedEof);

        let mut line = self::line(version, usize::MAX);
        line.settle().unwrap();
        assert!(!line.server.has_ended());
        line.server.end().unwrap();
        assert!(line.server.has_ended());
    }
}

#[test]
fn a_client_that_says_goodbye_still_gets_its_answer() {
    for version in VERSIONS {
        for piece in [1, usize::MAX] {
            let mut line = line(version, piece);
            line.settle().unwrap();
            line.client.writer().write_all(b"the last request").unwrap();
            line.client.send_close_notify();
            let mut records = line.client_says();
            // What comes after the end is nobody's.
            records.extend_from_slice(b"garbage");
            line.feed(&records).unwrap();
            assert!(line.server.has_ended());
            assert_eq!(line.received, b"the last request");
            let answer = line.seal(b"the last answer");
            line.client_hears(&answer).unwrap();
            assert_eq!(line.client_reads(), b"the last answer");
        }
    }
}

#[test]
fn the_end_of_the_handshake_a_request_and_a_goodbye_may_come_together() {
    let mut line = line(&TLS13, usize::MAX);
    let hello = line.client_says();
    line.feed(&hello).unwrap();
    let flight = line.replies();
    line.client_hears(&flight).unwrap();
    line.client.writer().write_all(b"the only request").unwrap();
    line.client.send_close_notify();
    let all = line.client_says();
    line.feed(&all).unwrap();
    assert!(line.server.has_ended() && !line.server.is_handshaking());
    assert_eq!(line.received, b"the only request");
}

#[test]
fn this_side_says_goodbye_once_and_not_in_the_handshake() {
    for version in VERSIONS {
        let mut line = line(version, usize::MAX);
        let mut records = Records::default();
        line.server.say_goodbye(&mut records).unwrap();
        assert!(records.bytes().is_empty());
        line.settle().unwrap();
        line.server.say_goodbye(&mut records).unwrap();
        let goodbye = records.bytes().to_vec();
        line.server.say_goodbye(&mut records).unwrap();
        assert_eq!(records.bytes(), goodbye);
        line.client_hears(&goodbye).unwrap();
        assert!(line.client.process_new_packets().unwrap().peer_has_closed());
    }
}

#[test]
fn keys_are_renewed_when_the_client_wants_it() {
    let mut line = line(&TLS13, 1);
    line.settle().unwrap();
    for round in 0..3 {
        line.client.refresh_traffic_keys().unwrap();
        line.client_writes(b"after the update");
        let records = line.seal(b"with new keys");
        line.client_hears(&records).unwrap();
        assert_eq!(line.client_reads(), b"with new keys", "round {round}");
    }
    assert_eq!(line.received.len(), 3 * b"after the update".len());
}

#[test]
fn a_session_is_resumed_by_its_ticket() {
    for version in VERSIONS {
        let authority = Authority::new("authority");
        let tls = authority.issue(&["localhost"]).tls();
        let config = client_config(authority.roots(), version, None);
        for (attempt, kind) in [HandshakeKind::Full, HandshakeKind::Resumed].iter().enumerate() {
            let mut line = Line::new(&config, "localhost", &tls, 11);
            line.settle().unwrap();
            assert_eq!(line.client.handshake_kind(), Some(*kind), "{attempt}");
            let encryption = line.server.encryption().unwrap();
            assert_eq!(encryption.server_name(), Some("localhost"));
        }
        // After a reload too.
        tls.reload().unwrap();
        let mut line = Line::new(&config, "localhost", &tls, 11);
        line.settle().unwrap();
        assert_eq!(line.client.handshake_kind(), Some(HandshakeKind::Resumed));
    }
}

#[test]
fn what_was_agreed_on_can_be_asked() {
    for (version, name, begin) in
        [(&TLS12, "TLSv1.2", "TLS_ECDHE_ECDSA_WITH_"), (&TLS13, "TLSv1.3", "TLS_AES_")]
    {
        let mut line = line(version, usize::MAX);
        assert_eq!(line.server.encryption(), None);
        line.settle().unwrap();
        let encryption = line.server.encryption().unwrap();
        assert_eq!(encryption.version(), name);
        assert!(encryption.cipher_suite().starts_with(begin), "{encryption:?}");
        assert_eq!(encryption.alpn(), Some("http/1.1"));
        assert!(encryption.client_chain().is_empty());
    }
}

#[test]
fn tickets_leave_with_the_first_response() {
    let mut line = line(&TLS13, usize::MAX);
    let hello = line.client_says();
    line.feed(&hello).unwrap();
    let flight = line.replies();
    line.client_hears(&flight).unwrap();
    // The end of the handshake and the first request come together.
    line.client_writes(b"a request");
    assert!(line.server.has_replies() && line.server.replies_may_wait());
    let records = line.seal(b"a response");
    assert!(!line.server.has_replies());
    line.client_hears(&records).unwrap();
    assert_eq!(line.client_reads(), b"a response");
}

#[test]
fn no_bytes_do_any_harm() {
    // A conversation with one byte changed, at every place.
    let mut seed = 1u32;
    for version in VERSIONS {
        let length = line(version, usize::MAX).client_says().len();
        for at in (0..length).step_by(3) {
            let mut line = line(version, usize::MAX);
            let mut hello = line.client_says();
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if let Some(byte) = hello.get_mut(at) {
                *byte ^= (seed >> 24) as u8 | 1;
            }
            if line.feed(&hello).is_ok() {
                let replies = line.replies();
                let _ = line.client_hears(&replies);
            }
        }
    }
    for at in 0..2000usize {
        let mut line = line(&TLS13, 1 + at % 13);
        let noise: Vec<u8> = (0..at % 97)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 24) as u8
            })
            .collect();
        let _ = line.feed(&[b"\x16\x03\x01", &noise[..]].concat());
        line.replies();
        if at == 200 {
            break;
        }
    }
}
