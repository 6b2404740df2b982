//! The argument `openapi` without its feature.

use bhrh::{Exchange, http_handler};
use std::io;

struct App;

#[http_handler(openapi)]
impl App {
    #[route("GET /")]
    fn home(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/plain", "")
    }
}

struct Document;

#[http_handler]
impl Document {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply_openapi(self)
    }
}

fn main() {}
