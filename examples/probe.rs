//! A server for conformance probes to try: the endpoints that Http11Probe asks for (`/`, `/echo`,
//! `/cookie`), and two for bodies (`/unread`, `/status/NNN`).
//!
//! It has no special code for probes: they see what every handler does. It logs only with `--log`.
//! With `--tls-cert FILE` (the certificate and its key in one file) it speaks HTTPS.
//!
//! `cargo run --release --example probe -- --bind 127.0.0.1:8000`

use bhrh::{Exchange, HttpServer, Tls, http_handler};
use lexopt::{Arg, Parser, ValueExt};
use std::io::{self, Read, Write};
use std::path::PathBuf;

/// The largest body of a `POST`, which is held in memory because the response repeats it.
const LARGEST: u64 = 16 << 20;

/// The methods of every resource here.
const ALLOW: &str = "GET, HEAD, POST, OPTIONS";

struct Probe {
    log: bool,
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl Probe {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        match path(http) {
            "/echo" => echo(http),
            "/cookie" => cookies(http),
            path => match status(path) {
                // 204, 205 and 304 have no body. The handler does not know that; the server does.
                Some(code) => answer(http, code, b"short"),
                None => answer(http, 200, b"OK"),
            },
        }
    }

    fn do_HEAD(&self, http: &mut Exchange) -> io::Result<()> {
        self.do_GET(http)
    }

    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        match path(http) {
            "/unread" => answer(http, 200, b"OK"),
            "/echo" => echo(http),
            "/cookie" => cookies(http),
            _ => match body(http)? {
                Some(body) => answer(http, 200, &body),
                None => http.send_error(413),
            },
        }
    }

    fn do_OPTIONS(&self, http: &mut Exchange) -> io::Result<()> {
        if path(http) == "/unread" {
            return answer(http, 200, b"OK");
        }
        http.send_response(204);
        http.send_header("Allow", ALLOW);
        http.end_headers()
    }

    // Methods of RFC 9110 that are not allowed here get a 405. Unknown methods get the server's 501
    // (RFC 9110 section 9.1).

    fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
        not_allowed(http)
    }

    fn do_DELETE(&self, http: &mut Exchange) -> io::Result<()> {
        not_allowed(http)
    }

    fn do_PATCH(&self, http: &mut Exchange) -> io::Result<()> {
        not_allowed(http)
    }

    fn do_TRACE(&self, http: &mut Exchange) -> io::Result<()> {
        not_allowed(http)
    }

    fn do_CONNECT(&self, http: &mut Exchange) -> io::Result<()> {
        not_allowed(http)
    }

    fn log_message(&self, http: &Exchange, message: std::fmt::Arguments<'_>) {
        if self.log {
            bhrh::base::log_message(http, message);
        }
    }
}

/// The path of the target, without the query and without the scheme and host of absolute-form.
fn path<'a>(http: &Exchange<'a>) -> &'a str {
    let target = http.path;
    let target = match target.split_once("://") {
        Some((_, rest)) if !target.starts_with('/') => {
            rest.find(['/', '?']).map_or("/", |at| &rest[at..])
        }
        _ => target,
    };
    target.split('?').next().unwrap_or(target)
}

/// `/status/204` is 204.
fn status(path: &str) -> Option<u16> {
    let code = path.strip_prefix("/status/")?.parse().ok()?;
    (200..=599).contains(&code).then_some(code)
}

fn answer(http: &mut Exchange, code: u16, body: &[u8]) -> io::Result<()> {
    http.send_response(code);
    http.send_header("Content-Type", "text/plain");
    http.send_header("Content-Length", body.len());
    http.end_headers()?;
    http.wfile.write_all(body)
}

fn not_allowed(http: &mut Exchange) -> io::Result<()> {
    if path(http) == "/unread" {
        return answer(http, 200, b"OK");
    }
    http.send_response(405);
    http.send_header("Allow", ALLOW);
    http.send_header("Content-Length", 0);
    http.end_headers()
}

/// The whole body; `None` if it is too large.
fn body(http: &mut Exchange) -> io::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    (&mut http.rfile).take(LARGEST + 1).read_to_end(&mut body)?;
    Ok((body.len() as u64 <= LARGEST).then_some(body))
}

/// Every field line of the head. The body is read first, to its end, so the trailer section has
/// been seen. Its fields still do not appear here (RFC 9110 section 6.5.1).
fn echo(http: &mut Exchange) -> io::Result<()> {
    io::copy(&mut http.rfile, &mut io::sink())?;
    let mut text = Vec::new();
    for (name, value) in http.headers.iter() {
        line(&mut text, [name, ": ", value]);
    }
    answer(http, 200, &text)
}

/// Every pair of the `Cookie` fields, written one after another. This is the only response here
/// whose length is unknown at the beginning, so it is sent in chunks.
fn cookies(http: &mut Exchange) -> io::Result<()> {
    io::copy(&mut http.rfile, &mut io::sink())?;
    http.send_response(200);
    http.send_header("Content-Type", "text/plain");
    http.end_headers()?;
    http.flush_headers()?;
    let pairs = http.headers.get_all("Cookie").flat_map(|value| value.split(';'));
    for (name, value) in pairs.filter_map(|pair| pair.trim().split_once('=')) {
        let mut text = Vec::new();
        line(&mut text, [name, "=", value]);
        http.wfile.write_all(&text)?;
    }
    Ok(())
}

/// Adds a line, with one byte per character, as the client sent it.
fn line(text: &mut Vec<u8>, pieces: [&str; 3]) {
    text.extend(pieces.concat().chars().map(|c| u8::try_from(c).unwrap_or(b'?')));
    text.push(b'\n');
}

struct Options {
    bind: String,
    certificate: Option<PathBuf>,
    log: bool,
}

impl Options {
    fn from_command_line() -> Result<Self, lexopt::Error> {
        let bind = ready_line::DEFAULT_ADDRESS.to_owned();
        let mut options = Self { bind, certificate: None, log: false };
        let mut parser = Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Arg::Long("bind") => options.bind = parser.value()?.string()?,
                Arg::Long("log") => options.log = true,
                Arg::Long("tls-cert") => options.certificate = Some(parser.value()?.into()),
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
    let scheme = ready_line::scheme(options.certificate.is_some());
    if let Some(file) = options.certificate {
        server = server.tls(Tls::from_files(&file, &file)?);
    }
    ready_line::announce_as(scheme, server.local_addr())?;
    server.serve_forever(Probe { log: options.log })
}
