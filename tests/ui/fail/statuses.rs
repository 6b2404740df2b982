//! What is given to `reply`, `redirect`, `send_error` and their kind.

use bhrh::{Error, Exchange, http_handler};
use std::io;

struct App;

#[http_handler]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply("200", "text/plain", "hello")
    }

    fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
        let status: u32 = 200;
        http.reply(status, "text/plain", "hello")
    }

    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/plain", 5)
    }

    fn do_DELETE(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_error((415, None, "text only"))
    }

    fn do_PATCH(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response((200, 1.5));
        http.send_body("text/plain", Some("hello"))
    }

    fn do_TRACE(&self, _: &mut Exchange) -> Result<(), Error> {
        Err(Error::status("404"))
    }
}

fn main() {}
