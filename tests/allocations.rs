//! Requests on a connection that stays cost no allocation, once everything has grown to its size.
//!
//! The allocator counts for the whole process, client included, so this is one test in a program
//! of its own, and its client allocates nothing either.

use bhrh::{Dispatch, Exchange, Handler, HttpServer, http_handler};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::net::TcpStream;

#[global_allocator]
static GLOBAL: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

struct Plain;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Plain {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let body = if http.path.starts_with("/hello") { "Hello, World!" } else { "What?" };
        let kind = http.headers.get("Accept").unwrap_or("text/plain");
        http.send_response(200);
        http.send_header("Content-Type", kind);
        http.send_header("Content-Length", body.len());
        http.end_headers()?;
        http.wfile.write_all(body.as_bytes())
    }

    fn do_HEAD(&self, http: &mut Exchange) -> io::Result<()> {
        self.do_GET(http)
    }

    fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
        let mut content = [0; 256];
        let mut length = 0;
        loop {
            match http.rfile.read(&mut content[length..])? {
                0 => break,
                count => length += count,
            }
        }
        http.send_response(200);
        // On a machine so busy that the loop is given away, the response would be chunked without.
        http.send_header("Content-Length", length);
        http.end_headers()?;
        http.wfile.write_all(&content[..length])
    }

    fn log_request(&self, _: &Exchange, _: u16, _: Option<u64>) {}
}

/// The same without the macro, as the documentation of `Handler` has it.
struct ByHand;

impl Handler for ByHand {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        let outcome = match http.command {
            "GET" => Plain.do_GET(http),
            "HEAD" => Plain.do_HEAD(http),
            "PUT" => Plain.do_PUT(http),
            _ => return Dispatch::Unsupported,
        };
        Dispatch::Handled(outcome.map_err(Into::into))
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }

    fn log_request(&self, _: &Exchange<'_>, _: u16, _: Option<u64>) {}
}

/// A handler around others that are chosen while the program runs.
struct Around(Box<dyn Handler>);

#[http_handler(wraps = self.0)]
impl Around {
    fn handle_one_request(&self, http: &mut Exchange) -> bhrh::Outcome {
        http.dispatch()
    }
}

const GET: &[u8] = b"GET /hello HTTP/1.1\r\nHost: localhost:8000\r\nUser-Agent: test\r\n\
    Accept: text/html\r\nAccept-Encoding: gzip, br\r\nCookie: a=b; c=d\r\n\r\n";
const ESCAPE: &[u8] = b"GET /hello?q=a%20b%2F HTTP/1.1\r\nHost: a\r\n\r\n";
const TIGHT: &[u8] = b"GET /hello HTTP/1.1\r\nHost:a\r\nAccept:text/html\r\nX:\r\n\r\n";
const WIDE: &[u8] = b"GET /hello HTTP/1.1\r\nHost:\ta \r\nAccept: \t text/html\t\r\nX: \t\r\n\r\n";
const LATIN_1: &[u8] = b"GET /hello HTTP/1.1\r\nHost: a\r\nCookie: a=caf\xe9; b=\xc3\xa9\r\n\r\n";
const MANY: &[u8] = b"GET /hello HTTP/1.1\r\nHost: a\r\nA:1\r\nA:2\r\nA:3\r\nA:4\r\nA:5\r\n\
    A:6\r\nA:7\r\nA:8\r\nA:9\r\nA:0\r\nA:1\r\nA:2\r\nA:3\r\nA:4\r\nA:5\r\nA:6\r\nA:7\r\nA:8\r\n\
    A:9\r\nA:0\r\nA:1\r\nA:2\r\nA:3\r\nA:4\r\nA:5\r\nA:6\r\nA:7\r\nA:8\r\nA:9\r\nA:0\r\n\r\n";
const HEAD: &[u8] = b"HEAD /hello HTTP/1.1\r\nHost: localhost:8000\r\n\r\n";
const PUT: &[u8] = b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world";
const CHUNKED: &[u8] = b"PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
    5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";

/// Sends the request `at_once` times together, and reads the responses, `length` bytes each.
fn ask(client: &mut TcpStream, request: &[u8], at_once: usize, length: usize) {
    let mut requests = [0; 8192];
    for place in requests[..request.len() * at_once].chunks_exact_mut(request.len()) {
        place.copy_from_slice(request);
    }
    client.write_all(&requests[..request.len() * at_once]).expect("the server reads");
    let mut responses = [0; 8192];
    client.read_exact(&mut responses[..length * at_once]).expect("the server answers");
    assert!(responses.starts_with(b"HTTP/1.1 200 OK\r\n"));
}

/// How long the response to this request is, which ends with this content.
fn length(client: &mut TcpStream, request: &[u8], content: &[u8]) -> usize {
    client.write_all(request).expect("the server reads");
    let mut response = Vec::new();
    while !response.ends_with(content) || !response.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut piece = [0; 1024];
        let count = client.read(&mut piece).expect("the server answers");
        assert_ne!(count, 0, "the server has closed");
        response.extend_from_slice(&piece[..count]);
    }
    response.len()
}

#[test]
fn requests_in_the_steady_state_allocate_nothing() {
    /// How often a measurement may be spoilt: by the second's turn, when the date is formatted
    /// anew, or by a machine so busy that a handler loses its loop, for which a thread starts.
    const ROUNDS: usize = 20;
    const REQUESTS: usize = 1_024;

    let handlers: [(&str, Box<dyn Handler>); 3] = [
        ("of the macro's", Box::new(Plain)),
        ("of one by hand", Box::new(ByHand)),
        ("of a wrapper", Box::new(Around(Box::new(Plain)))),
    ];
    for (whose, handler) in handlers {
        let server = HttpServer::bind("127.0.0.1:0").expect("a port").threads(1);
        let server = server.spawn(handler).expect("a server");
        for (name, request, content, at_once, allowed) in [
            ("one by one", GET, &b"Hello, World!"[..], 1, 0),
            ("pipelined", GET, &b"Hello, World!"[..], 16, 0),
            ("with an escape in the target", ESCAPE, &b"Hello, World!"[..], 1, 0),
            ("without a space after the colon", TIGHT, &b"Hello, World!"[..], 1, 0),
            ("with much white space around values", WIDE, &b"Hello, World!"[..], 1, 0),
            ("with bytes above 0x7F", LATIN_1, &b"Hello, World!"[..], 1, 0),
            ("with more fields than most", MANY, &b"Hello, World!"[..], 1, 0),
            ("without content", HEAD, &b""[..], 1, 0),
            ("with content", PUT, &b"hello world"[..], 1, 0),
            ("with content, pipelined", PUT, &b"hello world"[..], 16, 0),
            // The decoder and its line: few clients send chunks, and the others should not carry
            // it.
            ("with chunks", CHUNKED, &b"hello world"[..], 1, 2),
        ] {
            let mut clients = [(); 4]
                .map(|()| TcpStream::connect(server.local_addr()).expect("the server listens"));
            let mut round = || {
                let length = length(&mut clients[0], request, content);
                let region = Region::new(GLOBAL);
                for _ in 0..REQUESTS / clients.len() / at_once {
                    for client in &mut clients {
                        ask(client, request, at_once, length);
                    }
                }
                let change = region.change();
                change.allocations + change.reallocations
            };
            round();
            let allowed = allowed * REQUESTS;
            let mut counts = std::iter::repeat_with(round).take(ROUNDS);
            assert!(counts.any(|count| count <= allowed), "requests {name} {whose}");
        }
    }
}
