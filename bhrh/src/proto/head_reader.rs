//! Reads request heads: from bytes to a [`RequestHead`].
//!
//! Two readers, one meaning: `fast` takes what needs no leniency and no explanation, `thorough`
//! takes the rest, and either serves it as the profile allows or says what is wrong with it.

use super::head::{HeadRules, Progress, RequestHead};
use super::{fast, thorough};
use crate::protocol_error::ProtocolError;
use crate::settings::{Limits, Profile};

/// Up to this length, a head is read again for each line that comes, so that a fault is answered as
/// soon as its line is here. Beyond it, doubling has to do until the head ends: reading a large
/// head over and over is work that a client could cause.
const PROMPT: usize = 8 << 10;

/// The reader of one connection's heads. It remembers how far it has looked, so that a head that
/// comes in pieces is not read again for each of them.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct HeadReader {
    /// How many bytes of the input were looked at and found incomplete.
    seen: usize,
    /// Where the line begins that they end in.
    line_start: usize,
    /// How long the input was when it was last read.
    read: usize,
}

impl HeadReader {
    /// Reads a head from the beginning of `input`, which only ever grows until it is complete.
    ///
    /// On an error, `head` holds what was understood up to it, as `send_error` will want it.
    #[inline(always)]
    pub(crate) fn read(
        &mut self,
        input: &[u8],
        at_end: bool,
        rules: &HeadRules<'_>,
        head: &mut RequestHead,
    ) -> Result<Progress, ProtocolError> {
        // A whole head that nobody has looked at leaves nothing to remember.
        if self.seen == 0 {
            if let Some(length) = accepted(input, rules, head) {
                return Ok(Progress::Complete { length });
            }
        }
        self.read_pieces(input, at_end, rules, head)
    }

    /// Reads a head that may be incomplete, or may have been.
    #[cold]
    fn read_pieces(
        &mut self,
        input: &[u8],
        at_end: bool,
        rules: &HeadRules<'_>,
        head: &mut RequestHead,
    ) -> Result<Progress, ProtocolError> {
        if self.seen > 0 && !at_end && !self.is_worth_reading(input, rules.limits) {
            return Ok(Progress::Partial);
        }
        let skipped = empty_lines(input, rules.profile);
        // The fast reader has looked at what is new and whole.
        let looked = self.seen == 0 && skipped == 0;
        let result = read_from(&input[skipped..], at_end, looked, rules, head);
        *self = match &result {
            Ok(Progress::Partial) => {
                let line_start =
                    input.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
                HeadReader { seen: input.len(), line_start, read: input.len() }
            }
            _ => HeadReader::default(),
        };
        match result {
            Ok(Progress::Complete { length }) => {
                Ok(Progress::Complete { length: skipped + length })
            }
            other => other,
        }
    }

    /// Whether the input has anything for which to read it again: an end of the head or of its
    /// first line, another line while it is short or has doubled, or a line or a head that is too
    /// long.
    fn is_worth_reading(&mut self, input: &[u8], limits: &Limits) -> bool {
        let from = self.seen.min(input.len());
        self.seen = input.len();
        let mut worth = input.len() > limits.head;
        if let Some(at) = input[from..].iter().rposition(|byte| *byte == b'\n') {
            // Empty lines that are skipped may stand before the first.
            let first = self.line_start <= 2 * SKIPPED;
            let due = input.len() <= PROMPT || input.len() / 2 >= self.read;
            worth |= first || due || has_blank_line(&input[from.saturating_sub(2)..]);
            self.line_start = from + at + 1;
        }
        let line = input.len() - self.line_start.min(input.len());
        worth || line > limits.request_line.min(limits.field_line)
    }
}

/// Whether a line ends in the input that has nothing in it.
fn has_blank_line(input: &[u8]) -> bool {
    let ends = |at: usize| matches!(input[at + 1..], [b'\n', ..] | [b'\r', b'\n', ..]);
    input.iter().enumerate().any(|(at, byte)| *byte == b'\n' && ends(at))
}

