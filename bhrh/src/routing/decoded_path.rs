//! The path of a request as routes see it: without its query, decoded segment by segment.
//!
//! An escaped slash must not part segments. While a path is matched, a NUL stands in its place: a
//! path that is decoded holds no other, since an escaped NUL is refused.

use std::borrow::Cow;
use std::str::FromStr;

use crate::percent;

/// What stands for an escaped slash inside a segment.
const HELD_SLASH: char = '\0';

/// A request target, looked at as a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedPath<'p> {
    path: Cow<'p, str>,
    query: &'p str,
    is_malformed: bool,
}

impl<'p> DecodedPath<'p> {
    /// Reads what `Exchange::path` holds. A target that is not a path (`*`, a `host:port`) gets the
    /// empty path, which no route matches. So does a path that cannot be decoded.
    #[inline]
    #[must_use]
    pub fn of(target: &'p str) -> DecodedPath<'p> {
        if target.starts_with('/') {
            let bytes = target.as_bytes();
            let end = plain_prefix(bytes);
            match bytes.get(end) {
                None => return DecodedPath { path: target.into(), query: "", is_malformed: false },
                Some(b'?') => {
                    let (path, query) = (&target[..end], &target[end + 1..]);
                    return DecodedPath { path: path.into(), query, is_malformed: false };
                }
                Some(_) => {}
            }
        }
        DecodedPath::of_others(target)
    }

    #[cold]
    fn of_others(target: &'p str) -> DecodedPath<'p> {
        let Some((path, query)) = path_and_query(target) else {
            return DecodedPath { path: "".into(), query: "", is_malformed: false };
        };
        match decoded(path) {
            Some(path) => DecodedPath { path, query, is_malformed: false },
            None => DecodedPath { path: "".into(), query, is_malformed: true },
        }
    }

    /// The path, decoded; begins with a slash or is empty.
    #[inline]
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What follows the question mark, as it came.
    #[inline]
    #[must_use]
    pub fn query(&self) -> &'p str {
        self.query
    }

    /// Whether the path has escapes that cannot be decoded: not two hexadecimal digits, no UTF-8,
    /// or NUL.
    #[inline]
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        self.is_malformed
    }

    /// The text of a segment that was matched.
    #[inline]
    #[must_use]
    pub fn text<'t>(&self, segment: &'t str) -> Cow<'t, str> {
        self.freed(segment, "/")
    }

    /// The text of a rest that was matched. An escaped slash stays escaped, so that plain slashes
    /// still separate the segments.
    #[inline]
    #[must_use]
    pub fn rest_text<'t>(&self, rest: &'t str) -> Cow<'t, str> {
        self.freed(rest, "%2F")
    }

    #[inline]
    fn freed<'t>(&self, text: &'t str, slash: &str) -> Cow<'t, str> {
        match &self.path {
            Cow::Owned(_) if text.contains(HELD_SLASH) => text.replace(HELD_SLASH, slash).into(),
            _ => text.into(),
        }
    }
}

