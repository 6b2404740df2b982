//! A response as a test looks at it, read from bytes.
//!
//! `httparse` reads the bytes, without any code of the runtime: a fault in how the runtime frames a
//! response must not be hidden by the same fault here.

use httparse::{EMPTY_HEADER, Header, Status};

use crate::headers::{Fields, Headers};

/// A response as a test looks at it.
///
/// ```
/// let app = bhrh::from_fn(|http| http.reply(200, "text/plain", "hello"));
/// let response = bhrh::testing::get(&app, "/");
/// assert_eq!((response.version(), response.status(), response.reason()), ("HTTP/1.1", 200, "OK"));
/// assert_eq!(response.header("Content-Length"), Some("5"));
/// assert_eq!((response.text(), response.body()), ("hello", &b"hello"[..]));
/// assert!(response.log()[0].ends_with("\"GET / HTTP/1.1\" 200 -"));
/// ```
#[derive(Debug, Clone)]
pub struct Response {
    interim: Vec<u16>,
    version: String,
    status: u16,
    reason: String,
    fields: Fields,
    body: Vec<u8>,
    trailers: Fields,
    text: String,
    log: Vec<String>,
}

impl Response {
    /// Reads one response, with its interim ones, from the beginning of `bytes`; `to_head` says
    /// that it answers HEAD, `ended` that no more bytes follow. `None` if there is no complete
    /// response.
    #[inline]
    pub(crate) fn read(bytes: &mut &[u8], to_head: bool, ended: bool) -> Option<Response> {
        let mut interim = Vec::new();
        loop {
            let head = Head::read(bytes)?;
            if head.is_interim() {
                interim.push(head.status);
                continue;
            }
            let bodiless = to_head || matches!(head.status, 101 | 204 | 304);
            let (body, trailers) = match bodiless {
                true => (Vec::new(), Fields::default()),
                false => read_body(bytes, head.fields.headers(), ended)?,
            };
            let text = String::from_utf8_lossy(&body).into_owned();
            let Head { version, status, reason, fields } = head;
            let log = Vec::new();
            return Some(Response {
                interim,
                version,
                status,
                reason,
                fields,
                body,
                trailers,
                text,
                log,
            });
        }
    }

    pub(crate) fn logged(self, log: Vec<String>) -> Response {
        Response { log, ..self }
    }

    /// The version of its status line, such as `HTTP/1.1`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
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

    /// The body as text, with U+FFFD for bytes that are not UTF-8.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The fields that came after a chunked body.
    #[must_use]
    pub fn trailers(&self) -> Headers<'_> {
        self.trailers.headers()
    }

    /// The log lines of all requests on this connection. Empty for a response that came over TCP: a
    /// server writes its lines to its own log.
    #[must_use]
    pub fn log(&self) -> &[String] {
        &self.log
    }
}

/// All complete responses.
#[inline]
pub(super) fn responses(mut bytes: &[u8], to_head: &[bool], ended: bool) -> Vec<Response> {
    to_head.iter().map_while(|to_head| Response::read(&mut bytes, *to_head, ended)).collect()
}

/// How far an answer has come.
pub(super) enum Stage {
    /// No head yet.
    Nothing,
    /// An interim response, and no final one.
    Interim,
    /// The final response has begun.
    Final,
}

/// How far the last answer has come in bytes that begin with answers to others; each of
/// `earlier_to_head` says that one of these answers HEAD.
#[inline]
pub(super) fn stage(mut bytes: &[u8], earlier_to_head: &[bool]) -> Stage {
    for to_head in earlier_to_head {
        if Response::read(&mut bytes, *to_head, false).is_none() {
            return Stage::Nothing;
        }
    }
    let mut stage = Stage::Nothing;
    while let Some(head) = Head::read(&mut bytes) {
        if !head.is_interim() {
            return Stage::Final;
        }
        stage = Stage::Interim;
    }
    stage
}

struct Head {
    version: String,
    status: u16,
    reason: String,
    fields: Fields,
}

impl Head {
    #[inline]
    fn read(bytes: &mut &[u8]) -> Option<Head> {
        let mut room = Room::default();
        loop {
            let mut response = httparse::Response::new(&mut room.fields);
            match response.parse(bytes) {
                Ok(Status::Complete(length)) => {
                    let (head, rest) = bytes.split_at(length);
                    *bytes = rest;
                    return Some(Head {
                        version: format!("HTTP/1.{}", response.version?),
                        status: response.code?,
                        reason: reason(head),
                        fields: owned(response.headers),
                    });
                }
                Err(httparse::Error::TooManyHeaders) => room.grow(),
                Ok(Status::Partial) | Err(_) => return None,
            }
        }
    }

    fn is_interim(&self) -> bool {
        (100..200).contains(&self.status) && self.status != 101
    }
}

/// The reason phrase of a head that has been read. `httparse` gives it only if it is ASCII.
fn reason(head: &[u8]) -> String {
    let line = head.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
    let phrase = line.get("HTTP/1.1 200 ".len()..).unwrap_or_default();
    phrase.iter().copied().map(char::from).collect()
}

/// Where fields are put until they are copied.
struct Room<'b> {
    fields: Vec<Header<'b>>,
}

