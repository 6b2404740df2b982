//! Text made harmless: Python's `repr`, the escapes of its log, of its error page, and of JSON.
//!
//! Python decodes what comes over the wire as ISO-8859-1, so the text here is Latin-1 in practice;
//! other characters only come from a handler's own strings.

use std::fmt::{self, Write};

/// Python's `repr` of a string, as its error messages quote what they refuse.
pub(crate) struct Repr<'a>(pub(crate) &'a str);

impl fmt::Display for Repr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let double = self.0.contains('\'') && !self.0.contains('"');
        let quote = if double { '"' } else { '\'' };
        f.write_char(quote)?;
        for c in self.0.chars() {
            match c {
                '\\' => f.write_str("\\\\")?,
                '\t' => f.write_str("\\t")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                c if c == quote => write!(f, "\\{c}")?,
                '\0'..='\x1f' | '\x7f'..='\u{a0}' | '\u{ad}' => write!(f, "\\x{:02x}", c as u32)?,
                c => f.write_char(c)?,
            }
        }
        f.write_char(quote)
    }
}

/// A writer that passes text on with every control character replaced by `\xNN` and every
/// backslash doubled, as Python's `log_message` does: no client can forge a log line.
pub(crate) struct LogEscape<'a>(pub(crate) &'a mut String);

impl Write for LogEscape<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                '\\' => self.0.push_str("\\\\"),
                '\0'..='\x1f' | '\x7f'..='\u{9f}' => write!(self.0, "\\x{:02x}", c as u32)?,
                c => self.0.push(c),
            }
        }
        Ok(())
    }
}

/// Text in a line of Apache's log formats: quotes and backslashes get a backslash, and what is not
/// printable ASCII becomes `\n`, `\t` and their like or `\xNN`. The characters of text from a
/// client are its bytes; others come from a handler's own strings and are left.
pub(crate) struct ApacheEscape<'a>(pub(crate) &'a str);

impl fmt::Display for ApacheEscape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\x08' => f.write_str("\\b")?,
                '\t' => f.write_str("\\t")?,
                '\n' => f.write_str("\\n")?,
                '\x0b' => f.write_str("\\v")?,
                '\r' => f.write_str("\\r")?,
                '\0'..='\x1f' | '\x7f'..='\u{ff}' => write!(f, "\\x{:02x}", c as u32)?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Text for an HTML page: `&`, `<` and `>` escaped, quotes left, as Python's `send_error` does.
pub(crate) struct HtmlEscape<'a>(pub(crate) &'a str);

impl fmt::Display for HtmlEscape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// A JSON string (RFC 8259 section 7), quotes and all.
pub(crate) struct Json<'a>(pub(crate) &'a str);

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\0'..='\x1f' | '\x7f' => write!(f, "\\u{:04x}", c as u32)?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repr_is_pythons() {
        for (text, expected) in [
            ("GET /", "'GET /'"),
            ("it's", "\"it's\""),
            ("say \"it's\"", "'say \"it\\'s\"'"),
            ("a\\b", "'a\\\\b'"),
            ("\0\t\r\n\x1b\x7f", "'\\x00\\t\\r\\n\\x1b\\x7f'"),
            ("\u{80}\u{a0}\u{ad}é", "'\\x80\\xa0\\xadé'"),
        ] {
            assert_eq!(Repr(text).to_string(), expected);
        }
    }

    #[test]
    fn log_lines_hold_no_control_characters() {
        let mut line = String::new();
        let text = "esc \x1b del \x7f c1 \u{9f} nbsp \u{a0} tab \t back \\ quote \"";
        LogEscape(&mut line).write_str(text).unwrap();
        assert_eq!(line, "esc \\x1b del \\x7f c1 \\x9f nbsp \u{a0} tab \\x09 back \\\\ quote \"");
    }

    #[test]
    fn json_strings_are_escaped() {
        let text = "a \"b\" \\ \n \0\x1f\x7f \u{e9}";
        assert_eq!(Json(text).to_string(), r#""a \"b\" \\ \n \u0000\u001f\u007f é""#);
    }

    #[test]
    fn apaches_lines_are_escaped_as_apache_does() {
        let text = "a \"b\" \\ \x08\t\n\x0b\r \0\x1b\x7f \u{e9}\u{ff} \u{20ac}";
        let line = r#"a \"b\" \\ \b\t\n\v\r \x00\x1b\x7f \xe9\xff €"#;
        assert_eq!(ApacheEscape(text).to_string(), line);
    }

    #[test]
    fn pages_hold_no_markup() {
        assert_eq!(HtmlEscape("<a href=\"x\">&'").to_string(), "&lt;a href=\"x\"&gt;&amp;'");
    }
}
