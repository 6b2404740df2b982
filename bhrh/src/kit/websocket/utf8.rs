//! UTF-8 that comes in pieces. A fault is found with the byte that makes it one: Autobahn's cases
//! 6.4 ask for that.

/// How far a text has been checked.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Utf8 {
    /// The beginning of a character whose rest has not come.
    begun: [u8; 4],
    length: usize,
}

impl Utf8 {
    /// Checks more of the text. `false`: it cannot become UTF-8 any more.
    pub(crate) fn add(&mut self, mut bytes: &[u8]) -> bool {
        while self.length > 0 {
            let Some((byte, rest)) = bytes.split_first() else { return true };
            bytes = rest;
            // No beginning is longer than three bytes: with four a character is whole, or wrong.
            self.begun[self.length] = *byte;
            self.length += 1;
            match std::str::from_utf8(&self.begun[..self.length]) {
                Ok(_) => self.length = 0,
                Err(error) if error.error_len().is_some() => return false,
                Err(_) => {}
            }
        }
        match std::str::from_utf8(bytes) {
            Ok(_) => true,
            Err(error) if error.error_len().is_some() => false,
            Err(error) => {
                let begun = &bytes[error.valid_up_to()..];
                self.begun[..begun.len()].copy_from_slice(begun);
                self.length = begun.len();
                true
            }
        }
    }

    /// Whether the text may end here.
    pub(crate) fn is_complete(&self) -> bool {
        self.length == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many bytes are taken before a fault is found.
    fn valid(bytes: &[u8]) -> usize {
        let mut utf8 = Utf8::default();
        bytes.iter().take_while(|byte| utf8.add(&[**byte])).count()
    }

    #[test]
    fn a_fault_is_found_with_the_byte_that_makes_it_one() {
        assert_eq!(valid("κόσμε \u{10FFFF}".as_bytes()), 15);
        for (bytes, at) in [
            (&b"\xC0\xAF"[..], 0),
            (b"\xE0\x80\x80", 1),
            (b"\xED\xA0\x80", 1),
            (b"\xF0\x80\x80\x80", 1),
            (b"\xF4\x90\x80\x80", 1),
            (b"\xF5\x80\x80\x80", 0),
            (b"ab\x80", 2),
            (b"\xE2\x82a", 2),
            (b"\xF0\x9F\x98a", 3),
        ] {
            assert_eq!(valid(bytes), at, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn every_split_comes_to_the_same() {
        let text = "aé€😀".as_bytes();
        for first in 0..=text.len() {
            for second in first..=text.len() {
                let mut utf8 = Utf8::default();
                let pieces = [&text[..first], &text[first..second], &text[second..]];
                assert!(pieces.iter().all(|piece| utf8.add(piece)) && utf8.is_complete());
                let mut utf8 = Utf8::default();
                assert!(utf8.add(&text[..first]));
                assert_eq!(utf8.is_complete(), std::str::from_utf8(&text[..first]).is_ok());
            }
        }
    }
}
