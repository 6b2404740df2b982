//! `read_body`: the whole body in memory, within a bound.

use std::io::{self, Read};

use super::Exchange;
use super::input::body_error;
use crate::protocol_error::ProtocolError;

/// Up to how much room is made on a client's word alone.
const PROMISED: u64 = 64 << 10;

/// # Reading: the whole body
impl Exchange<'_> {
    /// Reads what is left of the request's body into memory:
    /// [`Limits::collected_body`](crate::Limits::collected_body) bytes at most.
    ///
    /// What is longer is refused with 413 if the error is passed on with `?`, and not read at all
    /// if `Content-Length` tells. A request without a body gives an empty one.
    ///
    /// Not in Python, where `self.rfile.read(int(self.headers["Content-Length"]))` has neither
    /// bound nor time-out.
    ///
    /// ```
    /// use bhrh::{Exchange, http_handler};
    /// use std::io;
    ///
    /// struct Count;
    ///
    /// #[http_handler]
    /// impl Count {
    ///     fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
    ///         let body = http.read_body()?;
    ///         http.reply(200, "text/plain", format!("{} bytes", body.len()))
    ///     }
    /// }
    ///
    /// let client = bhrh::testing::client(&Count);
    /// assert_eq!(client.post("/").body("hello").send().text(), "5 bytes");
    /// assert_eq!(client.post("/").body("x".repeat(3_000_000)).send().status(), 413);
    /// ```
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::FileTooLarge`] for a body over the bound, and what
    /// [`rfile`](crate::BodyReader) reports.
    pub fn read_body(&mut self) -> io::Result<Vec<u8>> {
        self.read_body_within(self.limits.collected_body)
    }

    /// As [`read_body`](Exchange::read_body), with another bound.
    pub(crate) fn read_body_within(&mut self, limit: u64) -> io::Result<Vec<u8>> {
        let too_large = || {
            let error = ProtocolError::BodyTooLarge { limit };
            Err(body_error(io::ErrorKind::FileTooLarge, &error))
        };
        let ahead = self.rfile.length_ahead();
        if ahead.is_some_and(|ahead| ahead > limit) {
            return too_large();
        }
        let room = ahead.unwrap_or(0).min(PROMISED);
        let mut body = Vec::with_capacity(usize::try_from(room).unwrap_or(0));
        let within = limit.saturating_add(1);
        Read::take(&mut self.rfile, within).read_to_end(&mut body)?;
        if body.len() as u64 > limit {
            return too_large();
        }
        Ok(body)
    }
}
