//! The answer of an upstream server, passed on.

use super::{PSEUDONYM, hop_by_hop};
use bhrh::{Error, Exchange};
use std::io::{self, BufRead, BufReader, Read};
use std::net::TcpStream;

/// The longest head, in bytes.
const LONGEST_HEAD: u64 = 64 << 10;

/// Reads an answer to HTTP/1.0, and sends it to the client.
pub(crate) fn pass_on(http: &mut Exchange, upstream: TcpStream) -> io::Result<()> {
    let mut upstream = BufReader::new(upstream);
    let mut head = (&mut upstream).take(LONGEST_HEAD);
    let status = next_line(&mut head)?;
    let mut words = status.splitn(3, ' ');
    let version = words.next().and_then(|version| version.strip_prefix("HTTP/"));
    let (version, code) = match (version, words.next().and_then(|code| code.parse::<u16>().ok())) {
        (Some(version), Some(code)) if version.starts_with("1.") && code >= 200 => (version, code),
        _ => return Err(bad()),
    };
    let mut fields = Vec::new();
    loop {
        let field = next_line(&mut head)?;
        if field.is_empty() {
            break;
        }
        if let Some((name, value)) = field.split_once(':') {
            fields.push((
                name.trim_end().to_ascii_lowercase(),
                name.to_owned(),
                value.trim().to_owned(),
            ));
        }
    }
    let values = |wanted: &'static str| {
        fields.iter().filter(move |field| field.0 == wanted).map(|field| field.2.as_str())
    };
    // No server may encode its answer to HTTP/1.0 (RFC 9112 section 6.1).
    if values("transfer-encoding").next().is_some() {
        return Err(bad());
    }
    let length = values("content-length").next().and_then(|value| value.parse::<u64>().ok());
    let hop_by_hop = hop_by_hop(values("connection"));
    http.send_response((code, words.next().unwrap_or_default()));
    for (lower, name, value) in &fields {
        if !hop_by_hop.contains(lower) {
            http.send_header(name, value);
        }
    }
    http.send_header("Via", format_args!("{version} {PSEUDONYM}"));
    http.end_headers()?;
    match length {
        _ if http.command == "HEAD" => {}
        Some(length) => {
            io::copy(&mut upstream.take(length), &mut http.wfile)?;
        }
        None => {
            io::copy(&mut upstream, &mut http.wfile)?;
        }
    }
    Ok(())
}

/// The next line of a head, without its end.
fn next_line(head: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    match head.read_line(&mut line) {
        Ok(1..) => Ok(line.trim_end().to_owned()),
        _ => Err(bad()),
    }
}

fn bad() -> io::Error {
    Error::status((502, "Bad Gateway", "The answer is not HTTP")).into()
}
