//! The fast reader: a head that RFC 9112 has nothing against, in one pass over its bytes.
//!
//! It never refuses. Whatever it does not accept goes to the complete reader, which has the last
//! word, so this one may be as picky as speed wants it to be: of what the RFC allows, it leaves
//! other forms of targets, escapes in them, tabs and bytes above 0x7F to that one.

use super::head::{Progress, RequestHead, VersionNumber};
use super::target;
use crate::headers::{FieldSpan, is_token_byte};
use crate::limits::Limits;
use crate::scan::{printable, run};

/// What stands in the way of a line.
enum Stop {
    /// There are no more bytes.
    Partial,
    /// The complete reader has to look at it.
    Odd,
}

/// Reads a head into an empty one; `None` means that the complete reader has to look at it.
#[inline(never)] // Its loops want the registers for themselves.
pub(super) fn read(input: &[u8], limits: &Limits, head: &mut RequestHead) -> Option<Progress> {
    match length(input, limits, head) {
        Ok(length) => {
            // All bytes have been seen to be ASCII, and the spans are offsets into this text. They
            // end before the last two line ends.
            head.fields.text.push_str(std::str::from_utf8(&input[..length - 4]).ok()?);
            Some(Progress::Complete { length })
        }
        Err(Stop::Partial) => Some(Progress::Partial),
        Err(Stop::Odd) => None,
    }
}

/// How long the head is that `input` begins with. Its parts are noted in `head`.
fn length(input: &[u8], limits: &Limits, head: &mut RequestHead) -> Result<usize, Stop> {
    let mut at = request_line(input, head)?;
    if at > limits.request_line {
        return Err(Stop::Odd);
    }
    let mut rest = &input[at..];
    loop {
        match rest {
            [b'\r', b'\n', ..] if at + 2 <= limits.head => return Ok(at + 2),
            [] | [b'\r'] => return Err(Stop::Partial),
            _ => {}
        }
        let FieldLine { name, value, after } = field_line(rest)?;
        let length = name + value + 4;
        if length > limits.field_line || head.fields.spans.len() >= limits.fields {
            return Err(Stop::Odd);
        }
        let name_end = (at + name) as u32;
        let value_end = name_end + 2 + value as u32;
        head.fields
            .spans
            .push(FieldSpan { name: at as u32..name_end, value: name_end + 2..value_end });
        at += length;
        rest = after;
    }
}

/// The request line: method, origin-form and version, with one space between them (RFC 9112
/// section 3). Says where it ends.
fn request_line(input: &[u8], head: &mut RequestHead) -> Result<usize, Stop> {
    let method = run(input, is_token_byte);
    let path = method + 1;
    match input.get(method) {
        Some(b' ') if method > 0 => {}
        None => return Err(Stop::Partial),
        Some(_) => return Err(Stop::Odd),
    }
    let end = path + run(&input[path..], target::is_plain_byte);
    if end < input.len() && !target::is_plain(&input[..method], &input[path..end]) {
        return Err(Stop::Odd);
    }
    let Some(rest) = input[end..].first_chunk() else {
        return Err(if input[end..].contains(&b'\n') { Stop::Odd } else { Stop::Partial });
    };
    let number = match rest {
        _ if rest == b" HTTP/1.1\r\n" => VersionNumber::HTTP_1_1,
        _ if rest == b" HTTP/1.0\r\n" => VersionNumber::HTTP_1_0,
        _ => return Err(Stop::Odd),
    };
    head.command = 0..method as u32;
    head.path = path as u32..end as u32;
    head.requestline = 0..end as u32 + 9;
    head.version = end as u32 + 1..end as u32 + 9;
    head.number = number;
    Ok(end + rest.len())
}

/// A field line.
struct FieldLine<'i> {
    /// How long its name is, with which it begins. A colon and a space follow.
    name: usize,
    /// How long its value is. CR and LF follow.
    value: usize,
    /// What comes after them.
    after: &'i [u8],
}

/// Reads a field line (RFC 9112 section 5).
#[inline(always)] // Called in one place.
fn field_line(line: &[u8]) -> Result<FieldLine<'_>, Stop> {
    let (name, rest) = line.split_at(run(line, is_token_byte));
    let Some(rest) = rest.strip_prefix(b": ") else {
        // White space is allowed, and nobody sends another.
        return Err(if matches!(rest, [] | [b':']) { Stop::Partial } else { Stop::Odd });
    };
    let (value, rest) = rest.split_at(printable(rest));
    let Some(after) = rest.strip_prefix(b"\r\n") else {
        return Err(if matches!(rest, [] | [b'\r']) { Stop::Partial } else { Stop::Odd });
    };
    // A space at an end of the value is no part of it.
    match (value.first(), value.last()) {
        (Some(first), Some(last)) if !name.is_empty() && *first != b' ' && *last != b' ' => {
            Ok(FieldLine { name: name.len(), value: value.len(), after })
        }
        _ => Err(Stop::Odd),
    }
}
