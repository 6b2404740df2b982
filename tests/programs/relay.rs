//! `examples/relay.rs`, in front of a server of the test's own.

use std::io::{self, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc;

use bhrh::{Exchange, HttpServer, RunningServer, http_handler};

use crate::program::{PATIENCE, Program};

/// What is behind the relay. Each answer to `/steps` waits until the test has seen the one before.
struct Behind {
    steps: std::sync::Mutex<mpsc::Receiver<()>>,
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl Behind {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        match http.path {
            "/steps" => {
                http.send_response(200);
                http.end_headers()?;
                for step in 1..=3 {
                    http.wfile.write_all(format!("step {step}\n").as_bytes())?;
                    http.wfile.flush()?;
                    let steps = self.steps.lock().expect("no panic");
                    steps.recv_timeout(PATIENCE).expect("the step was seen");
                }
                Ok(())
            }
            "/none" => http.send_error((404, "Not behind either")),
            _ => {
                let from = http.headers.get("X-Forwarded-For").unwrap_or("nobody");
                let secret = http.headers.contains("X-Secret");
                http.reply(
                    (200, "Fine"),
                    "text/plain",
                    format!("{} for {from} {secret}", http.path),
                )
            }
        }
    }

    fn do_HEAD(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/plain", "twelve bytes")
    }

    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        let length = io::copy(&mut http.rfile, &mut io::sink())?;
        http.reply(200, "text/plain", format!("{length} bytes"))
    }
}

fn start() -> (Program, RunningServer, mpsc::Sender<()>) {
    let (seen, steps) = mpsc::channel();
    let behind = HttpServer::bind("127.0.0.1:0").expect("a port");
    let behind = behind.spawn(Behind { steps: steps.into() }).expect("threads");
    (relay(&behind.local_addr().to_string()), behind, seen)
}

fn relay(upstream: &str) -> Program {
    Program::start(env!("CARGO_BIN_EXE_programs-relay"), &["--upstream", upstream])
}

#[test]
fn requests_and_answers_pass_through() {
    let (relay, _behind, _) = start();
    let response = relay.ask("GET", "/a?b=c", b"X-Secret: 1\r\nConnection: x-secret\r\n\r\n");
    assert_eq!((response.status(), response.reason()), (200, "Fine"));
    assert_eq!(response.text(), "/a?b=c for 127.0.0.1 false");
    let response = relay.ask("GET", "/none", b"\r\n");
    assert_eq!((response.status(), response.reason()), (404, "Not behind either"));
    let response = relay.ask("HEAD", "/", b"\r\n");
    assert_eq!(response.header("Content-Length"), Some("12"));
    let response = relay.ask("BREW", "/", b"\r\n");
    assert_eq!(response.status(), 501);
}

#[test]
fn bodies_pass_through() {
    let (relay, _behind, _) = start();
    assert_eq!(relay.ask("POST", "/", b"Content-Length: 5\r\n\r\nhello").text(), "5 bytes");
    let chunked = b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\n...\r\n0\r\n\r\n";
    assert_eq!(relay.ask("POST", "/", chunked).text(), "8 bytes");
    #[cfg(target_os = "linux")]
    {
        const MIB: usize = 1 << 20;
        let before = relay.peak_memory();
        let mut request = format!("Content-Length: {}\r\n\r\n", 64 * MIB).into_bytes();
        request.resize(request.len() + 64 * MIB, b'x');
        assert_eq!(relay.ask("POST", "/", &request).text(), format!("{} bytes", 64 * MIB));
        let more = relay.peak_memory() - before;
        assert!(more < 16 << 10, "{more} KiB");
    }
}

#[test]
fn what_comes_in_pieces_passes_in_pieces() {
    let (relay, _behind, seen) = start();
    let mut client = relay.send(b"GET /steps HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    let mut text = String::new();
    for step in 1..=3 {
        // The next one is not sent before.
        while !text.contains(&format!("step {step}\n")) {
            let mut piece = [0; 1000];
            let count = client.read(&mut piece).expect("a piece");
            assert!(count > 0, "it ended: {text}");
            text += std::str::from_utf8(&piece[..count]).expect("text");
        }
        seen.send(()).expect("it waits");
    }
    client.read_to_string(&mut text).expect("the end");
    assert!(text.ends_with("\r\n0\r\n\r\n"), "{text}");
}

#[test]
fn what_is_not_there_is_a_502() {
    // A port that nobody listens on, once the listener is gone.
    let nobody =
        TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let response = relay(&nobody.to_string()).ask("GET", "/", b"\r\n");
    assert_eq!(response.status(), 502);
}
