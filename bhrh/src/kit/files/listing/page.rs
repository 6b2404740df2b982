//! The page that lists a directory, as a value: an application can add to it or bring its own.

use std::fmt::Write;

use super::html;
use super::list::Listing;

/// The style sheet of the listing, for pages that are to look like it.
pub const LISTING_STYLE: &str = include_str!("style.css");

const SCRIPT: &str = include_str!("script.js");

// What the page allows itself: the SHA-256 of the style sheet and of the script. A test in
// tests/files compares them.
const STYLE_HASH: &str = "sha256-BeloZjYWrGCFz3w4ysMAvYduCUVWl1Eqbzr+nWaiPbk=";
const SCRIPT_HASH: &str = "sha256-l16AVNi5NcpkmNxLsaipP4fJ3GJWByZAf2RYxLjgl4Y=";

/// The page for a [`Listing`], and its `Content-Security-Policy`.
///
/// What [`Listing::page`] returns can be added to. It needs no script; with one, its filter narrows
/// the list at once and the arrow keys walk it. It asks nobody for anything.
///
/// ```
/// use bhrh::files::Files;
///
/// # let directory = tempfile::tempdir()?;
/// # let path = directory.path();
/// let files = Files::new(path).listing(true).listing_page(|_, listing| {
///     listing.page().after("<p>Ask Ada before you copy anything.</p>")
/// });
/// assert!(bhrh::testing::get(&files, "/").text().contains("<p>Ask Ada"));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ListingPage {
    content: Content,
    before: String,
    after: String,
    sheets: String,
    scripts: String,
    style_hashes: String,
    script_hashes: String,
    directives: String,
}

#[derive(Debug, Clone)]
enum Content {
    Own(String),
    Listing(html::Parts),
}

impl Listing {
    /// The page that is sent if there is no [`listing_page`](crate::files::Files::listing_page).
    #[must_use]
    pub fn page(&self) -> ListingPage {
        ListingPage::with(Content::Listing(html::parts(self)))
    }
}

impl ListingPage {
    /// A page of your own. It is sent as it is, without a `Content-Security-Policy` unless
    /// [`policy`](ListingPage::policy) sets one.
    ///
    /// ```
    /// use bhrh::files::{Files, ListingPage};
    ///
    /// # let directory = tempfile::tempdir()?;
    /// # std::fs::write(directory.path().join("tea.txt"), "tea")?;
    /// # let path = directory.path();
    /// let files = Files::new(path).listing(true).listing_page(|_, listing| {
    ///     let mut html = String::from("<!DOCTYPE html><title>Files</title>");
    ///     for entry in listing.entries() {
    ///         let name = entry.name().replace('&', "&amp;").replace('<', "&lt;");
    ///         html += &format!("<p><a href=\"{}\">{name}</a>", entry.href());
    ///     }
    ///     ListingPage::new(html).policy("default-src 'none'")
    /// });
    /// let page = bhrh::testing::get(&files, "/");
    /// assert!(page.text().ends_with("<p><a href=\"./tea.txt\">tea.txt</a>"));
    /// assert_eq!(page.header("Content-Security-Policy"), Some("default-src 'none'"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn new(html: impl Into<String>) -> ListingPage {
        ListingPage::with(Content::Own(html.into()))
    }

    fn with(content: Content) -> ListingPage {
        ListingPage {
            content,
            before: String::new(),
            after: String::new(),
            sheets: String::new(),
            scripts: String::new(),
            style_hashes: String::new(),
            script_hashes: String::new(),
            directives: String::new(),
        }
    }

    /// Adds HTML beside the filter: links, buttons.
    #[must_use]
    pub fn before(mut self, html: &str) -> ListingPage {
        self.before.push_str(html);
        self
    }

    /// Adds HTML after the list.
    #[must_use]
    pub fn after(mut self, html: &str) -> ListingPage {
        self.after.push_str(html);
        self
    }

    /// Adds a style sheet to the head. `hash` lets browsers apply it: `sha256-` and the SHA-256 of
    /// the text in base64. A browser's console says which hash a text has.
    #[must_use]
    pub fn style(mut self, css: &str, hash: &str) -> ListingPage {
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(self.sheets, "<style>{css}</style>");
        let _ = write!(self.style_hashes, " '{hash}'");
        self
    }

    /// Adds a script at the end, with its hash as in [`style`](ListingPage::style).
    #[must_use]
    pub fn script(mut self, script: &str, hash: &str) -> ListingPage {
        let _ = writeln!(self.scripts, "<script>{script}</script>");
        let _ = write!(self.script_hashes, " '{hash}'");
        self
    }

    /// Adds a directive to the `Content-Security-Policy`, such as `connect-src 'self'`. The page of
    /// a listing has `default-src`, `style-src`, `script-src`, `img-src`, `base-uri` and
    /// `form-action` already; a second one of a name does not count.
    #[must_use]
    pub fn policy(mut self, directive: &str) -> ListingPage {
        let _ = write!(self.directives, "; {directive}");
        self
    }

    /// The page.
    #[must_use]
    pub fn html(&self) -> String {
        match &self.content {
            Content::Own(html) => {
                [html, &*self.sheets, &self.before, &self.after, &self.scripts].concat()
            }
            Content::Listing(parts) => {
                let mut page = String::with_capacity(parts.rows.len() + 16 * 1024);
                let (head, header, rows) = (&parts.head, &parts.header, &parts.rows);
                let (sheets, before, after) = (&self.sheets, &self.before, &self.after);
                let _ = write!(
                    page,
                    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n{head}\
                     <style>{LISTING_STYLE}</style>\n{sheets}</head>\n<body>\n\
                     <header>\n{header}{before}</header>\n<main>\n{rows}{after}</main>\n\
                     <script>{SCRIPT}</script>\n{}</body>\n</html>\n",
                    self.scripts
                );
                page
            }
        }
    }

    /// The value of its `Content-Security-Policy`, if it has one.
    #[must_use]
    pub fn content_security_policy(&self) -> Option<String> {
        let (styles, scripts) = (&self.style_hashes, &self.script_hashes);
        match &self.content {
            Content::Own(_) => self.directives.strip_prefix("; ").map(str::to_owned),
            Content::Listing(_) => Some(format!(
                "default-src 'none'; style-src '{STYLE_HASH}'{styles}; \
                 script-src '{SCRIPT_HASH}'{scripts}; img-src data:; base-uri 'none'; \
                 form-action 'self'{}",
                self.directives
            )),
        }
    }
}
