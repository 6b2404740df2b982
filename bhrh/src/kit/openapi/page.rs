//! The page that lists the operations of a document, and tries them. It asks no other machine for
//! anything.

use std::fmt::Write;

use serde_json::Value;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// What the page may do: its own style sheet and script, named by their SHA-256, and requests to
/// its own server. A test in tests/contract compares the hashes.
pub(super) const POLICY: &str = "default-src 'none'; \
    style-src 'sha256-39XrxcBmXtIrODGZmBmNN+Bnn7OTVlJct120GvT+lgI='; \
    script-src 'sha256-P1jC1LDlQMSBYHgzaiApcGDCtdlLot4QlOuzzSwP9Ko='; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page for a document.
pub(super) fn of(document: &Value) -> String {
    let info = |name: &str| escaped(document["info"][name].as_str().unwrap_or_default());
    let (title, version, description) = (info("title"), info("version"), info("description"));
    // A `<` within the data could end the element.
    let data = document.to_string().replace('<', "\\u003c");
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n\
         <header>\n<h1>{title} <small>{version}</small></h1>\n<p>{description}</p>\n</header>\n\
         <main>\n<noscript><p>This page needs JavaScript to list the operations.</p></noscript>\n</main>\n\
         <script type=\"application/json\" id=\"api\">{data}</script>\n\
         <script>{SCRIPT}</script>\n</html>\n"
    )
}

fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '<' | '>' | '"' | '\'' => {
                // Writing to a text does not fail.
                let _ = write!(written, "&#{};", u32::from(c));
            }
            c => written.push(c),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nothing_in_the_document_is_markup() {
        let evil = "</script><script>alert('1')</script>";
        let info = json!({"title": evil, "version": "<b>", "description": evil});
        let page = of(&json!({"info": info, "paths": {evil: {}}}));
        assert_eq!(page.matches("<script").count(), 2);
        assert_eq!(page.matches("</script>").count(), 2);
        assert!(page.contains("<small>&#60;b&#62;</small>"));
    }
}
