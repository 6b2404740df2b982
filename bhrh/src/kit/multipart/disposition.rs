//! `Content-Disposition: form-data` (RFC 7578 section 4.2), and file names that lead nowhere.

use std::borrow::Cow;

use crate::grammar::{split_outside_quotes, trim_ows};
use crate::percent;

/// What a part says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Disposition {
    pub(super) name: String,
    /// As it was sent; empty if that cannot be read.
    pub(super) filename: Option<String>,
}

impl Disposition {
    /// `None` if the disposition is not `form-data`.
    pub(super) fn read(value: &str) -> Option<Disposition> {
        let (kind, mut rest) = split_outside_quotes(value, b';');
        if !trim_ows(kind).eq_ignore_ascii_case("form-data") {
            return None;
        }
        let (mut name, mut plain, mut extended) = (None, None, None);
        let mut has_extended = false;
        while let Some(text) = rest {
            let (parameter, after) = split_outside_quotes(text, b';');
            rest = after;
            let Some((key, value)) = parameter.split_once('=') else { continue };
            let (key, value) = (trim_ows(key), trim_ows(value));
            // The first parameter of a name counts. Browsers never send a second one.
            if key.eq_ignore_ascii_case("name") {
                name.get_or_insert_with(|| unquoted(value));
            } else if key.eq_ignore_ascii_case("filename") {
                plain.get_or_insert_with(|| unquoted(value));
            } else if key.eq_ignore_ascii_case("filename*") {
                // A file name that cannot be read still says that the part is a file.
                has_extended = true;
                extended = extended.or_else(|| extended_value(value));
            }
        }
        let unreadable = has_extended.then(String::new);
        Some(Disposition { name: name?, filename: extended.or(plain).or(unreadable) })
    }
}

/// A quoted string as forms have it: browsers write `%22` for a quote and leave backslashes as
/// they are; other clients write `\"` and `\\`.
fn unquoted(value: &str) -> String {
    let Some(inner) = value.strip_prefix('"') else { return value.to_owned() };
    let inner = inner.strip_suffix('"').unwrap_or(inner).replace("%22", "\"");
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        let escaped = if c == '\\' { chars.next_if(|c| matches!(c, '"' | '\\')) } else { None };
        text.push(escaped.unwrap_or(c));
    }
    text
}

/// `charset'language'percent-encoded` (RFC 8187 section 3.2), in UTF-8 or ISO-8859-1.
fn extended_value(value: &str) -> Option<String> {
    let mut pieces = value.splitn(3, '\'');
    let (charset, _, encoded) = (pieces.next()?, pieces.next()?, pieces.next()?);
    let mut bytes = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let Some(first) = rest.first() {
        let (byte, length) = match first {
            b'%' => (percent::escape(rest)?, percent::ESCAPE),
            byte => (*byte, 1),
        };
        bytes.push(byte);
        rest = &rest[length..];
    }
    match charset {
        _ if charset.eq_ignore_ascii_case("UTF-8") => String::from_utf8(bytes).ok(),
        _ if charset.eq_ignore_ascii_case("ISO-8859-1") => {
            Some(bytes.into_iter().map(char::from).collect())
        }
        _ => None,
    }
}

/// The last component of a file name, without control characters; `None` if nothing is left that
/// could be the name of a file.
pub(super) fn safe(filename: &str) -> Option<Cow<'_, str>> {
    // A colon is part of a name except on Windows, where it ends a drive or begins a stream.
    let separates = |c: char| matches!(c, '/' | '\\') || cfg!(windows) && c == ':';
    let last = filename.rsplit(separates).next().unwrap_or_default();
    let name = match last.contains(char::is_control) {
        true => Cow::Owned(last.replace(char::is_control, "")),
        false => Cow::Borrowed(last),
    };
    (!matches!(&*name, "" | "." | "..")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Option<(String, Option<String>)> {
        Disposition::read(value).map(|it| (it.name, it.filename))
    }

    #[test]
    fn dispositions_as_clients_send_them() {
        for (value, name, filename) in [
            ("form-data; name=\"a\"", "a", None),
            ("Form-Data;NAME=a ; filename=b.txt", "a", Some("b.txt")),
            ("form-data; name=\"a;b=c\"; filename=\"x;y\"", "a;b=c", Some("x;y")),
            ("form-data; name=\"\"; filename=\"\"", "", Some("")),
            // Chromium and Firefox, curl before 7.81, Internet Explorer.
            (
                "form-data; name=\"a%22b\"; filename=\"\u{e9}%0D%0A.txt\"",
                "a\"b",
                Some("\u{e9}%0D%0A.txt"),
            ),
            ("form-data; name=\"a\\\"b\"; filename=\"c\\\\d\"", "a\"b", Some("c\\d")),
            ("form-data; name=\"a\"; filename=\"C:\\Users\\b.txt\"", "a", Some("C:\\Users\\b.txt")),
            // RFC 8187.
            (
                "form-data; name=a; filename=\"EUR.txt\"; filename*=UTF-8''%e2%82%ac%20rates.txt",
                "a",
                Some("\u{20ac} rates.txt"),
            ),
            ("form-data; name=a; filename*=iso-8859-1'en'%A3.txt", "a", Some("\u{a3}.txt")),
            ("form-data; name=a; filename=b; filename*=UTF-8''%ff", "a", Some("b")),
            ("form-data; name=a; filename=b; filename*=UTF-8''%4", "a", Some("b")),
            ("form-data; name=a; filename=b; filename*=KOI8-R''x", "a", Some("b")),
            // A file whose name cannot be read is a file all the same.
            ("form-data; name=a; filename*=UTF-8''%ff", "a", Some("")),
            ("form-data; name=a; filename*=nonsense", "a", Some("")),
            ("form-data; name=first; name=second", "first", None),
        ] {
            let expected = Some((name.to_owned(), filename.map(str::to_owned)));
            assert_eq!(read(value), expected, "{value}");
        }
        for value in
            ["", "form-data", "attachment; name=a", "form-data; filename=a", "form-data; na"]
        {
            assert_eq!(read(value), None, "{value}");
        }
    }

    #[test]
    fn names_lead_nowhere() {
        for (filename, expected) in [
            ("a.txt", Some("a.txt")),
            ("/etc/passwd", Some("passwd")),
            ("../../a", Some("a")),
            ("..\\..\\a", Some("a")),
            ("C:\\Users\\a.txt", Some("a.txt")),
            ("a\0b\r\n.txt", Some("ab.txt")),
            (".\0.", None),
            ("..", None),
            (".", None),
            ("a/", None),
            ("", None),
            ("\u{7f}", None),
            (".htaccess", Some(".htaccess")),
        ] {
            assert_eq!(safe(filename).as_deref(), expected, "{filename:?}");
        }
    }
}
