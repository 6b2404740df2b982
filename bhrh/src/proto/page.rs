//! `error_message_format`: Python's `%` formatting, as far as an error page needs it.

use std::fmt::{self, Write};

use crate::quote::HtmlEscape;

/// What a page is filled with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageValues<'a> {
    pub(crate) code: u16,
    pub(crate) message: &'a str,
    pub(crate) explain: &'a str,
}

/// A piece of a format that is neither text nor one of the four values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadFormat {
    pub(crate) piece: String,
}

impl fmt::Display for BadFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "error_message_format: `{}` is not known; write `%(code)d`, `%(code)s`, \
             `%(message)s`, `%(explain)s` or `%%`",
            self.piece
        )
    }
}

impl std::error::Error for BadFormat {}

/// Fills the format in, message and explanation escaped for HTML. `one_stop`: where the format has
/// a full stop behind one of them that ends in a full stop itself, there is one.
pub(crate) fn fill(
    format: &str,
    values: &PageValues<'_>,
    one_stop: bool,
) -> Result<String, BadFormat> {
    let mut page = String::with_capacity(format.len() + 128);
    let mut rest = format;
    while let Some((text, after)) = rest.split_once('%') {
        page.push_str(text);
        let (piece, value) =
            conversion(after).ok_or_else(|| BadFormat { piece: offending(after) })?;
        rest = &after[piece..];
        let in_place = |text| match rest.starts_with('.') && one_stop {
            true => HtmlEscape(str::strip_suffix(text, '.').unwrap_or(text)),
            false => HtmlEscape(text),
        };
        // Writing to a String cannot fail.
        let _ = match value {
            Value::Percent => page.write_str("%"),
            Value::Code => write!(page, "{}", values.code),
            Value::Message => write!(page, "{}", in_place(values.message)),
            Value::Explain => write!(page, "{}", in_place(values.explain)),
        };
    }
    page.push_str(rest);
    Ok(page)
}

/// Checks a format without filling it in.
pub(crate) fn check(format: &str) -> Result<(), BadFormat> {
    fill(format, &PageValues { code: 0, message: "", explain: "" }, false).map(drop)
}

enum Value {
    Percent,
    Code,
    Message,
    Explain,
}

/// The conversion that follows a percent sign, and its length.
fn conversion(after: &str) -> Option<(usize, Value)> {
    if after.starts_with('%') {
        return Some((1, Value::Percent));
    }
    for (text, value) in [
        ("(code)d", Value::Code),
        ("(code)s", Value::Code),
        ("(message)s", Value::Message),
        ("(explain)s", Value::Explain),
    ] {
        if after.starts_with(text) {
            return Some((text.len(), value));
        }
    }
    None
}

/// The piece that is named in the complaint: to the letter that would end the conversion.
fn offending(after: &str) -> String {
    let name_end = match (after.starts_with('('), after.find(')')) {
        (true, Some(end)) => end + 1,
        _ => 0,
    };
    let letter = after[name_end..].find(|c: char| c.is_ascii_alphabetic() || c.is_whitespace());
    let end = letter.map_or(after.len(), |at| name_end + at + 1).min(after.len());
    format!("%{}", after.get(..end).unwrap_or(after).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_values_are_filled_in_and_escaped() {
        let values = PageValues { code: 404, message: "<No>", explain: "50% & more" };
        let page =
            fill("%(code)d %(code)s %(message)s: %(explain)s 100%%\n", &values, true).unwrap();
        assert_eq!(page, "404 404 &lt;No&gt;: 50% &amp; more 100%\n");
    }

    #[test]
    fn a_full_stop_may_be_one_with_the_formats() {
        let values = PageValues { code: 404, message: "No tea.", explain: "Wait..." };
        let filled = |one_stop| fill("%(message)s. %(explain)s. %(explain)s", &values, one_stop);
        assert_eq!(filled(true).unwrap(), "No tea. Wait... Wait...");
        assert_eq!(filled(false).unwrap(), "No tea.. Wait.... Wait...");
    }

    #[test]
    fn anything_else_is_named() {
        for (format, piece) in [
            ("a %(code)5d b", "%(code)5d"),
            ("%(status)s", "%(status)s"),
            ("100% sure", "%"),
            ("%s", "%s"),
            ("end %", "%"),
            ("%(code", "%(c"),
        ] {
            assert_eq!(check(format).unwrap_err().piece, piece, "{format}");
        }
    }
}
