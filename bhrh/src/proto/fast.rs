//! The fast reader: a head that RFC 9112 has nothing against, by way of httparse.
//!
//! It never refuses. Whatever it does not accept goes to the complete reader, which has the last
//! word, so this one may be as picky as speed wants it to be.

use std::mem::MaybeUninit;
use std::ops::Range;

use super::head::{Progress, RequestHead};
use super::target;
use crate::headers::FieldSpan;
use crate::limits::Limits;

/// How many fields a head may have here. More is rare, and the complete reader's business.
const FIELDS: usize = 64;

/// Reads a head; `None` means that the complete reader has to look at it.
pub(super) fn read(input: &[u8], limits: &Limits, head: &mut RequestHead) -> Option<Progress> {
    // httparse would skip empty lines without end.
    if matches!(input.first(), Some(b'\r' | b'\n')) {
        return None;
    }
    let mut fields = [const { MaybeUninit::uninit() }; FIELDS];
    let mut request = httparse::Request::new(&mut []);
    let length = match request.parse_with_uninit_headers(input, &mut fields) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Some(Progress::Partial),
        Err(_) => return None,
    };
    let text = plain_text(&input[..length])?;
    let (method, path) = (request.method?, request.path?);
    if !target::is_plain(method, path)
        || length > limits.head
        || request.headers.len() > limits.fields
    {
        return None;
    }

    // The spans are offsets into the input, and so into the text that is copied from it.
    let start = input.as_ptr() as usize;
    let span = |piece: &[u8]| -> Range<u32> {
        let from = (piece.as_ptr() as usize - start) as u32;
        from..from + piece.len() as u32
    };
    head.command = span(method.as_bytes());
    head.path = span(path.as_bytes());
    // One space, `HTTP/1.x` and the line end follow the path: httparse lets no other form pass,
    // except more spaces, which the comparison below finds.
    head.requestline = 0..head.path.end + 9;
    head.version = head.path.end + 1..head.path.end + 9;
    let minor = request.version?;
    let expected = if minor == 1 { " HTTP/1.1\r\n" } else { " HTTP/1.0\r\n" };
    let after_path = head.path.end as usize;
    let one_space = head.command.start == 0 && head.path.start == head.command.end + 1;
    if !one_space || text.get(after_path..after_path + 11)? != expected {
        return None;
    }
    head.number = (1, u64::from(minor));

    let mut line_start = after_path + 11;
    if line_start > limits.request_line {
        return None;
    }
    for field in request.headers.iter() {
        let (name, value) = (span(field.name.as_bytes()), span(field.value));
        // A field's line begins where its name does: it ends before the next name, so comparing
        // neighbours bounds the length of each line.
        if name.start as usize - line_start > limits.field_line {
            return None;
        }
        // httparse takes a line that ends in LF alone. The end of each line stands before the next.
        if input[name.start as usize - 2] != b'\r' {
            return None;
        }
        line_start = name.start as usize;
        head.fields.spans.push(FieldSpan { name, value });
    }
    if length - line_start > limits.field_line {
        return None;
    }
    head.fields.text.push_str(text);
    Some(Progress::Complete { length })
}

/// The head as text, if it is ASCII throughout (httparse takes bytes above 0x7F as well) and its
/// last line ends in CR LF.
fn plain_text(head: &[u8]) -> Option<&str> {
    if !head.is_ascii() || !head.ends_with(b"\r\n\r\n") {
        return None;
    }
    std::str::from_utf8(head).ok()
}
