//! Serving the files of a directory: what Python has as `SimpleHTTPRequestHandler`, as something
//! to put into an application.
//!
//! [`Files`] is a directory and how it is served. It is a [`Handler`](crate::Handler) itself, so it
//! can be all there is, or be mounted; and a method of another handler can have it answer a request
//! in one line:
//!
//! ```
//! use bhrh::files::Files;
//! use bhrh::{Exchange, http_handler};
//! use std::io;
//!
//! struct App {
//!     assets: Files,
//! }
//!
//! #[http_handler(protocol_version = "HTTP/1.1")]
//! impl App {
//!     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
//!         match http.path {
//!             "/hello" => http.reply(200, "text/plain", "hello\n"),
//!             _ => self.assets.serve(http),
//!         }
//!     }
//!
//!     // The files' answers to HEAD; `http.reply` knows HEAD as well.
//!     fn do_HEAD(&self, http: &mut Exchange) -> io::Result<()> {
//!         self.do_GET(http)
//!     }
//! }
//!
//! # fn main() -> io::Result<()> {
//! # let directory = tempfile::tempdir()?;
//! # std::fs::write(directory.path().join("style.css"), "h1 { color: red }\n")?;
//! # let path = directory.path();
//! let app = App { assets: Files::new(path) };
//! let response = bhrh::testing::get(&app, "/style.css");
//! assert_eq!(response.header("Content-Type"), Some("text/css"));
//! assert_eq!(response.text(), "h1 { color: red }\n");
//! assert_eq!(bhrh::testing::get(&app, "/../secret").status(), 404);
//! # Ok(())
//! # }
//! ```
//!
//! Mounted, it has all that is below a path:
//!
//! ```
//! use bhrh::files::Files;
//! use bhrh::{Exchange, http_handler};
//! use std::io;
//!
//! struct App {
//!     assets: Files,
//! }
//!
//! #[http_handler(protocol_version = "HTTP/1.1", mount("/static" = self.assets))]
//! impl App {
//!     #[route("GET /")]
//!     fn index(&self, http: &mut Exchange) -> io::Result<()> {
//!         http.reply(200, "text/html", "<img src=static/logo.png>")
//!     }
//! }
//! ```
//!
//! # What is answered
//!
//! * GET and HEAD for a file: the file, with its type, `Last-Modified` and `ETag`; 304 and 412
//!   where the request's conditions say so (RFC 9110 section 13); one range or several of them
//!   (section 14).
//! * For a directory: its index file; or the page that lists it, if [`listing`](Files::listing)
//!   is on; or 404. Without a slash at the end, 301 to the path with it.
//! * Other commands: 405. The answer to OPTIONS lists the commands that are allowed.
//! * All else: the [`fallback`](Files::fallback), if there is one, or 404. "All else" is what the
//!   file system says is not there (`ENOENT`, `ENOTDIR`), what no file can be called
//!   (`ENAMETOOLONG`, `ELOOP`, `EILSEQ`, NUL), and, as in Python, what the server may not read
//!   (`EACCES`): clients are not told that there is something, and the log has a line about it.
//!   Other errors of a look-up (`EIO`, `ESTALE`, `ENOMEM`, …) are returned, and so are a 500 with
//!   its reason in the log: a cache would keep a 404.
//!
//! Segments `.` and `..` of a path are removed first (RFC 3986 section 5.2.4), escaped or not:
//! `/./a.txt` and `/d/../a.txt` are `/a.txt`, `/d/.` is `/d/`, and `/../a.txt` is `/a.txt` too,
//! since there is nothing above the directory; below a mount there is nothing above the mount. So
//! one file has several paths: a method that decides by `http.path` who may have which file has to
//! mount a [`Files`] for each group, not to compare the beginnings of paths.
//!
//! # What is never served
//!
//! Anything that is not below the directory, whatever the path or a link says (unless
//! [`links_out`](Files::links_out) says so); pipes, sockets and
//! devices; and, unless [`hidden`](Files::hidden) says so, names that begin with a dot, other than
//! `/.well-known/`.
//!
//! A file is not held in memory. The server sends a file of more than 64 KiB after the method has
//! returned, so slow clients hold neither threads nor buffers; each holds a descriptor of the file.
//! (A method that has set a deadline, or whose response goes through a filter such as gzip, sends
//! all of the file itself.) What a file was when it was opened decides its length: a file that
//! grows meanwhile is sent as long as it was, and one that shrinks ends with a cut connection,
//! which the client sees.

mod answer;
mod coding;
mod listing;
mod locate;
mod lookup;
mod path;
mod range;
mod send;
mod single;
mod types;
mod validators;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use listing::Maker;
pub use listing::{Entry, LISTING_STYLE, Listing, ListingPage};
use locate::{Found, Rules};
use path::Names;
pub use single::{SendFile, etag, serve_file};
use types::Types;
pub use types::media_type;

