//! A command method has one signature.

#![allow(unused_variables)]

use bhrh::{Exchange, http_handler};
use std::io;
use std::sync::Arc;

struct App;

#[http_handler]
impl App {
    async fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.end_headers()
    }

    fn do_POST<W: io::Write>(&self, http: &mut Exchange) -> io::Result<()> {
        http.end_headers()
    }

    fn do_PUT<const N: usize>(&self, http: &mut Exchange) {}

    fn do_PATCH(&self, http: &mut impl Sized) {}

    unsafe fn do_DELETE(&self, http: &mut Exchange) {}

    extern "C" fn do_TRACE(&self, http: &mut Exchange) {}

    fn do_HEAD(http: &mut Exchange) {}

    fn do_OPTIONS() {}

    fn do_LOCK(&mut self, http: &mut Exchange) {}

    fn do_UNLOCK(self, http: &mut Exchange) {}

    fn do_COPY(self: Arc<Self>, http: &mut Exchange) {}

    fn do_MOVE(&self) {}

    fn do_LINK(&self, http: &Exchange) -> io::Result<()> {
        http.send_error(404)
    }

    fn do_REPORT(self: std::sync::Arc<Self>, http: &mut Exchange) {}

    fn do_UNLINK(&self, http: Exchange) -> io::Result<()> {
        http.send_error(404)
    }

    fn do_BIND(&self, http: String) {}

    fn do_SEARCH(&self, http: &mut Exchange, term: &str, limit: usize) {}

    #[command("M-SEARCH")]
    fn discover(&mut self) {}
}

fn main() {
    // The type counts as a handler all the same: the faults above are the only ones.
    let _ = bhrh::serve("127.0.0.1:0", App);
}
