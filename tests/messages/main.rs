//! `docs/guide/messages.md` is what happens: each method that it shows is here, is run, and what
//! the log and the client get is what stands on the page. After a change on purpose:
//! `UPDATE_MESSAGES=1 cargo test -p bhrh-tests --test messages`, and read the difference.

mod complete;
mod handlers;
mod page;
mod tls;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use bhrh::__internals::{converse, read_response};
use bhrh::{__internals as internals, Endpoint, Handler, HttpServer, Profile, Trusted};
use handlers::*;
use page::Page;

/// What a handler's log and client get for a request: `log:` and `client:` lines.
fn played(handler: &dyn Handler, request: &str) -> String {
    let (reply, log) = converse(handler, request.as_bytes(), Profile::STRICT);
    let complete = read_response(&mut &reply[..], false).is_some();
    let end = if complete { "" } else { " and a body that is cut off" };
    let reply = String::from_utf8_lossy(&reply);
    let status = reply.lines().next().expect("a status line");
    format!("{}client: {status}{end}\n", logged(&log))
}

fn logged(log: &[String]) -> String {
    let line = |line: &String| {
        let (before, rest) = line.split_once('[').expect("a time");
        let (_, after) = rest.split_once(']').expect("its end");
        format!("log:    {before}[22/Nov/2026 16:47:12]{after}\n")
    };
    log.iter().map(line).collect()
}

