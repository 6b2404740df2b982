//! The grammar that field values share: tokens, lists, quoted strings, white space, and text in
//! Latin-1 (RFC 9110 section 5.6).

use std::borrow::Cow;

/// The bytes that a text of one character a byte stands for.
pub(crate) fn latin1_bytes(text: &str) -> Cow<'_, [u8]> {
    if text.is_ascii() {
        Cow::Borrowed(text.as_bytes())
    } else {
        Cow::Owned(text.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect())
    }
}

/// The elements of a comma-separated list, empty ones left out (RFC 9110 section 5.6.1.2).
pub(crate) fn list_elements(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(trim_ows).filter(|element| !element.is_empty())
}

/// Whether two field names are the same. Most are written alike, and that is quickly seen.
pub(crate) fn same_name(one: impl AsRef<[u8]>, other: impl AsRef<[u8]>) -> bool {
    let (one, other) = (one.as_ref(), other.as_ref());
    one == other || one.eq_ignore_ascii_case(other)
}

/// The value without optional white space around it: SP and HTAB only (RFC 9110 section 5.6.3).
pub(crate) fn trim_ows(value: &str) -> &str {
    // Most values have none, which the two ends tell.
    match (value.as_bytes().first(), value.as_bytes().last()) {
        (Some(b' ' | b'\t'), _) | (_, Some(b' ' | b'\t')) => value.trim_matches([' ', '\t']),
        _ => value,
    }
}

/// Whether the byte may stand in a token (RFC 9110 section 5.6.2).
pub(crate) const fn is_token_byte(byte: u8) -> bool {
    TOKEN[byte as usize]
}

const TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
};

/// Whether the text is a token (RFC 9110 section 5.6.2).
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// Up to the next separator, an ASCII character, that is not inside a quoted string, and what
/// follows it.
pub(crate) fn split_outside_quotes(text: &str, separator: u8) -> (&str, Option<&str>) {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if byte == separator && !quoted => return (&text[..at], Some(&text[at + 1..])),
            _ => {}
        }
    }
    (text, None)
}

/// A quoted string without its quotes and escapes; anything else as it is.
pub(crate) fn unquoted(value: &str) -> Cow<'_, str> {
    let Some(inner) = value.strip_prefix('"') else { return Cow::Borrowed(value) };
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        text.push(if c == '\\' { chars.next().unwrap_or('\\') } else { c });
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin1_text_gives_back_its_bytes() {
        assert_eq!(&*latin1_bytes("caf\u{e9}"), b"caf\xe9");
        assert_eq!(&*latin1_bytes("plain"), b"plain");
    }
}
