//! The fast reader: a head that RFC 9112 has nothing against, tokenised by httparse.
//!
//! It only ever accepts. Whatever it does not accept goes to the complete reader, which has the
//! last word, so this one may be as picky as speed wants it to be: it leaves to that one the other
//! forms of targets, a `%` without two digits, and heads that have not come to their end.
//!
//! The request line is read here, since RFC 3986 wants every byte of a target looked at, and
//! httparse takes more than it allows. Field lines are httparse's: names, colons, white space,
//! values. It takes three things that RFC 9112 does not, which are looked for between its slices: a
//! line that ends in LF alone, lines that are too long, too many of them.

use httparse::{Error, Header, Status};

use super::head::{RequestHead, VersionNumber};
use super::request_target;
use crate::grammar::is_token_byte;
use crate::headers::{FieldSpan, Fields, span_of};
use crate::scan::run;
use crate::settings::Limits;

/// How many fields httparse is given room for at first. The room has to be cleared, so it is only
/// as large as most heads need it.
const FEW: usize = 16;
/// And for the heads that have more. Those with still more are the complete reader's.
const MANY: usize = 128;

/// Reads a head into an empty one, and says how long it is; `None` means that the complete reader
/// has to look at it.
#[inline(never)] // Its loops want the registers for themselves.
pub(super) fn read(input: &[u8], limits: &Limits, head: &mut RequestHead) -> Option<usize> {
    let start = request_line(input, head)?;
    if start > limits.request_line {
        return None;
    }
    let length = match fields::<FEW>(input, start, limits, &mut head.fields) {
        Err(Error::TooManyHeaders) => many_fields(input, start, limits, &mut head.fields)?,
        other => other.ok()??,
    };
    // The spans are offsets into this text. They end before the last two line ends.
    let text = input[..length].strip_suffix(b"\r\n\r\n")?;
    match text.is_ascii() {
        true => head.fields.text.extend_from_slice(text),
        false => push_latin1(text, &mut head.fields),
    }
    Some(length)
}

/// The request line: method, origin-form and version, with one space between them (RFC 9112
/// section 3). Says where it ends.
#[inline(always)] // Called in one place.
fn request_line(input: &[u8], head: &mut RequestHead) -> Option<usize> {
    let method = method(input);
    let path = method + 1;
    if method == 0 || input.get(method) != Some(&b' ') {
        return None;
    }
    let mut end = path + run(&input[path..], request_target::is_plain_byte);
    while input.get(end) == Some(&b'%') {
        if !request_target::is_plain_escape(&input[end..]) {
            return None;
        }
        end += 3;
        end += run(&input[end..], request_target::is_plain_byte);
    }
    if !request_target::is_plain(&input[..method], &input[path..end]) {
        return None;
    }
    let rest = input[end..].first_chunk()?;
    let number = match rest {
        _ if rest == b" HTTP/1.1\r\n" => VersionNumber::HTTP_1_1,
        _ if rest == b" HTTP/1.0\r\n" => VersionNumber::HTTP_1_0,
        _ => return None,
    };
    head.command = 0..method as u32;
    head.path = path as u32..end as u32;
    head.requestline = 0..end as u32 + 9;
    head.version = end as u32 + 1..end as u32 + 9;
    head.number = number;
    Some(end + rest.len())
}

/// How long the method is.
#[inline(always)] // Called in one place.
fn method(input: &[u8]) -> usize {
    // Most requests have this one, which is seen at one glance.
    if input.starts_with(b"GET ") { 3 } else { run(input, is_token_byte) }
}

#[cold]
fn many_fields(input: &[u8], start: usize, limits: &Limits, fields: &mut Fields) -> Option<usize> {
    self::fields::<MANY>(input, start, limits, fields).ok()?
}

/// Notes the field lines that begin at `start`, at most `ROOM` (RFC 9112 section 5). Says where the
/// head ends.
#[inline(always)] // Called in two places, one of them rare.
fn fields<const ROOM: usize>(
    input: &[u8],
    start: usize,
    limits: &Limits,
    fields: &mut Fields,
) -> Result<Option<usize>, Error> {
    let mut room = [httparse::EMPTY_HEADER; ROOM];
    let Status::Complete((length, found)) = httparse::parse_headers(&input[start..], &mut room)?
    else {
        return Ok(None);
    };
    let end = start + length;
    if found.len() > limits.fields || end > limits.head {
        return Ok(None);
    }
    let mut crlf = true;
    fields.spans.extend(found.iter().map(|Header { name, value }| {
        let name = span_of(input, name.as_bytes());
        // A line ends where the next name begins.
        crlf &= input[..name.start as usize].ends_with(b"\r\n");
        FieldSpan { name, value: span_of(input, value) }
    }));
    Ok((crlf && (end - start <= limits.field_line || lines_fit(&fields.spans, end, limits)))
        .then_some(end))
}

/// Whether no line is too long.
#[cold]
fn lines_fit(fields: &[FieldSpan], end: usize, limits: &Limits) -> bool {
    let starts = fields.iter().map(|field| field.name.start as usize);
    let ends = starts.clone().skip(1).chain([end - 2]);
    starts.zip(ends).all(|(start, end)| end - start <= limits.field_line)
}

/// Adds a head that has bytes above 0x7F in it, each as one character, which takes two bytes of
/// text: what stands behind one is moved on.
#[inline(never)]
fn push_latin1(head: &[u8], fields: &mut Fields) {
    let mut shift = 0;
    for FieldSpan { name, value } in &mut fields.spans {
        // Only values have them: names are tokens, and request lines were looked at.
        let bytes = &head[value.start as usize..value.end as usize];
        name.start += shift;
        name.end += shift;
        value.start += shift;
        if !bytes.is_ascii() {
            shift += bytes.iter().filter(|byte| !byte.is_ascii()).count() as u32;
        }
        value.end += shift;
    }
    fields.append_latin1(head);
}
