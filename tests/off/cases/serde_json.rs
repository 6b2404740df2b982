//! The feature `serde_json` is off.

use bhrh::{Exchange, http_handler};
use std::io;

struct App;

#[http_handler]
impl App {
    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        let numbers: Vec<u32> = http.read_json()?;
        http.reply_json(200, &numbers)
    }
}

fn main() {}
