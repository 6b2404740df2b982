//! The feature `websocket` is off.

use bhrh::{Exchange, http_handler};
use std::io;

struct App;

#[http_handler]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let mut socket = http.websocket()?;
        socket.send("hello")
    }
}

fn main() {}
