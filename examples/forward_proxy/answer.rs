//! The answer of an upstream server, passed on.

use super::HOP_BY_HOP;
use bhrh::{Error, Exchange};
use std::io::{self, BufRead, BufReader, Read};
use std::net::TcpStream;

/// The longest head, in bytes.
const LONGEST_HEAD: u64 = 64 << 10;

/// Reads an answer to HTTP/1.0, and sends it to the client.
pub(crate) fn pass_on(http: &mut Exchange, upstream: TcpStream) -> io::Result<()> {
    let bad = || io::Error::from(Error::status((502, "Bad Gateway", "The answer is not HTTP")));
    let mut upstream = BufReader::new(upstream);
    let mut head = (&mut upstream).take(LONGEST_HEAD);
    let mut line = String::new();
    let next = move |line: &mut String, head: &mut io::Take<&mut BufReader<TcpStream>>| {
        line.clear();
        let count = head.read_line(line).map_err(|_| bad())?;
        if count == 0 { Err(bad()) } else { Ok(line.trim_end().to_owned()) }
    };
    let status = next(&mut line, &mut head)?;
    let mut words = status.splitn(3, ' ');
    let code = match (words.next(), words.next().and_then(|code| code.parse::<u16>().ok())) {
        (Some(version), Some(code)) if version.starts_with("HTTP/1.") && code >= 200 => code,
        _ => return Err(Error::status((502, "Bad Gateway", "The answer is not HTTP")).into()),
    };
    http.send_response((code, words.next().unwrap_or_default()));
    let mut length = None;
    loop {
        let field = next(&mut line, &mut head)?;
        if field.is_empty() {
            break;
        }
        let Some((name, value)) = field.split_once(':') else { continue };
        let lower = name.to_ascii_lowercase();
        if lower == "content-length" {
            length = value.trim().parse::<u64>().ok();
        }
        if !HOP_BY_HOP.contains(&lower.as_str()) {
            http.send_header(name, value.trim());
        }
    }
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
