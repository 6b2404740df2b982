//! The trait between the runtime and a user's type: what `#[http_handler]` implements.
//!
//! It knows nothing of sockets or threads. Every method except [`Handler::dispatch`] has the
//! behaviour of Python's original as its default; the originals themselves are the free functions
//! of [`crate::base`], so that an override can call them.

mod forward;
pub(crate) mod from_fn;
pub(crate) mod outcome;
pub(crate) mod reply;

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::time::{Duration, SystemTime};

use crate::base;
#[cfg(feature = "openapi")]
use crate::contract::api::Api;
use crate::exchange::Exchange;
use crate::logging::format::LogFormat;
use crate::routing::table::RouteInfo;
use crate::status::Responses;
use outcome::{Dispatch, Outcome};

/// A type whose methods answer HTTP requests: the counterpart of subclassing
/// `BaseHTTPRequestHandler`.
///
/// Written by `#[http_handler]`; without the macro, only [`dispatch`](Handler::dispatch) must be
/// written:
///
/// ```
/// use bhrh::{Dispatch, Exchange, Handler};
///
/// struct Ping;
///
/// impl Handler for Ping {
///     fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
///         match http.command {
///             "GET" => {
///                 http.send_response(204);
///                 Dispatch::Handled(http.end_headers().map_err(Into::into))
///             }
///             _ => Dispatch::Unsupported,
///         }
///     }
/// }
///
/// assert_eq!(bhrh::testing::get(&Ping, "/").status(), 204);
/// ```
///
/// One value serves every request of every thread, hence `Send + Sync` and `&self`: state that
/// changes belongs in an atomic or a `Mutex`, state of one request in the [`Exchange`].
///
/// A reference, a `Box` or an `Arc` of a handler is a handler, with all that the handler sets and
/// overrides: `Box<dyn Handler>` for one that is chosen while the program runs, `Arc<App>` for one
/// that other threads keep. [`from_fn`](crate::from_fn()) makes a handler of a closure.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an HTTP handler",
    label = "this type has no `do_*` or `#[route]` methods that bhrh knows of",
    note = "write `#[http_handler]` above the `impl` block that holds its `do_*` and `#[route]` methods",
    note = "a closure becomes a handler by `bhrh::from_fn(|http| …)`, and `&H`, `Box<H>` and `Arc<H>` are handlers if `H` is"
)]
pub trait Handler: Send + Sync {
    /// Runs the method for `http.command`, matched case-sensitively.
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch;

    /// The handler that this one wraps: where everything comes from that this one does not set or
    /// override, as from the base class of a Python handler. Default: none. With the macro, the
    /// argument `wraps`.
    ///
    /// [`dispatch`](Handler::dispatch) hands what it does not answer to
    /// [`Exchange::dispatch_to`]:
    ///
    /// ```
    /// use bhrh::{Dispatch, Exchange, Handler, base};
    /// use std::io;
    ///
    /// /// Another handler, whose responses nobody may keep.
    /// struct Fresh<H>(H);
    ///
    /// impl<H: Handler> Handler for Fresh<H> {
    ///     fn wraps(&self) -> Option<&dyn Handler> {
    ///         Some(&self.0)
    ///     }
    ///
    ///     fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
    ///         Dispatch::Handled(http.dispatch_to(&self.0))
    ///     }
    ///
    ///     fn end_headers(&self, http: &mut Exchange<'_>) -> io::Result<()> {
    ///         http.send_header("Cache-Control", "no-store");
    ///         self.0.end_headers(http)
    ///     }
    /// }
    ///
    /// let app = Fresh(bhrh::from_fn(|http| http.reply(200, "text/plain", "hello")));
    /// assert_eq!(app.protocol_version(), "HTTP/1.1");
    /// assert_eq!(bhrh::testing::get(&app, "/").header("Cache-Control"), Some("no-store"));
    /// ```
    fn wraps(&self) -> Option<&dyn Handler> {
        None
    }

    /// The routes of this handler and of those mounted below it. Default: none.
    fn routes(&self) -> Vec<RouteInfo> {
        self.wraps().map_or_else(Vec::new, |inner| inner.routes())
    }

    /// Adds what this handler's routes take and answer to an OpenAPI document (feature `openapi`).
    /// With the macro, the argument `openapi` writes it. Default: what the wrapped handler adds.
    #[cfg(feature = "openapi")]
    fn describe(&self, api: &mut Api) {
        if let Some(inner) = self.wraps() {
            inner.describe(api);
        }
    }