impl Default for Room<'_> {
    fn default() -> Self {
        Room { fields: vec![EMPTY_HEADER; 64] }
    }
}

impl Room<'_> {
    fn grow(&mut self) {
        self.fields.resize(2 * self.fields.len(), EMPTY_HEADER);
    }
}

fn owned(fields: &[Header<'_>]) -> Fields {
    let mut owned = Fields::default();
    for field in fields {
        let value: String = field.value.iter().copied().map(char::from).collect();
        owned.push(field.name, &value);
    }
    owned
}

#[inline]
fn read_body(bytes: &mut &[u8], headers: Headers<'_>, ended: bool) -> Option<(Vec<u8>, Fields)> {
    let chunked = |coding: &str| coding.trim().to_ascii_lowercase().ends_with("chunked");
    if headers.get("Transfer-Encoding").is_some_and(chunked) {
        let body = read_chunks(bytes)?;
        return Some((body, read_trailers(bytes)?));
    }
    let length = match headers.get("Content-Length") {
        Some(length) => length.parse().ok()?,
        None if !ended => return None,
        None => bytes.len(),
    };
    let (body, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some((body.to_vec(), Fields::default()))
}

/// The content of all chunks, the last one included.
fn read_chunks(bytes: &mut &[u8]) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    loop {
        // `httparse` takes a line without a digit for a size of 0.
        let has_size = bytes.first().is_some_and(u8::is_ascii_hexdigit);
        let size_line = httparse::parse_chunk_size(bytes).ok().filter(|_| has_size)?;
        let Status::Complete((begin, size)) = size_line else { return None };
        let (chunk, rest) = bytes[begin..].split_at_checked(usize::try_from(size).ok()?)?;
        if chunk.is_empty() {
            *bytes = rest;
            return Some(content);
        }
        content.extend_from_slice(chunk);
        *bytes = rest.strip_prefix(b"\r\n")?;
    }
}

fn read_trailers(bytes: &mut &[u8]) -> Option<Fields> {
    let mut room = Room::default();
    loop {
        match httparse::parse_headers(bytes, &mut room.fields) {
            Ok(Status::Complete((length, fields))) => {
                let fields = owned(fields);
                *bytes = &bytes[length..];
                return Some(fields);
            }
            Err(httparse::Error::TooManyHeaders) => room.grow(),
            Ok(Status::Partial) | Err(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(mut bytes: &[u8]) -> Option<(Response, usize)> {
        let whole = bytes.len();
        let response = Response::read(&mut bytes, false, true)?;
        Some((response, whole - bytes.len()))
    }

    /// Bytes that follow a response are left alone, and an incomplete response is not returned.
    fn read_exactly(bytes: &[u8]) -> Response {
        for end in 0..bytes.len() {
            let so_far = Response::read(&mut &bytes[..end], false, false);
            assert!(so_far.is_none(), "complete after {end} bytes");
        }
        let more = [bytes, b"HTTP/1.1 200 OK\r\n"].concat();
        let (response, used) = read(&more).expect("a response");
        assert_eq!(used, bytes.len());
        response
    }

    #[test]
    fn one_response_is_taken_off() {
        let response = read_exactly(
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404 Caf\xE9 shut\r\nA: \xE9 \r\na:\r\n\
              Content-Length: 2\r\n\r\nhi",
        );
        assert_eq!(response.interim(), [100]);
        assert_eq!((response.version(), response.status()), ("HTTP/1.0", 404));
        assert_eq!((response.reason(), response.text()), ("Caf\u{e9} shut", "hi"));
        assert_eq!(response.headers().get_all("A").collect::<Vec<_>>(), ["\u{e9}", ""]);
    }

    #[test]
    fn chunks_are_put_together() {
        let response = read_exactly(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
              A;a=\"b\"\r\n0123456789\r\n1\r\nx\r\n0\r\nT: u\r\n\r\n",
        );
        assert_eq!(response.text(), "0123456789x");
        assert_eq!(response.trailers().get("T"), Some("u"));
        assert_eq!(response.reason(), "OK");
    }

    #[test]
    fn there_may_be_any_number_of_fields() {
        let fields: String = (0..300).map(|number| format!("A: {number}\r\n")).collect();
        let head = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n{fields}\r\n");
        let (response, _) = read(format!("{head}0\r\n{fields}\r\n").as_bytes()).unwrap();
        assert_eq!(response.headers().len(), 301);
        assert_eq!(response.trailers().len(), 300);
    }

    #[test]
    fn what_is_malformed_is_no_response() {
        const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        for bytes in [
            "HTTP/1.1 OK\r\n\r\n",
            "HTTP/2 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            &format!("{CHUNKED}\r\n\r\n"),
            &format!("{CHUNKED}x\r\n\r\n"),
            &format!("{CHUNKED}1\r\nab\r\n0\r\n\r\n"),
            &format!("{CHUNKED}ffffffffffffffff\r\nab"),
            &format!("{CHUNKED}0\r\nA\r\n\r\n"),
        ] {
            assert!(read(bytes.as_bytes()).is_none(), "{bytes:?}");
        }
    }
}
