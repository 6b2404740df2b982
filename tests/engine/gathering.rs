//! What a method writes is gathered, and still leaves while the method does something else.
//!
//! Each method here writes, and then waits at a gate that opens only once the client has seen what
//! was written. Nothing in them flushes.

use crate::app::Gate;
use crate::client::Client;
use bhrh::{Exchange, RunningServer, http_handler};
use bhrh_tests::way::Way;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const ROWS: u64 = 200_000;

struct Writer {
    gate: Arc<Gate>,
    /// For those that compute and never wait.
    seen: Arc<AtomicBool>,
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl Writer {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        if http.path == "/coded" {
            http.compress();
        }
        http.send_response(200);
        http.send_header("Content-Type", "text/plain");
        match http.path {
            "/counted" => http.send_header("Content-Length", 9),
            "/own-chunks" => http.send_header("Transfer-Encoding", "chunked"),
            _ => {}
        }
        http.end_headers()?;
        match http.path {
            "/rows" => return rows(http),
            "/head" => {}
            "/own-chunks" => http.wfile.write_all(b"4\r\none\n\r\n")?,
            "/coded" => write!(http.wfile, "{}", "one\n".repeat(1000))?,
            _ => writeln!(http.wfile, "one")?,
        }
        match http.path {
            "/busy" => {
                while !self.seen.load(Ordering::Acquire) {
                    std::hint::spin_loop();
                }
            }
            _ => self.gate.pass(),
        }
        match http.path {
            "/fails" => Err(io::Error::other("after all")),
            "/own-chunks" => http.wfile.write_all(b"5\r\nlast\n\r\n0\r\n\r\n"),
            // Handed off long ago, and the clock may sleep.
            _ => writeln!(http.wfile, "last"),
        }
    }

    /// Writes once, waits, and then says how writing on went.
    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(200);
        http.end_headers()?;
        http.wfile.write_all(b"one\n")?;
        self.gate.pass();
        let result = http.wfile.write_all(&[b'x'; 1 << 20]);
        self.seen.store(result.is_err(), Ordering::Release);
        result
    }

    fn log_request(&self, _: &Exchange, _: u16, _: Option<u64>) {}

    fn log_error(&self, _: &Exchange, _: std::fmt::Arguments<'_>) {}
}

fn rows(http: &mut Exchange) -> io::Result<()> {
    for row in 0..ROWS {
        writeln!(http.wfile, "{row},{}", row * row)?;
    }
    Ok(())
}

struct Served {
    server: RunningServer,
    gate: Arc<Gate>,
    seen: Arc<AtomicBool>,
}

fn served() -> Served {
    let (gate, seen) = (Arc::<Gate>::default(), Arc::<AtomicBool>::default());
    let handler = Writer { gate: Arc::clone(&gate), seen: Arc::clone(&seen) };
    let server = Way::of_this_run().server().threads(1);
    Served { server: server.spawn(handler).expect("a server"), gate, seen }
}

impl Served {
    fn client(&self) -> Client {
        Client::connect(self.server.local_addr())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.gate.open();
        self.seen.store(true, Ordering::Release);
    }
}

#[test]
fn what_was_written_arrives_while_the_method_waits() {
    for (path, first, last) in [
        ("/", "4\r\none\n\r\n", "5\r\nlast\n\r\n0\r\n\r\n"),
        ("/counted", "one\n", "last\n"),
        ("/own-chunks", "4\r\none\n\r\n", "5\r\nlast\n\r\n0\r\n\r\n"),
        ("/head", "\r\n\r\n", "5\r\nlast\n\r\n0\r\n\r\n"),
        ("/busy", "4\r\none\n\r\n", "5\r\nlast\n\r\n0\r\n\r\n"),
    ] {
        let served = served();
        let mut client = served.client();
        client.get(path);
        client.await_text(first);
        served.seen.store(true, Ordering::Release);
        served.gate.open();
        client.await_text(last);
    }
}

#[test]
fn an_old_client_sees_it_too() {
    let served = served();
    let mut client = served.client();
    client.send("GET / HTTP/1.0\r\n\r\n");
    client.await_text("\r\n\r\none\n");
    served.gate.open();
    let rest = client.rest().expect("an end");
    assert!(rest.ends_with("\r\n\r\none\nlast\n"), "{rest}");
}

#[test]
fn what_is_compressed_arrives_while_the_method_waits() {
    let served = served();
    let mut client = served.client();
    client.send("GET /coded HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n");
    let mut coded = Vec::new();
    let mut content = Vec::new();
    while content.len() < 4000 {
        let mut bytes = [0; 4096];
        let count = client.stream.read(&mut bytes).expect("the server writes");
        assert!(count > 0, "closed after {} bytes", coded.len());
        coded.extend_from_slice(&bytes[..count]);
        if let Some(end) = coded.windows(4).position(|four| four == b"\r\n\r\n") {
            content.clear();
            let mut decoder = flate2::read::GzDecoder::new(&coded[end + 4..]);
            // It ends in the middle: the rest is still to come.
            let _ = decoder.read_to_end(&mut content);
        }
    }
    assert_eq!(content, "one\n".repeat(1000).as_bytes());
}

#[test]
fn an_answer_leaves_while_the_method_of_the_next_request_waits() {
    let served = served();
    let mut client = served.client();
    client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\n\r\n");
    // HEAD has no method here, so that the first answer is an error page's head.
    client.await_text("HTTP/1.1 501 ");
    served.gate.open();
}

#[test]
fn after_a_part_has_left_a_failure_cuts_the_response() {
    let served = served();
    let mut client = served.client();
    client.get("/fails");
    client.await_text("4\r\none\n\r\n");
    served.gate.open();
    // A reset, or an end without the last chunk.
    let rest = client.rest().unwrap_or_default();
    assert!(!rest.contains("0\r\n\r\n"), "{rest}");
}

#[test]
fn a_method_whose_client_has_gone_meanwhile_is_told() {
    let served = served();
    let mut client = served.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.await_text("4\r\none\n\r\n");
    drop(client);
    served.gate.open();
    let began = std::time::Instant::now();
    while !served.seen.load(Ordering::Acquire) {
        assert!(began.elapsed() < crate::PATIENCE, "writing to nobody went well");
        std::thread::yield_now();
    }
}

#[test]
fn small_writes_make_large_chunks() {
    let served = served();
    let mut client = served.client();
    client.send("GET /rows HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let text = client.rest().expect("an end");
    let (_, mut body) = text.split_once("\r\n\r\n").expect("a head");
    let (wire, mut content, mut chunks) = (body.len(), String::new(), 0);
    loop {
        let (size, rest) = body.split_once("\r\n").expect("a size");
        let size = usize::from_str_radix(size, 16).expect("a number");
        if size == 0 {
            break;
        }
        chunks += 1;
        content.push_str(&rest[..size]);
        body = rest[size..].strip_prefix("\r\n").expect("the chunk's end");
    }
    let rows: String = (0..ROWS).map(|row| format!("{row},{}\n", row * row)).collect();
    assert!(content == rows, "the rows are not those that were written");
    assert!(wire <= content.len() + content.len() / 100, "{wire} bytes for {}", content.len());
    assert!(chunks <= 2 + content.len() / 8192, "{chunks} chunks for {}", content.len());
}
