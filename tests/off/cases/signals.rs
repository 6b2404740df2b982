//! A method whose feature is off.

use bhrh::{Exchange, HttpServer, http_handler};
use std::io;

struct App;

#[http_handler]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_error(404)
    }
}

fn main() -> io::Result<()> {
    HttpServer::bind("127.0.0.1:0")?.stop_on_signals().serve_forever(App)
}
