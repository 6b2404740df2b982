//! How the last full response began: from one request to the next nearly always the same, and then
//! copied instead of being put together again.

use super::tracked::TrackedLines;

/// The version whose opening is remembered.
const VERSION: &str = "HTTP/1.1";

/// How long a date is (IMF-fixdate, RFC 9110 section 5.6.7).
const DATE: usize = 29;

/// A status line, `Server` and `Date`, and what they were made of.
#[derive(Debug, Default)]
pub(super) struct Opening {
    bytes: Vec<u8>,
    lines: TrackedLines,
    code: u16,
    phrase: String,
    server: String,
    date: [u8; DATE],
}

impl Opening {
    /// Whether it is the opening that these make.
    #[inline(always)] // Asked for each response, in one place.
    pub(super) fn is(
        &self,
        version: &str,
        code: u16,
        phrase: &str,
        server: &str,
        date: &str,
    ) -> bool {
        // First what has a length of its own, and so is compared without a call.
        version == VERSION
            && self.code == code
            && date.as_bytes() == self.date
            && self.phrase == phrase
            && self.server == server
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn lines(&self) -> &TrackedLines {
        &self.lines
    }

    /// Remembers an opening and what it was made of, if it can come again.
    #[cold]
    pub(super) fn remember(
        &mut self,
        (bytes, lines): (&[u8], &TrackedLines),
        version: &str,
        code: u16,
        (phrase, server, date): (&str, &str, &str),
    ) {
        let Ok(date) = date.as_bytes().try_into() else { return };
        if version != VERSION {
            return;
        }
        self.bytes.clear();
        self.bytes.extend_from_slice(bytes);
        self.lines = *lines;
        self.code = code;
        self.date = date;
        phrase.clone_into(&mut self.phrase);
        server.clone_into(&mut self.server);
    }
}
