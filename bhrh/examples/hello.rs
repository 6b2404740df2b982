//! The program that README.md and the documentation print: `cargo run -p bhrh --example hello`.

use bhrh::{Exchange, http_handler};
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
    bhrh::serve("127.0.0.1:8000", Hello)
}
