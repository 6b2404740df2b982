//! When bytes leave: at once after `flush_headers`, not before `end_headers`.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::case::FULL;
use crate::server::{PATIENCE, Server};

/// What a client has after its first successful read, and how long that took.
fn first_part(server: &Server, request: &str) -> (Vec<u8>, Duration) {
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
    let start = Instant::now();
    stream.write_all(request.as_bytes()).expect("the request goes out");
    let mut first = vec![0; 65536];
    let length = stream.read(&mut first).expect("an answer");
    first.truncate(length);
    (first, start.elapsed())
}

#[test]
fn flushed_headers_leave_at_once() {
    for server in [Server::reference(FULL), Server::twin(FULL)] {
        // The handler pauses for 0.4 s. A busy machine may keep this thread from reading for so
        // long, so one such try is no fault.
        let arrived = (0..5).any(|_| {
            let (first, _) = first_part(&server, "BUFFER /slow HTTP/1.1\r\n\r\n");
            first == b"HTTP/1.1 200 OK\r\nX-First: 1\r\n"
        });
        assert!(arrived, "{}", server.url());
    }
}

#[test]
fn headers_are_held_back_until_they_end() {
    for server in [Server::reference(FULL), Server::twin(FULL)] {
        let (first, after) = first_part(&server, "NOFLUSH / HTTP/1.1\r\n\r\n");
        assert!(first.starts_with(b"HTTP/1.1 200 OK\r\n"), "{}", first.escape_ascii());
        assert!(after >= Duration::from_millis(390), "{after:?}");
    }
}
