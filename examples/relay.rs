//! A proxy that never holds a whole body: it passes each piece on to another server when it
//! arrives, and back. So events and downloads of any size pass through it.
//!
//! `cargo run --example relay -- --upstream 127.0.0.1:8001`. This is a demonstration, not a proxy
//! to deploy: it opens a new connection per request, and has a single upstream.

use bhrh::{Error, Exchange, Fields, Headers, HttpServer, Outcome, http_handler};
use lexopt::{Arg, Parser, ValueExt};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long the upstream may be silent.
const PATIENCE: Duration = Duration::from_secs(60);

/// The longest header line from the upstream, and the largest number of them.
const LINE: u64 = 64 << 10;
const LINES: usize = 200;

/// Fields that belong to one connection and are not passed on (RFC 9110 section 7.6.1).
const OF_ONE_CONNECTION: [&str; 7] =
    ["Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Upgrade", "Expect"];

struct Relay {
    upstream: String,
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl Relay {
    fn handle_one_request(&self, http: &mut Exchange) -> Outcome {
        let bad = |error: io::Error| match error.kind() {
            io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
                Error::status((504, "The server behind does not answer", error.to_string()))
            }
            _ => Error::status((502, "The server behind cannot be reached", error.to_string())),
        };
        let upstream = self.connect().map_err(bad)?;
        send_request(http, &upstream)?;
        let mut answer = BufReader::new(&upstream);
        let (status, reason, fields) = read_head(&mut answer).map_err(bad)?;
        self.answer(http, (status, &reason), &fields, answer)
    }
}

impl Relay {
    fn connect(&self) -> io::Result<TcpStream> {
        let upstream = TcpStream::connect(&self.upstream)?;
        upstream.set_read_timeout(Some(PATIENCE))?;
        upstream.set_write_timeout(Some(PATIENCE))?;
        Ok(upstream)
    }

    fn answer(
        &self,
        http: &mut Exchange,
        status: (u16, &str),
        fields: &Fields,
        answer: impl Read,
    ) -> Outcome {
        let headers = fields.headers();
        let chunked = headers.contains("Transfer-Encoding");
        if chunked && http.request_version < "HTTP/1.1" {
            // The upstream's chunks are passed on unchanged, but this client cannot read chunks.
            return Err(Error::status((502, "The server behind speaks HTTP/1.1")));
        }
        http.send_response_only(status);
        for (name, value) in headers.iter().filter(|field| is_passed_on(field.0, headers)) {
            http.send_header(name, value);
        }
        http.log_request(status.0);
        http.end_headers()?;
        if http.command == "HEAD" || matches!(status.0, 204 | 304) {
            return Ok(());
        }
        let length = headers.get("Content-Length").and_then(|length| length.parse().ok());
        let mut body = answer.take(length.unwrap_or(u64::MAX));
        let mut piece = vec![0; 16 << 10];
        loop {
            let count = body.read(&mut piece)?;
            if count == 0 {
                return Ok(());
            }
            http.wfile.write_all(&piece[..count])?;
            // An upstream that sends in pieces may want the client to see each piece.
            http.wfile.flush()?;
        }
    }
}

/// Passes the request on. If the upstream stops reading it, that is not an error yet: its response
/// may say why.
fn send_request(http: &mut Exchange, upstream: &TcpStream) -> Result<(), Error> {
    let mut to = BufWriter::new(upstream);
    let mut head = format!("{} {} HTTP/1.1\r\n", http.command, http.path);
    let headers = http.headers;
    for (name, value) in headers.iter().filter(|field| is_passed_on(field.0, headers)) {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("X-Forwarded-For: {}\r\nConnection: close\r\n\r\n", http.address_string());
    let chunked = http.headers.contains("Transfer-Encoding");
    let mut goes_on = to.write_all(&latin1(&head)).is_ok();
    let mut piece = vec![0; 16 << 10];
    while goes_on {
        // This error comes from the client, and ends the method.
        let count = http.rfile.read(&mut piece)?;
        let mut send = || match chunked {
            true => {
                write!(to, "{count:x}\r\n")?;
                to.write_all(&piece[..count])?;
                to.write_all(b"\r\n")
            }
            false => to.write_all(&piece[..count]),
        };
        goes_on = send().is_ok() && count > 0;
    }
    let _ = to.flush();
    Ok(())
}

fn is_passed_on(name: &str, headers: Headers<'_>) -> bool {
    let is_it = |other: &str| other.trim().eq_ignore_ascii_case(name);
    let mut named = headers.get_all("Connection").flat_map(|value| value.split(','));
    !OF_ONE_CONNECTION.into_iter().any(is_it) && !named.any(is_it)
}

/// The bytes of a head's text, which has one character per byte.
fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect()
}

/// The head of the final response.
fn read_head(answer: &mut impl BufRead) -> io::Result<(u16, String, Fields)> {
    loop {
        let line = read_line(answer)?;
        let mut words = line.splitn(3, ' ');
        let version = words.next().unwrap_or_default();
        let status = words.next().and_then(|code| code.parse().ok());
        let reason = words.next().unwrap_or_default().to_owned();
        let (true, Some(status)) = (version.starts_with("HTTP/1."), status) else {
            return Err(malformed("a status line"));
        };
        let mut fields = Fields::default();
        loop {
            let line = read_line(answer)?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':').ok_or_else(|| malformed("a header line"))?;
            fields.push(name, value.trim());
            if fields.headers().len() > LINES {
                return Err(malformed("fewer header lines"));
            }
        }
        if status >= 200 {
            return Ok((status, reason, fields));
        }
    }
}

fn read_line(answer: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    answer.take(LINE).read_until(b'\n', &mut line)?;
    let line = line.strip_suffix(b"\r\n").ok_or_else(|| malformed("a line"))?;
    Ok(line.iter().copied().map(char::from).collect())
}

fn malformed(expected: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{expected} was expected"))
}

fn main() -> io::Result<()> {
    let options = options(Parser::from_env()).unwrap_or_else(|error| ready_line::exit_with(&error));
    let server = HttpServer::bind(options.address)?;
    ready_line::announce(server.local_addr())?;
    server.serve_forever(Relay { upstream: options.upstream })
}

struct Options {
    address: String,
    upstream: String,
}

fn options(mut parser: Parser) -> Result<Options, lexopt::Error> {
    let mut options = Options {
        address: ready_line::DEFAULT_ADDRESS.to_owned(),
        upstream: "127.0.0.1:8001".to_owned(),
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("bind") => options.address = parser.value()?.string()?,
            Arg::Long("upstream") => options.upstream = parser.value()?.string()?,
            other => return Err(other.unexpected()),
        }
    }
    Ok(options)
}