/// The fast reader alone, for tests that compare the two. `None`: the other one has to look.
#[cfg(feature = "__internals")]
pub(crate) fn read_fast(input: &[u8], limits: &Limits, head: &mut RequestHead) -> Option<Progress> {
    head.clear();
    fast::read(input, limits, head).map(|length| Progress::Complete { length })
}

/// The complete reader alone.
#[cfg(feature = "__internals")]
pub(crate) fn read_thoroughly(
    input: &[u8],
    at_end: bool,
    rules: &HeadRules<'_>,
    head: &mut RequestHead,
) -> Result<Progress, ProtocolError> {
    head.clear();
    thorough::read(input, at_end, rules, head)
}

/// What the fast reader accepts. Under a profile that keeps what it drops, that is nothing.
#[inline(always)]
fn accepted(input: &[u8], rules: &HeadRules<'_>, head: &mut RequestHead) -> Option<usize> {
    // The request line of a head that is accepted is set as a whole.
    head.fields.clear();
    let may = !rules.profile.trailing_whitespace;
    if may { fast::read(input, rules.limits, head) } else { None }
}

/// `looked`: the fast reader has, and did not accept it.
fn read_from(
    input: &[u8],
    at_end: bool,
    looked: bool,
    rules: &HeadRules<'_>,
    head: &mut RequestHead,
) -> Result<Progress, ProtocolError> {
    if !looked {
        if let Some(length) = accepted(input, rules, head) {
            return Ok(Progress::Complete { length });
        }
    }
    head.clear();
    thorough::read(input, at_end, rules, head)
}

/// How many empty lines before a request line are skipped.
const SKIPPED: usize = 1;

/// The empty lines before a request line that are to be skipped (RFC 9112 section 2.2): a client
/// that ends a body in a line end too many is forgiven. One that sends more of them does something
/// else than it thinks.
fn empty_lines(input: &[u8], profile: &Profile) -> usize {
    if profile.empty_line_closes {
        return 0;
    }
    let mut skipped = 0;
    for _ in 0..SKIPPED {
        let rest = &input[skipped..];
        if rest.starts_with(b"\r\n") {
            skipped += 2;
        } else if profile.bare_lf && rest.starts_with(b"\n") {
            skipped += 1;
        } else {
            break;
        }
    }
    skipped
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::*;

    /// How often a head is read that comes in pieces of `size` bytes.
    fn reads(input: &[u8], size: usize) -> usize {
        let profile = Profile::STRICT;
        let rules = HeadRules {
            profile: &profile,
            limits: &Limits::default(),
            default_version: &|| Cow::Borrowed("HTTP/0.9"),
        };
        let (mut reader, mut head) = (HeadReader::default(), RequestHead::default());
        let mut count = 0;
        for end in (size..input.len()).step_by(size).chain([input.len()]) {
            let progress = reader.read(&input[..end], false, &rules, &mut head).unwrap();
            if let Progress::Complete { length } = progress {
                assert_eq!(length, input.len());
                return count + 1;
            }
            count += usize::from(reader.read == end);
        }
        panic!("no head");
    }

    #[test]
    fn a_large_head_is_read_seldom() {
        let field = format!("X: {}\r\n", "y".repeat(10_000));
        let start = "GET / HTTP/1.1\r\nHost: a\r\n";
        let head = format!("{start}{}\r\n", field.repeat(98));
        for size in [100, 1 << 10, 8 << 10] {
            let count = reads(head.as_bytes(), size);
            assert!(count <= 20, "{count} times in pieces of {size}");
        }
    }

    #[test]
    fn the_end_of_a_large_head_is_seen_however_it_is_cut() {
        let start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
        for size in 1..8 {
            let head = format!("{start}{}\r\n\r\n", "y".repeat(20_000));
            assert!(reads(head.as_bytes(), size) <= 10);
        }
    }
}
