//! The [`Exchange`]: one request and the response to it, as a `do_*` method sees them.
//!
//! Here Python's names and the RFC's meet:
//!
//! | Python, on the outside | RFC 9110 and 9112, on the inside |
//! | --- | --- |
//! | `command` | method |
//! | `path` | request target |
//! | `requestline` | request line |
//! | `request_version` | HTTP version of the request |
//! | `headers`, `send_header` | field lines |
//! | `rfile`, `wfile` | content, after and before its framing |
//! | `send_response_only` | status line |
//! | `close_connection` | persistence |
//!
//! An exchange knows a connection only as something to read from and write to ([`wire`]), and
//! nothing of sockets, threads or clocks.

pub(crate) mod access_line;
mod body_reader;
mod body_writer;
mod composing;
#[cfg(feature = "unix-credentials")]
mod credentials;
#[cfg(feature = "tls")]
mod encryption;
pub(crate) mod file_content;
mod filter;
mod gathered;
mod handler_settings;
mod identity;
mod input;
mod log_entry;
mod logging;
mod mount;
#[cfg_attr(not(feature = "websocket"), expect(dead_code))]
pub(crate) mod outlet;
#[cfg(test)]
mod outlet_tests;
mod output;
mod passing;
mod read_body;
mod receiving;
mod relay;
pub(crate) mod resident;
mod response_methods;
mod response_rules;
pub(crate) mod routed;
mod scheduling;
mod sending;
mod server;
mod upgraded;
mod upgrading;
pub(crate) mod wire;

use std::borrow::Cow;
use std::fmt;
#[cfg(feature = "files")]
use std::fs::File;
use std::io;
use std::time::{Duration, Instant};

pub use body_reader::BodyReader;
pub use body_writer::BodyWriter;
#[cfg(feature = "files")]
use file_content::FileContent;
#[cfg(feature = "gzip")]
pub(crate) use filter::Filter;
pub(crate) use gathered::{Gathered, Seen};
pub(crate) use input::{Input, Leftover, Undropped};
use mount::Mount;
pub(crate) use output::Output;
pub(crate) use output::late_sender::LateSender;
pub(crate) use response_rules::{Ending, ResponseRules, version_keeps};
pub(crate) use scheduling::{Scheduling, Unscheduled};
pub use server::Server;
pub(crate) use server::StopFlag;
pub(crate) use upgraded::Leash;
pub use upgraded::Upgraded;
use wire::{LiveWire, Loss};

use crate::extensions::Extensions;
use crate::handler::Handler;
use crate::handler::outcome::Outcome;
use crate::headers::Headers;
use crate::logging::sink::LogKind;
use crate::peer::Peer;
use crate::proto::head::RequestHead;
use crate::rare::Rare;
use crate::request_id;
use crate::settings::Limits;
use crate::settings::Profile;

