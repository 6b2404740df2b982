//! Sends every WebSocket message back, for clients and conformance suites to try.
//!
//! `cargo run --example websocket_echo`, and any path is a WebSocket. Messages may have 64 MiB.

use bhrh::websocket::{Message, Options};
use bhrh::{Exchange, HttpServer, http_handler};
use lexopt::{Arg, Parser, ValueExt};
use std::io;

struct Echo;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Echo {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        // Anybody may try it, pages of other hosts as well.
        let options = Options::new().any_origin().longest_message(64 << 20);
        let mut socket = http.websocket_with(&options)?;
        while let Some(message) = socket.receive()? {
            match message {
                Message::Text(text) => socket.send(&text)?,
                Message::Binary(bytes) => socket.send_binary(&bytes)?,
                _ => {}
            }
        }
        Ok(())
    }
}

fn main() -> io::Result<()> {
    let address = address(Parser::from_env()).unwrap_or_else(|error| ready_line::exit_with(&error));
    let server = HttpServer::bind(address)?;
    ready_line::announce(server.local_addr())?;
    server.serve_forever(Echo)
}

fn address(mut parser: Parser) -> Result<String, lexopt::Error> {
    let mut address = "127.0.0.1:8000".to_owned();
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("bind") => address = parser.value()?.string()?,
            other => return Err(other.unexpected()),
        }
    }
    Ok(address)
}
