//! Clients that take their time.

use std::io::{Read, Write};
use std::time::Duration;

use bhrh::{Exchange, RunningServer, Timeouts, http_handler};
use bhrh_tests::way::{Stream, Way};

struct App;

#[http_handler(protocol_version = "HTTP/1.1")]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> std::io::Result<()> {
        http.send_response(200);
        http.end_headers()
    }

    fn do_POST(&self, http: &mut Exchange) -> std::io::Result<()> {
        std::io::copy(&mut http.rfile, &mut std::io::sink())?;
        self.do_GET(http)
    }
}

/// A server with one short time among long ones.
fn serve(set: impl Fn(&mut Timeouts, Duration)) -> RunningServer {
    let mut timeouts = Timeouts::default();
    set(&mut timeouts, Duration::from_millis(200));
    let server = Way::of_this_run().server();
    server.timeouts(timeouts).spawn(App).expect("threads")
}

/// All that comes back to a client that sends this and waits, within ten seconds.
#[track_caller]
fn answer(server: &RunningServer, sent: &[u8]) -> Vec<u8> {
    let mut client = Stream::connect(&server.local_addr()).expect("a connection");
    client.set_patience(Duration::from_secs(10));
    client.write_all(sent).expect("the server takes it");
    let mut bytes = Vec::new();
    client.read_to_end(&mut bytes).expect("the server ends it");
    bytes
}

/// Apache httpd CVE-2007-6750 (Slowloris), Node.js CVE-2018-12122. Defence: `Timeouts::head`, set
/// in the event loop as a head begins.
#[test]
fn a_head_that_never_ends() {
    let server = serve(|timeouts, short| timeouts.head = short);
    let bytes = answer(&server, b"GET / HTTP/1.1\r\nHost: a\r\nX: ");
    assert!(bytes.starts_with(b"HTTP/1.1 408 "), "{}", bytes.escape_ascii());
}

/// Node.js CVE-2019-5739: a connection that was kept alive could stay for minutes. Defence:
/// `Timeouts::keep_alive`.
#[test]
fn a_connection_that_is_never_used_again() {
    let server = serve(|timeouts, short| timeouts.keep_alive = short);
    assert!(answer(&server, b"").is_empty());
    let bytes = answer(&server, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(bytes.starts_with(b"HTTP/1.1 200 "), "{}", bytes.escape_ascii());
}

/// Node.js CVE-2020-8251: a request whose body never comes. Defence: `Timeouts::body`.
#[test]
fn a_body_that_never_comes() {
    let server = serve(|timeouts, short| timeouts.body = short);
    for length in [10, 10_000_000] {
        let head = format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\nsome");
        let bytes = answer(&server, head.as_bytes());
        assert!(bytes.starts_with(b"HTTP/1.1 408 "), "{}", bytes.escape_ascii());
    }
}
