//! Which bytes of a file are asked for: `Range` (RFC 9110 section 14.2), and the parts of an answer
//! with several of them (section 14.6).

use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};

use crate::grammar::list_elements;
use crate::headers::Headers;

/// How many parts an answer has at most. If the client asks for more, it gets the whole file:
/// section 14.2 lets a server ignore the field, and section 17.15 says when it should.
const MOST_PARTS: usize = 32;

/// Some bytes of a file: at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RangePart {
    pub(super) first: u64,
    /// This byte belongs to the part too.
    pub(super) last: u64,
}

impl RangePart {
    pub(super) fn len(&self) -> u64 {
        self.last - self.first + 1
    }
}

/// What a request asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it.
    Whole,
    /// These bytes.
    Parts(Vec<RangePart>),
    /// Only bytes that the file does not have: 416.
    Nothing,
}

/// Reads the `Range` field of a GET request for a file of this length.
///
/// The field is ignored if it is malformed, if it has more than [`MOST_PARTS`] ranges, or if it
/// asks for the same bytes again and again. It is also ignored for an empty file, which has no
/// range to give: some clients put the field into each request.
pub(super) fn wanted(headers: Headers<'_>, length: u64) -> Wanted {
    let mut values = headers.get_all("Range");
    let (Some(value), None) = (values.next(), values.next()) else { return Wanted::Whole };
    let Some((unit, set)) = value.split_once('=') else { return Wanted::Whole };
    if !unit.eq_ignore_ascii_case("bytes") || length == 0 {
        return Wanted::Whole;
    }
    let mut parts = Vec::new();
    let mut any = false;
    for element in list_elements(set) {
        any = true;
        match part(element, length) {
            None => return Wanted::Whole,
            Some(Some(part)) => parts.push(part),
            Some(None) => {}
        }
        if parts.len() > MOST_PARTS {
            return Wanted::Whole;
        }
    }
    let total = parts.iter().fold(0, |total: u64, part| total.saturating_add(part.len()));
    match parts.len() {
        _ if !any || total > length => Wanted::Whole,
        0 => Wanted::Nothing,
        _ => Wanted::Parts(parts),
    }
}

/// One element of the field: `None` if it is malformed, `Some(None)` if the file has no such bytes.
fn part(element: &str, length: u64) -> Option<Option<RangePart>> {
    let (first, last) = element.split_once('-')?;
    if first.is_empty() {
        let count = number(last)?.min(length);
        return Some((count > 0).then(|| RangePart { first: length - count, last: length - 1 }));
    }
    let first = number(first)?;
    let last = if last.is_empty() { u64::MAX } else { number(last)? };
    if first > last {
        return None;
    }
    Some((first < length).then(|| RangePart { first, last: last.min(length - 1) }))
}

/// Digits and nothing else. What is too large for any file is as good as the largest number.
fn number(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u64::MAX))
}

/// The value of `Content-Range` (section 14.4).
pub(super) struct ContentRange {
    pub(super) part: RangePart,
    pub(super) length: u64,
}

impl fmt::Display for ContentRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bytes {}-{}/{}", self.part.first, self.part.last, self.length)
    }
}

/// The form `multipart/byteranges` (section 14.6).
pub(super) struct MultipartRanges<'a> {
    boundary: String,
    media_type: &'a str,
    length: u64,
}

