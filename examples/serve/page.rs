//! What the pages of `serve` have beside the library's list: uploads, archives, and error pages in
//! the same style.

use bhrh::files::{LISTING_STYLE, Listing, ListingPage};
use bhrh::{Exchange, base};
use std::io;

// How browsers know the style sheet and the script: by their SHA-256. A test in tests/browser fails
// if a browser does not take them.
const STYLE: &str = include_str!("upload.css");
const STYLE_HASH: &str = "sha256-jic9uJ/pmWg/dle4bjULrpNVkCYShYE8sMpmFQ2xaDU=";
const SCRIPT: &str = include_str!("upload.js");
const SCRIPT_HASH: &str = "sha256-dAcqRa0L2rs/08bui328nhqBHIBUC7BrnCaz2kWHps8=";

/// Not a link: a program that follows all links would fetch each folder a second time.
const ARCHIVE: &str = "<button class=\"button\" form=\"archive\" name=\"archive\" value=\"tar.gz\">\
                       Archive</button>\n";

/// The button is shown by the script, because there is no upload without it.
const UPLOAD: &str = "<button id=\"up\" hidden>Upload</button>\n";

const PANEL: &str = "\
<section id=\"uploads\" aria-labelledby=\"uploads-title\" hidden>
<h2><span id=\"uploads-title\" role=\"status\">Uploads</span></h2>
<button id=\"stop\">Cancel all</button>
<ul></ul>
</section>
<div id=\"drop\" hidden>Drop files to upload them here</div>
";

/// What is offered on the pages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offers {
    pub(crate) upload: bool,
    pub(crate) overwrite: bool,
    pub(crate) archive: bool,
}

impl Offers {
    /// The page for a listing.
    pub(crate) fn page(self, listing: &Listing) -> ListingPage {
        let mut page = listing.page();
        if self.archive && !listing.entries().is_empty() {
            page = page.before(ARCHIVE).after("<form id=\"archive\"></form>\n");
        }
        // A page of results belongs to several folders.
        if self.upload && listing.search().is_none() {
            let overwrite = if self.overwrite { " data-overwrite" } else { "" };
            page = page
                .before(UPLOAD)
                .after(&PANEL.replace("<ul>", &format!("<ul{overwrite}>")))
                .style(STYLE, STYLE_HASH)
                .script(SCRIPT, SCRIPT_HASH)
                .policy("connect-src 'self'");
        }
        page
    }
}

/// Sends an error page: to browsers in the style of the listing, to other clients Python's.
pub(crate) fn send_error(
    http: &mut Exchange,
    code: u16,
    message: Option<&str>,
    explain: Option<&str>,
) -> io::Result<()> {
    if http.headers.get("Accept").is_some_and(|accept| accept.contains("text/html")) {
        http.add_header(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; \
             form-action 'none'",
        );
        http.error_message_format = Some(error_page().into());
    }
    base::send_error(http, code, message, explain)
}

fn error_page() -> String {
    let style = LISTING_STYLE.replace('%', "%%");
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>%(code)d %(message)s</title>\n<link rel=\"icon\" href=\"data:,\">\n\
         <style>{style}main {{ padding: 12vh 0; }}</style>\n</head>\n<body>\n<main>\n\
         <p class=\"n\">Error %(code)d</p>\n<h1>%(message)s</h1>\n<p>%(explain)s.</p>\n\
         <p><a href=\"/\">To the first page</a></p>\n</main>\n</body>\n</html>\n"
    )
}
