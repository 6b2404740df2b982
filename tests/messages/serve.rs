//! The shortest program: it says where it listens.

use bhrh::{Exchange, http_handler};
use std::io;

struct App;

#[http_handler]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/plain", "hello\n")
    }
}

fn main() -> io::Result<()> {
    bhrh::serve("127.0.0.1:0", App)
}
