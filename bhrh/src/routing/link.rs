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

/// Appends a parameter of the query: its name and `=`, as the macro has escaped them, and its
/// value.
pub fn push_query(path: &mut String, name: &str, value: &dyn Display) {
    path.push(if path.contains('?') { '&' } else { '?' });
    path.push_str(name);
    // What a form would say: `&`, `=`, `+` and `;` part parameters or stand for something else.
    let _ = write!(Escape { path, plain: b"-._~!$'()*,:@/" }, "{value}");
}

fn push(path: &mut String, value: &dyn Display, slashes: bool) {
    // RFC 3986 section 3.3: `pchar` without its escapes.
    let plain: &[u8] = if slashes { b"-._~!$&'()*+,;=:@/" } else { b"-._~!$&'()*+,;=:@" };
    // A string takes everything; a `Display` that fails has its text cut short.
    let _ = write!(Escape { path, plain }, "{value}");
}

struct Escape<'p> {
    path: &'p mut String,
    /// The characters beside letters and digits that are not escaped.
    plain: &'static [u8],
}

impl Write for Escape<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => self.path.push(char::from(byte)),
                _ if self.plain.contains(&byte) => self.path.push(char::from(byte)),
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
        let mut path = "/a".to_owned();
        push_query(&mut path, "q=", &"a b&c=d+e%é/");
        push_query(&mut path, "page=", &7);
        assert_eq!(path, "/a?q=a%20b%26c%3Dd%2Be%25%C3%A9/&page=7");
    }
}