/// A type that a segment of a path, or a query parameter, can be turned into: whatever implements
/// [`FromStr`].
#[diagnostic::on_unimplemented(
    message = "a parameter cannot be a `{Self}`",
    label = "not `&str`, `Cow<str>`, or a type that implements `std::str::FromStr`"
)]
pub trait Parameter: Sized {
    /// Reads a value; `None` if the text is not one.
    fn read(text: &str) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: FromStr> Parameter for T {
    #[inline]
    fn read(text: &str) -> Option<T> {
        text.parse().ok()
    }
}

/// Takes one segment off the front: what `{name}` matches. Not an empty one, and not `.` or `..`.
#[inline]
#[must_use]
pub fn segment(path: &str) -> Option<(&str, &str)> {
    let end = path.bytes().position(|byte| byte == b'/').unwrap_or(path.len());
    let (segment, after) = path.split_at(end);
    match segment {
        "" | "." | ".." => None,
        _ => Some((segment, after)),
    }
}

/// Takes all that is left: what `{name...}` matches. Nothing with a segment `.` or `..`.
#[inline]
#[must_use]
pub fn rest(path: &str) -> Option<&str> {
    let has_dots = || path.split('/').any(|segment| matches!(segment, "." | ".."));
    match path.contains('.') && has_dots() {
        true => None,
        false => Some(path),
    }
}

/// What is below a mount: the part of the target that names the mount, and the rest of it, which
/// begins with one slash. `prefix` begins with a slash and does not end in one.
#[must_use]
pub fn below<'p>(target: &'p str, prefix: &str) -> Option<(&'p str, &'p str)> {
    let origin = &target[origin_start(target)?..];
    let mut left = origin;
    for wanted in prefix.split('/').skip(1) {
        let segment = left.strip_prefix('/')?;
        let end = segment.find(['/', '?']).unwrap_or(segment.len());
        let (segment, after) = segment.split_at(end);
        if *decoded(segment)? != *wanted {
            return None;
        }
        left = after;
    }
    if !left.starts_with('/') {
        return None;
    }
    let mount = &origin[..origin.len() - left.len()];
    // As at the beginning of any path: two slashes would name another host in a redirection.
    let slashes = left.bytes().take_while(|byte| *byte == b'/').count();
    Some((mount, &left[slashes - 1..]))
}

/// Where the path of a target begins, if it has one.
fn origin_start(target: &str) -> Option<usize> {
    if target.starts_with('/') {
        return Some(0);
    }
    // The absolute-form (RFC 9112 section 3.2.2).
    let (scheme, rest) = target.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return None;
    }
    let path = rest.find(['/', '?']).unwrap_or(rest.len());
    Some(target.len() - rest.len() + path)
}

fn path_and_query(target: &str) -> Option<(&str, &str)> {
    let origin = &target[origin_start(target)?..];
    let (path, query) = origin.split_once('?').unwrap_or((origin, ""));
    // RFC 9110 section 4.2.3: an empty path is `/`.
    Some((if path.is_empty() { "/" } else { path }, query))
}