fn get(handler: &dyn Handler) -> String {
    played(handler, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
}

fn put(handler: &dyn Handler, length: usize) -> String {
    let body = "x".repeat(length);
    played(handler, &format!("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}"))
}

/// A client that is gone when it is answered.
struct Gone(&'static [u8]);

impl Read for Gone {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// As a `main` that returns it has it printed.
fn returned(error: &io::Error) -> String {
    format!("Error: {error:?}\n")
}

#[test]
fn a_log_that_nobody_reads() {
    let line = internals::dropped_lines(1234).trim_end().to_owned();
    Page::assert("Lines that are missing", &logged(&[line]));
    assert!(internals::dropped_lines(1).contains("] 1 log line was dropped, "));
}

#[test]
fn addresses() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address");
    let error = HttpServer::bind(address).expect_err("it is taken");
    let text = returned(&error).replace(&address.port().to_string(), "8000");
    Page::assert("The port is taken", &text);

    // A superuser's test would be allowed to have it.
    let address = ([127, 0, 0, 1], 80).into();
    let error = internals::bind_error(address, io::ErrorKind::PermissionDenied);
    Page::assert("A port below 1024", &returned(&error));

    let error = HttpServer::bind("8000").expect_err("that is no address");
    Page::assert("An address that cannot be parsed", &returned(&error));
}

#[cfg(unix)]
#[test]
fn paths_of_unix_sockets() {
    let place = tempfile::tempdir().expect("a directory");
    let refused = |path: &std::path::Path| {
        let error = Endpoint::unix(path).expect_err("it is taken");
        returned(&error).replace(&*path.to_string_lossy(), "/run/app.sock")
    };
    let taken = place.path().join("taken");
    let _server = HttpServer::at([Endpoint::unix(&taken).expect("a socket")]).expect("a server");
    Page::assert("The path of a Unix socket is taken", &refused(&taken));
    let file = place.path().join("file");
    std::fs::write(&file, "").expect("a file");
    Page::assert("Something else is at the path of a Unix socket", &refused(&file));
}

#[test]
fn a_server_that_is_dropped_says_so() {
    let (told, log) = mpsc::channel();
    let server = HttpServer::bind("127.0.0.1:0").expect("a port");
    let port = server.local_addr().port().expect("a TCP port").to_string();
    drop(server.spawn(Told(told)).expect("threads"));
    let line = log.recv_timeout(Duration::from_secs(20)).expect("a line");
    Page::assert("The server stops at once", &logged(&[line]).replace(&port, "8000"));
}

#[test]
fn proxies() {
    let error = Trusted::networks(["192.0.2.7", "10.1.0.0/8"]).expect_err("it is ambiguous");
    Page::assert("A list of proxies with a faulty entry", &returned(&error));
    let endpoint = |by| Endpoint::tcp("127.0.0.1:0").expect("a port").proxied(by);
    let error = HttpServer::at([endpoint(Trusted::default())]).expect_err("nobody is trusted");
    Page::assert("Nobody could connect to an endpoint", &returned(&error));

    let (told, log) = mpsc::channel();
    let server = HttpServer::at([endpoint(Trusted::loopback())]).expect("an endpoint");
    let server = server.spawn(Told(told)).expect("threads");
    let mut client = TcpStream::connect(server.local_addr()).expect("a connection");
    let port = client.local_addr().expect("its address").port().to_string();
    client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").expect("a request");
    let line = log.recv_timeout(Duration::from_secs(20)).expect("a line");
    let text = logged(&[line]).replace(&port, "49152");
    Page::assert("A connection without a PROXY header", &text);
}

/// What the log gets for a frame, after a handshake.
fn line_for_frame(path: &str, frame: &[u8]) -> String {
    let (told, log) = mpsc::channel();
    let server = HttpServer::bind("127.0.0.1:0").expect("a port");
    let server = server.spawn(Sockets(told)).expect("threads");
    let mut client = TcpStream::connect(server.local_addr()).expect("a connection");
    let fields = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                  Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
    let head = format!("GET {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n\r\n");
    client.write_all(&[head.as_bytes(), frame].concat()).expect("it is taken");
    logged(&[log.recv_timeout(Duration::from_secs(20)).expect("a line")])
}

#[test]
fn websockets() {
    let unmasked = b"\x81\x05hello";
    let lines = ["/receives", "/listens"].map(|path| line_for_frame(path, unmasked));
    Page::assert("A client breaks the rules of WebSockets", &lines.concat());
    let text = b"\x81\x88\0\0\0\0the disk";
    let bytes = b"\x82\x81\0\0\0\0x";
    let lines = [&text[..], bytes].map(|frame| line_for_frame("/listens", frame));
    Page::assert("A listener fails or panics", &lines.concat());
}

#[test]
fn serve_says_where() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_messages-serve"));
    let mut child = command.stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut line = String::new();
    let log = BufReader::new(child.stderr.take().expect("a pipe")).read_line(&mut line);
    child.kill().and_then(|()| child.wait()).expect("it ends");
    log.expect("a line");
    let port = line.split(' ').nth(5).expect("a port").to_owned();
    Page::assert("Nothing happens", &line.replace(&port, "8000"));
}

#[test]
fn answers() {
    Page::assert("No response", &get(&NoResponse));
    Page::assert("No end_headers", &get(&NoEnd));
    Page::assert("No Content-Length", &get(&NoLength));
    Page::assert("A Content-Length that is too high", &get(&TooHigh));
    Page::assert("A Content-Length that is too low", &get(&TooLow));
    Page::assert("A body for a status without a body", &get(&NoContent));
    Page::assert("A line break in a header", &get(&LineBreak));
    Page::assert("An invalid header name", &get(&BadName));
    Page::assert("A header after the body", &get(&LateHeader));
    Page::assert("Two responses", &get(&Twice));
    Page::assert("Two answers", &get(&TwoAnswers));
}

#[test]
fn failures() {
    Page::assert("An error before anything was sent", &get(&EarlyError));
    Page::assert("An error after something was sent", &get(&LateError));
    Page::assert("A panic", &get(&Panics));

    let client = Gone(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let serve = || bhrh::handle(&ClientGone, client, ([127, 0, 0, 1], 49152));
    let (_, log) = internals::collect_log(serve);
    Page::assert("The client has gone", &logged(&log));
}

#[test]
fn requests() {
    Page::assert("A body that nobody reads", &put(&Unread, 5));
    Page::assert("A large body that nobody reads", &put(&Unread, 300 << 10));
    let request = "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n";
    Page::assert("A malformed request", &played(&NoLength, request));
}

#[test]
fn compile_errors() {
    let root = env!("CARGO_MANIFEST_DIR");
    let messages = std::fs::read_to_string(format!("{root}/ui/fail/slips.stderr")).expect("text");
    let message = messages.split_inclusive("\n\n").find(|part| part.contains("do_get"));
    let at = messages.find(message.expect("it is there")).expect("there");
    let end = messages[at..].find("\n\nerror").map_or(messages.len(), |end| at + end + 1);
    Page::assert("A method name in lower case", &messages[at..end]);
}

#[test]
fn every_method_on_the_page_is_one_of_these() {
    Page::assert_methods(include_str!("handlers.rs"));
}
