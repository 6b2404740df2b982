//! Serves the files of a directory like `python3 -m http.server`, and adds uploads, archives,
//! passwords, HTTPS with a certificate that is made at the start, and more; `--help` has all of it.
//!
//! `cargo run --release -p serve -- 8000 --directory .`

mod addresses;
mod archive;
mod certificate;
mod options;
mod page;
mod pages;
mod rate;
mod turns;
mod upload;
mod users;

use std::sync::Mutex;
use std::{fmt, io};

use archive::Archives;
use bhrh::files::Files;
use bhrh::{Exchange, HttpServer, Limits, LogFormat, Outcome, base, http_handler};
use options::Options;
use page::Offers;
use rate::RateLimit;
use turns::Turns;
use upload::Uploads;
use users::{Admission, Users};

struct Serve {
    files: Files,
    /// The same with the page of a single-page application.
    spa: Option<Files>,
    /// Appended to a path that names nothing.
    extension: Option<String>,
    archives: Option<Archives>,
    uploads: Option<Uploads>,
    users: Users,
    rate_limit: Option<RateLimit>,
    cors: bool,
    protocol: String,
    log_format: LogFormat,
}

#[http_handler(protocol_version = self.protocol, log_format = self.log_format)]
impl Serve {
    fn handle_one_request(&self, http: &mut Exchange) -> Outcome {
        let limited = self.rate_limit.as_ref().zip(http.client_ip());
        if limited.is_some_and(|(limit, client)| !limit.allows(client)) {
            http.add_header("Retry-After", 1);
            return Ok(http.send_error(429)?);
        }
        // A browser asks without a password whether a page of another site may ask.
        if http.command == "OPTIONS" {
            return http.dispatch();
        }
        match self.users.admit(http) {
            Admission::Granted => http.dispatch(),
            Admission::Refused => Ok(http.demand_basic_auth("files")?),
            Admission::Later => {
                http.add_header("Retry-After", 1);
                Ok(http.send_error((503, "Other passwords are being checked"))?)
            }
        }
    }

    /// An error names the request where no other line does.
    fn log_error(&self, http: &Exchange, message: fmt::Arguments) {
        let line = http.requestline;
        match self.log_format {
            LogFormat::Quiet if !line.is_empty() => {
                base::log_error(http, format_args!("\"{line}\" {message}"));
            }
            _ => base::log_error(http, message),
        }
    }

    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        self.read(http)
    }

    fn do_HEAD(&self, http: &mut Exchange) -> io::Result<()> {
        self.read(http)
    }

    fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
        match &self.uploads {
            Some(uploads) => uploads.store(http, &self.files),
            None => self.files.serve(http),
        }
    }

    fn do_OPTIONS(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(204);
        http.send_header("Allow", self.allowed());
        if self.cors {
            // Other sites may read. They may not upload.
            http.send_header("Access-Control-Allow-Origin", "*");
            http.send_header("Access-Control-Allow-Methods", "GET, HEAD");
            // The star does not stand for `Authorization`.
            http.send_header("Access-Control-Allow-Headers", "*, Authorization");
            http.send_header("Access-Control-Max-Age", 86400);
        }
        http.end_headers()
    }

    fn send_error(
        &self,
        http: &mut Exchange,
        code: u16,
        message: Option<&str>,
        explain: Option<&str>,
    ) -> io::Result<()> {
        if self.cors {
            http.add_header("Access-Control-Allow-Origin", "*");
        }
        page::send_error(http, code, message, explain)
    }
}

impl Serve {
    fn allowed(&self) -> &'static str {
        if self.uploads.is_some() { "GET, HEAD, PUT, OPTIONS" } else { "GET, HEAD, OPTIONS" }
    }

    /// Whether something is there that may be read.
    fn exists(&self, path: &str) -> io::Result<bool> {
        match self.files.place(path) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(false),
            place => Ok(place?.is_some_and(|place| place.exists())),
        }
    }

    /// Answers GET and HEAD.
    fn read(&self, http: &mut Exchange) -> io::Result<()> {
        let (path, query) = http.path.split_once('?').unwrap_or((http.path, ""));
        if let Some(archives) = self.archives.as_ref().filter(|_| query == "archive=tar.gz") {
            return archives.send(http, &self.files);
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        if let Some(extension) = self.extension.as_ref().filter(|_| !name.is_empty()) {
            let longer = format!("{path}{extension}");
            if !self.exists(path)? && self.exists(&longer)? {
                return self.files.serve_path(http, &longer);
            }
        }
        match &self.spa {
            Some(spa) if !name.contains('.') => spa.serve(http),
            _ => self.files.serve(http),
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

/// The files, as the options want them.
fn files(options: &Options, offers: Offers) -> Files {
    let mut files = Files::new(&options.directory)
        .listing(true)
        // Who uploads a file decides about that file only, and not about what is sent for others.
        .precompressed(!options.upload || options.overwrite)
        .index(&options.index)
        .hidden(options.hidden)
        .links_out(options.follow_links)
        .listing_page(move |_, listing| offers.page(listing));
    if let Some(fallback) = &options.fallback {
        files = files.fallback(fallback);
    }
    for (extension, media_type) in &options.content_types {
        files = files.media_type(extension, media_type);
    }
    if let Some(seconds) = options.cache {
        files = files.cache_control(format!("max-age={seconds}"));
    }
    if options.cors {
        files = files.header("Access-Control-Allow-Origin", "*");
    }
    for (name, value) in &options.headers {
        files = files.header(name, value);
    }
    files
}

fn serve(options: Options) -> io::Result<()> {
    let (upload, overwrite, archive) = (options.upload, options.overwrite, options.archive);
    let offers = Offers { upload, overwrite, archive };
    let files = files(&options, offers);
    files.check()?;
    let spa = options.spa.as_ref().map(|spa| files.clone().fallback(spa));
    spa.as_ref().map(Files::check).transpose()?;
    let archives = archive.then(|| Archives {
        hidden: options.hidden,
        max_bytes: options.max_archive,
        cors: options.cors,
        turns: Turns::new(archive::AT_ONCE.0, archive::AT_ONCE.1),
    });
    let uploads = upload.then(|| Uploads {
        overwrite,
        index: options.index,
        extension: options.fallback_extension.clone(),
        hosts: options.host_names,
        replacing: Mutex::default(),
    });
    let mut limits = Limits::default();
    limits.body = options.max_upload;
    let tls = options.certificate.map(|certificate| certificate.load(&options.host)).transpose()?;
    let scheme = ready_line::scheme(tls.is_some());
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
    let server = server.spawn(Serve {
        files,
        spa,
        extension: options.fallback_extension,
        archives,
        uploads,
        users: options.users,
        rate_limit: options.rate_limit.map(RateLimit::new),
        cors: options.cors,
        protocol: options.protocol,
        log_format: options.log_format,
    })?;
    ready_line::announce_as(scheme, server.local_addr())?;
    if let Some(address) = server.local_addr().socket_addr() {
        let urls = addresses::urls(scheme, address);
        addresses::announce(&urls, options.qr);
        if let Some(url) = urls.last().filter(|_| options.open) {
            addresses::open(url);
        }
    }
    // An error means that a connection had to be cut.
    server.join()
}
