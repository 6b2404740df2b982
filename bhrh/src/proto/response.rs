//! The head of a response, as it grows in its buffer.
//!
//! It refuses what would corrupt the message and remembers what matters for its framing; what
//! the framing is to be, and when the bytes leave, is decided elsewhere.

use std::ops::Range;

use super::framing;
pub(crate) use super::head_fault::HeadFault;
use super::header_value::{HeaderValue, ValueSink, is_control};
use super::opening_cache::Opening;
use super::tracked::TrackedLines;
pub(crate) use super::tracked::{Tracked, TrackedSet};
use crate::grammar::{is_token, latin1_bytes, list_elements, same_name};

/// What a head usually needs.
const ROOM: usize = 256;

/// A response head under construction.
#[derive(Debug, Default)]
pub(crate) struct ResponseHead {
    opening: Opening,
    bytes: Vec<u8>,
    /// The code of the status line that was begun; 0 before that.
    status: u16,
    fault: Option<HeadFault>,
    /// Where the lines of tracked fields stand in `bytes`.
    lines: TrackedLines,
    /// Which tracked fields have been moved out.
    moved: TrackedSet,
    content_length: Option<u64>,
    chunked: bool,
    says_close: bool,
    /// Control characters that end nothing may stand in a value.
    lax_values: bool,
}

