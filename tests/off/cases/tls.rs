//! The feature `tls` is off.

use bhrh::{Endpoint, Exchange, HttpServer, http_handler};
use std::io;

struct App;

#[http_handler]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let encrypted = http.encryption().is_some();
        http.reply(200, "text/plain", encrypted.to_string())
    }
}

fn main() -> io::Result<()> {
    let endpoint = Endpoint::tcp("127.0.0.1:0")?.tls("a certificate");
    HttpServer::at([endpoint])?.tls("a certificate").serve_forever(App)
}
