//! Query parameters: `name=value` between `&`, `+` for a space, percent escapes; what the URL
//! standard calls `application/x-www-form-urlencoded`.

use std::borrow::Cow;

use crate::error::Error;
use crate::percent;

/// The query of a request target: what follows its question mark.
#[must_use]
pub fn of(target: &str) -> &str {
    target.split_once('?').map_or("", |(_, query)| query)
}

/// The value of a parameter that may be given once.
///
/// # Errors
///
/// 400 if it is given twice.
pub fn text<'q>(query: &'q str, name: &str) -> Result<Option<Cow<'q, str>>, Error> {
    let mut values = texts(query, name);
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(refused("Repeated", name, "can be given once only")),
        (value, None) => Ok(value),
    }
}

/// The values of a parameter, in the order in which they are given.
fn texts<'q>(query: &'q str, name: &str) -> impl Iterator<Item = Cow<'q, str>> {
    query.split('&').filter(|pair| !pair.is_empty()).filter_map(move |pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(key) == name).then(|| decoded(value))
    })
}

/// All values of a parameter.
#[must_use]
pub fn all<'q>(query: &'q str, name: &str) -> Vec<Cow<'q, str>> {
    texts(query, name).collect()
}

/// The same, borrowed.
#[must_use]
pub fn borrowed<'v>(values: &'v [Cow<'_, str>]) -> Vec<&'v str> {
    values.iter().map(|value| &**value).collect()
}

/// The value of a parameter that may be given once, as what `read` makes of it.
///
/// # Errors
///
/// 400 if it does not parse, or is given twice.
pub fn parsed<T>(
    query: &str,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Error> {
    text(query, name)?.map(|value| read(&value).ok_or_else(|| bad(name))).transpose()
}

/// All values of a parameter, as what `read` makes of them.
///
/// # Errors
///
/// 400 if one does not parse.
pub fn all_parsed<T>(
    query: &str,
    name: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, Error> {
    texts(query, name).map(|value| read(&value).ok_or_else(|| bad(name))).collect()
}

fn bad(name: &str) -> Error {
    refused("Bad", name, "cannot have the value that it was given")
}

fn refused(what: &str, name: &str, why: &str) -> Error {
    let explanation = format!("The query parameter {name} {why}.");
    Error::status((400, format!("{what} query parameter {name}"), explanation))
}

/// A flag: there without a value, or with one that says so.
///
/// # Errors
///
/// 400 if it says neither yes nor no, or is given twice.
pub fn flag(query: &str, name: &str) -> Result<bool, Error> {
    match text(query, name)?.as_deref() {
        None | Some("false" | "0" | "off" | "no") => Ok(false),
        Some("" | "true" | "1" | "on" | "yes") => Ok(true),
        Some(_) => Err(bad(name)),
    }
}

/// The error for a parameter that has to be given.
#[must_use]
pub fn missing(name: &str) -> Error {
    refused("Missing", name, "has to be given")
}

/// Decodes a name or a value as the URL standard does: a `%` without two digits stays as it is, and
/// bytes that are not UTF-8 become U+FFFD.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| matches!(byte, b'+' | b'%' | 0x80..)) {
        return text.into();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut left = text.chars();
    loop {
        let from_here = left.as_str();
        let Some(c) = left.next() else { break };
        match c {
            '+' => bytes.push(b' '),
            '%' => match percent::escape(from_here.as_bytes()) {
                Some(byte) => {
                    bytes.push(byte);
                    left = from_here[percent::ESCAPE..].chars();
                }
                None => bytes.push(b'%'),
            },
            // One byte of the request is one character here.
            c => match u8::try_from(u32::from(c)) {
                Ok(byte) => bytes.push(byte),
                Err(_) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            },
        }
    }
    match String::from_utf8_lossy(&bytes) {
        Cow::Borrowed(text) => Cow::Owned(text.to_owned()),
        Cow::Owned(text) => Cow::Owned(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Option<u8> {
        text.parse().ok()
    }

    #[test]
    fn values_are_decoded() {
        for (query, value) in [
            ("q=x", Some("x")),
            ("a=b&q=x&c", Some("x")),
            ("q=a+b%20c%2B", Some("a b c+")),
            ("%71=x", Some("x")),
            ("q", Some("")),
            ("q=", Some("")),
            ("q=a=b", Some("a=b")),
            ("&&q=x&", Some("x")),
            ("q=%C3%A9", Some("é")),
            ("q=\u{c3}\u{a9}", Some("é")),
            ("q=%FF%zz%4", Some("\u{fffd}%zz%4")),
            ("", None),
            ("Q=x", None),
            ("qq=x", None),
        ] {
            assert_eq!(text(query, "q").expect("given once").as_deref(), value, "{query}");
        }
        assert!(text("q=1&q=2", "q").is_err());
        assert_eq!(texts("q=1&r=2&q=3", "q").collect::<Vec<_>>(), ["1", "3"]);
    }

    #[test]
    fn flags() {
        for (query, set) in [("", false), ("f", true), ("f=", true), ("f=1", true), ("f=no", false)]
        {
            assert_eq!(flag(query, "f").ok(), Some(set), "{query}");
        }
        for query in ["f=maybe", "f&f"] {
            assert!(flag(query, "f").is_err(), "{query}");
        }
    }

    #[test]
    fn errors_name_the_parameter() {
        for error in [
            parsed("size=300", "size", number).expect_err("too large"),
            parsed("size=1&size=2", "size", number).expect_err("twice"),
            all_parsed("size=1&size=x", "size", number).expect_err("no number"),
            flag("size=maybe", "size").expect_err("neither"),
            missing("size"),
        ] {
            let shown = format!("{error:?}");
            assert!(shown.contains("400") && shown.contains("query parameter size"), "{shown}");
        }
        assert_eq!(parsed("size=30", "size", number).ok(), Some(Some(30)));
        assert_eq!(all_parsed("size=1&size=2", "size", number).ok(), Some(vec![1, 2]));
    }
}
