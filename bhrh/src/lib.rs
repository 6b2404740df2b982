//! Python's `http.server.BaseHTTPRequestHandler`, rethought for Rust: an HTTP/1.1 server for
//! plain blocking code.
//!
//! Write `do_GET`, `do_POST`, … on a type of your own. `#[http_handler]` turns the impl block into
//! a dispatcher on the request's command; the runtime parses, frames, logs, answers errors and
//! serves.
//!
//! ```no_run
//! use bhrh::{Exchange, http_handler};
//! use std::io::{self, Write};
//!
//! struct Hello;
//!
//! #[http_handler(protocol_version = "HTTP/1.1")]
//! impl Hello {
//!     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
//!         let body = format!("You asked for {}\n", http.path);
//!         http.send_response(200);
//!         http.send_header("Content-Type", "text/plain; charset=utf-8");
//!         http.send_header("Content-Length", body.len());
//!         http.end_headers()?;
//!         http.wfile.write_all(body.as_bytes())
//!     }
//! }
//!
//! fn main() -> io::Result<()> {
//!     bhrh::serve("127.0.0.1:8000", Hello)
//! }
//! ```
//!
//! `HTTP/1.1` keeps connections open for further requests; left out, it is Python's default,
//! HTTP/1.0, and each response ends its connection.
//!
//! # Where to go from here
//!
//! * The guide, in the repository: a tutorial, a cookbook, and a page for each topic.
//! * [`Exchange`]: what a method sees of a request, and how it answers.
//! * [`macro@http_handler`]: the attribute, its arguments and the hooks.
//! * [`macro@route`]: paths with typed parameters, checked by the compiler.
//! * [`HttpServer`]: addresses, limits, time-outs, shutdown.
//! * [`testing`]: running a handler on bytes in memory, without a port.
//! * [`porting`]: every member of Python's class and its counterpart.
//! * [`negotiate`]: what the client prefers; error pages in HTML, JSON or text.
//! * [`rfc9112`]: every decision that the RFCs ask for, with its clause and its test.
//! * [`Profile`]: what is refused, what is forgiven, what is added.
//! * [`from_fn`]: a handler that is a closure.
//! * [`Connection`] and [`handle`]: one connection over any stream, without a server.
//! * [`Endpoint`]: several listeners, Unix sockets, the PROXY protocol; [`HttpServer::at`] takes
//!   them.
//! * [`Trusted`]: proxies that say who their client is.
//! * [`Reply`], [`Content`] and [`HttpError`](trait@HttpError): what a method may return, and what
//!   errors answer.
//! * [`Exchange::upgrade`] and [`Exchange::tunnel`]: the connection for another protocol.
//!
//! # What happens without being asked
//!
//! * `HEAD`, 204 and 304 never carry a body, and a body never runs into the next message.
//! * Time-outs run, sizes are limited, and a slow or broken client costs no more than its own
//!   connection.
//! * A method that panics or fails is answered with 500 and logged; the server goes on.
//! * Errors of the request itself (400, 408, 414, 431, …) go through the same `send_error` and the
//!   same log as your own.
//!
//! # Features
//!
//! | feature | default | what it adds | crates |
//! | --- | --- | --- | --- |
//! | `macros` | on | `#[http_handler]` | bhrh-macros, syn, quote, proc-macro2, unicode-ident |
//! | `auth` | off | [`Exchange::basic_auth`][auth] and its challenge | base64, constant_time_eq |
//! | `etag` | off | [`ETag::of`][etag]: the entity tag of a content, by SHA-256 | sha2, digest, block-buffer, crypto-common, hybrid-array, typenum, cpufeatures, cfg-if |
//! | `files` | off | [`files::Files`][files] serves a directory, with conditional requests and ranges | percent-encoding |
//! | `forms` | off | [`Exchange::query`][query], and [`read_form`][form] for urlencoded bodies | form_urlencoded, percent-encoding |
//! | `log` | off | log lines go to the `log` crate, with levels, instead of stderr | log |
//! | `gzip` | off | [`Exchange::compress`][gzip]: compressed responses | flate2, crc32fast, miniz_oxide, adler2, simd-adler32, cfg-if |
//! | `listenfd` | off | [`Endpoint::inherited`][inherited]: listeners from systemd or another service manager | listenfd |
//! | `multipart` | off | [`Exchange::multipart`][multipart] reads uploads part by part | none |
//! | `openapi` | off | [`openapi::Document`][openapi]: what the routes take and answer, as OpenAPI 3.1, with a page to try them; and `serde_json` | schemars, dyn-clone, ref-cast, serde, and those of `serde_json` |
//! | `descriptors` | off | on Unix, a server raises the limit of open files as far as it may | rustix, bitflags, linux-raw-sys |
//! | `serde` | off | `#[form]` and `#[query(struct)]` as types of your own, and `forms` | serde_core, and those of `forms` |
//! | `serde_json` | off | `#[json]`, [`Exchange::read_json`][read], [`reply_json`][reply] | serde_json, serde_core, itoa, memchr, zmij |
//! | `signals` | off | [`HttpServer::stop_on_signals`][signals]: SIGTERM and Ctrl-C shut the server down gracefully | signal-hook, signal-hook-registry, errno |
//! | `tls` | off | HTTPS: [`HttpServer::tls`]. It needs a C compiler | rustls, rustls-webpki, rustls-pki-types, ring, untrusted, subtle, zeroize, once_cell, getrandom, cfg-if, and to build ring cc, find-msvc-tools, shlex |
//! | `tls-dev` | off | [`Tls::self_signed`][self_signed], for development | rcgen, yasna, time and its crates, and those of `tls` |
//! | `unix-credentials` | off | [`Exchange::unix_credentials`][credentials]: the process behind a Unix socket's client | nix, bitflags, memoffset, cfg-if, cfg_aliases, autocfg |
//! | `websocket` | off | [`Exchange::websocket`][websocket]: WebSockets | sha1_smol, base64 |
//! | `websocket-deflate` | off | compressed messages for them | flate2 and its crates |
//!
//! With `default-features = false`, implement [`Handler`] by hand.
//!
// The links of the table: a method that is left out cannot be linked to.
#![cfg_attr(feature = "auth", doc = "[auth]: Exchange::basic_auth")]
#![cfg_attr(feature = "etag", doc = "[etag]: ETag::of")]
#![cfg_attr(not(feature = "etag"), doc = "[etag]: ETag")]
#![cfg_attr(feature = "files", doc = "[files]: files::Files")]
#![cfg_attr(feature = "forms", doc = "[query]: Exchange::query")]
#![cfg_attr(feature = "forms", doc = "[form]: Exchange::read_form")]
#![cfg_attr(feature = "gzip", doc = "[gzip]: Exchange::compress")]
#![cfg_attr(all(unix, feature = "listenfd"), doc = "[inherited]: Endpoint::inherited")]
#![cfg_attr(feature = "multipart", doc = "[multipart]: Exchange::multipart")]
#![cfg_attr(feature = "openapi", doc = "[openapi]: openapi::Document")]
#![cfg_attr(not(feature = "openapi"), doc = "[openapi]: crate")]
#![cfg_attr(feature = "serde_json", doc = "[read]: Exchange::read_json")]
#![cfg_attr(feature = "serde_json", doc = "[reply]: Exchange::reply_json")]
#![cfg_attr(feature = "unix-credentials", doc = "[credentials]: Exchange::unix_credentials")]
#![cfg_attr(not(feature = "unix-credentials"), doc = "[credentials]: Exchange")]
#![cfg_attr(feature = "signals", doc = "[signals]: HttpServer::stop_on_signals")]
#![cfg_attr(feature = "tls-dev", doc = "[self_signed]: Tls::self_signed")]
#![cfg_attr(not(feature = "tls-dev"), doc = "[self_signed]: crate")]
#![cfg_attr(feature = "websocket", doc = "[websocket]: Exchange::websocket")]
#![cfg_attr(not(feature = "auth"), doc = "[auth]: Exchange")]
#![cfg_attr(not(all(unix, feature = "listenfd")), doc = "[inherited]: Endpoint")]
#![cfg_attr(not(feature = "files"), doc = "[files]: crate")]
#![cfg_attr(not(feature = "forms"), doc = "[query]: Exchange")]
#![cfg_attr(not(feature = "forms"), doc = "[form]: Exchange")]
#![cfg_attr(not(feature = "gzip"), doc = "[gzip]: Exchange")]
#![cfg_attr(not(feature = "multipart"), doc = "[multipart]: Exchange")]
#![cfg_attr(not(feature = "serde_json"), doc = "[read]: Exchange")]
#![cfg_attr(not(feature = "serde_json"), doc = "[reply]: Exchange")]
#![cfg_attr(not(feature = "signals"), doc = "[signals]: HttpServer")]
#![forbid(unsafe_code)]
#![cfg_attr(not(feature = "websocket"), doc = "[websocket]: Exchange")]
// docs.rs sets `docsrs`. Its nightly compiler shows which feature an item needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod base;
#[cfg(feature = "openapi")]
mod contract;
mod date;
mod engine;
mod error;
mod exchange;
mod extensions;
mod grammar;
mod handler;
mod headers;
mod http_error;
mod kit;
mod logging;
mod net;
mod peer;
mod percent;
pub mod porting;
mod proto;
mod protocol_error;
mod quote;
mod rare;
mod request_id;
pub mod rfc9112;
mod routing;
mod scan;
mod server;
mod settings;
mod status;
mod sync;
pub mod testing;
mod text;
mod trusted;
mod turn;

