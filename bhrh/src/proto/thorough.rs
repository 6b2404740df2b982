//! The complete reader: line by line, as Python reads, with Python's verdicts.
//!
//! It sees what the fast reader does not accept, and all heads under a profile that keeps what
//! the fast reader drops. A fault of a line is reported as soon as that line is complete, not when
//! the head is: a client that sends garbage and waits gets its answer. Faults that only all fields
//! together show (two `Host` fields, two framings) are found when the head is complete, by
//! `field_meaning`.

use super::head::{HeadRules, Progress, RequestHead};
use super::header_value::is_control;
use super::request_line::{self, Line};
use crate::grammar::is_token;
use crate::headers::FieldSpan;
use crate::protocol_error::ProtocolError;

/// Reads a head from the beginning of `input`. `at_end`: no more will come.
pub(super) fn read(
    input: &[u8],
    at_end: bool,
    rules: &HeadRules<'_>,
    head: &mut RequestHead,
) -> Result<Progress, ProtocolError> {
    let mut lines = Lines { input, position: 0, at_end };
    let line = match lines.next(rules.limits.request_line) {
        Found::Line(line) => line,
        Found::Partial => return Ok(Progress::Partial),
        Found::End => return Ok(Progress::Silence),
        Found::TooLong => return Err(too_long(input, rules)),
    };
    // Python drops every CR and LF at the end of the line before it looks at it.
    let end = line.content.iter().rposition(|byte| *byte != b'\r').map_or(0, |at| at + 1);
    let bare_cr = end < line.content.len() && !(line.cut && end + 1 == line.content.len());
    match request_line::read(&line.content[..end], line.crlf || line.cut, rules, head)? {
        Line::Empty if rules.profile.empty_line_closes => return Ok(Progress::Silence),
        Line::Empty => return Err(ProtocolError::BadSyntax(head.requestline().to_owned())),
        _ if bare_cr => return Err(ProtocolError::BareCr),
        Line::Simple => return Ok(Progress::Complete { length: lines.position }),
        Line::Full => {}
    }
    field_lines(lines, rules, head)
}

/// What is wrong with a request line over its limit. If it has no space, the method never ended, so
/// the bytes are not a request line (RFC 9112 section 3); else the target is too long.
fn too_long(input: &[u8], rules: &HeadRules<'_>) -> ProtocolError {
    let line = &input[..input.len().min(rules.limits.request_line)];
    match rules.profile.non_token_method || line.contains(&b' ') {
        true => ProtocolError::RequestLineTooLong,
        false => ProtocolError::NoMethod,
    }
}

/// Reads the header block, up to and including its blank line.
fn field_lines(
    mut lines: Lines<'_>,
    rules: &HeadRules<'_>,
    head: &mut RequestHead,
) -> Result<Progress, ProtocolError> {
    let limits = rules.limits;
    let mut count = 0;
    loop {
        let found = lines.next(limits.field_line);
        if lines.position > limits.head {
            return Err(ProtocolError::HeadTooLong { limit: limits.head });
        }
        let line = match found {
            Found::Line(line) => line,
            Found::Partial if lines.input.len() > limits.head => {
                return Err(ProtocolError::HeadTooLong { limit: limits.head });
            }
            Found::Partial => return Ok(Progress::Partial),
            Found::End if rules.profile.truncated_head => break,
            Found::End => return Err(ProtocolError::TruncatedHead),
            // The bound that is met first, or the answer would depend on how the bytes arrive.
            Found::TooLong if lines.position.saturating_add(limits.field_line) > limits.head => {
                return Err(ProtocolError::HeadTooLong { limit: limits.head });
            }
            Found::TooLong => {
                return Err(ProtocolError::FieldLineTooLong { limit: limits.field_line });
            }
        };
        if line.cut && !rules.profile.truncated_head {
            return Err(ProtocolError::TruncatedHead);
        }
        if !line.crlf && !line.cut && !rules.profile.bare_lf {
            return Err(ProtocolError::BareLf);
        }
        if line.content.is_empty() {
            break;
        }
        count += 1;
        if count > limits.fields {
            return Err(ProtocolError::TooManyFields { limit: limits.fields });
        }
        field_line(line.content, rules, head)?;
    }
    Ok(Progress::Complete { length: lines.position })
}