/// One request and the response to it: what `self` holds in a Python handler beside the handler
/// itself.
///
/// Fields and methods have the names that Python's documentation gives them; see
/// [`porting`](crate::porting) for the table of all of them. Text from the client is decoded as
/// ISO-8859-1, as in Python, so every byte is one character.
///
/// | to | call |
/// | --- | --- |
/// | answer in one call | [`reply`](Exchange::reply), [`send_body`](Exchange::send_body), [`redirect`](Exchange::redirect), [`send_error`](Exchange::send_error); `reply_json`, `send_problem` |
/// | answer piece by piece, as in Python | [`send_response`](Exchange::send_response), [`send_header`](Exchange::send_header), [`end_headers`](Exchange::end_headers), then write to [`wfile`](Exchange::wfile) |
/// | answer with events, or compressed | [`send_events`](Exchange::send_events); `compress` |
/// | read the request | [`headers`](Exchange::headers), [`rfile`](Exchange::rfile), [`read_body`](Exchange::read_body); `query`, `read_form`, `read_json`, `multipart` |
/// | use cookies | [`cookie`](Exchange::cookie), [`cookies`](Exchange::cookies), [`set_cookie`](Exchange::set_cookie) |
/// | ask what the client prefers | [`best_match`](Exchange::best_match), [`accepts_encoding`](Exchange::accepts_encoding), [`best_encoding`](Exchange::best_encoding) |
/// | let clients keep what they have | [`check_conditions`](Exchange::check_conditions), with [`ETag`](crate::ETag) and [`CacheControl`](crate::CacheControl) |
/// | ask who the client is | [`client_address`](Exchange::client_address), [`client_ip`](Exchange::client_ip), [`peer`](Exchange::peer), [`secured`](Exchange::secured), [`origin`](Exchange::origin); `basic_auth` |
/// | hand the request on | [`dispatch`](Exchange::dispatch), [`dispatch_to`](Exchange::dispatch_to), [`pass_to`](Exchange::pass_to), [`extensions`](Exchange::extensions) |
/// | log | [`log_message`](Exchange::log_message), [`log_error`](Exchange::log_error), [`request_id`](Exchange::request_id) |
/// | mind the connection | [`set_deadline`](Exchange::set_deadline), [`client_gone`](Exchange::client_gone), [`abort`](Exchange::abort), [`close_connection`](Exchange::close_connection) |
/// | speak another protocol | [`upgrade`](Exchange::upgrade), [`tunnel`](Exchange::tunnel); `websocket` |
///
/// Names without a link belong to [features](crate#features).
///
/// An exchange stays on the thread that its method runs on: it is neither `Send` nor `Sync`.
/// Another thread is given what it needs of the request, and says what came of it by a channel or a
/// lock.
///
/// The fields borrow apart, so content can be copied straight from one to the other:
///
/// ```
/// use bhrh::{Exchange, http_handler};
/// use std::io;
///
/// struct Echo;
///
/// #[http_handler(protocol_version = "HTTP/1.1")]
/// impl Echo {
///     fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
///         http.send_response(200);
///         http.send_header("Content-Type", "application/octet-stream");
///         http.end_headers()?;
///         io::copy(&mut http.rfile, &mut http.wfile)?;
///         Ok(())
///     }
/// }
///
/// assert_eq!(bhrh::testing::client(&Echo).post("/").body("hello").send().text(), "hello");
/// ```
pub struct Exchange<'a> {
    /// The client's address. Python has a pair of host and port, and on a listener for both
    /// versions of IP shows clients of IPv4 as `::ffff:127.0.0.1`; here that is `127.0.0.1`. Behind
    /// proxies that the server [trusts](crate::HttpServer::trusts), it is the address of their
    /// client, with port 0 where they do not tell it; [`peer`](Exchange::peer) is theirs.
    /// Middleware may set it; then the log and the handlers behind have that.
    pub client_address: Peer,
    /// The server that the request came to.
    pub server: &'a Server,
    /// Whether the connection closes after this exchange. Set by the request's version and
    /// `Connection` field before the method runs; `send_header("Connection", …)` changes it, and
    /// the method may.
    pub close_connection: bool,
    /// The request line as it came, without its line end.
    pub requestline: &'a str,
    /// The method of the request, such as `GET`. Empty (Python: `None`) in an error page for a
    /// request line that could not be understood.
    pub command: &'a str,
    /// The target of the request as it came, neither decoded nor cut off at the `?`; several
    /// slashes at its beginning are made one, as in Python.
    pub path: &'a str,
    /// The version of the request, such as `HTTP/1.1`. In an error page for a request line that
    /// could not be understood `default_request_version`, and empty for one that was too long.
    pub request_version: &'a str,
    /// The header fields.
    pub headers: Headers<'a>,
    /// The content of the request.
    pub rfile: BodyReader<'a>,
    /// Takes the content of the response.
    pub wfile: BodyWriter<'a>,
    /// The error page's format for this exchange, if it should not be the handler's.
    pub error_message_format: Option<Cow<'static, str>>,
    /// The error page's `Content-Type` for this exchange, if it should not be the handler's.
    pub error_content_type: Option<Cow<'static, str>>,
    /// Values that middleware leaves for the handlers inside it. Not in Python, where attributes
    /// can be added freely.
    pub extensions: Extensions,
    /// Whose hooks and settings apply.
    handler: &'a dyn Handler,
    /// Whose methods answer: the same one, or what it wraps.
    dispatcher: &'a dyn Handler,
    live: &'a LiveWire<'a>,
    pub(crate) profile: &'a Profile,
    limits: &'a Limits,
    scheduling: &'a dyn Scheduling,
    /// Fields for the final response, an error page included.
    added_fields: Rare<Vec<(String, String)>>,
    /// The client said `close`, and its word counts.
    client_closes: bool,
    /// `log_access` is going to have the line of this request.
    logged_late: bool,
    /// A box is a word, and most exchanges have none.
    request_id: Option<Box<str>>,
    mount: Mount<'a>,
}

/// What a new exchange is made of.
#[derive(Clone, Copy)]
pub(crate) struct ExchangeParts<'a> {
    pub(crate) client_address: &'a Peer,
    pub(crate) server: &'a Server,
    pub(crate) handler: &'a dyn Handler,
    pub(crate) live: &'a LiveWire<'a>,
    pub(crate) head: &'a RequestHead,
    pub(crate) profile: &'a Profile,
    pub(crate) limits: &'a Limits,
    pub(crate) scheduling: &'a dyn Scheduling,
    pub(crate) close_connection: bool,
    pub(crate) client_closes: bool,
    pub(crate) logged_late: bool,
}

