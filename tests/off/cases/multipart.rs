//! The feature `multipart` is off.

use bhrh::{Exchange, http_handler};
use std::io;

struct App;

#[http_handler]
impl App {
    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        let mut form = http.multipart()?;
        while let Some(mut part) = form.next_part()? {
            println!("{}", part.read_text(100)?);
        }
        http.reply(200, "text/plain", "ok")
    }
}

fn main() {}
