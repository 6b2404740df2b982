//! Whatever a handler does, in whatever order, a client is never told something that nobody said:
//! each answer is that to its own request, and what is incomplete is followed by nothing.

use crate::conversations::{Answer, play};
use crate::strategies::config;
use bhrh::__internals::read_response;
use bhrh::{Error, Exchange, Outcome, Profile};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Something that a handler may do.
#[derive(Debug, Clone)]
enum Deed {
    Begin(u16),
    BeginBare(u16),
    Header(&'static str, &'static str),
    EndHeaders,
    FlushHeaders,
    Write(&'static str),
    WriteMuch(usize),
    Flush,
    Read,
    Error(u16),
    Close(bool),
    Fail,
    Panic,
}

/// What an attacker would like to see on the wire by itself.
const FORGED: &str = "HTTP/1.1 200 OK\r\nX-Forged: yes\r\nContent-Length: 0\r\n\r\n";

fn deed() -> impl Strategy<Value = Deed> {
    let status = select(vec![100, 103, 200, 200, 200, 204, 205, 304, 404, 101, 99]);
    let header = select(vec![
        ("Content-Length", "0"),
        ("Content-Length", "5"),
        ("Content-Length", "x"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "close"),
        ("Connection", "keep-alive"),
        ("X-Bad", "a\r\nb"),
        ("X-Good", "a"),
        ("Date", "never"),
    ]);
    let text =
        select(vec![FORGED, "hello", "", "5\r\nhello\r\n", "0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n"]);
    prop_oneof![
        3 => status.clone().prop_map(Deed::Begin),
        1 => status.clone().prop_map(Deed::BeginBare),
        3 => header.prop_map(|(name, value)| Deed::Header(name, value)),
        4 => Just(Deed::EndHeaders),
        1 => Just(Deed::FlushHeaders),
        4 => text.prop_map(Deed::Write),
        1 => select(vec![20_000, 40_000]).prop_map(Deed::WriteMuch),
        2 => Just(Deed::Flush),
        1 => Just(Deed::Read),
        1 => status.prop_map(Deed::Error),
        1 => any::<bool>().prop_map(Deed::Close),
        1 => Just(Deed::Fail),
        1 => Just(Deed::Panic),
    ]
}

/// Does it, and takes no notice of errors unless told to.
fn run(http: &mut Exchange<'_>, number: usize, deeds: &[Deed], careless: bool) -> Outcome {
    for deed in deeds {
        let result = match deed {
            Deed::Begin(status) | Deed::BeginBare(status) => {
                match deed {
                    Deed::Begin(_) => http.send_response(*status),
                    _ => http.send_response_only(*status),
                }
                http.send_header("X-Number", number);
                Ok(())
            }
            Deed::Header(name, value) => {
                http.send_header(name, *value);
                Ok(())
            }
            Deed::EndHeaders => http.end_headers(),
            Deed::FlushHeaders => http.flush_headers(),
            Deed::Write(text) => http.wfile.write_all(text.as_bytes()),
            Deed::WriteMuch(count) => http.wfile.write_all(&vec![b'x'; *count]),
            Deed::Flush => http.wfile.flush(),
            Deed::Read => http.rfile.read(&mut [0; 3]).map(drop),
            Deed::Error(status) => http.send_error(*status),
            Deed::Close(close) => {
                http.close_connection = *close;
                Ok(())
            }
            Deed::Fail => return Err(Error::from("as asked")),
            Deed::Panic => panic!("as asked"),
        };
        if !careless {
            result?;
        }
    }
    Ok(())
}

fn check(requests: &[&str], deeds: &[Vec<Deed>], careless: bool) -> Result<(), TestCaseError> {
    let count = AtomicUsize::new(0);
    let handler = Answer(|http: &mut Exchange<'_>| {
        let number = count.fetch_add(1, Ordering::Relaxed);
        run(http, number, &deeds[number % deeds.len()], careless)
    });
    let input = requests.concat();
    let (bytes, _) = play(Profile::STRICT, &handler, &[input.as_bytes()]);
    let mut rest = &bytes[..];
    for (number, request) in requests.iter().enumerate() {
        let Some(response) = read_response(&mut rest, request.starts_with("HEAD")) else {
            // Incomplete: the connection has ended in the middle of it, or before.
            return Ok(());
        };
        prop_assert_eq!(response.header("X-Forged"), None, "{}", bytes.escape_ascii());
        if let Some(found) = response.header("X-Number") {
            prop_assert_eq!(found, number.to_string(), "{}", bytes.escape_ascii());
        }
        let framed = response.headers().contains("Content-Length")
            || response.headers().contains("Transfer-Encoding");
        let lengths = response.headers().get_all("Content-Length").count();
        prop_assert!(lengths < 2, "{}", bytes.escape_ascii());
        prop_assert!(
            framed
                || rest.is_empty()
                || request.starts_with("HEAD")
                || matches!(response.status(), 204 | 304),
            "{}",
            bytes.escape_ascii()
        );
    }
    prop_assert!(rest.is_empty(), "{}", bytes.escape_ascii());
    Ok(())
}

proptest! {
    #![proptest_config(config(3000))]

    #[test]
    fn no_handler_corrupts_its_connection(
        deeds in vec(vec(deed(), 0..7), 1..3),
        requests in vec(select(vec![
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.0\r\n\r\n",
            "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
            "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        ]), 1..4),
        careless in any::<bool>(),
    ) {
        check(&requests, &deeds, careless)?;
    }
}
