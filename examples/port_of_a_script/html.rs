//! The guestbook's page, and `html.escape`, which Rust's standard library lacks.

/// The page around the entries.
pub(crate) fn page(entries: &str) -> String {
    format!(
        "\
<!DOCTYPE html>
<title>Guestbook</title>
<h1>Guestbook</h1>
<ul>
{entries}</ul>
<form method=\"post\" action=\"/sign\">
<input name=\"name\" placeholder=\"Name\"> <input name=\"message\" placeholder=\"Message\">
<button>Sign</button>
</form>
"
    )
}

/// As Python's `html.escape`.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#x27;"),
            other => escaped.push(other),
        }
    }
    escaped
}
