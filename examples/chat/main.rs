//! A chat in the browser: names, a history for those who come later, any number of pages.
//!
//! `cargo run --example chat`, and open it in two windows, or on a phone. Behind a proxy, the proxy
//! has to hand `Host` on as it came: a page of another host may not join. `--tls-cert FILE`, with
//! certificates and their key in PEM: over TLS.

mod room;

use bhrh::websocket::{Closed, Listener, Message, Options, Sender};
use bhrh::{Exchange, HttpServer, Tls, http_handler};
use lexopt::{Arg, Parser, ValueExt};
use room::{Number, Room};
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

const PAGE: &str = include_str!("page.html");

/// Longer messages are nobody's to read.
const LONGEST: usize = 4 << 10;

/// A guest who has not taken so much is out.
const BACKLOG: usize = 256 << 10;

struct Chat {
    room: Arc<Room>,
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl Chat {
    #[route("GET /")]
    fn page(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/html; charset=utf-8", PAGE)
    }

    /// A guest who only listens keeps no thread.
    #[route("GET /chat")]
    fn chat(&self, http: &mut Exchange) -> io::Result<()> {
        let options = Options::new().longest_message(LONGEST).backlog(BACKLOG);
        let guest = Guest { room: Arc::clone(&self.room), number: None };
        http.websocket_events(&options, guest).map(drop)
    }
}

/// Somebody with the page open.
struct Guest {
    room: Arc<Room>,
    /// `None`: we do not know the name yet.
    number: Option<Number>,
}

impl Listener for Guest {
    /// The first message is a name, every other one a line.
    fn message(&mut self, sender: &Sender, message: Message) -> io::Result<()> {
        let Message::Text(text) = message else { return sender.close(1003, "only text") };
        match self.number {
            Some(number) => self.room.say(number, &text),
            None => self.number = Some(self.room.enter(&text, sender.clone())),
        }
        Ok(())
    }

    fn closed(&mut self, _: &Closed) {
        if let Some(number) = self.number.take() {
            self.room.leave(number);
        }
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
    server.serve_forever(Chat { room: Arc::default() })
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
