//! Whole answers in one call: `reply`, `redirect`, and `send_body` under both.
//!
//! A handler could write all of this with `send_response`, `send_header`, `end_headers` and
//! `wfile`. These are the answers that nearly every handler sends.

use std::io::{self, Write};

use crate::error::IntoStatus;
use crate::exchange::Exchange;
use crate::percent;
use crate::proto::framing;

/// What [`Exchange::reply`] and [`Exchange::send_body`] take as the body of a response: every type
/// that is `AsRef<[u8]>`, such as `&str`, `String`, `Vec<u8>` and `&[u8]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the body of a response",
    label = "not a text, not bytes",
    note = "write `value.to_string()` for a value that implements `Display`; a body is a `&str`, a `String`, a `Vec<u8>`, a `&[u8]` or another type that is `AsRef<[u8]>`"
)]
pub trait BodyBytes: AsRef<[u8]> {}

#[diagnostic::do_not_recommend]
impl<B: AsRef<[u8]>> BodyBytes for B {}

/// # Answering: whole, in one call
impl Exchange<'_> {
    /// Answers with a status, a content type and a body, and their `Content-Length`.
    ///
    /// HEAD gets the same fields without the body. With a status that has no body (204, 205, 304)
    /// neither type nor body is sent, whatever is given.
    ///
    /// For more fields than that, see [`send_body`](Exchange::send_body).
    ///
    /// ```
    /// use bhrh::{Exchange, http_handler};
    /// use std::io;
    ///
    /// struct App;
    ///
    /// #[http_handler]
    /// impl App {
    ///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
    ///         http.reply(200, "text/plain", "hello\n")
    ///     }
    /// }
    ///
    /// let response = bhrh::testing::get(&App, "/");
    /// assert_eq!((response.status(), response.text()), (200, "hello\n"));
    /// assert_eq!(response.header("Content-Length"), Some("6"));
    /// ```
    ///
    /// # Errors
    ///
    /// As [`end_headers`](Exchange::end_headers), and what the connection reports.
    pub fn reply<'m>(
        &mut self,
        status: impl IntoStatus<'m>,
        content_type: &str,
        body: impl BodyBytes,
    ) -> io::Result<()> {
        self.send_response(status);
        self.send_body(content_type, body)
    }

    /// Ends a response that was begun: sends `Content-Type`, `Content-Length` and the body, as
    /// [`reply`](Exchange::reply) does after the status line. Use it to send more fields between
    /// `send_response` and the body.
    ///
    /// ```
    /// # use bhrh::{Exchange, http_handler};
    /// # use std::io;
    /// # struct App;
    /// # #[http_handler]
    /// # impl App {
    /// fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
    ///     http.send_response(200);
    ///     http.send_header("Cache-Control", "no-store");
    ///     http.send_body("text/html; charset=utf-8", "<p>hello")
    /// }
    /// # }
    /// # let response = bhrh::testing::get(&App, "/");
    /// # assert_eq!(response.header("Cache-Control"), Some("no-store"));
    /// # assert_eq!(response.text(), "<p>hello");
    /// ```
    ///
    /// # Errors
    ///
    /// As [`end_headers`](Exchange::end_headers), and what the connection reports.
    pub fn send_body(&mut self, content_type: &str, body: impl BodyBytes) -> io::Result<()> {
        if self.is_bodiless() {
            return self.end_headers();
        }
        let body = body.as_ref();
        self.send_header("Content-Type", content_type);
        self.send_header("Content-Length", body.len());
        self.end_headers()?;
        self.wfile.write_all(body)
    }

    /// Whether the response that was begun has no body whatever the request is, by its status.
    pub(crate) fn is_bodiless(&self) -> bool {
        let status = self.live_wire().wire.composing.borrow_mut().head().status();
        status.is_some_and(|status| framing::is_bodiless(false, status))
    }

    /// Sends the client elsewhere: 301, 302, 303, 307 or 308 with a `Location`, without a body.
    ///
    /// The location is a path or a whole URL. Characters that no URL has are percent-encoded as
    /// browsers do it, a backslash too, which browsers would take for a slash.
    ///
    /// A location that begins with `//` leads to another host. Do not pass on what a client sent
    /// without looking at it.
    ///
    /// ```
    /// # use bhrh::{Exchange, http_handler};
    /// # use std::io;
    /// # struct App;
    /// # #[http_handler]
    /// # impl App {
    /// fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
    ///     // The form was stored; 303 has the browser GET what it should show now.
    ///     http.redirect(303, "/thanks")
    /// }
    /// # }
    /// # let response = bhrh::testing::client(&App).post("/").body("a=b").send();
    /// # assert_eq!((response.status(), response.header("Location")), (303, Some("/thanks")));
    /// ```
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] for another status, for control characters (CR and LF
    /// among them) and for an empty location: nothing is sent then. And as
    /// [`end_headers`](Exchange::end_headers).
    pub fn redirect<'m>(&mut self, status: impl IntoStatus<'m>, location: &str) -> io::Result<()> {
        let (code, phrase, _) = status.into_parts();
        if !matches!(code, 301 | 302 | 303 | 307 | 308) {
            let what = format!("redirect: {code} is not 301, 302, 303, 307 or 308");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        let location = url_characters(location)?;
        match phrase {
            Some(phrase) => self.send_response((code, phrase)),
            None => self.send_response(code),
        }
        self.send_header("Location", location);
        self.send_header("Content-Length", 0);
        self.end_headers()
    }
}

/// The location in the characters of RFC 3986, the others percent-encoded.
fn url_characters(location: &str) -> io::Result<String> {
    let invalid = |what: &str| {
        let what = format!("redirect: {what} in the location {location:?}");
        io::Error::new(io::ErrorKind::InvalidInput, what)
    };
    if location.is_empty() {
        return Err(invalid("nothing"));
    }
    let mut url = String::with_capacity(location.len());
    for byte in location.bytes() {
        match byte {
            b'\0'..=b'\x1f' | b'\x7f' => return Err(invalid("a control character")),
            b' ' | b'"' | b'<' | b'>' | b'\\' | b'^' | b'`' | b'{'..=b'}' | b'\x80'.. => {
                percent::push_escape(&mut url, byte);
            }
            _ => url.push(char::from(byte)),
        }
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_has_the_characters_of_a_url() {
        for (location, expected) in [
            ("/a?b=c&d=%20#e", "/a?b=c&d=%20#e"),
            ("https://[::1]:8000/~x", "https://[::1]:8000/~x"),
            ("/two words", "/two%20words"),
            ("/caf\u{e9}", "/caf%C3%A9"),
            ("/\\evil.example", "/%5Cevil.example"),
            ("/\"<>^`{|}", "/%22%3C%3E%5E%60%7B%7C%7D"),
        ] {
            assert_eq!(url_characters(location).unwrap(), expected);
        }
    }

    #[test]
    fn a_location_splits_no_header() {
        for location in ["", "/a\r\nSet-Cookie: x=y", "/\n", "/\0", "/\x7f", "\t/"] {
            let error = url_characters(location).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{location:?}");
            assert!(error.to_string().starts_with("redirect: "), "{error}");
        }
    }
}
