//! Paths built from parameters: the way back from a route to a link.

use std::fmt::{self, Display, Write};

use crate::percent;

/// Appends a parameter as one segment. Characters that a segment cannot hold are escaped, and so is
/// a slash.
pub fn push_segment(path: &mut String, value: &dyn Display) {
    push(path, value, false);
}

/// Appends a parameter as the rest of a path: its slashes separate segments.
pub fn push_rest(path: &mut String, value: &dyn Display) {
    push(path, value, true);
}

fn push(path: &mut String, value: &dyn Display, slashes: bool) {
    // A string takes everything; a `Display` that fails has its text cut short.
    let _ = write!(Escape { path, slashes }, "{value}");
}

struct Escape<'p> {
    path: &'p mut String,
    slashes: bool,
}

impl Write for Escape<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            match byte {
                b'/' if self.slashes => self.path.push('/'),
                // RFC 3986 section 3.3: `pchar` without its escapes.
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => self.path.push(char::from(byte)),
                _ if b"-._~!$&'()*+,;=:@".contains(&byte) => self.path.push(char::from(byte)),
                _ => percent::push_escape(self.path, byte),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_must_be_is_escaped() {
        let mut path = "/a/".to_owned();
        push_segment(&mut path, &"x/y z%?#é[]-._~!$&'()*+,;=:@");
        assert_eq!(path, "/a/x%2Fy%20z%25%3F%23%C3%A9%5B%5D-._~!$&'()*+,;=:@");
        let mut path = "/".to_owned();
        push_rest(&mut path, &"a/b c");
        push_segment(&mut path, &7);
        assert_eq!(path, "/a/b%20c7");
    }
}
