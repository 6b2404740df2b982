//! The request line, checked in Python's order with Python's words, then by RFC 9112.

use std::ops::Range;

use super::head::{HeadRules, RequestHead, VersionNumber};
use super::request_target;
use crate::grammar::is_token;
use crate::headers::span_of;
use crate::protocol_error::ProtocolError;

/// What kind of request a line opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// A header block follows.
    Full,
    /// An HTTP/0.9 request of two words: nothing follows.
    Simple,
    /// No word at all: Python closes without an answer.
    Empty,
}

/// Reads `line`, without its line end, into `head`.
///
/// `crlf` says whether the line ended in CR LF, which only matters once Python's checks have
/// passed.
pub(super) fn read(
    line: &[u8],
    crlf: bool,
    rules: &HeadRules<'_>,
    head: &mut RequestHead,
) -> Result<Line, ProtocolError> {
    head.requestline = head.fields.append_latin1(line);
    let words = words(head);
    if words.0 == 0 {
        return Ok(Line::Empty);
    }
    let kind = pythons_checks(words, rules, head)?;
    rfc_checks(line, crlf, kind, rules, head)?;
    // An open redirect in the making: `//host/path` is read by browsers as a URL of another
    // host, so Python makes all leading slashes one.
    let slashes = head.path().bytes().take_while(|byte| *byte == b'/').count() as u32;
    head.path.start += slashes.saturating_sub(1);
    Ok(kind)
}

/// The words of the line, as Python's `str.split()` finds them: how many there are, the first two
/// and, of three or more, the last.
fn words(head: &RequestHead) -> (usize, [Range<u32>; 3]) {
    let (mut count, mut words) = (0, [0..0, 0..0, 0..0]);
    let text = &head.fields.text;
    let line = head.requestline().split(is_python_whitespace);
    for word in line.filter(|word| !word.is_empty()) {
        words[count.min(2)] = span_of(text, word.as_bytes());
        count += 1;
    }
    (count, words)
}

/// What Python's `str.split()` splits at, within Latin-1.
fn is_python_whitespace(c: char) -> bool {
    matches!(c, '\t'..='\r' | '\x1c'..='\x20' | '\u{85}' | '\u{a0}')
}

/// Python's `parse_request`, step by step: a later check never speaks before an earlier one.
fn pythons_checks(
    (count, [method, path, last]): (usize, [Range<u32>; 3]),
    rules: &HeadRules<'_>,
    head: &mut RequestHead,
) -> Result<Line, ProtocolError> {
    if count >= 3 {
        let text = head.fields.text_of(&last);
        let Some(number) = text.strip_prefix("HTTP/").and_then(version_number) else {
            return Err(ProtocolError::BadVersion(text.to_owned()));
        };
        if number >= (2, 0) {
            return Err(ProtocolError::UnsupportedVersion(text["HTTP/".len()..].to_owned()));
        }
        head.number = VersionNumber::new(number.0 as u32, number.1);
        head.version = last;
    }
    match count {
        3 => {
            (head.command, head.path) = (method, path);
            Ok(Line::Full)
        }
        2 => {
            let command = head.fields.text_of(&method);
            if command != "GET" {
                return Err(ProtocolError::BadSimpleType(command.to_owned()));
            }
            head.number = VersionNumber::new(0, 9);
            (head.command, head.path) = (method, path);
            head.version = head.fields.append(&(rules.default_version)());
            Ok(Line::Simple)
        }
        _ => Err(ProtocolError::BadSyntax(head.requestline().to_owned())),
    }
}

/// Major and minor version: digits, one dot, digits, at most ten each.
fn version_number(text: &str) -> Option<(u64, u64)> {
    let (major, minor) = text.split_once('.')?;
    let number = |digits: &str| {
        let valid = (1..=10).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        valid.then(|| digits.parse().ok()).flatten()
    };
    Some((number(major)?, number(minor)?))
}

/// What RFC 9112 demands of a line that Python takes, less what the profile forgives.
fn rfc_checks(
    line: &[u8],
    crlf: bool,
    kind: Line,
    rules: &HeadRules<'_>,
    head: &RequestHead,
) -> Result<(), ProtocolError> {
    let profile = rules.profile;
    let (method, path) = (head.command(), head.path());
    let version = head.fields.text_of(&head.version);
    if line.contains(&b'\r') {
        return Err(ProtocolError::BareCr);
    }
    if line.contains(&0) {
        return Err(ProtocolError::Nul);
    }
    if !crlf && !profile.bare_lf {
        return Err(ProtocolError::BareLf);
    }
    if kind == Line::Simple && !profile.http_09 {
        return Err(ProtocolError::BadSyntax(head.requestline().to_owned()));
    }
    if kind == Line::Full && !profile.line_whitespace {
        let mut parts = head.requestline().split(' ');
        if [parts.next(), parts.next(), parts.next(), parts.next()]
            != [Some(method), Some(path), Some(version), None]
        {
            return Err(ProtocolError::BadSyntax(head.requestline().to_owned()));
        }
    }
    if !profile.non_token_method && !is_token(method) {
        return Err(ProtocolError::BadMethod(method.to_owned()));
    }
    if kind == Line::Full && !profile.lax_version && version.len() != "HTTP/1.1".len() {
        return Err(ProtocolError::BadVersion(version.to_owned()));
    }
    if kind == Line::Full && !profile.http_09 && head.number < VersionNumber::HTTP_1_0 {
        return Err(ProtocolError::UnsupportedVersion(version["HTTP/".len()..].to_owned()));
    }
    request_target::check(method, path, profile)
}
