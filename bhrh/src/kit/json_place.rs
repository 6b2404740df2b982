//! The path of the value at a place in JSON, such as `items[2].price`.
//!
//! A reader says line and column where a value did not fit. That is enough to find the path in the
//! text, so nothing keeps track of it while content is read.

use std::fmt::Write;

/// An array or an object around the place.
enum Around<'t> {
    Array(usize),
    /// The text of the last name, with its quotes, if its value has not been left behind.
    Object(Option<&'t [u8]>),
}

/// The path of the value that ends at a line and column, or begins after them. `None` is the
/// outermost value. The text up to there is well-formed.
pub(super) fn path_at(text: &[u8], line: usize, column: usize) -> Option<String> {
    let end = offset(text, line, column)?;
    let (read, rest) = text.split_at(end);
    let mut around = Vec::new();
    let mut at = 0;
    while let Some(&byte) = read.get(at) {
        match byte {
            b'[' => around.push(Around::Array(0)),
            b'{' => around.push(Around::Object(None)),
            b']' | b'}' => _ = around.pop(),
            b',' => match around.last_mut() {
                Some(Around::Array(index)) => *index += 1,
                Some(Around::Object(name)) => *name = None,
                None => {}
            },
            b'"' => {
                let string = string(&read[at..]);
                if let Some(Around::Object(name @ None)) = around.last_mut() {
                    *name = Some(string);
                }
                at += string.len() - 1;
            }
            _ => {}
        }
        at += 1;
    }
    // Where the reader has not gone into an array, the array itself does not fit. (A value with
    // parts is refused before it is read, one without parts after.)
    let first_of_array = read.trim_ascii_end().last() == Some(&b'[');
    if first_of_array && !matches!(rest.trim_ascii_start().first(), Some(b'[' | b'{')) {
        around.pop();
    }
    let mut path = String::new();
    for around in around {
        match around {
            Around::Array(index) => _ = write!(path, "[{index}]"),
            Around::Object(Some(name)) => {
                let dot = if path.is_empty() { "" } else { "." };
                let name: String = serde_json::from_slice(name).unwrap_or_default();
                let _ = write!(path, "{dot}{name}");
            }
            Around::Object(None) => {}
        }
    }
    (!path.is_empty()).then_some(path)
}

/// How many bytes go before a place. Lines and columns count from 1, and a column counts bytes.
fn offset(text: &[u8], line: usize, column: usize) -> Option<usize> {
    let before = text.split_inclusive(|byte| *byte == b'\n').take(line.checked_sub(1)?);
    let offset = before.map(<[u8]>::len).sum::<usize>() + column;
    (offset <= text.len()).then_some(offset)
}

/// The string at the beginning of the text, with its quotes.
fn string(text: &[u8]) -> &[u8] {
    let mut escaped = false;
    let end = text.iter().skip(1).position(|byte| match (escaped, byte) {
        (false, b'"') => true,
        (false, b'\\') => {
            escaped = true;
            false
        }
        _ => {
            escaped = false;
            false
        }
    });
    &text[..end.map_or(text.len(), |end| end + 2)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `^` stands behind the last byte that was read.
    #[test]
    fn paths() {
        for (text, path) in [
            ("5^", None),
            ("{}^", None),
            ("^[]", None),
            (r#"{"a": 5^}"#, Some("a")),
            (r#"{"a": ^[5]}"#, Some("a")),
            (r#"{"a": [^5]}"#, Some("a")),
            (r#"{"a": [5]^}"#, Some("a")),
            (r#"{"a": [5^]}"#, Some("a[0]")),
            (r#"{"a": [ ^{"b": 5}]}"#, Some("a[0]")),
            (r#"{"a": [1, 2, {"b": {"c":true^}}]}"#, Some("a[2].b.c")),
            (r#"{"a": [1, 2, {"b": {"c":true}^}]}"#, Some("a[2].b")),
            (r#"{"a": 1, "b\"]\\": "x"^}"#, Some(r#"b"]\"#)),
            (r#"{"a": 1, "b"^: 2}"#, Some("b")),
            (r#"{"a": "[", "b": 2^}"#, Some("b")),
            ("[[1],\n\n [2, {\n\"a\": 1^}]]", Some("[1][1].a")),
        ] {
            let (read, rest) = text.split_once('^').expect("a place");
            let line = read.matches('\n').count() + 1;
            let column = read.len() - read.rfind('\n').map_or(0, |at| at + 1);
            let found = path_at(format!("{read}{rest}").as_bytes(), line, column);
            assert_eq!(found.as_deref(), path, "{text}");
        }
    }

    #[test]
    fn places_that_are_not_there() {
        assert_eq!(path_at(b"[1]", 1, 4), None);
        assert_eq!(path_at(b"[1]", 0, 0), None);
        assert_eq!(path_at(b"[1]", 9, 9), None);
        assert_eq!(path_at(b"]]{\"a", 1, 5), None);
    }
}
