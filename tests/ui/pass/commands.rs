//! What answers a command, and what is left alone.

use bhrh::{Error, Exchange, http_handler};
use std::io;

struct App;

#[http_handler]
impl App {
    const LIMIT: usize = 3;

    /// Docs and attributes stay.
    #[inline]
    pub fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        self.reply(http, Self::LIMIT)
    }

    fn do_HEAD(self: &Self, http: &mut Exchange<'_>) -> Result<(), Error> {
        // A method is called like any other.
        self.do_GET(http)?;
        Err(Error::status(404))
    }

    fn do_POST<'a>(&'a self, _: &'a mut bhrh::Exchange) {}

    // Python's own example of an extension.
    fn do_SPAM(&self, _: &mut Exchange) -> Result<(), String> {
        Ok(())
    }

    #[command("GETT")]
    fn do_GETT(&self, _: &mut Exchange) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(())
    }

    #[command("work")]
    fn do_work(&self, _: &mut Exchange) {}

    #[command("M-SEARCH")]
    #[command("NOTIFY")]
    fn discover(&self, _: &mut Exchange) {}

    #[bhrh::command("get")]
    fn do_get(&self, _: &mut Exchange) {}

    #[command("BREW")]
    fn do_coffee(&self, _: &mut Exchange) {}

    #[command("MOVE")]
    const fn r#move(&self, _: &mut Exchange) {}

    // The user's own.

    fn do_update(&self, _: &str) {}

    fn do_put(&self, _: &str, _: u64) {}

    fn do_search(&self) {}

    fn do_nothing() {}

    fn setup(&self) {}

    fn reply(&self, http: &mut Exchange<'_>, limit: usize) -> io::Result<()> {
        self.do_update("x");
        Self::do_nothing();
        self.do_put("x", 1);
        self.do_search();
        self.setup();
        http.send_response(200);
        http.send_header("X-Limit", limit);
        http.end_headers()
    }
}

fn main() {
    fn is_handler(_: impl bhrh::Handler) {}
    is_handler(App);
}
