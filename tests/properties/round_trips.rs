//! What a handler says is what a client of another make understands.

use crate::conversations::{Answer, play};
use crate::responses;
use crate::strategies::config;
use bhrh::{Exchange, Profile};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::io::Write;

/// How a handler tells where its body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Unsaid,
    Length,
    OwnChunks,
}

fn chunked_by_hand(pieces: &[Vec<u8>]) -> Vec<u8> {
    let mut coded = Vec::new();
    for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
        coded.extend_from_slice(format!("{:X};by=hand\r\n", piece.len()).as_bytes());
        coded.extend_from_slice(piece);
        coded.extend_from_slice(b"\r\n");
    }
    coded.extend_from_slice(b"0\r\nX-Sum: 7\r\n\r\n");
    coded
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn a_response_arrives_as_it_was_written(
        status in select(vec![200, 201, 204, 304, 404, 500, 999]),
        phrase in "[ -~]{0,20}",
        fields in vec(("X-[a-zA-Z0-9!#$%&'*+.^_`|~-]{1,12}", "[!-~][ -~\t]{0,30}"), 0..8),
        pieces in vec(vec(any::<u8>(), 0..3000), 0..6),
        flush in any::<bool>(),
        framing in select(vec![Framing::Unsaid, Framing::Length, Framing::OwnChunks]),
        requests in vec(select(vec!["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"]), 1..4),
    ) {
        let content = pieces.concat();
        let handler = Answer(|http: &mut Exchange<'_>| -> std::io::Result<()> {
            let old = http.request_version == "HTTP/1.0";
            http.send_response((status, &*phrase));
            for (name, value) in &fields {
                http.send_header(name, value);
            }
            let own_chunks = framing == Framing::OwnChunks && !old;
            match framing {
                Framing::Length => http.send_header("Content-Length", content.len()),
                Framing::OwnChunks if !old => http.send_header("Transfer-Encoding", "chunked"),
                _ => {}
            }
            http.end_headers()?;
            if own_chunks {
                return http.wfile.write_all(&chunked_by_hand(&pieces));
            }
            for piece in &pieces {
                http.wfile.write_all(piece)?;
                if flush {
                    http.wfile.flush()?;
                }
            }
            Ok(())
        });
        let input = requests.concat();
        let (bytes, _) = play(Profile::STRICT, &handler, &[input.as_bytes()]);
        let mut rest = &bytes[..];
        for (number, request) in requests.iter().enumerate() {
            let to = request.split(' ').next().expect("a method");
            let received = responses::next(&mut rest, to.as_bytes())
                .map_err(|error| TestCaseError::fail(format!("{error}: {}", bytes.escape_ascii())))?;
            prop_assert_eq!(received.status, status);
            prop_assert_eq!(&received.reason[..], phrase.as_bytes());
            let own = received.fields.iter().filter(|field| field.0.starts_with(b"X-"));
            let own: Vec<(&[u8], &[u8])> = own.map(|field| (&field.0[..], &field.1[..])).collect();
            let sent: Vec<(&[u8], &[u8])> = fields
                .iter()
                .map(|(name, value)| (name.as_bytes(), value.trim_matches([' ', '\t']).as_bytes()))
                .collect();
            prop_assert_eq!(own, sent);
            let bodiless = to == "HEAD" || matches!(status, 204 | 304);
            prop_assert_eq!(&received.content[..], if bodiless { &b""[..] } else { &content });
            prop_assert!(!received.until_close || rest.is_empty());
            if received.until_close {
                // Only for a client that knows no chunks, and then it is the last.
                prop_assert!(request.contains("HTTP/1.0"), "{}", number);
                return Ok(());
            }
        }
        prop_assert!(rest.is_empty(), "{}", bytes.escape_ascii());
    }
}