impl<'a> MultipartRanges<'a> {
    pub(super) fn new(media_type: &'a str, length: u64) -> MultipartRanges<'a> {
        // The keys are random and secret, so nobody can put the boundary into a file on purpose.
        let random = || RandomState::new().build_hasher().finish();
        MultipartRanges {
            boundary: format!("{:016x}{:016x}", random(), random()),
            media_type,
            length,
        }
    }

    pub(super) fn content_type(&self) -> String {
        format!("multipart/byteranges; boundary={}", self.boundary)
    }

    /// What stands before the bytes of a part.
    pub(super) fn head(&self, part: RangePart, is_first: bool) -> String {
        let break_before = if is_first { "" } else { "\r\n" };
        let MultipartRanges { boundary, media_type, length } = self;
        let range = ContentRange { part, length: *length };
        format!(
            "{break_before}--{boundary}\r\n\
             Content-Type: {media_type}\r\n\
             Content-Range: {range}\r\n\r\n"
        )
    }

    /// What stands after the last part.
    pub(super) fn end(&self) -> String {
        format!("\r\n--{}--\r\n", self.boundary)
    }

    /// The length of the whole form in bytes.
    pub(super) fn content_length(&self, parts: &[RangePart]) -> u64 {
        let heads = parts.iter().enumerate().map(|(at, part)| self.head(*part, at == 0).len());
        let framing: usize = heads.sum::<usize>() + self.end().len();
        parts.iter().map(RangePart::len).sum::<u64>() + framing as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headers::Fields;

    fn of(value: &str, length: u64) -> Wanted {
        let mut fields = Fields::default();
        fields.push("Range", value);
        wanted(fields.headers(), length)
    }

    fn parts(parts: &[(u64, u64)]) -> Wanted {
        Wanted::Parts(parts.iter().map(|&(first, last)| RangePart { first, last }).collect())
    }

    #[test]
    fn ranges_of_rfc_9110_section_14_1_2() {
        for (value, expected) in [
            ("bytes=0-499", parts(&[(0, 499)])),
            ("bytes=500-999", parts(&[(500, 999)])),
            ("bytes=-500", parts(&[(9500, 9999)])),
            ("bytes=9500-", parts(&[(9500, 9999)])),
            ("bytes=0-0,-1", parts(&[(0, 0), (9999, 9999)])),
            ("bytes= 0-999, 4500-5499, -1000", parts(&[(0, 999), (4500, 5499), (9000, 9999)])),
            ("bytes=500-600,601-999", parts(&[(500, 600), (601, 999)])),
            ("bytes=500-700,601-999", parts(&[(500, 700), (601, 999)])),
            ("BYTES=9999-", parts(&[(9999, 9999)])),
            ("bytes=0-20000", parts(&[(0, 9999)])),
            ("bytes=-20000", parts(&[(0, 9999)])),
            ("bytes=0-99999999999999999999999999", parts(&[(0, 9999)])),
            ("bytes=5-9,20000-", parts(&[(5, 9)])),
            ("bytes=,5-9,,", parts(&[(5, 9)])),
        ] {
            assert_eq!(of(value, 10_000), expected, "{value}");
        }
    }

    #[test]
    fn bytes_that_are_not_there() {
        for value in
            ["bytes=10000-", "bytes=10000-10001,-0", "bytes=-0", "bytes=99999999999999999999-"]
        {
            assert_eq!(of(value, 10_000), Wanted::Nothing, "{value}");
        }
    }

    #[test]
    fn what_is_not_understood_is_ignored() {
        for value in [
            "",
            "bytes",
            "bytes=",
            "bytes=,",
            "bytes=a-b",
            "bytes=1",
            "bytes=-",
            "bytes=5-4",
            "bytes=1-2-3",
            "bytes=+1-2",
            "bytes=0x1-2",
            "bytes=1 - 2",
            "bytes =1-2",
            "lines=1-2",
            "bytes=0-1;2-3",
            "bytes=0-1,x",
            "bytes=--1",
        ] {
            assert_eq!(of(value, 10_000), Wanted::Whole, "{value}");
        }
        let mut twice = Fields::default();
        twice.push("Range", "bytes=0-1");
        twice.push("Range", "bytes=2-3");
        assert_eq!(wanted(twice.headers(), 10), Wanted::Whole);
        assert_eq!(wanted(Fields::default().headers(), 10), Wanted::Whole);
    }

    #[test]
    fn an_empty_file_is_given_whole() {
        for value in ["bytes=0-", "bytes=-1", "bytes=0-0", "bytes=5-"] {
            assert_eq!(of(value, 0), Wanted::Whole, "{value}");
        }
    }

    #[test]
    fn more_than_the_whole_is_the_whole() {
        let many = vec!["0-"; 1300].join(",");
        assert_eq!(of(&format!("bytes={many}"), 10_000), Wanted::Whole);
        let small: Vec<String> = (0..33).map(|at| format!("{at}-{at}")).collect();
        assert_eq!(of(&format!("bytes={}", small.join(",")), 10_000), Wanted::Whole);
        let bearable = small[..32].join(",");
        assert!(
            matches!(of(&format!("bytes={bearable}"), 10_000), Wanted::Parts(p) if p.len() == 32)
        );
        assert_eq!(of("bytes=0-,0-", 10_000), Wanted::Whole);
        assert_eq!(of("bytes=0-,-1", 10_000), Wanted::Whole);
    }

    #[test]
    fn parts_are_framed_and_counted() {
        let multipart = MultipartRanges::new("text/plain", 10);
        let all = [RangePart { first: 0, last: 1 }, RangePart { first: 9, last: 9 }];
        let mut text = multipart.head(all[0], true) + "ab";
        text += &multipart.head(all[1], false);
        text += "j";
        text += &multipart.end();
        assert_eq!(text.len() as u64, multipart.content_length(&all));
        let b = multipart.content_type().rsplit_once('=').unwrap().1.to_owned();
        let expected = format!(
            "--{b}\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\nab\r\n\
             --{b}\r\nContent-Type: text/plain\r\nContent-Range: bytes 9-9/10\r\n\r\nj\r\n--{b}--\r\n"
        );
        assert_eq!(text, expected);
        assert_ne!(MultipartRanges::new("text/plain", 10).boundary, b);
    }
}
