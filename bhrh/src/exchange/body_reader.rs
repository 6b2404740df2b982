//! `rfile`: a handle to the body that comes in.

use std::io::{self, BufRead, Read};

use super::wire::LiveWire;
use crate::headers::Fields;

/// What `rfile` gathers for `BufRead`.
const LINES: usize = 8 << 10;

/// The request's body: Python's `rfile`.
///
/// It ends where the body ends, whatever the client sends after it: at the length that
/// `Content-Length` gives, or where the chunked coding ends, which is taken off. A request without
/// either has no body. So it can be read to its end without counting:
///
/// ```
/// use bhrh::{Exchange, http_handler};
/// use std::io::Read;
///
/// struct Shout;
///
/// #[http_handler]
/// impl Shout {
///     fn do_POST(&self, http: &mut Exchange) -> std::io::Result<()> {
///         let mut text = String::new();
///         http.rfile.read_to_string(&mut text)?;
///         http.reply(200, "text/plain", text.to_uppercase())
///     }
/// }
///
/// assert_eq!(bhrh::testing::client(&Shout).post("/").body("hello").send().text(), "HELLO");
/// ```
///
/// Reading fails with [`io::ErrorKind::UnexpectedEof`] when the client goes away in the middle,
/// with [`io::ErrorKind::InvalidData`] on malformed chunks and with [`io::ErrorKind::TimedOut`]
/// when it stalls; passed on with `?`, the first two are answered with 400.
#[derive(Debug)]
pub struct BodyReader<'a> {
    live: &'a LiveWire<'a>,
    /// Content for `BufRead`, which must hand out what it owns.
    lines: Vec<u8>,
    position: usize,
}

impl<'a> BodyReader<'a> {
    pub(crate) fn new(live: &'a LiveWire<'a>) -> BodyReader<'a> {
        BodyReader { live, lines: Vec::new(), position: 0 }
    }

    /// The lines of the body that are still to come, without their ends. Where [`BufRead`] is in
    /// scope, its `lines` is found first, and takes the reader itself: write
    /// `http.rfile.by_ref().lines()` there.
    ///
    /// Python: `for line in self.rfile`, which ends at the body's end only here.
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| {
    ///     let mut count = 0;
    ///     for line in http.rfile.lines() {
    ///         count += usize::from(!line?.is_empty());
    ///     }
    ///     http.reply(200, "text/plain", format!("{count} lines\n"))
    /// });
    /// let request = bhrh::testing::client(&app).post("/").body("one\ntwo\n");
    /// assert_eq!(request.send().text(), "2 lines\n");
    /// ```
    pub fn lines(&mut self) -> io::Lines<&mut BodyReader<'a>> {
        BufRead::lines(self)
    }

    /// The fields after a chunked body (RFC 9112 section 7.1.2). Empty before its end was read,
    /// and for a body that is not chunked.
    #[must_use]
    pub fn trailers(&self) -> Fields {
        self.live.wire.input.borrow().trailers()
    }

    /// Hands what was gathered for `BufRead` to the reader of an exchange around another handler.
    pub(crate) fn take(&mut self) -> BodyReader<'a> {
        let lines = std::mem::take(&mut self.lines);
        BodyReader { live: self.live, lines, position: std::mem::take(&mut self.position) }
    }

    /// Takes it back.
    pub(crate) fn put_back(&mut self, lent: BodyReader<'_>) {
        (self.lines, self.position) = (lent.lines, lent.position);
    }

    /// How much content is still to come, if the request said so.
    pub(super) fn length_ahead(&self) -> Option<u64> {
        let ahead = self.live.wire.input.borrow().length_ahead()?;
        Some(ahead + self.gathered().len() as u64)
    }

    fn gathered(&self) -> &[u8] {
        &self.lines[self.position..]
    }
}

impl Read for BodyReader<'_> {
    fn read(&mut self, output: &mut [u8]) -> io::Result<usize> {
        if self.gathered().is_empty() {
            return self.live.read_content(output);
        }
        let count = self.gathered().len().min(output.len());
        output[..count].copy_from_slice(&self.gathered()[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for BodyReader<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.gathered().is_empty() {
            let mut lines = std::mem::take(&mut self.lines);
            lines.resize(LINES, 0);
            let result = self.live.read_content(&mut lines);
            lines.truncate(*result.as_ref().unwrap_or(&0));
            self.lines = lines;
            self.position = 0;
            result?;
        }
        Ok(self.gathered())
    }

    fn consume(&mut self, count: usize) {
        self.position = (self.position + count).min(self.lines.len());
    }
}