impl ResponseHead {
    /// Forgets everything but the memory it has.
    #[inline(always)]
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.status = 0;
        self.fault = None;
        self.lines.clear();
        self.moved = TrackedSet::default();
        self.content_length = None;
        self.chunked = false;
        self.says_close = false;
    }

    /// Lets control characters pass that end nothing, as Python does, or not.
    pub(crate) fn allow_controls(&mut self, allow: bool) {
        self.lax_values = allow;
    }

    /// The code of the status line, if one was begun.
    pub(crate) fn status(&self) -> Option<u16> {
        (self.status != 0).then_some(self.status)
    }

    /// Whether anything was said since the last [`clear`](ResponseHead::clear).
    pub(crate) fn is_begun(&self) -> bool {
        self.status != 0 || !self.bytes.is_empty() || self.fault.is_some()
    }

    pub(crate) fn content_length(&self) -> Option<u64> {
        self.content_length
    }

    pub(crate) fn has(&self, field: Tracked) -> bool {
        self.lines.present().union(self.moved).has(field)
    }

    /// Where the line of a tracked field stands; empty if the head has no such line, or if it has
    /// left.
    pub(crate) fn line(&self, field: Tracked) -> Range<usize> {
        self.lines.of(field)
    }

    pub(crate) fn is_chunked(&self) -> bool {
        self.chunked
    }

    pub(crate) fn says_close(&self) -> bool {
        self.says_close
    }

    /// What is wrong with it, if anything is.
    pub(crate) fn take_fault(&mut self) -> Option<HeadFault> {
        self.fault.take()
    }

    /// Whether anything is wrong with it.
    pub(crate) fn has_fault(&self) -> bool {
        self.fault.is_some()
    }

    #[cold]
    pub(crate) fn note_fault(&mut self, fault: HeadFault) {
        self.fault.get_or_insert(fault);
    }

    /// For a fault of the field `name`, or of its value.
    #[cold]
    pub(crate) fn note_field_fault(&mut self, fault: fn(String) -> HeadFault, name: &str) {
        self.note_fault(fault(name.to_owned()));
    }

    /// Begins anew with a status line, and drops what was there. `code` has three digits.
    ///
    /// Characters that a reason phrase cannot hold become spaces or question marks: it is for
    /// people (RFC 9112 section 4), and often made from another error's text.
    pub(crate) fn status_line(&mut self, version: &str, code: u16, phrase: &str) {
        self.clear();
        self.status = code;
        let digit = |place: u16| b'0' + (code / place % 10) as u8;
        let is_plain = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        self.bytes.reserve(ROOM);
        // The version is a setting of the handler's, and may be anything.
        let version = if is_plain(version) { version } else { "HTTP/1.1" };
        self.bytes.extend_from_slice(version.as_bytes());
        self.bytes.extend_from_slice(&[b' ', digit(100), digit(10), digit(1), b' ']);
        if is_plain(phrase) {
            self.bytes.extend_from_slice(phrase.as_bytes());
        } else {
            self.bytes.extend(phrase.chars().map(|c| match u8::try_from(c) {
                Ok(byte) if is_control(byte) => b' ',
                Ok(byte) => byte,
                Err(_) => b'?',
            }));
        }
        self.bytes.extend_from_slice(b"\r\n");
    }

    /// Begins anew with a status line, `Server` and `Date`, and drops what was there.
    #[inline(always)]
    pub(crate) fn open(
        &mut self,
        version: &str,
        code: u16,
        phrase: &str,
        server: &str,
        date: &str,
    ) {
        if self.opening.is(version, code, phrase, server, date) {
            self.clear();
            self.status = code;
            self.bytes.extend_from_slice(self.opening.bytes());
            self.lines.open(self.opening.lines());
            return;
        }
        self.status_line(version, code, phrase);
        if self.fault.is_none() {
            // A server that says nothing of itself sends no empty field.
            if !server.trim().is_empty() {
                self.push_runtime_field("Server", &latin1_bytes(server), Some(Tracked::Server));
            }
            self.push_runtime_field("Date", &latin1_bytes(date), Some(Tracked::Date));
            let opening = (&*self.bytes, &self.lines);
            self.opening.remember(opening, version, code, (phrase, server, date));
        }
    }

    /// Adds a field line as the handler wants it. Returns whether it was taken.
    pub(crate) fn push_handler_field<V: HeaderValue>(&mut self, name: &str, value: V) -> bool {
        if self.status == 0 {
            self.note_field_fault(HeadFault::NoStatus, name);
            return false;
        }
        // Those that nearly every response has are known to be tokens.
        if !matches!(name, "Content-Length" | "Content-Type") && !is_token(name) {
            self.note_field_fault(HeadFault::Name, name);
            return false;
        }
        let start = self.bytes.len();
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(b": ");
        let from = self.bytes.len();
        let mut sink = ValueSink::new(&mut self.bytes, start);
        value.write_to(&mut sink);
        let ValueSink { plain, outside_latin1, failed, number, .. } = sink;
        (plain || self.allows(name, start..from, outside_latin1, failed)) && {
            self.end_field(name, start..from, number);
            true
        }
    }

    /// Looks at a value that is not all printable ASCII, behind its name at `line`. One that cannot
    /// be sent is taken out again.
    #[cold]
    fn allows(
        &mut self,
        name: &str,
        line: Range<usize>,
        outside_latin1: bool,
        failed: bool,
    ) -> bool {
        let lax = self.lax_values;
        let broken = self.bytes[line.end..].iter().any(|byte| splits(*byte, lax));
        if broken || outside_latin1 || failed {
            self.bytes.truncate(line.start);
            let fault = match (failed, broken) {
                (true, _) => HeadFault::Display,
                (_, true) => HeadFault::Value,
                _ => HeadFault::NotLatin1,
            };
            self.note_field_fault(fault, name);
            return false;
        }
        true
    }

    /// Adds a field line of the runtime's own, tracked if `tracked` says so. The value may come
    /// from a handler's setting: what would split the response is left out of it.
    pub(crate) fn push_runtime_field(
        &mut self,
        name: &str,
        value: &[u8],
        tracked: Option<Tracked>,
    ) {
        if value.iter().any(|byte| splits(*byte, false)) {
            let kept: Vec<u8> =
                value.iter().copied().filter(|byte| !splits(*byte, false)).collect();
            self.push_trusted(name, &kept, tracked);
        } else {
            self.push_trusted(name, value, tracked);
        }
    }

    /// Adds a field line whose value is known to be harmless.
    pub(crate) fn push_trusted(&mut self, name: &str, value: &[u8], tracked: Option<Tracked>) {
        let start = self.bytes.len();
        self.bytes.reserve(name.len() + value.len() + 4);
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(b": ");
        self.bytes.extend_from_slice(value);
        self.bytes.extend_from_slice(b"\r\n");
        if let Some(tracked) = tracked {
            self.lines.note(tracked, start..self.bytes.len());
        }
    }

    /// Takes a tracked line out again.
    pub(crate) fn remove(&mut self, field: Tracked) {
        let Some(line) = self.lines.take(field) else { return };
        self.bytes.drain(line);
        match field {
            Tracked::ContentLength => self.content_length = None,
            Tracked::TransferEncoding => self.chunked = false,
            _ => {}
        }
    }

    /// The values of the fields of this name, as far as they have not left.
    #[cfg(feature = "gzip")]
    pub(crate) fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        let lines = self.bytes.split(|byte| *byte == b'\n');
        let fields = lines.filter_map(|line| std::str::from_utf8(line).ok()?.split_once(':'));
        fields.filter(move |field| same_name(field.0, name)).map(|field| field.1.trim())
    }

    /// Takes out the fields of this name, unless they have left. The name must not be that of a
    /// tracked field.
    #[cfg(feature = "gzip")]
    pub(crate) fn remove_fields(&mut self, name: &str) {
        let mut start = 0;
        while let Some(length) = self.bytes[start..].iter().position(|byte| *byte == b'\n') {
            let line = start..start + length + 1;
            let own = &self.bytes[line.clone()];
            let colon = own.iter().position(|byte| *byte == b':').unwrap_or(0);
            if own[..colon].eq_ignore_ascii_case(name.as_bytes()) {
                self.bytes.drain(line.clone());
                self.lines.shift_back_behind(line.start, line.len());
            } else {
                start = line.end;
            }
        }
    }

    /// Makes a strong `ETag` a weak one.
    #[cfg(feature = "gzip")]
    pub(crate) fn weaken_etag(&mut self) {
        let mut start = 0;
        for line in self.bytes.split_inclusive(|byte| *byte == b'\n') {
            if line.get(..7).is_some_and(|name| name.eq_ignore_ascii_case(b"ETag: \"")) {
                let at = start + 6;
                self.bytes.splice(at..at, *b"W/");
                return self.lines.shift_behind(at, 2);
            }
            start += line.len();
        }
    }

    /// Moves the bytes so far to the end of `output`. Lines that have left are out of reach.
    pub(crate) fn move_to(&mut self, output: &mut Vec<u8>) {
        // A response that has the output to itself needs no copy.
        match output.is_empty() {
            true => std::mem::swap(output, &mut self.bytes),
            false => output.append(&mut self.bytes),
        }
        self.moved = self.moved.union(self.lines.present());
        self.lines.clear();
    }

    /// Ends a field line, whose name and colon are at `begun`, and takes note of a field that
    /// matters.
    #[inline(always)]
    fn end_field(&mut self, name: &str, begun: Range<usize>, number: Option<u64>) {
        self.bytes.extend_from_slice(b"\r\n");
        match (name, number) {
            // As most responses say it.
            ("Content-Length", Some(length)) => {
                let line = begun.start..self.bytes.len();
                self.note_length(length, line);
            }
            _ if matches!(name.len(), 10 | 14 | 17) => self.note_field(name, begun),
            _ => {}
        }
    }

    #[inline(always)]
    fn note_length(&mut self, length: u64, line: Range<usize>) {
        if self.content_length.is_some() {
            self.note_fault(HeadFault::TwoLengths);
        }
        self.content_length = Some(length);
        self.lines.note(Tracked::ContentLength, line);
    }

    /// Takes note of a field whose name is as long as that of one that matters.
    #[inline(never)]
    fn note_field(&mut self, name: &str, begun: Range<usize>) {
        let from = begun.end;
        let line = begun.start..self.bytes.len();
        let value = || std::str::from_utf8(&self.bytes[from..line.end - 2]).unwrap_or("\u{fffd}");
        match name.len() {
            10 if same_name(name, "Connection") => {
                let value = value();
                let (mut close, mut keep_alive) = (false, false);
                for option in list_elements(value) {
                    close |= option.eq_ignore_ascii_case("close");
                    keep_alive |= option.eq_ignore_ascii_case("keep-alive");
                }
                self.says_close |= close;
                if keep_alive && !close {
                    // Once is enough, and one line can be taken out again.
                    let earlier = self.line(Tracked::KeepAlive).len();
                    self.remove(Tracked::KeepAlive);
                    let line = line.start - earlier..line.end - earlier;
                    self.lines.note(Tracked::KeepAlive, line);
                }
            }
            14 if same_name(name, "Content-Length") => match framing::content_length(value()) {
                Some(length) => self.note_length(length, line),
                None => {
                    let value = value().to_owned();
                    self.note_fault(HeadFault::Length(value));
                    self.content_length = None;
                    self.lines.note(Tracked::ContentLength, line);
                }
            },
            17 if same_name(name, "Transfer-Encoding") => {
                let chunked = |coding: &str| coding.eq_ignore_ascii_case("chunked");
                let codings = || list_elements(value());
                let times = codings().filter(|coding| chunked(coding)).count();
                self.chunked = codings().last().is_some_and(chunked);
                if times > 1 || self.has(Tracked::TransferEncoding) {
                    self.note_fault(HeadFault::TwoCodings);
                }
                self.lines.note(Tracked::TransferEncoding, line);
            }
            _ => {}
        }
    }
}

