//! The program of the README: `cargo run --example hello -- --bind 127.0.0.1:8000`.

use bhrh::{Exchange, HttpServer, http_handler};
use std::io::{self, Write};

struct Hello;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Hello {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let body = format!("You asked for {}\n", http.path);
        http.send_response(200);
        http.send_header("Content-Type", "text/plain; charset=utf-8");
        http.send_header("Content-Length", body.len());
        http.end_headers()?;
        http.wfile.write_all(body.as_bytes())
    }
}

fn main() -> io::Result<()> {
    let server = HttpServer::bind(ready_line::bind_option())?;
    ready_line::announce(server.local_addr())?;
    server.serve_forever(Hello)
}
