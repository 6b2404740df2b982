//! `examples/forward_proxy`: what it makes of targets.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use crate::program::Program;

#[test]
fn a_target_needs_no_path_and_its_scheme_may_be_in_capitals() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let host = listener.local_addr().expect("an address");
    // Each request is answered with its first line.
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.expect("a connection");
            let mut lines = BufReader::new(&stream).lines().map(|line| line.expect("a line"));
            let first = lines.next().expect("a request");
            lines.find(String::is_empty).expect("the end of the head");
            let length = first.len();
            write!(&stream, "HTTP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n{first}")
                .expect("it is taken");
        }
    });
    let proxy = Program::start(env!("CARGO_BIN_EXE_programs-forward-proxy"), &["--private"]);
    for (scheme, rest, sent) in [
        ("http", "", "/"),
        ("http", "?a=b/c", "/?a=b/c"),
        ("http", "/a?b", "/a?b"),
        ("HTTP", "/a", "/a"),
    ] {
        let answer = proxy.ask("GET", &format!("{scheme}://{host}{rest}"), b"\r\n");
        assert_eq!(answer.text(), format!("GET {sent} HTTP/1.0"), "{scheme} {rest}");
    }
}
