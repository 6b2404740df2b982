//! The feature `etag` is off.

use bhrh::{ETag, Exchange, http_handler};
use std::io;

struct App;

#[http_handler]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let page = "<p>tea";
        let etag = ETag::of(page);
        http.add_header("ETag", &etag);
        http.reply(200, "text/html", page)
    }
}

fn main() {}
