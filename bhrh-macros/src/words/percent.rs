//! Percent-encoding, as it is used in a segment of a path (RFC 3986 sections 2.1 and 3.3).

/// Appends a segment's text, with an escape for each byte that cannot stand there as it is.
pub(crate) fn push_encoded(text: &str, path: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// Whether a text has an escape in it.
pub(crate) fn has_escape(text: &str) -> bool {
    (0..text.len()).any(|at| escaped_byte(&text.as_bytes()[at..]).is_some())
}

/// The text with its escapes replaced, if that is UTF-8.
pub(crate) fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut left = text.as_bytes();
    while let Some(first) = left.first() {
        let (byte, length) = escaped_byte(left).map_or((*first, 1), |byte| (byte, 3));
        bytes.push(byte);
        left = &left[length..];
    }
    String::from_utf8(bytes).ok()
}

/// The byte that the escape at the start of `text` stands for.
fn escaped_byte(text: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    if text.first() != Some(&b'%') {
        return None;
    }
    u8::try_from(digit(1)? * 16 + digit(2)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_can_be_decoded() {
        for (text, encoded) in
            [("a-b", "a-b"), ("café au lait", "caf%C3%A9%20au%20lait"), ("100%", "100%25")]
        {
            let mut path = String::new();
            push_encoded(text, &mut path);
            assert_eq!(path, encoded);
            assert_eq!(decoded(&path).as_deref(), Some(text));
        }
    }

    #[test]
    fn a_percent_sign_alone_is_no_escape() {
        for (text, has, plain) in [
            ("100%", false, Some("100%")),
            ("%4", false, Some("%4")),
            ("%zz", false, Some("%zz")),
            ("%2F", true, Some("/")),
            ("%ff", true, None),
        ] {
            assert_eq!(has_escape(text), has, "{text}");
            assert_eq!(decoded(text).as_deref(), plain, "{text}");
        }
    }
}
