//! Large uploads to a directory, with little memory and a size limit: with the form at `/`, or with
//! `curl -T film.mkv http://127.0.0.1:8000/`.
//!
//! `cargo run --example upload -- --directory uploads --limit 1000000000`. Any client that reaches
//! the port may fill the directory: put a server with authentication in front.

use bhrh::{Error, Exchange, HttpServer, Limits, http_handler};
use lexopt::{Arg, Parser, ValueExt};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::PathBuf;

const PAGE: &str = "<!DOCTYPE html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<title>Upload</title>
<style>
:root { color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: 0 auto; padding: 1rem }
h1 { margin: 0 0 1rem; font-size: 1.3rem }
label, input, button { display: block; font: inherit }
input { max-width: 100%; margin: .5rem 0 1.5rem }
::file-selector-button { font: inherit }
button { padding: .5rem 1.5rem }
</style>
<h1>Upload</h1>
<form method=\"post\" enctype=\"multipart/form-data\">
<label for=\"file\">Files of any size that the server takes:</label>
<input type=\"file\" id=\"file\" name=\"file\" multiple required>
<button>Upload</button>
</form>
";

struct Uploads {
    directory: PathBuf,
    limit: u64,
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl Uploads {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        match http.path {
            "/" => http.reply(200, "text/html; charset=utf-8", PAGE),
            _ => http.send_error(404),
        }
    }

    /// The form: any number of files, each written while it arrives.
    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        let mut stored = String::new();
        let mut form = http.multipart()?.max_total(self.limit);
        while let Some(mut part) = form.next_part()? {
            let Some(name) = part.filename() else { continue };
            check(&name)?;
            let size = self.store(&name, &mut part)?;
            stored += &format!("{name}: {size} bytes\n");
        }
        http.reply(201, "text/plain; charset=utf-8", stored)
    }

    /// The bytes themselves, under the name in the path.
    fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
        // RFC 9110 section 8.4: nothing is decoded here, and the stored file would not say that it
        // is encoded.
        let codings = http.headers.get_all("Content-Encoding").flat_map(|value| value.split(','));
        if codings.map(str::trim).any(|it| !it.is_empty() && !it.eq_ignore_ascii_case("identity")) {
            http.add_header("Accept-Encoding", "identity");
            return Err(Error::status((415, "No Content-Encoding, please")).into());
        }
        let name = http.path.trim_start_matches('/');
        check(name)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if !name.chars().all(plain) {
            let error = Error::status((400, "No such name", "Letters, digits, `-`, `_` and `.`"));
            return Err(error.into());
        }
        let size = self.store(name, &mut http.rfile)?;
        http.reply(201, "text/plain", format!("{name}: {size} bytes\n"))
    }
}

/// Refuses names that a new file may not have: empty, hidden, or too long for file systems.
fn check(name: &str) -> Result<(), Error> {
    let explain = match name.len() {
        1..=255 if !name.starts_with('.') => return Ok(()),
        0..=255 => "It has to begin with something, and not with a dot",
        _ => "It has more than 255 bytes",
    };
    Err(Error::status((400, "No such name", explain)))
}

impl Uploads {
    /// Writes a new file. If the upload is incomplete, the file is deleted.
    fn store(&self, name: &str, content: &mut impl Read) -> Result<u64, Error> {
        let path = self.directory.join(name);
        let mut file = File::create_new(&path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Error::status((409, "There is one of that name")),
            _ => error.into(),
        })?;
        let copied = io::copy(content, &mut file);
        if copied.is_err() {
            fs::remove_file(&path)?;
        }
        Ok(copied?)
    }
}

fn main() -> io::Result<()> {
    let options = options(Parser::from_env()).unwrap_or_else(|error| ready_line::exit_with(&error));
    fs::create_dir_all(&options.directory)?;
    let mut limits = Limits::default();
    limits.body = options.limit;
    let server = HttpServer::bind(options.address)?.limits(limits);
    ready_line::announce(server.local_addr())?;
    server.serve_forever(Uploads { directory: options.directory, limit: options.limit })
}

struct Options {
    address: String,
    directory: PathBuf,
    limit: u64,
}

fn options(mut parser: Parser) -> Result<Options, lexopt::Error> {
    let mut options = Options {
        address: ready_line::DEFAULT_ADDRESS.to_owned(),
        directory: "uploads".into(),
        limit: 1 << 30,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Arg::Long("bind") => options.address = parser.value()?.string()?,
            Arg::Long("directory") => options.directory = parser.value()?.into(),
            Arg::Long("limit") => options.limit = parser.value()?.parse()?,
            other => return Err(other.unexpected()),
        }
    }
    Ok(options)
}
