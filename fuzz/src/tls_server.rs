//! A TLS server's side, without a socket. The first byte says what it gets:
//!
//! - an even one: the bytes that follow, in all ways to cut them;
//! - an odd one: the bytes of a real client, in pieces whose size the second byte says. The others
//!   come in threes: a place in what the client sends, and what the byte there is changed by. The
//!   bit of 2 in the first byte chooses TLS 1.2.
//!
//! What comes out never depends on the pieces. Content is what the client sent, from its beginning
//! on, whatever is changed on the way. After a fault nothing is said but an alert.

use std::io::{Read, Write};
use std::sync::{Arc, OnceLock};

use bhrh::__internals::Unconnected;
use bhrh::Tls;
use rustls::client::ClientConnection;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore, version};

use super::splits::splits;

/// How many bytes of a real client may be changed.
const CHANGES: usize = 8;

/// The longest record with its header, and the longest message of a handshake before it.
const PARTIAL: usize = (1 << 14) + 256 + 5 + 0xffff;

struct Ends {
    server: Tls,
    client: [Arc<ClientConfig>; 2],
}

fn ends() -> &'static Ends {
    static ENDS: OnceLock<Ends> = OnceLock::new();
    ENDS.get_or_init(|| {
        let key = rcgen::KeyPair::generate().expect("a key");
        let params = rcgen::CertificateParams::new(["localhost".to_owned()]).expect("a name");
        let certificate = params.self_signed(&key).expect("a certificate");
        let mut roots = RootCertStore::empty();
        roots.add(certificate.der().clone()).expect("a root");
        let client = [&version::TLS12, &version::TLS13].map(|version| {
            let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
            let builder = builder.with_protocol_versions(&[version]).expect("a version");
            let builder = builder.with_root_certificates(roots.clone());
            Arc::new(builder.with_no_client_auth())
        });
        let server = Tls::from_pem(certificate.pem(), key.serialize_pem()).expect("a pair");
        Ends { server, client }
    })
}

pub fn check(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    match first % 2 {
        0 => given(rest),
        _ => spoken(first & 2 == 0, rest),
    }
}

/// What has come of some bytes.
#[derive(Debug, PartialEq)]
struct Outcome {
    content: Vec<u8>,
    fault: Option<String>,
    is_handshaking: bool,
    is_refused: bool,
    has_ended: bool,
    /// The first byte of each record that was said, and the whole of an alert.
    said: Vec<Vec<u8>>,
    ends_well: bool,
}

fn given(bytes: &[u8]) {
    let mut outcomes = splits(bytes).into_iter().map(|pieces| {
        let mut server = Unconnected::new(&ends().server);
        let (mut content, mut said) = (Vec::new(), Vec::new());
        let mut fault = None;
        for piece in pieces {
            let received = server.receive(piece, 100, &mut content);
            assert!(server.partial() <= PARTIAL);
            said.extend(server.replies());
            if let Err(error) = received {
                fault = Some(error.to_string());
                break;
            }
        }
        if let Some(fault) = &fault {
            assert!(!fault.contains("panicked"), "{fault}");
            assert_is_over(&mut server);
        }
        Outcome {
            content,
            fault,
            is_handshaking: server.is_handshaking(),
            is_refused: server.is_refused(),
            has_ended: server.has_ended(),
            said: match said.first() {
                Some(b'H') => vec![said],
                _ => records(&said),
            },
            ends_well: server.end().is_ok(),
        }
    });
    let first = outcomes.next().expect("a way");
    // Nobody can shake hands by bytes that were written before.
    assert!(first.content.is_empty());
    for other in outcomes {
        assert_eq!(first, other);
    }
}

/// Nothing is understood or said any more.
fn assert_is_over(server: &mut Unconnected) {
    let mut content = Vec::new();
    // The error or the refusal may be the first or a later one.
    let _ = server.receive(b"\x16\x03\x01\x00\x01\x01", 100, &mut content);
    assert!(content.is_empty());
    assert!(server.replies().is_empty());
    assert!(server.send(b"secret").is_err());
    assert!(server.say_goodbye().unwrap_or_default().is_empty());
}

/// What can be compared of records: the type, and an alert whole.
fn records(mut said: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    while !said.is_empty() {
        let length = usize::from(said[3]) << 8 | usize::from(said[4]);
        let (record, rest) = said.split_at(5 + length);
        found.push(match (record[0], length) {
            (21, 2) => record.to_vec(),
            (kind, _) => vec![kind],
        });
        said = rest;
    }
    found
}