use std::fmt;
use std::io::{self, Read, Write};
use std::net::ToSocketAddrs;

pub use error::{Error, IntoErrorStatus, IntoStatus};
pub use exchange::{BodyReader, BodyWriter, Exchange, Server, Upgraded};
pub use extensions::Extensions;
pub use handler::Handler;
pub use handler::from_fn::{FromFn, from_fn};
pub use handler::outcome::{Dispatch, Outcome};
pub use handler::reply::{IntoOutcome, Reply};
pub use headers::{Fields, Headers};
pub use http_error::HttpError;
pub use kit::answers::content::{Content, NoContent, Status};
pub use kit::answers::redirect::Redirect;
pub use kit::answers::types::Html;
#[cfg(feature = "serde_json")]
pub use kit::answers::types::Json;
#[cfg(feature = "auth")]
pub use kit::auth::Credentials;
pub use kit::cache_control::CacheControl;
pub use kit::cookies::{Cookie, SameSite};
pub use kit::etag::ETag;
pub use kit::events::{Event, EventStream};
#[cfg(feature = "files")]
pub use kit::files;
#[cfg(feature = "forms")]
pub use kit::forms::Form;
#[cfg(feature = "multipart")]
pub use kit::multipart::{Multipart, Part};
pub use kit::negotiate;
pub use kit::reply::BodyBytes;
#[cfg(feature = "websocket")]
pub use kit::websocket;
pub use logging::{LogFormat, LogOverflow};
#[cfg(feature = "tls")]
pub use net::encryption::Encryption;
#[cfg(feature = "tls")]
pub use net::tls::{CertificateInfo, Tls};
pub use peer::Peer;
#[cfg(feature = "unix-credentials")]
pub use peer::UnixCredentials;
pub use proto::header_value::HeaderValue;
pub use routing::decoded_path::Parameter;
pub use routing::table::RouteInfo;
pub use server::running::RunningServer;
pub use server::{Connection, Endpoint, HttpServer};
pub use settings::{EndpointLimits, Limits, Profile, Timeouts};
pub use status::{HttpStatus, Responses};
pub use text::IntoText;
pub use trusted::Trusted;

