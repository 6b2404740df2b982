//! The smallest server with bhrh.

use bhrh::{Exchange, HttpServer, http_handler};
use std::io::{self, Write};

struct Hello;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Hello {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let body = b"Hello, World!";
        http.send_response(200);
        http.send_header("Content-Type", "text/plain");
        http.send_header("Content-Length", body.len());
        http.end_headers()?;
        http.wfile.write_all(body)
    }
}

fn main() -> io::Result<()> {
    HttpServer::bind("127.0.0.1:8000")?.serve_forever(Hello)
}