use crate::exchange::Exchange;
use crate::grammar::is_token;
use crate::proto::header_value::is_control;

/// A directory, and how its files are served.
///
/// ```no_run
/// use bhrh::files::Files;
///
/// // All of a program: what `python3 -m http.server` does.
/// bhrh::serve("127.0.0.1:8000", Files::new(".").listing(true))?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Files {
    directory: PathBuf,
    index: Vec<String>,
    rules: Rules,
    listing: bool,
    listing_page: Option<Maker>,
    precompressed: bool,
    cache_control: Option<String>,
    fields: Vec<(String, String)>,
    types: Types,
    fallback: Option<String>,
}

impl Files {
    /// The files of a directory. A relative path counts from where the process is now.
    ///
    /// The directory may be a link, and may come into being later; [`check`](Files::check) says
    /// whether it is there.
    pub fn new(directory: impl AsRef<Path>) -> Files {
        let directory = directory.as_ref();
        Files {
            // This fails if the process has no current directory, or if the path is empty.
            directory: std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned()),
            index: vec!["index.html".to_owned(), "index.htm".to_owned()],
            rules: Rules { hidden: false, links: true, out: false },
            listing: false,
            listing_page: None,
            precompressed: false,
            cache_control: None,
            fields: Vec::new(),
            types: Types::default(),
            fallback: None,
        }
    }

    /// Sets which files of a directory stand for the directory, the first that is there. Default:
    /// `index.html` and `index.htm`, as in Python.
    #[must_use]
    pub fn index<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Files {
        self.index = names.into_iter().map(Into::into).collect();
        self
    }

    /// Sets whether a directory without an index file is listed. Default: no; the answer is a 404.
    ///
    /// The answer is a page; or JSON, if the client's `Accept` prefers `application/json`. Of the
    /// request's query it takes `sort` (`name`, `size` or `time`, with a `-` in front for the other
    /// direction) and `q`, words to search the names here and below for. [`Listing::is_complete`]
    /// says where a search ends.
    ///
    /// ```
    /// # let directory = tempfile::tempdir()?;
    /// # std::fs::create_dir(directory.path().join("tea"))?;
    /// # std::fs::write(directory.path().join("tea/green.txt"), "")?;
    /// # let path = directory.path();
    /// use bhrh::files::Files;
    ///
    /// let files = Files::new(path).listing(true);
    /// assert!(bhrh::testing::get(&files, "/?sort=-time").text().contains("href=\"./tea/\""));
    /// let client = bhrh::testing::client(&files);
    /// let found = client.get("/?q=green").header("Accept", "application/json").send();
    /// assert!(found.text().contains("\"name\":\"tea/green.txt\""));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn listing(mut self, on: bool) -> Files {
        self.listing = on;
        self
    }

    /// Sets what makes the page of a listing, from the list and the request. Default:
    /// [`Listing::page`]. [`ListingPage`] has examples. Clients that prefer JSON still get JSON.
    #[must_use]
    pub fn listing_page(
        mut self,
        make: impl Fn(&Exchange<'_>, &Listing) -> ListingPage + Send + Sync + 'static,
    ) -> Files {
        self.listing_page = Some(Maker(Arc::new(make)));
        self
    }

    /// Sets whether names that begin with a dot are served and listed. Default: no, except for
    /// `/.well-known/` (RFC 8615): `.git` and `.env` lie in many a directory.
    #[must_use]
    pub fn hidden(mut self, on: bool) -> Files {
        self.rules.hidden = on;
        self
    }

    /// Sets whether symbolic links to something inside of the directory are followed. Default: yes.
    /// Links that lead out of the directory are followed only with [`links_out`](Files::links_out).
    ///
    /// With `false`, upper and lower case in a name have to match too, on a file system that
    /// ignores case.
    #[must_use]
    pub fn follow_links(mut self, on: bool) -> Files {
        self.rules.links = on;
        self
    }

    /// Sets whether symbolic links are followed that lead out of the directory. Default: no. With
    /// `true`, a user who may make a link in the directory decides what clients can read of all
    /// that the server can read; and uploads may go there.
    #[must_use]
    pub fn links_out(mut self, on: bool) -> Files {
        self.rules.out = on;
        self
    }

    /// Sets whether clients get `page.html.br`, `page.html.zst` or `page.html.gz` instead of
    /// `page.html`, where they lie side by side and the client accepts Brotli, Zstandard or gzip.
    /// Default: no. A compressed file that is older than the plain one is never sent.
    ///
    /// The client's preference decides between several of them; where it has none, the order above
    /// does. A request for a range gets bytes of the plain file, unless one of its conditions names
    /// the compressed form's `ETag`; several ranges of a compressed form are answered with all of
    /// it. A client that does not accept all three gets `Vary: Accept-Encoding`, whatever lies
    /// there. Browsers read Zstandard with windows of up to 8 MiB (RFC 9659): do not use
    /// `zstd --long`.
    ///
    /// ```
    /// # let directory = tempfile::tempdir()?;
    /// # std::fs::write(directory.path().join("app.js"), "start();\n")?;
    /// # std::fs::write(directory.path().join("app.js.br"), b"\x8b\x04\x80start();\n\x03")?;
    /// # let path = directory.path();
    /// use bhrh::files::Files;
    ///
    /// let files = Files::new(path).precompressed(true);
    /// let request = bhrh::testing::client(&files).get("/app.js");
    /// let response = request.header("Accept-Encoding", "gzip, deflate, br, zstd").send();
    /// assert_eq!(response.header("Content-Encoding"), Some("br"));
    /// assert_eq!(response.header("Content-Type"), Some("text/javascript; charset=utf-8"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn precompressed(mut self, on: bool) -> Files {
        self.precompressed = on;
        self
    }

    /// Sets the `Cache-Control` of files: `"max-age=3600"`, for instance, or a
    /// [`CacheControl`](crate::CacheControl). Default: none, so clients ask again, or guess. Pages
    /// that list a directory have `no-cache`.
    #[must_use]
    pub fn cache_control(mut self, value: impl Into<String>) -> Files {
        self.cache_control = Some(value.into());
        self
    }

    /// Adds a field to all answers but error pages.
    ///
    /// ```
    /// # let directory = tempfile::tempdir()?;
    /// # std::fs::write(directory.path().join("data.json"), "[]")?;
    /// # let path = directory.path();
    /// use bhrh::files::Files;
    ///
    /// let files = Files::new(path).header("Access-Control-Allow-Origin", "*");
    /// let response = bhrh::testing::get(&files, "/data.json");
    /// assert_eq!(response.header("Access-Control-Allow-Origin"), Some("*"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Files {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// Sets the media type of files with this extension. It takes precedence over the built-in
    /// table. Python: `extensions_map`. The free function [`media_type`] looks into that table.
    ///
    /// ```
    /// use bhrh::files::Files;
    /// let files = Files::new("static").media_type("ts", "text/plain; charset=utf-8");
    /// ```
    #[must_use]
    pub fn media_type(mut self, extension: &str, media_type: impl Into<String>) -> Files {
        let extension = extension.trim_start_matches('.').to_ascii_lowercase();
        self.types.own.push((extension, media_type.into()));
        self
    }

    /// Sets the type of files whose ending is not known. Default: `application/octet-stream`, which
    /// browsers save.
    #[must_use]
    pub fn default_type(mut self, media_type: impl Into<String>) -> Files {
        self.types.unknown = Some(media_type.into());
        self
    }

    /// Sets the `charset` of all types `text/…` in the built-in table; `None` leaves it out.
    /// Default: `utf-8`, but none for HTML and CSS. Those files can name their charset themselves,
    /// and the header would override it. Types set by [`media_type`](Files::media_type) are sent as
    /// they are.
    ///
    /// ```
    /// use bhrh::files::Files;
    ///
    /// let pages_of_1998 = Files::new("archive").charset("iso-8859-1");
    /// let mixed = Files::new("mirror").charset(None);
    /// ```
    #[must_use]
    pub fn charset<'c>(mut self, charset: impl Into<Option<&'c str>>) -> Files {
        self.types.charset = Some(charset.into().map(str::to_owned));
        self
    }

    /// Sets a file that is sent with 200 where the answer would be a 404: the page of an
    /// application that handles its paths in the browser. `path` leads to a file of this directory,
    /// and is written as in a request. Default: none.
    ///
    /// A request for a missing script gets the page too, and browsers then show confusing errors.
    /// So keep scripts in a directory that is mounted separately, without a fallback.
    ///
    /// ```
    /// # let directory = tempfile::tempdir()?;
    /// # std::fs::write(directory.path().join("index.html"), "<p>one page\n")?;
    /// # let path = directory.path();
    /// use bhrh::files::Files;
    ///
    /// let files = Files::new(path).fallback("/index.html");
    /// let response = bhrh::testing::get(&files, "/users/7");
    /// assert_eq!((response.status(), response.text()), (200, "<p>one page\n"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn fallback(mut self, path: impl Into<String>) -> Files {
        self.fallback = Some(path.into());
        self
    }

    /// Checks that the directory can be served, for a program that wants to report a mistake when
    /// it starts.
    ///
    /// # Errors
    ///
    /// If the directory does not exist or is not a directory, if the [`fallback`](Files::fallback)
    /// is not a file, or if a field that was set, for instance by [`header`](Files::header), is not
    /// a valid field. The message names the culprit.
    pub fn check(&self) -> io::Result<()> {
        let root = locate::root(&self.directory)?;
        if !root.is_dir() {
            let message = format!("cannot serve files of {}: not a directory", root.display());
            return Err(io::Error::new(io::ErrorKind::NotADirectory, message));
        }
        if let Some(fallback) = &self.fallback {
            let names = path::names(fallback, self.rules.hidden).filter(|names| !names.slash);
            let found = names.map(|names| locate::find(&root, &names.segments, self.rules));
            if !matches!(found.transpose()?.flatten(), Some(Found::File(_))) {
                let message = format!("cannot serve {fallback:?} for what is not there: no file");
                return Err(io::Error::new(io::ErrorKind::NotFound, message));
            }
        }
        let cache_control = self.cache_control.iter().map(|value| ("Cache-Control", &**value));
        let fields = self.fields.iter().map(|(name, value)| (&**name, &**value));
        let types = self.types.own.iter().map(|(_, value)| value).chain(&self.types.unknown);
        let types = types.chain(self.types.charset.iter().flatten());
        let types = types.map(|value| ("Content-Type", &**value));
        for (name, value) in fields.chain(cache_control).chain(types) {
            let fits = |c: char| u8::try_from(c).is_ok_and(|byte| !is_control(byte));
            if !is_token(name) || !value.chars().all(fits) {
                let message = format!("not a header field: {name:?} with the value {value:?}");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
            }
        }
        Ok(())
    }

    /// Answers a GET or HEAD request with what [`path`](Exchange::path) names, and any other
    /// request with 405.
    ///
    /// # Errors
    ///
    /// What the file system reports, except that a file does not exist; what the connection
    /// reports; and the errors of [`Exchange::end_headers`] for a field that is not valid.
    pub fn serve(&self, http: &mut Exchange<'_>) -> io::Result<()> {
        self.answer(http, http.path)
    }

    /// Answers as [`serve`](Files::serve) does, but with what `path` names instead of the request's
    /// path. It is read like the path of a request: escapes are decoded, a query is left out.
    /// A listing shows the path that the client asked for, and leads back only where that path and
    /// `path` have the same names.
    ///
    /// ```
    /// # let directory = tempfile::tempdir()?;
    /// # std::fs::write(directory.path().join("index.html"), "<p>one page\n")?;
    /// # let path = directory.path();
    /// use bhrh::files::Files;
    /// use bhrh::{Exchange, http_handler};
    ///
    /// struct App(Files);
    ///
    /// #[http_handler]
    /// impl App {
    ///     fn do_GET(&self, http: &mut Exchange) -> std::io::Result<()> {
    ///         self.0.serve_path(http, "/index.html")
    ///     }
    /// }
    ///
    /// let app = App(Files::new(path));
    /// assert_eq!(bhrh::testing::get(&app, "/any/where").text(), "<p>one page\n");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`serve`](Files::serve).
    pub fn serve_path(&self, http: &mut Exchange<'_>, path: &str) -> io::Result<()> {
        self.answer(http, path)
    }

    /// The place in the file system of a file with this path, whether the file exists or not: for a
    /// method that takes uploads. `None` if the path can name no file here (one whose name is too
    /// long for the file system included), or if the directory that it should be in is not there.
    /// Segments that are dots are removed first.
    ///
    /// ```
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path();
    /// use bhrh::files::Files;
    ///
    /// let files = Files::new(path);
    /// let place = files.place("/new%20file.txt")?.expect("a place");
    /// assert!(place.ends_with("new file.txt"));
    /// assert_eq!(files.place("/../new%20file.txt")?, Some(place));
    /// assert!(files.place("/..%2fnew.txt")?.is_none());
    /// assert!(files.place("/no/such/directory/new.txt")?.is_none());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the directory that is served is not there, and what the file system reports other than
    /// that there is nothing.
    pub fn place(&self, path: &str) -> io::Result<Option<PathBuf>> {
        let Some(Names { mut segments, slash: false }) = path::names(path, self.rules.hidden)
        else {
            return Ok(None);
        };
        let root = locate::root(&self.directory)?;
        let Some(name) = segments.pop() else { return Ok(None) };
        let Some(Found::Directory(real)) = locate::find(&root, &segments, self.rules)? else {
            return Ok(None);
        };
        let place = real.join(name);
        Ok(if locate::can_be(&place)? { Some(place) } else { None })
    }
}