/// [`HttpStatus`] under Python's name.
pub use status::HttpStatus as HTTPStatus;

#[cfg(feature = "macros")]
pub use bhrh_macros::{
    HttpError, before, body, command, cookie, form, header, http_handler, json, query, route,
};

/// What the routes of a handler take and answer, as an OpenAPI 3.1 document (feature `openapi`).
///
/// `#[http_handler(openapi)]` writes [`Handler::describe`] from the signatures that the compiler
/// checks, so the document says what the code does.
///
/// ```
/// use bhrh::{HttpError, Json, http_handler, openapi::Document};
///
/// #[derive(Debug, HttpError)]
/// #[status(404, "No such tea")]
/// struct NoTea;
/// # impl std::error::Error for NoTea {}
/// # impl std::fmt::Display for NoTea {
/// #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
/// #         f.write_str("There is no such tea.")
/// #     }
/// # }
///
/// struct Shop;
///
/// #[http_handler(openapi(title = "Teas", version = "1.0"))]
/// impl Shop {
///     /// The price of a tea.
///     #[route("GET /teas/{id}")]
///     fn price(&self, id: u8) -> Result<Json<u32>, NoTea> {
///         Err(NoTea)
///     }
/// }
///
/// let document = Document::of(&Shop).into_json();
/// let tea = &document["paths"]["/teas/{id}"]["get"];
/// assert_eq!(tea["summary"], "The price of a tea.");
/// assert_eq!(tea["parameters"][0]["schema"]["maximum"], 255);
/// assert_eq!(tea["responses"]["404"]["description"], "No such tea");
/// let price = &tea["responses"]["200"]["content"]["application/json"]["schema"];
/// assert_eq!(price["format"], "uint32");
/// ```
///
/// The guide's page `openapi.md` has the rules.
#[cfg(feature = "openapi")]
pub mod openapi {
    pub use crate::contract::answers::{Answers, Described};
    pub use crate::contract::api::Api;
    pub use crate::contract::security::Security;
    pub use crate::kit::openapi::document::Document;
}

