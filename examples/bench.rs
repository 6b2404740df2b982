//! The service that the benchmark in `bench/` measures, as someone writes it who cares for speed:
//! `/plaintext`, `/json`, `/echo`, `/bytes/N`, `/sleep/MS` and `/headers`, each with its length.
//!
//! It logs nothing, as the servers beside it don't; `--log` leaves the access log on.
//!
//! `cargo run --release --example bench -- --bind 127.0.0.1:8000 --threads 2`

use bhrh::{Exchange, HttpServer, http_handler};
use lexopt::{Arg, Parser, ValueExt};
use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::thread;
use std::time::Duration;

const HELLO: &[u8] = b"Hello, World!";
const JSON: &str = "application/json";
const TEXT: &str = "text/plain";
const BINARY: &str = "application/octet-stream";

/// What `/bytes/N` and `/echo` make at most, since a client names the size.
const LARGEST: usize = 16 << 20;

thread_local! {
    // Memory that is fresh from the system, or is cleared, costs more than what is done with it here.
    /// What `/echo` reads into.
    static BODY: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    /// What `/bytes` sends.
    static BYTES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct Bench {
    log: bool,
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl Bench {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        match http.path {
            "/plaintext" => answer(http, TEXT, HELLO),
            "/json" => answer(http, JSON, br#"{"message":"Hello, World!"}"#),
            "/headers" => answer(http, TEXT, http.headers.len().to_string().as_bytes()),
            path => match number(path) {
                Some(("bytes", n)) if n <= LARGEST => BYTES.with_borrow_mut(|bytes| {
                    bytes.resize(n.max(bytes.len()), b'x');
                    answer(http, BINARY, &bytes[..n])
                }),
                Some(("sleep", ms)) => {
                    thread::sleep(Duration::from_millis(ms as u64));
                    answer(http, TEXT, b"ok")
                }
                _ => match http.path.split_once('?') {
                    Some(("/plaintext", _)) => answer(http, TEXT, HELLO),
                    _ => http.send_error(404),
                },
            },
        }
    }

    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        if http.path != "/echo" {
            return http.send_error(404);
        }
        let length = http.headers.get("Content-Length").and_then(|text| text.parse::<usize>().ok());
        match length {
            Some(length) if length <= LARGEST => BODY.with_borrow_mut(|body| {
                body.resize(length.max(body.len()), 0);
                http.rfile.read_exact(&mut body[..length])?;
                answer(http, BINARY, &body[..length])
            }),
            Some(_) => http.send_error(413),
            None => http.send_error(411),
        }
    }

    fn log_request(&self, http: &Exchange, code: u16, size: Option<u64>) {
        if self.log {
            bhrh::base::log_request(http, code, size);
        }
    }
}

fn answer(http: &mut Exchange, kind: &str, body: &[u8]) -> io::Result<()> {
    http.send_response(200);
    http.send_header("Content-Type", kind);
    http.send_header("Content-Length", body.len());
    http.end_headers()?;
    http.wfile.write_all(body)
}

/// `/bytes/1024` is `("bytes", 1024)`.
fn number(path: &str) -> Option<(&str, usize)> {
    let (name, digits) = path.strip_prefix('/')?.split_once('/')?;
    Some((name, digits.parse().ok()?))
}

struct Options {
    bind: String,
    threads: Option<usize>,
    log: bool,
}

impl Options {
    fn from_command_line() -> Result<Self, lexopt::Error> {
        let bind = ready_line::DEFAULT_ADDRESS.to_owned();
        let mut options = Self { bind, threads: None, log: false };
        let mut parser = Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("bind") => options.bind = parser.value()?.string()?,
                Arg::Long("threads") => options.threads = Some(parser.value()?.parse()?),
                Arg::Long("log") => options.log = true,
                other => return Err(other.unexpected()),
            }
        }
        Ok(options)
    }
}

fn main() -> io::Result<()> {
    let options =
        Options::from_command_line().unwrap_or_else(|error| ready_line::exit_with(&error));
    let mut server = HttpServer::bind(&*options.bind)?;
    if let Some(count) = options.threads {
        server = server.threads(count);
    }
    ready_line::announce(server.local_addr())?;
    server.serve_forever(Bench { log: options.log })
}
