//! The line between two parts: `CR LF "--" boundary ["--"] padding CR LF` (RFC 2046 section 5.1.1).
//!
//! A line is a delimiter only as a whole. A line that goes on after the boundary is content, as in
//! Python's and Go's readers. In the RFC the beginning of the line is enough, which loses content
//! where one boundary begins with another one.

/// How much white space is read over at the end of a delimiter.
const PADDING: usize = 128;

/// How long a boundary may be. RFC 2046 section 5.1.1 says 70; this only bounds what is compared.
const LONGEST: usize = 256;

/// What the input begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// This number of bytes, at least one, is content.
    Content(usize),
    /// A delimiter of this length in bytes, and whether another part follows.
    Delimiter { length: usize, last: bool },
    /// It depends on the bytes that follow.
    Unknown,
}

/// What parts are set apart by.
#[derive(Debug)]
pub(super) struct Delimiter {
    bytes: Vec<u8>,
}

impl Delimiter {
    /// Fails with a message for the client if this boundary cannot separate parts.
    ///
    /// RFC 2046 allows 1 to 70 of certain characters, the last one no space. Clients send others,
    /// and whatever is printable works as well, so only what could not be a line is refused.
    pub(super) fn new(boundary: &str) -> Result<Delimiter, String> {
        match boundary.len() {
            0 => return Err("There is no boundary".to_owned()),
            1..=LONGEST => {}
            length => return Err(format!("The boundary has {length} bytes, more than {LONGEST}")),
        }
        if !boundary.bytes().all(|byte| matches!(byte, b' '..=b'~')) || boundary.ends_with(' ') {
            return Err("The boundary has characters that no boundary may have".to_owned());
        }
        Ok(Delimiter { bytes: [b"\r\n--", boundary.as_bytes()].concat() })
    }

    /// Looks at input that is content, or a delimiter with the CR LF before it. `at_end`: nothing
    /// follows it.
    pub(super) fn look(&self, bytes: &[u8], at_end: bool) -> Found {
        let mut from = 0;
        while let Some(at) = bytes[from..].iter().position(|byte| *byte == b'\r') {
            let at = from + at;
            let found = self.look_at(&bytes[at..], at_end);
            match found {
                // This may become a delimiter. The bytes before it are content.
                Found::Delimiter { .. } | Found::Unknown if at > 0 => return Found::Content(at),
                Found::Delimiter { .. } | Found::Unknown => return found,
                Found::Content(_) => from = at + 1,
            }
        }
        match bytes.len() {
            0 => Found::Unknown,
            length => Found::Content(length),
        }
    }

    /// The same for input that begins with CR; content is that byte alone.
    fn look_at(&self, bytes: &[u8], at_end: bool) -> Found {
        const CONTENT: Found = Found::Content(1);
        let unknown = if at_end { CONTENT } else { Found::Unknown };
        let shared = bytes.len().min(self.bytes.len());
        if bytes[..shared] != self.bytes[..shared] {
            return CONTENT;
        }
        let Some(tail) = bytes.get(self.bytes.len()..) else { return unknown };
        let (last, tail) = match tail {
            [b'-', b'-', tail @ ..] => (true, tail),
            [] | [b'-'] => return unknown,
            _ => (false, tail),
        };
        let padding = tail.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let length = bytes.len() - tail.len() + padding;
        match &tail[padding..] {
            _ if padding > PADDING => CONTENT,
            [b'\r', b'\n', ..] => Found::Delimiter { length: length + 2, last },
            // The last delimiter needs no line end.
            [] if last && at_end => Found::Delimiter { length, last },
            [] | [b'\r'] => unknown,
            _ => CONTENT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(bytes: &str, at_end: bool) -> Found {
        Delimiter::new("b").expect("a boundary").look(bytes.as_bytes(), at_end)
    }

    #[test]
    fn what_is_a_delimiter() {
        let next = |length| Found::Delimiter { length, last: false };
        let last = |length| Found::Delimiter { length, last: true };
        for (bytes, found) in [
            ("\r\n--b\r\n", next(7)),
            ("\r\n--b \t \r\n\r\n", next(10)),
            ("\r\n--b--\r\n", last(9)),
            ("\r\n--b-- \r\nepilogue", last(10)),
            ("\r\n--bb\r\n", Found::Content(6)),
            ("\r\n--b-\r\n", Found::Content(6)),
            ("\r\n--b--x", Found::Content(8)),
            ("\r\n--b\n", Found::Content(6)),
            ("\n--b\r\n", Found::Content(4)),
            ("\r\r\n--b\r\n", Found::Content(1)),
            ("x\r\n--b\r\n", Found::Content(1)),
            ("\r\n--\r\n--b\r\n", Found::Content(4)),
        ] {
            assert_eq!(look(bytes, false), found, "{bytes:?}");
        }
        let long = format!("\r\n--b{}\r\n", " ".repeat(PADDING + 1));
        assert!(matches!(look(&long, false), Found::Content(_)));
    }

    #[test]
    fn the_beginning_of_one_waits_for_the_rest() {
        for whole in ["\r\n--b\r\n", "\r\n--b  \r\n", "\r\n--b--\r\n"] {
            for cut in 0..whole.len() {
                assert_eq!(look(&whole[..cut], false), Found::Unknown, "{:?}", &whole[..cut]);
                let before = format!("xy{}", &whole[..cut]);
                assert_eq!(look(&before, false), Found::Content(2), "{before:?}");
            }
        }
        assert_eq!(look("\r\n--b--", true), Found::Delimiter { length: 7, last: true });
        assert_eq!(look("\r\n--b", true), Found::Content(5));
        assert_eq!(look("", true), Found::Unknown);
    }

    #[test]
    fn boundaries() {
        for boundary in
            ["b", "----WebKitFormBoundary7MA4YWxk", "a b", &"x".repeat(70), "'()+_,-./:=?"]
        {
            assert!(Delimiter::new(boundary).is_ok(), "{boundary}");
        }
        // Boundaries that no RFC allows, but that clients send.
        for boundary in ["a@b", "a;b", "a\"b", &"x".repeat(71), &"x".repeat(256)] {
            assert!(Delimiter::new(boundary).is_ok(), "{boundary}");
        }
        for (boundary, why) in [
            ("", "There is no boundary"),
            (" ", "characters"),
            ("a ", "characters"),
            ("a\r\nb", "characters"),
            ("caf\u{e9}", "characters"),
            (&"x".repeat(257), "257 bytes, more than 256"),
        ] {
            let error = Delimiter::new(boundary).expect_err("no delimiter");
            assert!(error.contains(why), "{boundary}: {error}");
        }
    }
}
