//! `examples/forward_proxy`: what it makes of targets.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
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

/// An upstream server that gives every request this answer. Its requests' fields come out of the
/// channel.
fn upstream(answer: &'static str) -> (SocketAddr, mpsc::Receiver<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let host = listener.local_addr().expect("an address");
    let (sender, fields) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let stream = stream.expect("a connection");
            let lines = BufReader::new(&stream).lines().map(|line| line.expect("a line"));
            let _ = sender.send(lines.skip(1).take_while(|line| !line.is_empty()).collect());
            (&stream).write_all(answer.as_bytes()).expect("it is taken");
        }
    });
    (host, fields)
}

#[test]
fn fields_that_connection_nominates_are_not_passed_on_and_via_is_added() {
    let (host, fields) = upstream(
        "HTTP/1.0 200 OK\r\nConnection: close, x-HOP\r\nX-Hop: secret\r\nX-Kept: 1\r\n\
         Via: 1.1 other\r\nContent-Length: 2\r\n\r\nok",
    );
    let proxy = Program::start(env!("CARGO_BIN_EXE_programs-forward-proxy"), &["--private"]);
    let more = b"Connection: x-one,X-Hop\r\nX-Hop: secret\r\nX-Two: 2\r\nX-ONE: 1\r\n\
                 Via: 1.0 a\r\n\r\n";
    let answer = proxy.ask("GET", &format!("http://{host}/"), more);
    let fields = fields.recv().expect("a request");
    let wanted =
        ["X-Two: 2", "Via: 1.0 a", "Via: 1.1 forward_proxy", "Connection: close"].map(String::from);
    assert_eq!(fields[1..], wanted);
    assert_eq!((answer.status(), answer.text()), (200, "ok"));
    assert_eq!((answer.header("X-Hop"), answer.header("X-Kept")), (None, Some("1")));
    let via: Vec<_> = answer.headers().get_all("Via").collect();
    assert_eq!(via, ["1.1 other", "1.0 forward_proxy"]);
}

#[test]
fn an_encoded_answer_to_http_1_0_is_none() {
    for answer in [
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTRANSFER-encoding : chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n",
        "HTTP/2 200 OK\r\n\r\n",
    ] {
        let (host, _fields) = upstream(answer);
        let proxy = Program::start(env!("CARGO_BIN_EXE_programs-forward-proxy"), &["--private"]);
        let response = proxy.ask("GET", &format!("http://{host}/"), b"\r\n");
        assert_eq!(response.status(), 502, "{answer}");
        assert!(!response.text().contains("ok\r\n"), "{answer}");
    }
}
