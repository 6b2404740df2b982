//! Running a handler on bytes in memory: no port, no thread.
//!
//! ```
//! use bhrh::{Exchange, http_handler};
//! use std::io::{self, Write};
//!
//! struct Hello;
//!
//! #[http_handler(protocol_version = "HTTP/1.1")]
//! impl Hello {
//!     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
//!         http.send_response(200);
//!         http.end_headers()?;
//!         http.wfile.write_all(b"hello\n")
//!     }
//! }
//!
//! let response = bhrh::testing::get(&Hello, "/");
//! assert_eq!((response.status(), response.text()), (200, "hello\n"));
//! assert_eq!(response.header("Content-Length"), Some("6"));
//! assert!(response.log()[0].contains("\"GET / HTTP/1.1\" 200 -"));
//! ```

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use crate::engine::stream;
use crate::handler::Handler;
use crate::headers::{Fields, Headers};
use crate::limits::Limits;
use crate::log_sink;
use crate::profile::Profile;
use crate::proto::chunked::ChunkedDecoder;

/// Sends a GET request.
#[must_use]
pub fn get(handler: &dyn Handler, path: &str) -> Response {
    request(handler, "GET", path, &[], b"")
}

/// Sends a POST request with a body.
#[must_use]
pub fn post(handler: &dyn Handler, path: &str, body: &[u8]) -> Response {
    request(handler, "POST", path, &[], body)
}

/// Sends a request with header fields and a body. `Host` is added where it is missing, and
/// `Content-Length` where there is a body and no other framing.
#[must_use]
pub fn request(
    handler: &dyn Handler,
    method: &str,
    path: &str,
    fields: &[(&str, &str)],
    body: &[u8],
) -> Response {
    let has = |name: &str| fields.iter().any(|field| field.0.eq_ignore_ascii_case(name));
    let mut bytes = format!("{method} {path} HTTP/1.1\r\n");
    if !has("Host") {
        bytes.push_str("Host: localhost\r\n");
    }
    for (name, value) in fields {
        bytes.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() && !has("Content-Length") && !has("Transfer-Encoding") {
        bytes.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    bytes.push_str("\r\n");
    let mut bytes = bytes.into_bytes();
    bytes.extend_from_slice(body);
    exchange(handler, &bytes)
}

/// Sends the bytes of one request, after which the client sends no more, and reads the response.
///
/// # Panics
///
/// If what comes back is no HTTP response: that is a failed test.
#[must_use]
pub fn exchange(handler: &dyn Handler, request: &[u8]) -> Response {
    let method = request.split(|byte| *byte == b' ').next().unwrap_or_default();
    let (bytes, log) = converse(handler, request, Profile::STRICT);
    match Response::read(&mut &bytes[..], method == b"HEAD") {
        Some(response) => Response { log, ..response },
        None => panic!("no response: {:?}", String::from_utf8_lossy(&bytes)),
    }
}

/// Sends the bytes of any number of requests under a profile. Gives back the bytes that came, and
/// the lines that the log would have had.
#[must_use]
pub fn converse(
    handler: &dyn Handler,
    requests: &[u8],
    profile: Profile,
) -> (Vec<u8>, Vec<String>) {
    let mut stream = Duplex { input: requests, output: Vec::new() };
    let client = SocketAddr::from(([127, 0, 0, 1], 49152));
    let served = || stream::serve(handler, &mut stream, client, profile, Limits::default());
    let (result, log) = log_sink::collect(served);
    // Memory neither ends early nor times out.
    debug_assert!(result.is_ok(), "{result:?}");
    (stream.output, log)
}

struct Duplex<'a> {
    input: &'a [u8],
    output: Vec<u8>,
}

impl Read for Duplex<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.input.read(buffer)
    }
}

impl Write for Duplex<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.output.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A response as a test looks at it.
#[derive(Debug, Clone)]
pub struct Response {
    interim: Vec<u16>,
    status: u16,
    reason: String,
    fields: Fields,
    body: Vec<u8>,
    text: String,
    log: Vec<String>,
}

impl Response {
    /// Reads one response, with its interim ones, from the beginning of `bytes`; `to_head` says
    /// that it answers HEAD. `None` if there is no complete response.
    #[must_use]
    pub fn read(bytes: &mut &[u8], to_head: bool) -> Option<Response> {
        let mut interim = Vec::new();
        loop {
            let (status, reason, fields) = read_head(bytes)?;
            if (100..200).contains(&status) && status != 101 {
                interim.push(status);
                continue;
            }
            let bodiless = to_head || matches!(status, 101 | 204 | 304);
            let body = if bodiless { Vec::new() } else { read_body(bytes, fields.headers())? };
            let text = String::from_utf8_lossy(&body).into_owned();
            let log = Vec::new();
            return Some(Response { interim, status, reason, fields, body, text, log });
        }
    }

    /// The status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The reason phrase.
    #[must_use]
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The codes of the interim responses that came before.
    #[must_use]
    pub fn interim(&self) -> &[u16] {
        &self.interim
    }

    /// The first field of this name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.fields.headers().get(name)
    }

    /// All fields.
    #[must_use]
    pub fn headers(&self) -> Headers<'_> {
        self.fields.headers()
    }

    /// The body, its chunks put together.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as text, with U+FFFD in the place of what is not UTF-8.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The lines that the log would have had. Empty for a response that was
    /// [`read`](Response::read) from bytes.
    #[must_use]
    pub fn log(&self) -> &[String] {
        &self.log
    }
}

fn read_head(bytes: &mut &[u8]) -> Option<(u16, String, Fields)> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let (head, rest) = bytes.split_at(end);
    *bytes = &rest[4..];
    let text: String = head.iter().copied().map(char::from).collect();
    let mut lines = text.split("\r\n");
    let mut words = lines.next()?.splitn(3, ' ');
    words.next().filter(|version| version.starts_with("HTTP/"))?;
    let status = words.next()?.parse().ok()?;
    let reason = words.next().unwrap_or_default().to_owned();
    let mut fields = Fields::default();
    for line in lines {
        let (name, value) = line.split_once(':')?;
        fields.push(name, value.trim());
    }
    Some((status, reason, fields))
}

fn read_body(bytes: &mut &[u8], headers: Headers<'_>) -> Option<Vec<u8>> {
    let chunked = |coding: &str| coding.trim().to_ascii_lowercase().ends_with("chunked");
    if headers.get("Transfer-Encoding").is_some_and(chunked) {
        let mut decoder = ChunkedDecoder::new();
        let mut body = vec![0; bytes.len()];
        let decoded = decoder.decode(bytes, &mut body).ok()?;
        *bytes = &bytes[decoded.used..];
        body.truncate(decoded.written);
        return decoder.is_done().then_some(body);
    }
    let length = match headers.get("Content-Length") {
        Some(length) => length.parse().ok()?,
        None => bytes.len(),
    };
    let (body, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(body.to_vec())
}
