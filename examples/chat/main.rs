//! A chat in the browser: names, a history for those who come later, any number of pages.
//!
//! `cargo run --example chat`, and open it in two windows, or on a phone. Behind a proxy, the proxy has
//! to hand `Host` on as it came: a page of another host may not join.

mod room;

use bhrh::websocket::{Message, Options};
use bhrh::{Exchange, HttpServer, http_handler};
use lexopt::{Arg, Parser, ValueExt};
use room::Room;
use std::io;
use std::time::Duration;

const PAGE: &str = include_str!("page.html");

/// Longer messages are nobody's to read.
const LONGEST: usize = 4 << 10;

struct Chat {
    room: Room,
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl Chat {
    #[route("GET /")]
    fn page(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/html; charset=utf-8", PAGE)
    }

    /// The first message is a name, every other one a line.
    #[route("GET /chat")]
    fn chat(&self, http: &mut Exchange) -> io::Result<()> {
        // A guest who takes nothing holds the others up for a second at most, and is out then.
        let options = Options::new().longest_message(LONGEST).send_timeout(Duration::from_secs(1));
        let mut socket = http.websocket_with(&options)?;
        let Some(Message::Text(name)) = socket.receive()? else { return Ok(()) };
        let guest = self.room.enter(&name, socket.sender());
        // Leaving the room must not depend on how the conversation ends.
        let _guard = self.room.guard(guest);
        while let Some(Message::Text(line)) = socket.receive()? {
            self.room.say(guest, &line);
        }
        Ok(())
    }
}

fn main() -> io::Result<()> {
    let address = address(Parser::from_env()).unwrap_or_else(|error| ready_line::exit_with(&error));
    // Each guest keeps a thread while the page is open.
    let server = HttpServer::bind(address)?.max_threads(1000);
    ready_line::announce(server.local_addr())?;
    server.serve_forever(Chat { room: Room::default() })
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