    // The class attributes.

    /// Python's `server_version`: the first word of the `Server` field. Default `BaseHTTP/0.6`.
    fn server_version(&self) -> Cow<'_, str> {
        match self.wraps() {
            Some(inner) => inner.server_version(),
            None => Cow::Borrowed(base::SERVER_VERSION),
        }
    }

    /// Python's `sys_version`: the second word of the `Server` field. Default `Rust`.
    fn sys_version(&self) -> Cow<'_, str> {
        match self.wraps() {
            Some(inner) => inner.sys_version(),
            None => Cow::Borrowed(base::SYS_VERSION),
        }
    }

    /// Python's `protocol_version`: the version responses announce. Default `HTTP/1.0`, which
    /// closes the connection after each response; `HTTP/1.1` keeps it open.
    fn protocol_version(&self) -> Cow<'_, str> {
        match self.wraps() {
            Some(inner) => inner.protocol_version(),
            None => Cow::Borrowed(base::PROTOCOL_VERSION),
        }
    }

    /// Python's `default_request_version`: what a request line without a version counts as.
    /// Default `HTTP/0.9`.
    fn default_request_version(&self) -> Cow<'_, str> {
        match self.wraps() {
            Some(inner) => inner.default_request_version(),
            None => Cow::Borrowed(base::DEFAULT_REQUEST_VERSION),
        }
    }

    /// Python's `error_message_format`: the page that [`Exchange::send_error`] sends, with
    /// `%(code)d`, `%(code)s`, `%(message)s`, `%(explain)s` and `%%` filled in.
    fn error_message_format(&self) -> Cow<'_, str> {
        match self.wraps() {
            Some(inner) => inner.error_message_format(),
            None => Cow::Borrowed(base::ERROR_MESSAGE_FORMAT),
        }
    }

    /// Python's `error_content_type`: the `Content-Type` of error pages.
    /// Default `text/html;charset=utf-8`.
    fn error_content_type(&self) -> Cow<'_, str> {
        match self.wraps() {
            Some(inner) => inner.error_content_type(),
            None => Cow::Borrowed(base::ERROR_CONTENT_TYPE),
        }
    }

    /// Python's `responses`: phrase and explanation of each status code.
    fn responses(&self) -> Responses<'_> {
        self.wraps().map_or(Responses::STANDARD, |inner| inner.responses())
    }

    /// Which line a request leaves in the log. Default: Python's. Not in Python.
    fn log_format(&self) -> LogFormat {
        self.wraps().map_or(LogFormat::Python, |inner| inner.log_format())
    }

    // The hooks.

    /// The value of the `Server` field. An empty one leaves the field out. Default:
    /// `server_version` and `sys_version`.
    fn version_string<'s>(&'s self, http: &'s Exchange<'_>) -> Cow<'s, str> {
        match self.wraps() {
            Some(inner) => inner.version_string(http),
            None => base::version_string(http),
        }
    }

    /// The client as the log names it. Default: its IP address, without a name lookup.
    fn address_string<'s>(&'s self, http: &'s Exchange<'_>) -> Cow<'s, str> {
        match self.wraps() {
            Some(inner) => inner.address_string(http),
            None => base::address_string(http),
        }
    }

    /// A point in time (now, if `None`) in the format of the `Date` field. An `impl Handler` that
    /// overrides this should override [`date`](Handler::date) as well.
    fn date_time_string(&self, timestamp: Option<SystemTime>) -> Cow<'_, str> {
        match self.wraps() {
            Some(inner) => inner.date_time_string(timestamp),
            None => base::date_time_string(timestamp),
        }
    }

    /// The `Date` field of a response. Default: `None`, which is the runtime's, formatted once a
    /// second. With the macro, a `date_time_string` of the handler's own says what it is.
    fn date(&self) -> Option<Cow<'_, str>> {
        self.wraps()?.date()
    }

    /// The current local time as the log shows it: `22/Nov/2026 16:47:12`.
    fn log_date_time_string<'s>(&'s self, http: &'s Exchange<'_>) -> Cow<'s, str> {
        match self.wraps() {
            Some(inner) => inner.log_date_time_string(http),
            None => base::log_date_time_string(http),
        }
    }

    /// Writes one log line. Default: to stderr, in Python's form. All other log hooks end here.
    fn log_message(&self, http: &Exchange<'_>, message: fmt::Arguments<'_>) {
        match self.wraps() {
            Some(inner) => inner.log_message(http, message),
            None => base::log_message(http, message),
        }
    }

    /// Logs an accepted request; called by [`Exchange::send_response`], before anything is sent.
    fn log_request(&self, http: &Exchange<'_>, code: u16, size: Option<u64>) {
        match self.wraps() {
            Some(inner) => inner.log_request(http, code, size),
            None => base::log_request(http, code, size),
        }
    }

    /// Logs a request that cannot be fulfilled. Default: as [`log_message`](Handler::log_message).
    fn log_error(&self, http: &Exchange<'_>, message: fmt::Arguments<'_>) {
        match self.wraps() {
            Some(inner) => inner.log_error(http, message),
            None => base::log_error(http, message),
        }
    }

    /// Logs an event that is not a fault of the server and that matters only to a person who looks
    /// for it, such as a client that went away. Default: nothing is written, unless with the
    /// feature
    /// `log`. Not in Python, which prints a traceback.
    fn log_debug(&self, http: &Exchange<'_>, message: fmt::Arguments<'_>) {
        match self.wraps() {
            Some(inner) => inner.log_debug(http, message),
            None => base::log_debug(http, message),
        }
    }

    /// Logs a response after its last byte was handed to the system: its status (0 if there was
    /// none), the bytes of its body, and the time since its request was complete. Called instead of
    /// [`log_request`](Handler::log_request), and only if
    /// [`wants_log_access`](Handler::wants_log_access) says so. Not in Python.
    ///
    /// A file of more than 64 KiB that `bhrh::files` sends is sent after the method has
    /// returned, and logged before: with all of its bytes, and without the time that its client
    /// takes. If the client goes away, the log of details says so.
    ///
    /// If handlers are wrapped in one another, the outermost handler's `log_access` is called.
    fn log_access(&self, http: &Exchange<'_>, code: u16, size: u64, duration: Duration) {
        match self.wraps() {
            Some(inner) => inner.log_access(http, code, size, duration),
            None => base::log_access(http, code, size, duration),
        }
    }

    /// Whether [`log_access`](Handler::log_access) is called. Default: if
    /// [`log_format`](Handler::log_format) needs it. With the macro, a `log_access` of the
    /// handler's own says yes.
    fn wants_log_access(&self) -> bool {
        let by_hook =
            |inner: &dyn Handler| inner.wants_log_access() && !inner.log_format().is_late();
        self.log_format().is_late() || self.wraps().is_some_and(by_hook)
    }

    /// Names a request, before anything else is done with it. The name is
    /// [`Exchange::request_id`], stands in the lines of the log, and is sent in the response's
    /// `X-Request-Id`; one that is not 1 to 128 visible ASCII characters, without quotes and
    /// backslashes, is replaced. Default: requests have no names. Not in Python.
    ///
    /// [`base::request_id`] and [`base::trusted_request_id`] make names.
    fn request_id<'s>(&'s self, http: &'s Exchange<'_>) -> Option<Cow<'s, str>> {
        self.wraps()?.request_id(http)
    }

    /// Answers `Expect: 100-continue`, right after the head of a request. Default: has the first
    /// read of the body send the interim response, and returns `true`. `false` ends the request;
    /// the override has answered.
    fn handle_expect_100(&self, http: &mut Exchange<'_>) -> io::Result<bool> {
        match self.wraps() {
            Some(inner) => inner.handle_expect_100(http),
            None => base::handle_expect_100(http),
        }
    }

    /// Runs one request whose head has been read: the place for what should happen around every
    /// method. Default: [`Exchange::dispatch`].
    ///
    /// Of a handler that is [wrapped](Handler::wraps), it runs when the one around it has no method
    /// for the request: around the wrapped handler's own methods.
    fn handle_one_request(&self, http: &mut Exchange<'_>) -> Outcome {
        base::handle_one_request(http)
    }

    /// Sends an error page; called by [`Exchange::send_error`] and by the runtime itself.
    fn send_error(
        &self,
        http: &mut Exchange<'_>,
        code: u16,
        message: Option<&str>,
        explain: Option<&str>,
    ) -> io::Result<()> {
        match self.wraps() {
            Some(inner) => inner.send_error(http, code, message, explain),
            None => base::send_error(http, code, message, explain),
        }
    }

    /// Ends the header block; called by [`Exchange::end_headers`]. The place for a field that
    /// every response should have.
    fn end_headers(&self, http: &mut Exchange<'_>) -> io::Result<()> {
        match self.wraps() {
            Some(inner) => inner.end_headers(http),
            None => base::end_headers(http),
        }
    }
}
