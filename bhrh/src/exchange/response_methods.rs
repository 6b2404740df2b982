//! The methods that answer: Python's `send_response`, `send_header`, `end_headers`, `send_error`.

use std::fmt;
use std::io;

use super::Exchange;
use super::composing::Composing;
use crate::date;
use crate::error::{IntoErrorStatus, IntoStatus};
use crate::proto::header_value::HeaderValue;
use crate::proto::response::{HeadFault, Tracked};
use crate::request_id;

/// The fields that say where a body ends.
const FRAMING: [&str; 2] = ["Content-Length", "Transfer-Encoding"];

/// # Answering: piece by piece, as in Python
impl Exchange<'_> {
    /// Begins a response: logs the request, buffers the status line, and `Server` and `Date`.
    ///
    /// `status` is a code, or a code with a reason phrase: `200`, `(200, "All Good")`. Without one
    /// the phrase comes from `responses`. A response that was begun and not ended is dropped.
    ///
    /// Python: `send_response(code, message=None)`.
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| {
    ///     http.send_response((200, "All Good"));
    ///     http.send_header("Content-Length", 0);
    ///     http.end_headers()
    /// });
    /// let response = bhrh::testing::get(&app, "/");
    /// assert_eq!((response.status(), response.reason()), (200, "All Good"));
    /// assert_eq!(response.header("Server"), Some("BaseHTTP/0.6 Rust"));
    /// ```
    pub fn send_response<'m>(&mut self, status: impl IntoStatus<'m>) {
        let (code, phrase, _) = status.into_parts();
        self.begin_response(code, phrase.as_deref());
    }

    fn begin_response(&mut self, code: u16, phrase: Option<&str>) {
        // What is not going to be sent is not logged either.
        if self.forbids(code) {
            return;
        }
        let handler = self.handler;
        if !self.is_logged_late() && self.live.wire.has_no_line_of(code) {
            handler.log_request(self, code, None);
        }
        let server = handler.version_string(self);
        let own_date = handler.date();
        let late = self.scheduling.is_slow();
        self.begin_head(code, phrase, |composing, version, phrase| {
            let mut begin = |date: &str| {
                composing.begin_head(version, code, phrase, Some((&server, date)));
            };
            match &own_date {
                Some(date) => begin(date),
                None => date::kept::with(late, begin),
            }
            self.push_request_id(composing);
        });
    }

    /// Tells the client the request's id, if it has one.
    pub(crate) fn push_request_id(&self, composing: &mut Composing) {
        if let Some(id) = self.request_id() {
            let tracked = Some(Tracked::RequestId);
            composing.head().push_runtime_field(request_id::FIELD, id.as_bytes(), tracked);
        }
    }

    /// Buffers the status line alone: for interim responses, and for those that want no `Server`
    /// and no `Date`. Nothing is logged.
    ///
    /// Python: `send_response_only(code, message=None)`.
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| {
    ///     // A browser may fetch the style sheet while the page is made (RFC 8297).
    ///     http.send_response_only(103);
    ///     http.send_header("Link", "</style.css>; rel=preload; as=style");
    ///     http.end_headers()?;
    ///     http.reply(200, "text/html", "<link rel=stylesheet href=style.css>")
    /// });
    /// let response = bhrh::testing::get(&app, "/");
    /// assert_eq!((response.interim(), response.status()), (&[103][..], 200));
    /// ```
    pub fn send_response_only<'m>(&mut self, status: impl IntoStatus<'m>) {
        let (code, phrase, _) = status.into_parts();
        self.begin_bare_response(code, phrase.as_deref());
    }

    fn begin_bare_response(&mut self, code: u16, phrase: Option<&str>) {
        if !self.forbids(code) {
            self.begin_head(code, phrase, |composing, version, phrase| {
                composing.begin_head(version, code, phrase, None);
            });
        }
    }

    #[inline(always)] // The other caller is rare.
    fn forbids(&self, code: u16) -> bool {
        self.note_closing();
        self.live.wire.composing.borrow_mut().forbids(code)
    }

    /// Calls `begin` with the handler's version and the reason phrase, to begin the head.
    fn begin_head(
        &self,
        code: u16,
        phrase: Option<&str>,
        begin: impl FnOnce(&mut Composing, &str, &str),
    ) {
        let mut version = self.handler.protocol_version();
        if code == 101 {
            // Only HTTP/1.1 has it (RFC 9110 section 15.2).
            version = "HTTP/1.1".into();
        }
        let standard = || self.handler.responses().get(code).map_or("", |row| row.0);
        let phrase = phrase.unwrap_or_else(standard);
        let mut composing = self.live.wire.composing.borrow_mut();
        if !composing.is_simple() {
            begin(&mut composing, &version, phrase);
        }
    }

    /// Buffers a field of the response.
    ///
    /// The value is text, a number, or a reference to anything that displays itself. A name that is
    /// not a token, or a value with control characters or characters outside ISO-8859-1, is not
    /// buffered; [`end_headers`](Exchange::end_headers) or
    /// [`flush_headers`](Exchange::flush_headers) then fails with an error that names the field.
    /// (Python lets CR and LF through.)
    ///
    /// `Connection: close` and `Connection: keep-alive` set
    /// [`close_connection`](Exchange::close_connection), as in Python.
    ///
    /// Python: `send_header(keyword, value)`.
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| {
    ///     http.send_response(204);
    ///     http.send_header("X-Version", env!("CARGO_PKG_VERSION"));
    ///     http.send_header("X-Count", 7);
    ///     http.send_header("X-Client", &http.client_address.host());
    ///     http.end_headers()
    /// });
    /// let response = bhrh::testing::get(&app, "/");
    /// assert_eq!(response.header("X-Count"), Some("7"));
    /// assert_eq!(response.header("X-Client"), Some("127.0.0.1"));
    /// ```
    pub fn send_header(&mut self, name: &str, value: impl HeaderValue) {
        self.mount.note_field(name);
        let mut composing = self.live.wire.composing.borrow_mut();
        if composing.is_simple() {
            return;
        }
        let ended = composing.is_head_ended();
        let head = composing.head();
        if ended {
            head.note_field_fault(HeadFault::AfterEnd, name);
            return;
        }
        if self.request_id.is_some() && name.eq_ignore_ascii_case(request_id::FIELD) {
            head.remove(Tracked::RequestId);
        }
        if self.profile.replace_automatic {
            if name.eq_ignore_ascii_case("Server") {
                head.remove(Tracked::Server);
            } else if name.eq_ignore_ascii_case("Date") {
                head.remove(Tracked::Date);
            }
        }
        if head.push_handler_field(name, value) && name.eq_ignore_ascii_case("Connection") {
            if head.says_close() {
                self.close_connection = true;
            } else if head.has(Tracked::KeepAlive) {
                self.close_connection = false;
            }
        }
    }

    /// Adds a field to the final response of this request, however that response comes about: for a
    /// field that is known before the status is, or that a response of another handler or an error
    /// page should have too. Call it before [`send_response`](Exchange::send_response), or at any
    /// time up to [`end_headers`](Exchange::end_headers), which fails if the value cannot be sent,
    /// as for [`send_header`](Exchange::send_header). The error page that follows such a failure
    /// has the other added fields.
    ///
    /// Not in Python.
    ///
    /// ```
    /// use bhrh::{Exchange, http_handler};
    /// use std::io;
    ///
    /// struct Busy;
    ///
    /// #[http_handler]
    /// impl Busy {
    ///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
    ///         http.add_header("Retry-After", 120);
    ///         http.send_error(503)
    ///     }
    /// }
    ///
    /// let response = bhrh::testing::get(&Busy, "/");
    /// assert_eq!((response.status(), response.header("Retry-After")), (503, Some("120")));
    /// ```
    pub fn add_header(&mut self, name: &str, value: impl fmt::Display) {
        self.added_fields.get_or_default().push((name.to_owned(), value.to_string()));
    }

    /// Puts added fields at the end of the final head. They stay: the head may have to give way to
    /// an error's.
    #[cold]
    pub(super) fn send_added_fields(&mut self) {
        let begun = {
            let mut composing = self.live.wire.composing.borrow_mut();
            let ended = composing.is_head_ended();
            composing.head().status().is_some_and(|status| status >= 200 || status == 101) && !ended
        };
        if begun {
            let mut added = self.added_fields.take().into_inner().unwrap_or_default();
            added.retain(|(name, value)| self.send_added_field(name, value));
            self.added_fields = added.into();
        }
    }

    /// Says whether another head may have the field as well. One that makes a head faulty would
    /// spoil the error page too, and so would this response's framing.
    fn send_added_field(&mut self, name: &str, value: &str) -> bool {
        let wire = self.live.wire;
        // Another fault of this head is not this field's.
        let earlier = wire.composing.borrow_mut().head().take_fault();
        self.send_header(name, value);
        let mut composing = wire.composing.borrow_mut();
        let head = composing.head();
        let own = head.take_fault().map(|fault| HeadFault::Added(Box::new(fault)));
        let is_sound = own.is_none();
        if let Some(fault) = earlier.or(own) {
            head.note_fault(fault);
        }
        is_sound && !FRAMING.iter().any(|framing| name.eq_ignore_ascii_case(framing))
    }

    /// Ends the header block.
    ///
    /// Unlike in Python the bytes need not leave at once; they gather with the body's. See
    /// [`flush_headers`](Exchange::flush_headers).
    ///
    /// Python: `end_headers()`.
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// let app = bhrh::from_fn(|http| {
    ///     http.send_response(200);
    ///     http.send_header("Content-Type", "text/plain");
    ///     http.end_headers()?;
    ///     http.wfile.write_all(b"hello\n")
    /// });
    /// assert_eq!(bhrh::testing::get(&app, "/").text(), "hello\n");
    /// ```
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] names what is wrong with the head: a bad field, a second
    /// response, no response to end. Nothing of that head is sent.
    pub fn end_headers(&mut self) -> io::Result<()> {
        let handler = self.handler;
        handler.end_headers(self)
    }

    /// Sends everything that has been buffered, now. Where the header block has ended without a
    /// length, this decides that the body is sent in chunks.
    ///
    /// Python: `flush_headers()`.
    ///
    /// ```
    /// use std::io::Write;
    ///
    /// let app = bhrh::from_fn(|http| {
    ///     http.send_response(200);
    ///     http.send_header("Content-Type", "text/plain");
    ///     http.end_headers()?;
    ///     http.flush_headers()?; // the client knows now that it gets an answer
    ///     // This may take long.
    ///     http.wfile.write_all(b"42")
    /// });
    /// assert_eq!(bhrh::testing::get(&app, "/").text(), "42");
    /// ```
    ///
    /// # Errors
    ///
    /// As [`end_headers`](Exchange::end_headers), and what the connection reports.
    pub fn flush_headers(&mut self) -> io::Result<()> {
        self.note_closing();
        self.live.flush_head()
    }

    /// Sends an error page and logs it.
    ///
    /// `status` is a code, with a message if wanted, with an explanation if wanted: `404`,
    /// `(404, "No")`, `(404, "No", "why")`; what is left out comes from `responses`. The page
    /// has no body for HEAD and for codes without one. A text may end in a full stop: the page has
    /// its own, and shows one. ([`Profile::PYTHON`](crate::Profile::PYTHON) shows both, as Python
    /// does.)
    ///
    /// The connection stays open where nothing else closes it; on
    /// [`Profile::PYTHON`](crate::Profile::PYTHON), and after CONNECT, the page carries
    /// `Connection: close`.
    ///
    /// Python: `send_error(code, message=None, explain=None)`.
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| match http.path {
    ///     "/tea" => http.send_error((404, "No tea", "There is coffee.")),
    ///     _ => http.send_error(404),
    /// });
    /// let response = bhrh::testing::get(&app, "/tea");
    /// assert_eq!((response.status(), response.reason()), (404, "No tea"));
    /// assert!(response.text().contains("explanation: 404 - There is coffee.<"));
    /// assert_eq!(bhrh::testing::get(&app, "/").reason(), "Not Found");
    /// ```
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] if the request has been answered already, or if the format
    /// of the page is not one; and what the connection reports.
    pub fn send_error<'m>(&mut self, status: impl IntoErrorStatus<'m>) -> io::Result<()> {
        let (code, message, explain) = status.into_parts();
        let handler = self.handler;
        handler.send_error(self, code, message.as_deref(), explain.as_deref())
    }
}
