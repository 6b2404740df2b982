//! `examples/events.rs`.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;

use crate::program::Program;

fn start(every: &str) -> Program {
    Program::start(env!("CARGO_BIN_EXE_programs-events"), &["--every", every])
}

/// Reads lines up to and including one that ends like this.
fn until(stream: &mut BufReader<TcpStream>, end: &str) -> String {
    let mut text = String::new();
    while !text.trim_end().ends_with(end) {
        let count = stream.read_line(&mut text).expect("a line");
        assert!(count > 0, "it ended: {text}");
    }
    text
}

fn listen(program: &Program, more: &str) -> BufReader<TcpStream> {
    let request = format!("GET /events HTTP/1.1\r\nHost: a\r\n{more}\r\n");
    BufReader::new(program.send(request.as_bytes()))
}

#[test]
fn events_come_as_they_happen() {
    let program = start("10");
    let mut stream = listen(&program, "");
    let head = until(&mut stream, "retry: 10");
    assert!(head.contains("\r\nContent-Type: text/event-stream\r\n"), "{head}");
    let ticks = until(&mut stream, "data: 3");
    assert!(ticks.contains("event: tick\nid: 2\ndata: 2\n"), "{ticks}");
}

#[test]
fn who_comes_back_goes_on() {
    let program = start("10");
    let ticks = until(&mut listen(&program, "Last-Event-ID: 41\r\n"), "data: 43");
    assert!(ticks.contains("data: 42\n") && !ticks.contains("data: 41\n"), "{ticks}");
}

#[test]
fn who_does_not_read_blocks_nobody_else() {
    let program = start("0");
    // These take nothing at all, and what is sent to them fills all buffers there are.
    let _deaf: Vec<_> = (0..8).map(|_| listen(&program, "")).collect();
    until(&mut listen(&program, ""), "data: 1000");
    assert!(program.ask("GET", "/", b"\r\n").text().contains("EventSource"));
}

#[test]
fn head_is_answered() {
    let response = start("10").ask("HEAD", "/", b"\r\n");
    assert_eq!(response.status(), 501);
    assert_eq!(start("10").ask("GET", "/none", b"\r\n").status(), 404);
}