/// One field line: a new field, or the continuation of the one before (RFC 9112 section 5).
fn field_line(
    line: &[u8],
    rules: &HeadRules<'_>,
    head: &mut RequestHead,
) -> Result<(), ProtocolError> {
    let profile = rules.profile;
    if line.contains(&b'\r') {
        return Err(ProtocolError::BareCr);
    }
    if line.contains(&0) {
        return Err(ProtocolError::Nul);
    }
    let malformed =
        || ProtocolError::MalformedField(line.iter().copied().map(char::from).collect());
    if matches!(line[0], b' ' | b'\t') {
        if head.fields.spans.is_empty() {
            return Err(malformed());
        }
        if !profile.obs_fold {
            return Err(ProtocolError::FoldedField);
        }
        return fold(line, rules, head);
    }
    let colon = line.iter().position(|byte| *byte == b':').ok_or_else(malformed)?;
    let name = std::str::from_utf8(&line[..colon]).ok().filter(|name| is_token(name));
    let name = name.ok_or_else(malformed)?;
    let value = value_of(&line[colon + 1..], name, rules)?;
    let name = head.fields.append(name);
    let value = head.fields.append_latin1(value);
    head.fields.spans.push(FieldSpan { name, value });
    Ok(())
}

/// Joins a continuation to the last field by one space: never by the CR LF that stood there,
/// which a handler could carry into a response.
fn fold(line: &[u8], rules: &HeadRules<'_>, head: &mut RequestHead) -> Result<(), ProtocolError> {
    // The last value ends where the text ends, so what is added to the text is added to it.
    let Some(last) = head.fields.spans.last().cloned() else { return Ok(()) };
    let part = value_of(line, head.fields.text_of(&last.name), rules)?;
    if !last.value.is_empty() && !part.is_empty() {
        head.fields.append(" ");
    }
    let end = head.fields.append_latin1(part).end;
    if let Some(last) = head.fields.spans.last_mut() {
        last.value.end = end;
    }
    Ok(())
}

/// A value without the white space around it, checked for control characters.
fn value_of<'l>(
    bytes: &'l [u8],
    name: &str,
    rules: &HeadRules<'_>,
) -> Result<&'l [u8], ProtocolError> {
    let is_ows = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = bytes.iter().position(|byte| !is_ows(byte)).unwrap_or(bytes.len());
    let mut value = &bytes[start..];
    if !rules.profile.trailing_whitespace {
        let end = value.iter().rposition(|byte| !is_ows(byte)).map_or(0, |at| at + 1);
        value = &value[..end];
    }
    if !rules.profile.control_in_value && value.iter().any(|byte| is_control(*byte)) {
        return Err(ProtocolError::ControlInValue(name.to_owned()));
    }
    Ok(value)
}

/// The lines of the input, one after another.
struct Lines<'i> {
    input: &'i [u8],
    position: usize,
    at_end: bool,
}

struct FoundLine<'i> {
    /// The line without its line end.
    content: &'i [u8],
    /// Whether it ended in CR LF.
    crlf: bool,
    /// Whether the connection ended before the line did.
    cut: bool,
}

enum Found<'i> {
    Line(FoundLine<'i>),
    TooLong,
    Partial,
    End,
}

impl<'i> Lines<'i> {
    /// The next line, of at most `limit` bytes with its line end.
    fn next(&mut self, limit: usize) -> Found<'i> {
        let rest = &self.input[self.position..];
        let window = &rest[..rest.len().min(limit)];
        let Some(end) = window.iter().position(|byte| *byte == b'\n') else {
            if rest.len() > limit {
                return Found::TooLong;
            }
            if !self.at_end {
                return Found::Partial;
            }
            if rest.is_empty() {
                return Found::End;
            }
            self.position = self.input.len();
            return Found::Line(FoundLine { content: rest, crlf: false, cut: true });
        };
        self.position += end + 1;
        let content = window[..end].strip_suffix(b"\r").unwrap_or(&window[..end]);
        Found::Line(FoundLine { content, crlf: content.len() < end, cut: false })
    }
}
