//! The server that `siege.py` attacks, on default settings but for those that it is told by
//! arguments.

use bhrh::websocket::{Message, Options, Sender};
use bhrh::{Exchange, HttpServer, base, http_handler};
use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::panic::panic_any;
use std::thread;
use std::time::Duration;

/// What large answers are made of, so that they take no memory.
static PIECE: [u8; 64 << 10] = [b'x'; 64 << 10];

struct Besieged {
    /// Log lines go to stderr.
    logs: bool,
}

/// Panics with another one when it is dropped, as often as it says.
struct Bomb(usize);

impl Drop for Bomb {
    fn drop(&mut self) {
        if self.0 > 0 {
            panic_any(Bomb(self.0 - 1));
        }
    }
}

/// Writes something, and then panics.
struct Half;

impl fmt::Display for Half {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("half")?;
        panic!("as asked");
    }
}

/// Panics if the request asks for that in this place.
fn panic_in(place: &str, http: &Exchange) {
    assert!(http.path.strip_prefix("/panic/") != Some(place), "as asked");
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl Besieged {
    /// Reads no body.
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let path = http.path;
        panic_in("method", http);
        if path == "/ws" {
            return http.websocket_events(&Options::new(), obey).map(drop);
        }
        // Behind a first segment, too: what the engine knows of slow requests it knows by that.
        if let Some((_, milliseconds)) = path.split_once("/sleep/") {
            let time = milliseconds.parse().map_err(io::Error::other)?;
            thread::sleep(Duration::from_millis(time));
        } else if let Some(length) = path.strip_prefix("/bytes/") {
            return large(http, length.parse().map_err(io::Error::other)?);
        } else if let Some(depth) = path.strip_prefix("/panic/bomb/") {
            panic_any(Bomb(depth.parse().map_err(io::Error::other)?));
        }
        match path {
            "/panic/extension" => drop(http.extensions.insert(Bomb(1))),
            "/panic/display" => {
                http.send_response(200);
                http.send_header("X", &Half);
            }
            "/panic/log_error" => http.log_error(format_args!("as asked")),
            "/panic/send_error" => return http.send_error(404),
            _ => {}
        }
        http.reply(200, "text/plain", "Hello, World!")
    }

    /// Reads its body.
    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        let count = io::copy(&mut http.rfile, &mut io::sink())?;
        http.reply(200, "text/plain", count.to_string())
    }

    fn handle_one_request(&self, http: &mut Exchange) -> Result<(), bhrh::Error> {
        panic_in("handle_one_request", http);
        base::handle_one_request(http)
    }

    fn log_message(&self, http: &Exchange, message: fmt::Arguments<'_>) {
        panic_in("log_message", http);
        if http.path == "/slow-log" {
            thread::sleep(Duration::from_secs(4));
        }
        if self.logs {
            base::log_message(http, message);
        }
    }

    fn log_request(&self, http: &Exchange, code: u16, size: Option<u64>) {
        panic_in("log_request", http);
        base::log_request(http, code, size);
    }

    fn log_error(&self, http: &Exchange, message: fmt::Arguments<'_>) {
        panic_in("log_error", http);
        base::log_error(http, message);
    }

    fn version_string(&self, http: &Exchange) -> Cow<'_, str> {
        panic_in("version_string", http);
        base::version_string(http).into_owned().into()
    }

    fn address_string(&self, http: &Exchange) -> Cow<'_, str> {
        panic_in("address_string", http);
        http.client_address.to_string().into()
    }

    fn send_error(
        &self,
        http: &mut Exchange,
        code: u16,
        message: Option<&str>,
        explain: Option<&str>,
    ) -> io::Result<()> {
        panic_in("send_error", http);
        base::send_error(http, code, message, explain)
    }
}

/// What a WebSocket does that is told so, without a thread of its own.
fn obey(sender: &Sender, message: Message) -> io::Result<()> {
    match message {
        Message::Text(text) if text == "panic" => panic!("as asked"),
        Message::Text(text) if text == "sleep" => thread::sleep(Duration::from_secs(1)),
        Message::Text(text) if text == "much" => sender.send_binary(&PIECE)?,
        _ => {}
    }
    sender.send("done")
}

fn large(http: &mut Exchange, length: usize) -> io::Result<()> {
    http.send_response(200);
    http.send_header("Content-Length", length);
    http.end_headers()?;
    let mut left = length;
    while left > 0 {
        let count = left.min(PIECE.len());
        http.wfile.write_all(&PIECE[..count])?;
        left -= count;
    }
    Ok(())
}

/// Arguments: two addresses to listen on, the number of event loops, the most threads, and `log`,
/// if log lines are to go to stderr.
fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [first, second, threads, max_threads, more @ ..] = &arguments[..] else {
        return Err(io::Error::other("arguments: ADDRESS ADDRESS THREADS MAX_THREADS [log]"));
    };
    let address = |text: &str| text.parse::<SocketAddr>().map_err(io::Error::other);
    let addresses = [address(first)?, address(second)?];
    let threads = threads.parse().map_err(io::Error::other)?;
    let max_threads = max_threads.parse().map_err(io::Error::other)?;
    let server = HttpServer::bind(&addresses[..])?.threads(threads).max_threads(max_threads);
    server.serve_forever(Besieged { logs: more == ["log"] })
}
