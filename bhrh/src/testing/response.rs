//! A response as a test looks at it, read from bytes.

use crate::headers::{Fields, Headers};
use crate::proto::chunked::ChunkedDecoder;

/// A response as a test looks at it.
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
    /// that it answers HEAD. `None` if there is no complete response.
    #[must_use]
    #[inline]
    pub fn read(bytes: &mut &[u8], to_head: bool) -> Option<Response> {
        Response::read_so_far(bytes, to_head, true)
    }

    /// The same of bytes that may go on, unless they are `ended`.
    #[inline]
    pub(super) fn read_so_far(bytes: &mut &[u8], to_head: bool, ended: bool) -> Option<Response> {
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

    pub(super) fn logged(self, log: Vec<String>) -> Response {
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

    /// The body as text, with U+FFFD in the place of what is not UTF-8.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The fields that came after a chunked body.
    #[must_use]
    pub fn trailers(&self) -> Headers<'_> {
        self.trailers.headers()
    }

    /// The lines that the log would have had, of several requests all. Empty for a response that
    /// came over TCP, or was [`read`](Response::read) from bytes: a server's lines go where
    /// they go.
    #[must_use]
    pub fn log(&self) -> &[String] {
        &self.log
    }
}

/// As many complete responses as there are.
#[inline]
pub(super) fn responses(mut bytes: &[u8], to_head: &[bool], ended: bool) -> Vec<Response> {
    to_head.iter().map_while(|to_head| Response::read_so_far(&mut bytes, *to_head, ended)).collect()
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
        if Response::read_so_far(&mut bytes, *to_head, false).is_none() {
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
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let (head, rest) = bytes.split_at(end);
        let text: String = head.iter().copied().map(char::from).collect();
        let mut lines = text.split("\r\n");
        let mut words = lines.next()?.splitn(3, ' ');
        let version = words.next().filter(|version| version.starts_with("HTTP/"))?.to_owned();
        let status = words.next()?.parse().ok()?;
        let reason = words.next().unwrap_or_default().to_owned();
        let mut fields = Fields::default();
        for line in lines {
            let (name, value) = line.split_once(':')?;
            fields.push(name, value.trim());
        }
        *bytes = &rest[4..];
        Some(Head { version, status, reason, fields })
    }

    fn is_interim(&self) -> bool {
        (100..200).contains(&self.status) && self.status != 101
    }
}

#[inline]
fn read_body(bytes: &mut &[u8], headers: Headers<'_>, ended: bool) -> Option<(Vec<u8>, Fields)> {
    let chunked = |coding: &str| coding.trim().to_ascii_lowercase().ends_with("chunked");
    if headers.get("Transfer-Encoding").is_some_and(chunked) {
        let mut decoder = ChunkedDecoder::new();
        let mut body = vec![0; bytes.len()];
        let decoded = decoder.decode(bytes, &mut body).ok()?;
        *bytes = &bytes[decoded.used..];
        body.truncate(decoded.written);
        return decoder.is_done().then(|| (body, decoder.trailers().clone()));
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