#[cfg(feature = "__internals")]
#[doc(hidden)]
#[path = "internals.rs"]
pub mod __internals;

/// What the macro's output names. Not for use by hand: it changes without notice.
#[doc(hidden)]
pub mod __private {
    pub use crate::error::local_error;
    pub use crate::exchange::routed::{malformed, mounted, unanswered, wrapped, wrapped_below};
    pub use crate::handler::reply::{Answering, GivesAnswer};
    pub use crate::http_error::{Derived, DerivesHttpError, ErrorOf, stated, text_of_error};
    pub use crate::kit::inputs as input;
    pub use crate::routing::{decoded_path, link, query, table::Table};

    /// For `openapi`.
    #[cfg(feature = "openapi")]
    pub mod openapi {
        use crate::exchange::Exchange;

        pub use crate::contract::api::{About, Route};
        pub use crate::contract::lookup::{
            AnswersOf, ErrorsOf, GuardOf, HasSchema, SchemaOf, Schemas, bytes, fields, flag,
        };
        pub use crate::contract::operation::{Content, Operation, Parameter, SchemaFn};

        /// No exchange. The compiler learns from its type what a guard returns.
        #[must_use]
        pub fn no_exchange<'h>() -> Option<&'h mut Exchange<'h>> {
            None
        }
    }
}

