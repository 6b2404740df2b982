//! A forward proxy: CONNECT for encrypted pages, and absolute targets for plain ones.
//!
//! `cargo run --example forward_proxy -- --allow example.org`, and then
//! `curl -x http://127.0.0.1:8000 https://example.org/`. `--allow HOST` can be given several times,
//! and `.example.org` allows all names below it; without one, every host is allowed. Loopback,
//! private and other addresses that are not of the public internet are refused, whatever a name
//! stands for, unless `--private` is given.

mod rules;

use bhrh::{Error, Exchange, HttpServer, http_handler};
use lexopt::{Arg, Parser, ValueExt};
use rules::Rules;
use std::collections::HashSet;
use std::io::{self, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How long a tunnel may be idle, and a server may take for the next piece.
const IDLE: Duration = Duration::from_secs(60);

/// What this proxy calls itself in `Via`.
const PSEUDONYM: &str = "forward_proxy";

/// Fields that concern one connection only (RFC 9110 section 7.6.1).
const HOP_BY_HOP: [&str; 8] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The names of the fields that are not passed on: those that concern one connection only, and
/// those that the fields `Connection` nominate.
fn hop_by_hop<'a>(connection: impl Iterator<Item = &'a str>) -> HashSet<String> {
    let nominated = connection.flat_map(|value| value.split(','));
    let all = nominated.map(str::trim).chain(HOP_BY_HOP);
    all.map(str::to_ascii_lowercase).collect()
}

struct Proxy {
    rules: Rules,
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl Proxy {
    fn do_CONNECT(&self, http: &mut Exchange) -> io::Result<()> {
        let upstream = self.connect(http.path)?;
        match http.tunnel()?.relay(upstream, IDLE) {
            // Both ends are closed.
            Err(error) if error.kind() == io::ErrorKind::TimedOut => Ok(()),
            result => result.map(|_| ()),
        }
    }

    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        self.forward(http)
    }

    fn do_HEAD(&self, http: &mut Exchange) -> io::Result<()> {
        self.forward(http)
    }

    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        self.forward(http)
    }

    fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
        self.forward(http)
    }

    fn do_PATCH(&self, http: &mut Exchange) -> io::Result<()> {
        self.forward(http)
    }

    fn do_DELETE(&self, http: &mut Exchange) -> io::Result<()> {
        self.forward(http)
    }

    fn do_OPTIONS(&self, http: &mut Exchange) -> io::Result<()> {
        self.forward(http)
    }
}

impl Proxy {
    fn connect(&self, target: &str) -> io::Result<TcpStream> {
        let addresses = self.rules.addresses(target)?;
        let unreachable = || Error::status((502, "Bad Gateway", "The host does not answer"));
        let connect = |address| TcpStream::connect_timeout(address, Duration::from_secs(10)).ok();
        Ok(addresses.iter().find_map(connect).ok_or_else(unreachable)?)
    }

    /// Sends a request to the host that its target names, and the answer back.
    fn forward(&self, http: &mut Exchange) -> io::Result<()> {
        let not_for_proxies = || Error::status((400, "Bad Request", "The target is not absolute"));
        let (scheme, rest) = http.path.split_once("://").ok_or_else(not_for_proxies)?;
        if !scheme.eq_ignore_ascii_case("http") {
            return Err(not_for_proxies().into());
        }
        let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let target = match authority.rsplit_once(':') {
            Some((_, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                authority.to_owned()
            }
            _ => format!("{authority}:80"),
        };
        let body = http.read_body()?;
        let stream = self.connect(&target)?;
        stream.set_read_timeout(Some(IDLE))?;
        stream.set_write_timeout(Some(IDLE))?;
        // Only the path may be missing (RFC 9112 section 3.2.1).
        let slash = if path.starts_with('/') { "" } else { "/" };
        let mut request =
            format!("{} {slash}{path} HTTP/1.0\r\nHost: {authority}\r\n", http.command);
        let hop_by_hop = hop_by_hop(http.headers.get_all("Connection"));
        for (name, value) in &http.headers {
            let lower = name.to_ascii_lowercase();
            let is_own = ["host", "content-length", "expect"].contains(&lower.as_str());
            if !is_own && !hop_by_hop.contains(&lower) {
                request += &format!("{name}: {value}\r\n");
            }
        }
        let version = http.request_version.trim_start_matches("HTTP/");
        request += &format!("Via: {version} {PSEUDONYM}\r\n");
        if !body.is_empty() {
            request += &format!("Content-Length: {}\r\n", body.len());
        }
        (&stream).write_all(request.as_bytes())?;
        (&stream).write_all(b"Connection: close\r\n\r\n")?;
        (&stream).write_all(&body)?;
        answer::pass_on(http, stream)
    }
}

mod answer;

fn main() -> io::Result<()> {
    let options = options(Parser::from_env()).unwrap_or_else(|error| ready_line::exit_with(&error));
    let server = HttpServer::bind(options.address)?;
    ready_line::announce(server.local_addr())?;
    server.serve_forever(Proxy { rules: options.rules })
}

struct Options {
    address: String,
    rules: Rules,
}

fn options(mut parser: Parser) -> Result<Options, lexopt::Error> {
    let mut options = Options { address: "127.0.0.1:8000".to_owned(), rules: Rules::default() };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("bind") => options.address = parser.value()?.string()?,
            Arg::Long("allow") => options.rules.allow(&parser.value()?.string()?),
            Arg::Long("private") => options.rules.allow_private(),
            other => return Err(other.unexpected()),
        }
    }
    Ok(options)
}
