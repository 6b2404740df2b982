//! A file in the browser, followed as it grows: `tail -f` over a WebSocket.
//!
//! `cargo run --example tail -- --file /var/log/syslog`. A file that is replaced or cut off is
//! followed from its new beginning.

use bhrh::{Exchange, HttpServer, http_handler};
use lexopt::{Arg, Parser, ValueExt};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

const PAGE: &str = "<!DOCTYPE html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>Tail</title>
<style>
:root { color-scheme: light dark }
body { margin: 0; font: .9rem/1.5 ui-monospace, monospace }
pre { margin: 0; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere }
p { position: sticky; top: 0; margin: 0; padding: .4rem 1rem; font-family: system-ui, sans-serif; background: Canvas; border-bottom: 1px solid GrayText }
</style>
<p role=\"status\">Connecting …</p>
<pre aria-live=\"off\"></pre>
<script>
    const output = document.querySelector('pre'), state = document.querySelector('p');
    function connect() {
        const socket = new WebSocket(`${location.protocol.replace('http', 'ws')}//${location.host}/tail`);
        const text = new TextDecoder();
        socket.binaryType = 'arraybuffer';
        socket.onopen = () => { state.textContent = 'Following.'; output.textContent = '' };
        socket.onmessage = event => {
            const atEnd = innerHeight + scrollY >= document.body.scrollHeight - 40;
            output.append(text.decode(event.data, { stream: true }));
            if (atEnd) scrollTo(0, document.body.scrollHeight);
        };
        socket.onclose = () => { state.textContent = 'The server is gone; looking for it …'; setTimeout(connect, 2000) };
    }
    connect();
</script>
</html>
";

/// How much of the file is shown at first.
const AT_FIRST: u64 = 16 << 10;

/// How often the file is looked at.
const EVERY: Duration = Duration::from_millis(200);

struct Tail {
    file: PathBuf,
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl Tail {
    #[route("GET /")]
    fn page(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/html; charset=utf-8", PAGE)
    }

    #[route("GET /tail")]
    fn tail(&self, http: &mut Exchange) -> io::Result<()> {
        let mut file = File::open(&self.file)?;
        let length = file.metadata()?.len();
        let mut at = file.seek(SeekFrom::Start(length.saturating_sub(AT_FIRST)))?;
        let mut socket = http.websocket()?;
        let sender = socket.sender();
        let path = self.file.clone();
        // This thread listens, so that a page that is closed is noticed at once; another one sends.
        let follow =
            thread::Builder::new().name("tail".into()).spawn(move || -> io::Result<()> {
                let mut piece = vec![0; 16 << 10];
                while !sender.is_closed() {
                    match file.read(&mut piece)? {
                        0 => {
                            thread::sleep(EVERY);
                            // Shorter than what was read: cut off, or another file of that name.
                            if std::fs::metadata(&path)?.len() < at {
                                file = File::open(&path)?;
                                at = 0;
                            }
                        }
                        count => {
                            at += count as u64;
                            sender.send_binary(&piece[..count])?;
                        }
                    }
                }
                Ok(())
            })?;
        while socket.receive()?.is_some() {}
        drop(socket);
        // The page is closed, which is what ends it.
        let _ = follow.join();
        Ok(())
    }
}

fn main() -> io::Result<()> {
    let options = options(Parser::from_env()).unwrap_or_else(|error| ready_line::exit_with(&error));
    let server = HttpServer::bind(options.address)?;
    ready_line::announce(server.local_addr())?;
    server.serve_forever(Tail { file: options.file })
}

struct Options {
    address: String,
    file: PathBuf,
}

fn options(mut parser: Parser) -> Result<Options, lexopt::Error> {
    let mut options = Options { address: "127.0.0.1:8000".to_owned(), file: PathBuf::new() };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("bind") => options.address = parser.value()?.string()?,
            Arg::Long("file") => options.file = parser.value()?.into(),
            other => return Err(other.unexpected()),
        }
    }
    if options.file.as_os_str().is_empty() {
        return Err("--file is missing".into());
    }
    Ok(options)
}
