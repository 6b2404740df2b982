//! A request as a test puts it together.

use std::fmt::{Display, Write as _};

use super::client::Client;
use super::response::Response;
use crate::proto::chunked;

/// A request that is being put together: made by [`Client::get`] and its like, sent by
/// [`send`](Request::send).
///
/// `Host` is added where it is missing, and `Content-Length` where there is a body and no other
/// framing. Nothing is checked: what a client should not send can be sent.
///
/// ```
/// let app = bhrh::from_fn(|http| {
///     let body = http.read_body()?;
///     let sum = http.rfile.trailers().headers().get("X-Sum").map(str::to_owned);
///     http.reply(200, "text/plain", format!("{} bytes, {sum:?}", body.len()))
/// });
/// let request = bhrh::testing::client(&app).post("/").chunked(["one ", "two"]).trailer("X-Sum", 7);
/// assert_eq!(request.send().text(), "7 bytes, Some(\"7\")");
/// ```
#[must_use = "a request does nothing until it is sent"]
#[derive(Debug, Clone)]
pub struct Request<'a> {
    client: Client<'a>,
    method: String,
    target: String,
    version: &'static str,
    fields: Vec<(String, String)>,
    content: Content,
    trailers: String,
}

#[derive(Debug, Clone)]
enum Content {
    Bytes(Vec<u8>),
    Chunks(Vec<u8>),
}

impl<'a> Request<'a> {
    pub(super) fn new(client: Client<'a>, method: &str, target: &str) -> Request<'a> {
        Request {
            client,
            method: method.to_owned(),
            target: target.to_owned(),
            version: "HTTP/1.1",
            fields: Vec::new(),
            content: Content::Bytes(Vec::new()),
            trailers: String::new(),
        }
    }

    /// Adds a header field.
    pub fn header(mut self, name: &str, value: impl Display) -> Request<'a> {
        self.fields.push((name.to_owned(), value.to_string()));
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Request<'a> {
        self.content = Content::Bytes(body.into());
        self
    }

    /// Sets a body that is sent in these chunks.
    pub fn chunked<T: AsRef<[u8]>>(mut self, chunks: impl IntoIterator<Item = T>) -> Request<'a> {
        let mut bytes = Vec::new();
        for chunk in chunks {
            let chunk = chunk.as_ref();
            // An empty chunk would end the body.
            if !chunk.is_empty() {
                chunked::push_size_line(&mut bytes, chunk.len());
                bytes.extend_from_slice(chunk);
                bytes.extend_from_slice(b"\r\n");
            }
        }
        self.content = Content::Chunks(bytes);
        self
    }

    /// Adds a field after a [`chunked`](Request::chunked) body.
    pub fn trailer(mut self, name: &str, value: impl Display) -> Request<'a> {
        // Writing to a String cannot fail.
        let _ = write!(self.trailers, "{name}: {value}\r\n");
        self
    }

    /// Speaks HTTP/1.0.
    pub fn http_10(mut self) -> Request<'a> {
        self.version = "HTTP/1.0";
        self
    }

    /// Sends `Expect: 100-continue`, and the body only when the server asks for it. A server that
    /// answers at once gets none.
    pub fn expect_continue(self) -> Request<'a> {
        self.header("Expect", "100-continue")
    }

    /// Sends the request over a new connection, and returns the response.
    ///
    /// # Panics
    ///
    /// If no complete HTTP response comes back: the test has failed then. A test that expects
    /// something else gets the bytes from [`Client::raw`].
    #[track_caller]
    #[must_use]
    #[inline]
    pub fn send(self) -> Response {
        let client = self.client;
        match client.pipeline([self]).pop() {
            Some(response) => response,
            // `pipeline` gives one for each.
            None => panic!("no response"),
        }
    }

    /// Its bytes, for [`Client::raw`].
    #[must_use]
    #[inline]
    pub fn to_bytes(&self) -> Vec<u8> {
        let (mut head, body) = self.parts();
        head.extend_from_slice(&body);
        head
    }

    pub(super) fn client(&self) -> Client<'a> {
        self.client
    }

    pub(super) fn is_head(&self) -> bool {
        self.method == "HEAD"
    }

    pub(super) fn expects(&self) -> bool {
        self.has("Expect")
    }

    /// The head and the body.
    #[inline]
    pub(super) fn parts(&self) -> (Vec<u8>, Vec<u8>) {
        let Request { method, target, version, .. } = self;
        let mut head = format!("{method} {target} {version}\r\n");
        let mut field = |name: &str, value: &str| {
            head.push_str(&format!("{name}: {value}\r\n"));
        };
        if !self.has("Host") {
            field("Host", "localhost");
        }
        for (name, value) in &self.fields {
            field(name, value);
        }
        let framed = self.has("Content-Length") || self.has("Transfer-Encoding");
        let body = match &self.content {
            Content::Bytes(bytes) => {
                if !bytes.is_empty() && !framed {
                    field("Content-Length", &bytes.len().to_string());
                }
                bytes.clone()
            }
            Content::Chunks(bytes) => {
                if !framed {
                    field("Transfer-Encoding", "chunked");
                }
                [bytes, &b"0\r\n"[..], self.trailers.as_bytes(), b"\r\n"].concat()
            }
        };
        head.push_str("\r\n");
        (head.into_bytes(), body)
    }

    fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|field| field.0.eq_ignore_ascii_case(name))
    }
}
