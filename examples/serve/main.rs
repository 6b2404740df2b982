//! Serves the files of a directory like `python3 -m http.server`, and adds ranges, conditional
//! requests, gzipped files, optional uploads, HTTPS with a certificate that is made at the start, and a
//! shutdown that lets running requests finish.
//!
//! `cargo run --release -p serve -- 8000 --directory .`

mod certificate;
mod options;
mod upload;

use std::io;
use std::sync::Mutex;

use bhrh::files::Files;
use bhrh::{Exchange, HttpServer, Limits, http_handler};
use options::Options;

struct Serve {
    files: Files,
    protocol: String,
    upload: bool,
    overwrite: bool,
    /// Held from the last check of the old file until it has been replaced.
    replacing: Mutex<()>,
}

#[http_handler(protocol_version = self.protocol)]
impl Serve {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        self.files.serve(http)
    }

    fn do_HEAD(&self, http: &mut Exchange) -> io::Result<()> {
        self.files.serve(http)
    }

    fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
        match self.upload {
            true => upload::store(http, &self.files, self.overwrite, &self.replacing),
            false => self.files.serve(http),
        }
    }
}

fn main() {
    let options = Options::from_command_line();
    if let Err(error) = serve(options) {
        eprintln!("error: {error}");
        std::process::exit(1);
    }
}

fn serve(options: Options) -> io::Result<()> {
    let files = Files::new(&options.directory).listing(true).precompressed(true);
    let mut files = files.hidden(options.hidden);
    if let Some(fallback) = options.fallback {
        files = files.fallback(fallback);
    }
    for (name, value) in options.headers {
        files = files.header(name, value);
    }
    files.check()?;
    let mut limits = Limits::default();
    limits.body = options.max_upload;
    let tls = options.certificate.map(|certificate| certificate.load(&options.host)).transpose()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let server = match options.unix {
        Some(path) => HttpServer::bind(path),
        None => HttpServer::bind((options.host, options.port)),
    }?;
    let mut server = server.limits(limits);
    if let Some(tls) = tls {
        server = server.tls(tls);
    }
    #[cfg(feature = "signals")]
    let server = server.stop_on_signals();
    let (protocol, overwrite) = (options.protocol, options.overwrite);
    let (upload, replacing) = (options.upload, Mutex::default());
    let server = server.spawn(Serve { files, protocol, upload, overwrite, replacing })?;
    ready_line::announce_as(scheme, server.local_addr())?;
    // An error means that a connection had to be cut.
    server.join()
}