/// # The connection
impl<'a> Exchange<'a> {
    #[inline(always)]
    pub(crate) fn new(parts: ExchangeParts<'a>) -> Exchange<'a> {
        let ExchangeParts { head, live, .. } = parts;
        let [requestline, command, path, request_version] = head.line();
        live.wire.closing.set(parts.close_connection);
        live.wire.loss.set(None);
        live.wire.aborted.set(false);
        live.drop_filter();
        live.wire.kind.set(LogKind::Message);
        Exchange {
            client_address: parts.client_address.clone(),
            server: parts.server,
            close_connection: parts.close_connection,
            requestline,
            command,
            path,
            request_version,
            headers: head.headers(),
            rfile: BodyReader::new(live),
            wfile: BodyWriter::new(live),
            error_message_format: None,
            error_content_type: None,
            extensions: Extensions::default(),
            handler: parts.handler,
            dispatcher: parts.handler,
            live,
            profile: parts.profile,
            limits: parts.limits,
            scheduling: parts.scheduling,
            added_fields: Rare::NONE,
            client_closes: parts.client_closes,
            logged_late: parts.logged_late,
            request_id: None,
            mount: Mount::default(),
        }
    }

    /// Asks the handler for the request's id.
    #[inline(always)]
    pub(crate) fn assign_id(&mut self) {
        let handler = self.handler;
        let id = handler.request_id(self).map(|id| match request_id::is_fit(&id) {
            true => id.into(),
            false => request_id::fresh().into(),
        });
        self.request_id = id;
    }

    /// Sends `100 Continue` not now, but when `rfile` is first read and nothing has come yet. The
    /// original of `handle_expect_100` does it; this is for an override that looks first.
    ///
    /// ```
    /// use bhrh::{Exchange, http_handler};
    /// use std::io;
    ///
    /// struct Uploads;
    ///
    /// #[http_handler(protocol_version = "HTTP/1.1")]
    /// impl Uploads {
    ///     fn handle_expect_100(&self, http: &mut Exchange) -> io::Result<bool> {
    ///         if http.headers.get("X-Hurry").is_some() {
    ///             http.send_response_only(100);
    ///             http.end_headers()?;
    ///         } else {
    ///             http.continue_on_read();
    ///         }
    ///         Ok(true)
    ///     }
    ///
    ///     fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
    ///         // The client has sent no byte of its content, and need not.
    ///         http.send_error(403)
    ///     }
    /// }
    ///
    /// let upload = bhrh::testing::client(&Uploads).put("/").body("too large").expect_continue();
    /// let response = upload.send();
    /// assert_eq!((response.status(), response.interim()), (403, &[][..]));
    /// ```
    pub fn continue_on_read(&mut self) {
        self.live.wire.input.borrow_mut().set_continue_on_read();
    }

    /// Whether content is asked for when it is first read, rather than before the method runs.
    pub(crate) fn asks_late(&self) -> bool {
        !self.profile.lax_expect
    }

    /// Whether the client has gone, or has at least said that it sends no more: for methods that
    /// work for long and may as well stop. Nothing is cut or read by asking, and a client that has
    /// only closed its side still gets a response that is sent.
    ///
    /// Asks the system, without waiting. It does not tell while bytes from the client lie unread
    /// before the end: content that was not read, or a next request. Over a stream of
    /// [`handle`](crate::handle) and in [`testing`](crate::testing), where nothing can be asked
    /// without waiting, it tells what reading and writing have shown.
    ///
    /// Not in Python.
    ///
    /// ```
    /// use bhrh::{Exchange, http_handler};
    /// use std::io::{self, Write};
    ///
    /// struct Primes;
    ///
    /// #[http_handler]
    /// impl Primes {
    ///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
    ///         http.send_response(200);
    ///         http.end_headers()?;
    ///         for number in 2..100_u32 {
    ///             if http.client_gone() {
    ///                 return Ok(());
    ///             }
    ///             if (2..number).all(|divisor| number % divisor != 0) {
    ///                 writeln!(http.wfile, "{number}")?;
    ///             }
    ///         }
    ///         Ok(())
    ///     }
    /// }
    ///
    /// assert!(bhrh::testing::get(&Primes, "/").text().ends_with("\n97\n"));
    /// ```
    #[must_use]
    pub fn client_gone(&self) -> bool {
        let wire = self.live.wire;
        wire.loss.get() == Some(Loss::Gone)
            || self.live.output(|output| output.is_lost())
            || wire.input.borrow().at_end()
            || self.live.transport.has_ended()
    }

    /// Sets a deadline for this request, `time` from now, or lifts it. After it, `rfile` and
    /// `wfile` fail with [`io::ErrorKind::TimedOut`], however lively the client is. By default a
    /// request has no deadline, but each wait for the client has its own limit
    /// ([`Timeouts`](crate::Timeouts)).
    ///
    /// Python has nothing like it.
    ///
    /// ```
    /// use std::io::Read;
    /// use std::time::Duration;
    ///
    /// let app = bhrh::from_fn(|http| {
    ///     // A client that sends a byte per second gets no further than this.
    ///     http.set_deadline(Some(Duration::from_secs(10)));
    ///     let mut text = String::new();
    ///     http.rfile.read_to_string(&mut text)?;
    ///     http.set_deadline(None);
    ///     http.reply(200, "text/plain", text)
    /// });
    /// assert_eq!(bhrh::testing::client(&app).post("/").body("quick").send().text(), "quick");
    /// ```
    pub fn set_deadline(&mut self, time: Option<Duration>) {
        let deadline = time.and_then(|time| Instant::now().checked_add(time));
        self.live.transport.set_deadline(deadline);
    }

    /// Closes the connection without an answer when the method returns, whatever it returns: for
    /// clients that should get no answer. A response that was begun is dropped; if some of it has
    /// left, the connection is cut in its middle. Answers to earlier requests are sent.
    ///
    /// In Python, a method closes the connection so by returning without having sent anything,
    /// which here is a mistake and answered with 500.
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| match http.path {
    ///     "/" => http.reply(200, "text/plain", "hello\n"),
    ///     _ => Ok(http.abort()),
    /// });
    ///
    /// let request = b"GET /wp-login.php HTTP/1.1\r\nHost: a\r\n\r\n";
    /// assert!(bhrh::testing::client(&app).raw(request).is_empty());
    /// ```
    pub fn abort(&mut self) {
        self.live.wire.aborted.set(true);
        self.close_connection = true;
    }

    pub(crate) fn handler(&self) -> &'a dyn Handler {
        self.handler
    }

    pub(crate) fn live_wire(&self) -> &'a LiveWire<'a> {
        self.live
    }

    /// Leaves the rest of the content, the next `count` bytes of a file, to the connection: it
    /// sends them once the method has returned. Gives the file back where the method has to.
    #[cfg(feature = "files")]
    pub(crate) fn leave_content(&mut self, file: File, count: u64) -> Option<File> {
        let request = format!("{} {}", self.command, self.path);
        let content = FileContent::new(file, count, request);
        self.live.leave_content(content).err().map(FileContent::into_file)
    }

    /// Puts a filter between `wfile` and the output, for this exchange.
    #[cfg(feature = "gzip")]
    pub(crate) fn set_filter(&mut self, filter: Box<dyn Filter>) {
        self.live.set_filter(filter);
    }

    /// Whether the connection will close, for any reason.
    pub(crate) fn will_close(&self) -> bool {
        self.close_connection
            || self.client_closes && self.profile.rfc_persistence
            || self.server.is_shutting_down()
    }

    /// Whether every error page closes the connection. A client that sent CONNECT may have sent
    /// bytes for the tunnel already, and they must not be read as requests.
    pub(crate) fn closes_after_errors(&self) -> bool {
        !self.profile.keep_after_error || self.command == "CONNECT"
    }

    /// Whether the method has been running for long enough that other connections do without its
    /// thread.
    pub(crate) fn is_slow(&self) -> bool {
        self.scheduling.is_slow()
    }

    /// Whether the connection will close, told to `wfile` as well, which cannot see the field.
    pub(crate) fn note_closing(&self) -> bool {
        let closing = self.will_close();
        self.live.wire.closing.set(closing);
        closing
    }

    /// Whether the request has been answered, as far as its head goes.
    pub(crate) fn is_answered(&self) -> bool {
        self.live.wire.composing.borrow().is_answered()
    }

    /// Whether the final response has been begun, or sent.
    pub(crate) fn has_begun(&self) -> bool {
        let mut composing = self.live.wire.composing.borrow_mut();
        composing.is_answered() || composing.head().status().is_some_and(|status| status >= 200)
    }

    /// Says in the log that a method returned an answer after it had answered, and goes on.
    #[cold]
    pub(crate) fn drop_second_answer(&self) -> Outcome {
        self.log_error(format_args!(
            "{} {}: the method answered, and then returned another answer, which is dropped",
            self.command, self.path
        ));
        Ok(())
    }

    /// The original of `end_headers`.
    #[inline(always)]
    pub(crate) fn end_head(&mut self) -> io::Result<()> {
        if self.added_fields.is_some() {
            self.send_added_fields();
        }
        if self.mount.has_allow() {
            self.send_allow();
        }
        let closing = self.note_closing();
        self.live.filter_head();
        self.live.end_head(closing)
    }
}

impl fmt::Debug for Exchange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("client_address", &self.client_address)
            .field("requestline", &self.requestline)
            .field("headers", &self.headers)
            .field("close_connection", &self.close_connection)
            .finish_non_exhaustive()
    }
}
