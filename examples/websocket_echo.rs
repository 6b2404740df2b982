//! Sends every WebSocket message back, for clients and conformance suites to try.
//!
//! `cargo run --example websocket_echo`, and any path is a WebSocket. Messages may have 64 MiB.
//! Below `/events`, no WebSocket keeps a thread. `--tls-cert FILE`, with certificates and their key
//! in PEM: over TLS.

use bhrh::websocket::{Message, Options, Sender};
use bhrh::{Exchange, HttpServer, Tls, http_handler};
use lexopt::{Arg, Parser, ValueExt};
use std::io;
use std::path::PathBuf;

struct Echo;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Echo {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        // Anybody may try it, pages of other hosts as well.
        let options = Options::new().any_origin().longest_message(64 << 20);
        if http.path.starts_with("/events") {
            let echo = |sender: &Sender, message: Message| send_back(sender, &message);
            return http.websocket_events(&options, echo).map(drop);
        }
        let mut socket = http.websocket_with(&options)?;
        let sender = socket.sender();
        while let Some(message) = socket.receive()? {
            send_back(&sender, &message)?;
        }
        Ok(())
    }
}

fn send_back(sender: &Sender, message: &Message) -> io::Result<()> {
    match message {
        Message::Text(text) => sender.send(text),
        Message::Binary(bytes) => sender.send_binary(bytes),
        _ => Ok(()),
    }
}

fn main() -> io::Result<()> {
    let (address, certificate) =
        options(Parser::from_env()).unwrap_or_else(|error| ready_line::exit_with(&error));
    let mut server = HttpServer::bind(address)?;
    let scheme = ready_line::scheme(certificate.is_some());
    if let Some(file) = certificate {
        server = server.tls(Tls::from_files(&file, &file)?);
    }
    ready_line::announce_as(scheme, server.local_addr())?;
    server.serve_forever(Echo)
}

fn options(mut parser: Parser) -> Result<(String, Option<PathBuf>), lexopt::Error> {
    let (mut address, mut certificate) = ("127.0.0.1:8000".to_owned(), None);
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("bind") => address = parser.value()?.string()?,
            Arg::Long("tls-cert") => certificate = Some(parser.value()?.into()),
            other => return Err(other.unexpected()),
        }
    }
    Ok((address, certificate))
}
