//! The feature `gzip` is off.

use bhrh::{Exchange, http_handler};
use std::io;

struct App;

#[http_handler]
impl App {
    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        http.compress();
        http.reply(200, "text/plain", "ok")
    }
}

fn main() {}
