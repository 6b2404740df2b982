//! Percent-encoding (RFC 3986 section 2.1): a `%` and two hexadecimal digits stand for one byte.

/// How many bytes an escape has.
pub(crate) const ESCAPE: usize = 3;

/// The byte that the escape at the beginning stands for; `None` if no escape is there.
pub(crate) fn escape(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [b'%', high, low, ..] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    }
}

fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// Appends the escape that stands for this byte.
pub(crate) fn push_escape(text: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    text.push('%');
    text.push(char::from(DIGITS[usize::from(byte >> 4)]));
    text.push(char::from(DIGITS[usize::from(byte & 15)]));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_an_escape() {
        for byte in 0..=255 {
            let mut text = String::new();
            push_escape(&mut text, byte);
            assert_eq!(text.len(), ESCAPE);
            assert_eq!(escape(text.as_bytes()), Some(byte), "{text}");
            assert_eq!(escape(text.to_lowercase().as_bytes()), Some(byte), "{text}");
        }
        assert_eq!(escape(b"%2Fx"), Some(b'/'));
    }

    #[test]
    fn two_digits_make_an_escape() {
        for text in ["", "%", "%2", "%2g", "%g2", "%+2", "2F", "x%2F"] {
            assert_eq!(escape(text.as_bytes()), None, "{text}");
        }
    }
}
