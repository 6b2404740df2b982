//! The service that the benchmark in `bench/` measures, written for speed: `/plaintext`, `/json`,
//! `/echo`, `/order`, `/bytes/N`, `/sleep/MS` and `/headers`, each with its `Content-Length`.
//! `/rows/N`, `/copy/N` and `/drip/MS/N` write small pieces without a length; `/rows/N/LENGTH`
//! sets one.
//!
//! Like the other servers of the benchmark, it logs nothing; `--log` leaves the access log on.
//! `--buffered` writes rows and pieces through a `BufWriter`. `--tls FOLDER` serves HTTPS with the
//! `cert.pem` and `key.pem` there.
//!
//! `cargo run --release --example bench -- --bind 127.0.0.1:8000 --threads 2`

use bhrh::{Exchange, HttpServer, Json, http_handler};
use lexopt::{Arg, Parser, ValueExt};
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::io::{self, BufWriter, Read, Write};
use std::thread;
use std::time::{Duration, SystemTime};

const HELLO: &[u8] = b"Hello, World!";
const JSON: &str = "application/json";
const TEXT: &str = "text/plain";
const BINARY: &str = "application/octet-stream";

/// The largest body of `/bytes/N` and `/echo`, because the client chooses the size.
const LARGEST: usize = 16 << 20;

thread_local! {
    // Reused, because fresh or cleared memory costs more than all work on it here.
    /// The buffer that `/echo` reads into.
    static BODY: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    /// The bytes that `/bytes` sends.
    static BYTES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

struct Bench {
    log: bool,
    buffered: bool,
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
                    _ => self.stream(http),
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

    /// JSON to a type, and back.
    #[route("POST /order")]
    fn order(&self, #[json] order: Order) -> Json<Order> {
        Json(order)
    }

    fn log_request(&self, http: &Exchange, code: u16, size: Option<u64>) {
        if self.log {
            bhrh::base::log_request(http, code, size);
        }
    }
}

impl Bench {
    /// Responses that are written piece by piece.
    #[cold]
    fn stream(&self, http: &mut Exchange) -> io::Result<()> {
        let mut parts = http.path.split('/').skip(1);
        let name = parts.next().unwrap_or_default();
        let mut numbers = parts.map_while(|part| part.parse::<u64>().ok());
        let (Some(first), second) = (numbers.next(), numbers.next()) else {
            return http.send_error(404);
        };
        match (name, second) {
            ("rows", length) => {
                begin(http, length)?;
                match self.buffered {
                    false => rows(&mut http.wfile, first),
                    true => {
                        let mut content = BufWriter::new(&mut http.wfile);
                        rows(&mut content, first)?;
                        Ok(content.into_inner().map(drop)?)
                    }
                }
            }
            ("copy", None) => {
                begin(http, None)?;
                match self.buffered {
                    false => copy(&mut http.wfile, first),
                    true => {
                        let mut content = BufWriter::new(&mut http.wfile);
                        copy(&mut content, first)?;
                        Ok(content.into_inner().map(drop)?)
                    }
                }
            }
            ("drip", Some(count)) => {
                begin(http, None)?;
                drip(&mut http.wfile, Duration::from_millis(first), count)
            }
            _ => http.send_error(404),
        }
    }
}

#[derive(Deserialize, Serialize)]
struct Order {
    id: u64,
    customer: Customer,
    items: Vec<Item>,
    tags: Vec<String>,
    remark: Option<String>,
    note: String,
}

#[derive(Deserialize, Serialize)]
struct Customer {
    name: String,
    mail: String,
    newsletter: bool,
}

#[derive(Deserialize, Serialize)]
struct Item {
    article: u32,
    name: String,
    count: u8,
    cents: u64,
    gift: bool,
}

fn begin(http: &mut Exchange, length: Option<u64>) -> io::Result<()> {
    http.send_response(200);
    http.send_header("Content-Type", TEXT);
    if let Some(length) = length {
        http.send_header("Content-Length", length);
    }
    http.end_headers()
}

fn rows(content: &mut impl Write, count: u64) -> io::Result<()> {
    for row in 0..count {
        writeln!(content, "{row},{}", row * row)?;
    }
    Ok(())
}

fn copy(content: &mut impl Write, pieces: u64) -> io::Result<()> {
    io::copy(&mut Letters { left: PIECE as u64 * pieces, at: 0 }, content).map(drop)
}

/// Writes lines with the time at which they are written, and sleeps after each line.
fn drip(content: &mut impl Write, pause: Duration, count: u64) -> io::Result<()> {
    for _ in 0..count {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        writeln!(content, "{}", now.as_nanos())?;
        thread::sleep(pause);
    }
    Ok(())
}

/// A reader that returns few bytes at a time.
struct Letters {
    left: u64,
    at: usize,
}

/// How much.
const PIECE: usize = 100;

/// The text that it returns again and again: a hundred of each letter.
static LETTERS: [u8; 26 * PIECE] = {
    let mut letters = [b'a'; 26 * PIECE];
    let mut at = 0;
    while at < letters.len() {
        letters[at] += (at / PIECE) as u8;
        at += 1;
    }
    letters
};

impl Read for Letters {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = (PIECE - self.at % PIECE).min(buffer.len());
        let count = rest.min(usize::try_from(self.left).unwrap_or(rest));
        buffer[..count].copy_from_slice(&LETTERS[self.at..self.at + count]);
        self.at = (self.at + count) % LETTERS.len();
        self.left -= count as u64;
        Ok(count)
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
    buffered: bool,
    tls: Option<std::path::PathBuf>,
}

impl Options {
    fn from_command_line() -> Result<Self, lexopt::Error> {
        let bind = ready_line::DEFAULT_ADDRESS.to_owned();
        let mut options = Self { bind, threads: None, log: false, buffered: false, tls: None };
        let mut parser = Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("bind") => options.bind = parser.value()?.string()?,
                Arg::Long("threads") => options.threads = Some(parser.value()?.parse()?),
                Arg::Long("log") => options.log = true,
                Arg::Long("buffered") => options.buffered = true,
                Arg::Long("tls") => options.tls = Some(parser.value()?.into()),
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
    if let Some(folder) = options.tls {
        let tls = bhrh::Tls::from_files(folder.join("cert.pem"), folder.join("key.pem"))?;
        server = server.tls(tls);
    }
    ready_line::announce(server.local_addr())?;
    server.serve_forever(Bench { log: options.log, buffered: options.buffered })
}
