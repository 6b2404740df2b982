//! The fast reader: a head that RFC 9112 has nothing against, in one pass over its bytes.
//!
//! It never refuses. Whatever it does not accept goes to the complete reader, which has the last
//! word, so this one may be as picky as speed wants it to be: of what the RFC allows, it leaves
//! other forms of targets, escapes in them, tabs and bytes above 0x7F to that one.

use super::head::{Progress, RequestHead};
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
            // All bytes have been seen to be ASCII, and the spans are offsets into this text.
            head.fields.text.push_str(std::str::from_utf8(&input[..length]).ok()?);
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
    loop {
        let line = &input[at..];
        match line {
            [b'\r', b'\n', ..] if at + 2 <= limits.head => return Ok(at + 2),
            [] | [b'\r'] => return Err(Stop::Partial),
            _ => {}
        }
        let FieldLine { name, value, end } = field_line(line)?;
        if end + 2 > limits.field_line || head.fields.spans.len() >= limits.fields {
            return Err(Stop::Odd);
        }
        let start = at as u32;
        head.fields.spans.push(FieldSpan {
            name: start..start + name as u32,
            value: start + value as u32..start + end as u32,
        });
        at += end + 2;
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
    let minor = match rest {
        _ if rest == b" HTTP/1.1\r\n" => 1,
        _ if rest == b" HTTP/1.0\r\n" => 0,
        _ => return Err(Stop::Odd),
    };
    head.command = 0..method as u32;
    head.path = path as u32..end as u32;
    head.requestline = 0..end as u32 + 9;
    head.version = end as u32 + 1..end as u32 + 9;
    head.number = (1, minor);
    Ok(end + rest.len())
}

/// The places in a field line.
struct FieldLine {
    /// Where the name ends; it begins with the line.
    name: usize,
    /// Where the value begins.
    value: usize,
    /// Where it ends. CR and LF follow.
    end: usize,
}

/// Reads a field line (RFC 9112 section 5).
fn field_line(line: &[u8]) -> Result<FieldLine, Stop> {
    let name = run(line, is_token_byte);
    let value = match &line[name..] {
        [b':', b' ', ..] if name > 0 => name + 2,
        [] | [b':'] => return Err(Stop::Partial),
        // White space is allowed, and nobody sends another.
        _ => return Err(Stop::Odd),
    };
    let end = value + printable(&line[value..]);
    match &line[end..] {
        // A space at an end of the value is no part of it.
        [b'\r', b'\n', ..] if line[value] != b' ' && line[end - 1] != b' ' => {
            Ok(FieldLine { name, value, end })
        }
        [] | [b'\r'] => Err(Stop::Partial),
        _ => Err(Stop::Odd),
    }
}