/// A client and a server, and who stands between them.
struct Line<'a> {
    client: ClientConnection,
    server: Unconnected,
    piece: usize,
    changes: Vec<(usize, u8)>,
    /// How much the client has sent.
    sent: usize,
    is_changed: bool,
    content: Vec<u8>,
    fault: Option<String>,
    requests: &'a [&'a [u8]],
}

impl Line<'_> {
    /// Carries what both have to say, until they have nothing more.
    fn carry(&mut self) {
        loop {
            let mut bytes = Vec::new();
            while self.client.wants_write() {
                self.client.write_tls(&mut bytes).expect("memory");
            }
            for (place, change) in &self.changes {
                if let Some(byte) = place.checked_sub(self.sent).and_then(|at| bytes.get_mut(at)) {
                    *byte ^= change;
                    self.is_changed |= *change != 0;
                }
            }
            self.sent += bytes.len();
            for piece in bytes.chunks(self.piece) {
                if self.fault.is_some() {
                    break;
                }
                if let Err(error) = self.server.receive(piece, 1000, &mut self.content) {
                    self.fault = Some(error.to_string());
                }
                assert!(self.server.partial() <= PARTIAL);
            }
            let replies = self.server.replies();
            if bytes.is_empty() && replies.is_empty() {
                return;
            }
            self.hear(&replies);
        }
    }

    /// Lets the client hear this.
    fn hear(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if matches!(self.client.read_tls(&mut bytes), Ok(0) | Err(_)) {
                return;
            }
            if self.client.process_new_packets().is_err() {
                return;
            }
        }
    }

    /// Lets the server say this. `None`: it does not.
    fn answer(&mut self, content: &[u8]) -> Option<Vec<u8>> {
        let records = self.server.send(content).ok()?;
        self.hear(&records);
        let mut heard = vec![0; content.len()];
        self.client.reader().read_exact(&mut heard).ok()?;
        Some(heard)
    }

    fn assert_all_is_well(&self) {
        if !self.is_changed {
            assert_eq!(self.fault, None);
        }
        let all = self.requests.concat();
        assert!(all.starts_with(&self.content), "content that nobody has sent");
        if let Some(fault) = &self.fault {
            assert!(!fault.contains("panicked"), "{fault}");
        }
    }
}

fn spoken(is_13: bool, bytes: &[u8]) {
    let Some((piece, changes)) = bytes.split_first() else { return };
    let changes = changes.chunks_exact(3).take(CHANGES);
    let large = vec![b'x'; 20_000];
    let requests: [&[u8]; 3] = [b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", &large, b"last"];
    let name = "localhost".try_into().expect("a name");
    let config = Arc::clone(&ends().client[usize::from(is_13)]);
    let mut line = Line {
        client: ClientConnection::new(config, name).expect("a client"),
        server: Unconnected::new(&ends().server),
        piece: usize::from(*piece) + 1,
        changes: changes.map(|c| (usize::from(c[0]) << 8 | usize::from(c[1]), c[2])).collect(),
        sent: 0,
        is_changed: false,
        content: Vec::new(),
        fault: None,
        requests: &requests,
    };
    line.carry();
    for (turn, request) in requests.iter().enumerate() {
        let written = line.client.writer().write_all(request);
        assert!(written.is_ok() || line.is_changed);
        line.carry();
        line.assert_all_is_well();
        let answer = line.answer(&large[..turn * 9000 + 1]);
        if !line.is_changed {
            assert_eq!(line.content.len(), requests[..=turn].concat().len());
            assert!(answer.is_some_and(|answer| answer == large[..turn * 9000 + 1]));
        }
        if is_13 && turn == 1 {
            let _ = line.client.refresh_traffic_keys();
            line.carry();
        }
    }
    line.client.send_close_notify();
    line.carry();
    line.assert_all_is_well();
    match &line.fault {
        Some(_) => assert_is_over(&mut line.server),
        None if !line.is_changed => {
            assert!(line.server.has_ended() && line.server.end().is_ok());
            let goodbye = line.server.say_goodbye().expect("a goodbye");
            assert!(!goodbye.is_empty());
            line.hear(&goodbye);
            assert_eq!(line.client.reader().read(&mut [0; 1]).ok(), Some(0));
        }
        None => {}
    }
}