/// Listens on an address, says so, and serves until a handler calls `http.server.shutdown()`.
///
/// `bhrh::serve("127.0.0.1:8000", App)` is short for
/// `HttpServer::bind("127.0.0.1:8000")?.serve_forever(App)`, which says nothing. Where the log
/// goes, this writes the line that `python3 -m http.server` begins with:
/// `Serving HTTP on 127.0.0.1 port 8000 (http://127.0.0.1:8000/) ...`, unless the handler's
/// [`LogFormat`] is quiet.
///
/// # Errors
///
/// As [`HttpServer::bind`] and [`HttpServer::serve_forever`].
pub fn serve(
    address: impl ToSocketAddrs + fmt::Debug,
    handler: impl Handler + 'static,
) -> io::Result<()> {
    let server = HttpServer::bind(address)?;
    let addresses: Vec<Peer> = server.local_addrs().collect();
    let quiet = handler.log_format() == LogFormat::Quiet;
    let running = server.spawn(handler)?;
    if !quiet {
        running.announce(&addresses);
    }
    running.join()
}

/// Serves one connection, from its first request to its close: Python's `handle`.
///
/// The stream may be anything that reads and writes, so this serves over inetd's standard input and
/// output, a pipe, a Unix socket, or a transport of your own. There are no time-outs but the
/// stream's. It is short for `Connection::new(stream, client_address).serve(handler)`; a
/// [`Connection`] takes a profile and limits.
///
/// ```
/// use std::io::{Read, Write};
/// use std::net::{Shutdown, TcpListener, TcpStream};
///
/// # fn main() -> std::io::Result<()> {
/// let app = bhrh::from_fn(|http| http.send_error(404));
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let mut client = TcpStream::connect(listener.local_addr()?)?;
/// client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")?;
/// client.shutdown(Shutdown::Write)?;
///
/// let (stream, peer) = listener.accept()?;
/// bhrh::handle(&app, stream, peer)?;
///
/// let mut reply = String::new();
/// client.read_to_string(&mut reply)?;
/// assert!(reply.starts_with("HTTP/1.1 404 Not Found\r\n"));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// As [`Connection::serve`].
pub fn handle(
    handler: &dyn Handler,
    stream: impl Read + Write,
    client_address: impl Into<Peer>,
) -> io::Result<()> {
    Connection::new(stream, client_address).serve(handler)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::marker::PhantomData;

    #[test]
    fn what_is_the_servers_goes_to_any_thread() {
        fn goes<T: Send + Sync>() {}
        fn is_shared<T: Send + Sync + Clone + 'static>() {}
        goes::<HttpServer>();
        goes::<RunningServer>();
        goes::<Box<dyn Handler>>();
        goes::<Error>();
        goes::<Headers<'_>>();
        goes::<Cookie<'_>>();
        goes::<testing::Client<'_>>();
        is_shared::<Server>();
        is_shared::<Peer>();
        is_shared::<Fields>();
        is_shared::<testing::Response>();
    }

    /// Tells of a type whether it is `Send` and `Sync`: a method of its own is found before one of
    /// `Stays`, but only if the type has what the method asks for.
    struct Asked<T>(PhantomData<T>);

    impl<T: Send> Asked<T> {
        fn is_send(&self) -> bool {
            true
        }
    }

    impl<T: Sync> Asked<T> {
        fn is_sync(&self) -> bool {
            true
        }
    }

    trait Stays {
        fn is_send(&self) -> bool {
            false
        }

        fn is_sync(&self) -> bool {
            false
        }
    }

    impl<T> Stays for &Asked<T> {}

    macro_rules! goes {
        ($type:ty) => {{
            let asked = &Asked::<$type>(PhantomData);
            (asked.is_send(), asked.is_sync())
        }};
    }

    #[test]
    fn what_is_an_exchanges_stays_on_its_thread() {
        assert_eq!(goes!(Peer), (true, true));
        assert_eq!(goes!(Exchange<'_>), (false, false));
        assert_eq!(goes!(BodyReader<'_>), (false, false));
        assert_eq!(goes!(BodyWriter<'_>), (false, false));
        assert_eq!(goes!(EventStream<'_, '_>), (false, false));
    }
}
