//! The unverified user name that a client sent, for a log. (The feature `auth` can verify it, and
//! decodes base64 with a crate. The log of the default build has no such crate.)

use crate::headers::Headers;

/// The user name of `Authorization: Basic` (RFC 7617), one character per byte.
pub(crate) fn claimed(headers: Headers<'_>) -> Option<String> {
    let (scheme, credentials) = headers.get("Authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let credentials = decode(credentials.trim())?;
    let end = credentials.iter().position(|byte| *byte == b':')?;
    Some(credentials[..end].iter().copied().map(char::from).collect())
}

/// Decodes base64 (RFC 4648 section 4); `None` if the text is not base64. Padding may be missing.
fn decode(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if text.len() - digits.len() > 2 || digits.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(digits.len() * 3 / 4);
    let (mut bits, mut held) = (0u32, 0);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    (bits == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn the_rfcs_examples() {
        // RFC 4648 section 10, RFC 7617 section 2.
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm8", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmFy", "foobar"),
            ("QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin:open sesame"),
        ] {
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()), "{text}");
        }
        assert_eq!(decode("+/+/").unwrap(), [0xfb, 0xff, 0xbf]);
    }

    #[test]
    fn what_is_no_base64() {
        for text in ["Z", "Zm9vY", "Zg===", "Zh==", "Z g=", "Zg=a", "Zm9v\n", "Zm-_", "é"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