/// Whether a byte must not be sent in a field value. Some recipients take CR, LF and NUL for the
/// end of the value or of the head. Other control characters are forbidden too (RFC 9110 section
/// 5.5), but the `lax` setting lets them through.
fn splits(byte: u8, lax: bool) -> bool {
    match byte {
        b'\r' | b'\n' | 0 => true,
        byte => is_control(byte) && !lax,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(head: &mut ResponseHead) -> String {
        let mut output = Vec::new();
        head.move_to(&mut output);
        String::from_utf8_lossy(&output).into_owned()
    }

    #[test]
    fn fields_come_out_as_they_went_in() {
        let mut head = ResponseHead::default();
        head.status_line("HTTP/1.1", 200, "OK");
        head.push_handler_field("X-Text", "a b");
        head.push_handler_field("Content-Length", 1234usize);
        head.push_handler_field("X-Signed", -5);
        head.push_handler_field("X-Big", u128::MAX);
        assert_eq!(head.content_length(), Some(1234));
        assert_eq!(
            bytes(&mut head),
            format!(
                "HTTP/1.1 200 OK\r\nX-Text: a b\r\nContent-Length: 1234\r\nX-Signed: -5\r\nX-Big: {}\r\n",
                u128::MAX
            )
        );
    }

    #[test]
    fn nothing_that_splits_a_response_gets_in() {
        for (name, value) in [
            ("X", "a\r\nSet-Cookie: b"),
            ("X", "a\nb"),
            ("X", "a\rb"),
            ("X", "a\0b"),
            ("X", "a\x0bb"),
            ("X", "a\x7fb"),
            ("X", "\u{3a9}"),
            ("X Y", "a"),
            ("X:", "a"),
            ("", "a"),
            ("X\r\nY", "a"),
        ] {
            let mut head = ResponseHead::default();
            head.status_line("HTTP/1.1", 200, "OK");
            assert!(!head.push_handler_field(name, value));
            let fault = head.take_fault().unwrap().to_string();
            assert!(fault.contains(&format!("{name:?}")) || fault.contains(name), "{fault}");
            assert_eq!(bytes(&mut head), "HTTP/1.1 200 OK\r\n");
        }
    }

    #[test]
    fn a_phrase_cannot_split_a_response_either() {
        let mut head = ResponseHead::default();
        head.status_line("HTTP/1.1", 404, "a\r\nX: y \u{3a9}");
        assert_eq!(bytes(&mut head), "HTTP/1.1 404 a  X: y ?\r\n");
        assert_eq!(head.take_fault(), None);
    }

    #[test]
    fn what_was_moved_out_is_remembered() {
        let mut head = ResponseHead::default();
        head.status_line("HTTP/1.1", 200, "OK");
        head.push_handler_field("Transfer-Encoding", "chunked");
        bytes(&mut head);
        assert!(head.has(Tracked::TransferEncoding) && head.is_chunked());
        head.remove(Tracked::TransferEncoding);
        assert!(head.has(Tracked::TransferEncoding) && head.is_chunked());
        head.clear();
        assert!(!head.has(Tracked::TransferEncoding));
    }

    #[test]
    fn a_tracked_line_can_be_taken_out_wherever_it_stands() {
        let mut head = ResponseHead::default();
        head.status_line("HTTP/1.1", 200, "OK");
        head.push_runtime_field("Server", b"S", Some(Tracked::Server));
        head.push_runtime_field("Date", b"D", Some(Tracked::Date));
        head.push_handler_field("Content-Length", 5);
        head.remove(Tracked::Server);
        head.remove(Tracked::ContentLength);
        assert_eq!(head.content_length(), None);
        head.remove(Tracked::Date);
        head.remove(Tracked::Date);
        assert_eq!(bytes(&mut head), "HTTP/1.1 200 OK\r\n");
    }

    #[test]
    fn a_coding_that_has_left_counts() {
        let mut head = ResponseHead::default();
        head.status_line("HTTP/1.1", 200, "OK");
        head.push_handler_field("Transfer-Encoding", "chunked");
        bytes(&mut head);
        head.push_handler_field("Transfer-Encoding", "chunked");
        assert!(matches!(head.take_fault(), Some(HeadFault::TwoCodings)));
    }
}