/// Text with its escapes replaced (and, as in Python, each character above 0x7F one byte), read as
/// UTF-8.
fn decoded(text: &str) -> Option<Cow<'_, str>> {
    if text.bytes().all(|byte| byte.is_ascii() && byte != b'%' && byte != 0) {
        return Some(text.into());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut left = text.chars();
    loop {
        let from_here = left.as_str();
        let Some(c) = left.next() else { break };
        let byte = match c {
            '%' => {
                let byte = percent::escape(from_here.as_bytes())?;
                left = from_here[percent::ESCAPE..].chars();
                match byte {
                    0 => return None,
                    b'/' => 0,
                    byte => byte,
                }
            }
            '\0' => return None,
            c => u8::try_from(u32::from(c)).ok()?,
        };
        bytes.push(byte);
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// How many bytes there are before the first that is not simply part of a path: `?`, `%`, or one
/// above 0x7F. Eight at a time: most paths have none.
#[inline]
fn plain_prefix(bytes: &[u8]) -> usize {
    let is_plain = |byte: u8| byte.is_ascii() && byte != b'?' && byte != b'%';
    let mut plain = 0;
    for eight in bytes.chunks_exact(8) {
        let word = eight.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        if holds(word, b'?') | holds(word, b'%') | (word & HIGH_BITS != 0) {
            break;
        }
        plain += 8;
    }
    plain + bytes[plain..].iter().take_while(|byte| is_plain(**byte)).count()
}

const LOW_BITS: u64 = u64::MAX / 0xff;
const HIGH_BITS: u64 = LOW_BITS << 7;

/// Whether one of eight bytes is this one. (May say yes where a byte above 0x7F is among them.)
#[inline]
fn holds(word: u64, byte: u8) -> bool {
    let zero_where_found = word ^ (LOW_BITS * u64::from(byte));
    zero_where_found.wrapping_sub(LOW_BITS) & !zero_where_found & HIGH_BITS != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_ends_at_its_query() {
        for (target, path, query) in [
            ("/", "/", ""),
            ("/?", "/", ""),
            ("/a/b?c=d?e", "/a/b", "c=d?e"),
            ("/long/enough/for/words?q=%20", "/long/enough/for/words", "q=%20"),
            ("/long/enough/for/words/", "/long/enough/for/words/", ""),
            ("/caf%C3%A9?%zz", "/café", "%zz"),
            // A byte above 0x7F is a character of Latin-1 in `path`.
            ("/caf\u{c3}\u{a9}", "/café", ""),
            ("/a%2Fb/%3F%25%23", "/a\0b/?%#", ""),
            ("http://host:80/a/b?c", "/a/b", "c"),
            ("HTTPS://host", "/", ""),
            ("http://host?q", "/", "q"),
            // These are no paths.
            ("*", "", ""),
            ("host:443", "", ""),
            ("ftp://host/a", "", ""),
            ("", "", ""),
        ] {
            let found = DecodedPath::of(target);
            assert_eq!((found.path(), found.query()), (path, query), "{target}");
            assert!(!found.is_malformed(), "{target}");
        }
    }

    #[test]
    fn escapes_that_mean_nothing() {
        for target in
            ["/%", "/%4", "/%zz", "/%+1", "/%FF", "/%C3x", "/a%00b", "/\u{e9}", "/\u{20ac}"]
        {
            let found = DecodedPath::of(target);
            assert!(found.is_malformed() && found.path().is_empty(), "{target}");
        }
        // A raw NUL only passes where the head's rules are lax.
        assert!(DecodedPath::of("/%20\0").is_malformed());
    }

    #[test]
    fn an_escaped_slash_stays_in_its_segment() {
        let target = DecodedPath::of("/x%2fy/z");
        let (first, after) = segment(&target.path()[1..]).expect("a segment");
        assert_eq!((&*target.text(first), after), ("x/y", "/z"));
        let all = rest(&target.path()[1..]).expect("a rest");
        assert_eq!(target.rest_text(all), "x%2Fy/z");
    }

    #[test]
    fn dots_are_no_segments() {
        for path in ["", "/", ".", "..", "./a", "../a"] {
            assert_eq!(segment(path), None, "{path}");
        }
        assert_eq!(segment("a/b"), Some(("a", "/b")));
        assert_eq!(segment("..."), Some(("...", "")));
        for path in [".", "a/..", "../a", "a/./b"] {
            assert_eq!(rest(path), None, "{path}");
        }
        for path in ["", "a.b/c", "a//b/", "..."] {
            assert_eq!(rest(path), Some(path));
        }
    }

    #[test]
    fn what_is_below_a_mount() {
        for (target, found) in [
            ("/api/x?y", Some(("/api", "/x?y"))),
            ("/api/", Some(("/api", "/"))),
            ("/%61pi//x", Some(("/%61pi", "/x"))),
            ("http://host/api/x", Some(("/api", "/x"))),
            ("/api", None),
            ("/api?x", None),
            ("/apix/y", None),
            ("/ap", None),
            ("/%2Fapi/x", None),
            ("*", None),
        ] {
            assert_eq!(below(target, "/api"), found, "{target}");
        }
        assert_eq!(below("/a/b/c", "/a/b"), Some(("/a/b", "/c")));
    }

    #[test]
    fn each_byte_is_seen_wherever_it_stands() {
        for byte in [b'?', b'%', 0x80, 0xff] {
            for at in 0..20 {
                let mut bytes = [b'>'; 20];
                bytes[at] = byte;
                assert_eq!(plain_prefix(&bytes), at);
            }
        }
        assert_eq!(plain_prefix(b"/plain/@$&'"), 11);
    }
}
