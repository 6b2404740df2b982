//! Bytes that are taken for a request and are none, and requests after the end.

use crate::play::{SMUGGLED, converse, play};
use bhrh::__internals::read_response;

/// CPython gh-150499, and CL.0 in many: what a handler left of a body is the next request. Defence:
/// `Input::drain`, from `turn::finish`.
#[test]
fn a_body_that_nobody_read() {
    let length = SMUGGLED.len();
    let head = format!("POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");
    let next = b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
    let played = play(&[head.as_bytes(), SMUGGLED, next].concat());
    assert_eq!(played.seen, ["/deaf", "/next"]);
    let head = "POST /deaf HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = format!("{length:x}\r\n");
    let body = [chunk.as_bytes(), SMUGGLED, b"\r\n0\r\n\r\n"].concat();
    assert_eq!(play(&[head.as_bytes(), &body, next].concat()).seen, ["/deaf", "/next"]);
}

/// The same with more than is worth reading: the connection ends. Defence: `Input::drain`, `limit`.
#[test]
fn a_body_that_is_too_long_to_be_dropped() {
    let body = SMUGGLED.repeat(10_000);
    let head = format!("POST /deaf HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.len());
    let played = play(&[head.as_bytes(), &body, SMUGGLED].concat());
    assert_eq!((played.seen, played.statuses), (vec!["/deaf".to_owned()], vec![200]));
}

/// Go's client CVE-2024-24791, and its like: after a final status instead of `100 Continue`, a
/// client may send its content or not. Defence: `Input::drain`, `unsettled_expectation`.
#[test]
fn content_that_was_never_asked_for() {
    use bhrh::{Exchange, http_handler};
    use std::io;
    use std::net::SocketAddr;

    struct Refuses;
    #[http_handler(protocol_version = "HTTP/1.1")]
    impl Refuses {
        fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
            http.send_response(200);
            http.end_headers()
        }

        fn do_GET(&self, _: &mut Exchange) -> io::Result<()> {
            panic!("smuggled")
        }

        fn handle_expect_100(&self, _: &mut Exchange) -> io::Result<bool> {
            Ok(true)
        }
    }

    /// Sends its content after it has seen that something came.
    struct Late(Vec<&'static [u8]>, Vec<u8>);
    impl io::Read for Late {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Ok(0);
            }
            let piece = self.0.remove(0);
            buffer[..piece.len()].copy_from_slice(piece);
            Ok(piece.len())
        }
    }
    impl io::Write for Late {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.1.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let head = b"PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 36\r\n\r\n";
    let mut stream = Late(vec![head, SMUGGLED], Vec::new());
    let client = SocketAddr::from(([127, 0, 0, 1], 1));
    bhrh::handle(&Refuses, &mut stream, client).expect("memory does not fail");
    let mut rest = &stream.1[..];
    let response = read_response(&mut rest, false).expect("a response");
    assert_eq!((response.status(), response.header("Connection")), (200, Some("close")));
    assert!(rest.is_empty(), "{}", rest.escape_ascii());
}

/// waitress CVE-2024-49768: what follows a request that was refused was served. Defence:
/// `turn::refuse`, which always closes.
#[test]
fn a_request_after_one_that_was_refused() {
    let played = play(&[b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", SMUGGLED].concat());
    assert_eq!((played.seen, played.statuses), (vec![], vec![400]));
}

/// The same after `Connection: close`. Defence: `turn::closes`.
#[test]
fn a_request_after_the_last() {
    let last = b"GET /last HTTP/1.1\r\nHost: a\r\nConnection: x, close\r\n\r\n";
    let played = play(&[&last[..], SMUGGLED].concat());
    assert_eq!((played.seen, played.statuses), (vec!["/last".to_owned()], vec![200]));
}

/// h2c smuggling: a front forwards an upgrade, and goes blind if it is accepted. Defence: no
/// upgrade is ever accepted, and `ResponseRules::refusal` refuses a 101 of the handler's.
#[test]
fn an_upgrade_that_nobody_offered() {
    use bhrh::{Exchange, http_handler};

    struct Upgrades;
    #[http_handler(protocol_version = "HTTP/1.1")]
    impl Upgrades {
        fn do_GET(&self, http: &mut Exchange) -> std::io::Result<()> {
            http.send_response(101);
            http.send_header("Upgrade", "h2c");
            http.end_headers()
        }
    }
    let request = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n\
        Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n";
    assert_eq!(play(&[&request[..], SMUGGLED].concat()).statuses, [200, 200]);
    let bytes = converse(Upgrades, request);
    assert!(bytes.starts_with(b"HTTP/1.1 500 "), "{}", bytes.escape_ascii());
}
