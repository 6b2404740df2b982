//! Clients that make a server hold more than they have sent, or all that they have sent.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use bhrh::{Exchange, http_handler};

struct App;

#[http_handler(protocol_version = "HTTP/1.1")]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(200);
        http.end_headers()?;
        http.wfile.write_all(&[b'x'; 100])
    }

    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        let body = http.read_body()?;
        http.send_response(200);
        http.end_headers()?;
        http.wfile.write_all(&body)
    }
}

/// A client that never stops: it begins with one thing and goes on with another.
struct Endless {
    start: Vec<u8>,
    again: Vec<u8>,
    /// What was read of them, and how much in all may be.
    taken: usize,
    most: usize,
    output: Vec<u8>,
    largest_write: usize,
}

impl Endless {
    fn new(start: &[u8], again: &[u8], most: usize) -> Endless {
        let (start, again) = (start.to_vec(), again.to_vec());
        Endless { start, again, taken: 0, most, output: Vec::new(), largest_write: 0 }
    }

    fn play(mut self) -> Endless {
        let client = SocketAddr::from(([127, 0, 0, 1], 1));
        let _ = bhrh::handle(&App, &mut self, client);
        self
    }
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken >= self.most {
            return Ok(0);
        }
        for byte in buffer.iter_mut() {
            let at = self.taken;
            let again = || self.again[(at - self.start.len()) % self.again.len()];
            *byte = self.start.get(at).copied().unwrap_or_else(again);
            self.taken += 1;
        }
        Ok(buffer.len())
    }
}

impl Write for Endless {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.largest_write = self.largest_write.max(bytes.len());
        self.output.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// More than any bound, less than all memory.
const MUCH: usize = 8 << 20;

#[track_caller]
fn assert_stopped(start: &[u8], again: &[u8], status: &str, within: usize) {
    let played = Endless::new(start, again, MUCH).play();
    let text = String::from_utf8_lossy(&played.output);
    assert!(text.starts_with(&format!("HTTP/1.1 {status} ")), "{text}");
    assert!(played.taken <= within, "{} bytes were read", played.taken);
}

/// hyper#256: fields without end. Defence: `complete::field_lines`, `limits.fields`.
#[test]
fn fields_without_end() {
    assert_stopped(b"GET / HTTP/1.1\r\nHost: a\r\n", b"X: y\r\n", "431", 64 << 10);
}

/// hyper#187: the same in one line. Defence: `Lines::next`, `limit`.
#[test]
fn a_line_without_end() {
    assert_stopped(b"GET /", b"a", "414", 256 << 10);
    assert_stopped(b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b"a", "431", 256 << 10);
}

/// Node.js CVE-2018-12121: heads that are large within all other bounds. Defence:
/// `complete::field_lines`, `limits.head`.
#[test]
fn long_fields_without_end() {
    let field = format!("X: {}\r\n", "y".repeat(60_000));
    assert_stopped(b"GET / HTTP/1.1\r\nHost: a\r\n", field.as_bytes(), "431", 2 << 20);
}

/// Empty lines before a request, which are to be skipped. Defence: `head::empty_lines`.
#[test]
fn empty_lines_without_end() {
    assert_stopped(b"\r\n", b"\r\n", "400", 64 << 10);
}

/// axum CVE-2022-3212 (RUSTSEC-2022-0055): bodies that are collected, whatever their size.
/// Defence: `read_body.rs`, `collected_body`.
#[test]
fn a_body_without_end() {
    let head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert_stopped(head, b"400\r\n\0\r\n", "400", 64 << 10);
    let chunk = [b"400\r\n", &[b'x'; 0x400][..], b"\r\n"].concat();
    assert_stopped(head, &chunk, "413", 4 << 20);
    // Announced, it is not even begun.
    let head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775807\r\n\r\n";
    assert_stopped(head, b"x", "413", 64 << 10);
}

/// Node.js CVE-2013-4450: answers to pipelined requests piled up. Defence: `READY`;
/// `LiveWire::receive`, which sends before it reads.
#[test]
fn answers_that_pile_up() {
    let get = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let played = Endless::new(get, get, 1 << 20).play();
    assert!(played.output.len() > 5 << 20, "{}", played.output.len());
    assert!(played.largest_write < 256 << 10, "{} in one write", played.largest_write);
}
