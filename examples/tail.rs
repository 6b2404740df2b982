//! A file in the browser, followed as it grows: `tail -f` over a WebSocket.
//!
//! `cargo run --example tail -- --file /var/log/syslog`. A file that is replaced, cut off or
//! written anew is followed from its new beginning.

use bhrh::{Exchange, HttpServer, http_handler};
use lexopt::{Arg, Parser, ValueExt};
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
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

/// By how many of its last bytes a file is known again.
const KNOWN_BY: usize = 256;

struct Tail {
    file: PathBuf,
}

/// A file that grows.
struct Followed {
    path: PathBuf,
    file: File,
    /// How much of it has been read.
    at: u64,
    /// The last that was read.
    last: Vec<u8>,
}

impl Followed {
    /// Begins near the end.
    fn open(path: &Path) -> io::Result<Followed> {
        let file = File::open(path)?;
        let at = file.metadata()?.len().saturating_sub(AT_FIRST);
        Ok(Followed { path: path.to_owned(), file, at, last: Vec::new() })
    }

    /// Reads what has been added. 0: nothing has.
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        if !self.is_as_it_was()? {
            self.begin_anew();
        }
        let mut count = self.read_on(piece)?;
        // The old file has been read to its end.
        if count == 0 && self.is_replaced()? {
            self.file = File::open(&self.path)?;
            self.begin_anew();
            count = self.read_on(piece)?;
        }
        Ok(count)
    }

    fn read_on(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        self.file.seek(SeekFrom::Start(self.at))?;
        let count = self.file.read(piece)?;
        self.at += count as u64;
        self.last.extend_from_slice(&piece[..count]);
        self.last.drain(..self.last.len().saturating_sub(KNOWN_BY));
        Ok(count)
    }

    fn begin_anew(&mut self) {
        (self.at, self.last) = (0, Vec::new());
    }

    /// Whether what was read last is still there. If not, the file was cut off or written anew.
    fn is_as_it_was(&mut self) -> io::Result<bool> {
        let mut again = vec![0; self.last.len()];
        self.file.seek(SeekFrom::Start(self.at - again.len() as u64))?;
        match self.file.read_exact(&mut again) {
            Ok(()) => Ok(again == self.last),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether another file has the name now.
    fn is_replaced(&self) -> io::Result<bool> {
        match fs::metadata(&self.path) {
            Ok(named) => Ok(identity(&named) != identity(&self.file.metadata()?)),
            // The new one is still to come.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// What no two files have in common.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(metadata: &Metadata) -> Option<std::time::SystemTime> {
    metadata.created().ok()
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl Tail {
    #[route("GET /")]
    fn page(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/html; charset=utf-8", PAGE)
    }

    #[route("GET /tail")]
    fn tail(&self, http: &mut Exchange) -> io::Result<()> {
        let mut followed = Followed::open(&self.file)?;
        let mut socket = http.websocket()?;
        let sender = socket.sender();
        // This thread listens, so that a page that is closed is noticed at once; another one sends.
        let follow =
            thread::Builder::new().name("tail".into()).spawn(move || -> io::Result<()> {
                let mut piece = vec![0; 16 << 10];
                while !sender.is_closed() {
                    match followed.read(&mut piece)? {
                        0 => thread::sleep(EVERY),
                        count => sender.send_binary(&piece[..count])?,
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
