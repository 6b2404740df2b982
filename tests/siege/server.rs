//! The server that `siege.py` attacks, on default settings but for those that it is told by options.

use bhrh::{Exchange, HttpServer, http_handler};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

/// What the large answer is made of, so that it takes no memory.
static PIECE: [u8; 64 << 10] = [b'x'; 64 << 10];
const PIECES: usize = 1000;

struct Besieged;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Besieged {
    /// Reads no body.
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let path = http.path;
        if let Some(milliseconds) = path.strip_prefix("/sleep/") {
            let time = milliseconds.parse().map_err(io::Error::other)?;
            thread::sleep(Duration::from_millis(time));
        }
        match path {
            "/large" => {
                http.send_response(200);
                http.send_header("Content-Length", PIECES * PIECE.len());
                http.end_headers()?;
                (0..PIECES).try_for_each(|_| http.wfile.write_all(&PIECE))
            }
            "/panic" => panic!("as asked"),
            _ => http.reply(200, "text/plain", "up"),
        }
    }

    /// Reads its body.
    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        let count = io::copy(&mut http.rfile, &mut io::sink())?;
        http.reply(200, "text/plain", count.to_string())
    }

    fn log_message(&self, _: &Exchange, _: std::fmt::Arguments<'_>) {}
}

/// Arguments: two addresses to listen on, the number of event loops, and the most threads.
fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [first, second, threads, max_threads] = &arguments[..] else {
        return Err(io::Error::other("arguments: ADDRESS ADDRESS THREADS MAX_THREADS"));
    };
    let address = |text: &str| text.parse::<SocketAddr>().map_err(io::Error::other);
    let addresses = [address(first)?, address(second)?];
    let threads = threads.parse().map_err(io::Error::other)?;
    let max_threads = max_threads.parse().map_err(io::Error::other)?;
    let server = HttpServer::bind(&addresses[..])?.threads(threads).max_threads(max_threads);
    ready_line::announce(server.local_addr())?;
    server.serve_forever(Besieged)
}
