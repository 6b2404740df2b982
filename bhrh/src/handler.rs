//! The trait between the runtime and a user's type: what `#[http_handler]` implements.
//!
//! It knows nothing of sockets or threads. Every method except [`Handler::dispatch`] has the
//! behaviour of Python's original as its default; the originals themselves are the free functions
//! of [`crate::base`], so that an override can call them.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::time::{Duration, SystemTime};

use crate::base;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::log_format::LogFormat;
use crate::routing::table::RouteInfo;
use crate::status::Responses;

/// What running a handler method came to.
pub type Outcome = Result<(), Error>;

/// What [`Handler::dispatch`] found for a request's command.
#[derive(Debug)]
#[non_exhaustive]
pub enum Dispatch {
    /// A method answers this command; it ran, and this is what it returned.
    Handled(Outcome),
    /// No method answers this command: the client gets a 501.
    Unsupported,
    /// There are routes, and none has this path: the client gets a 404.
    NotFound,
    /// This path has answers, but not to this command: the client gets a 405.
    MethodNotAllowed {
        /// The commands that it has answers to, as the `Allow` field lists them: `GET, HEAD`.
        allow: String,
    },
}

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
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an HTTP handler",
    label = "this type has no `do_*` methods that bhrh knows of",
    note = "write `#[http_handler]` above the line `impl {Self} {{` that holds its `do_*` methods",
    note = "or implement `bhrh::Handler` for it by hand"
)]
pub trait Handler: Send + Sync {
    /// Runs the method for `http.command`, matched case-sensitively.
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch;

    /// The routes of this handler and of those mounted below it. Default: none.
    fn routes(&self) -> Vec<RouteInfo> {
        Vec::new()
    }

    // The class attributes.

    /// Python's `server_version`: the first word of the `Server` field. Default `BaseHTTP/0.6`.
    fn server_version(&self) -> Cow<'_, str> {
        Cow::Borrowed(base::SERVER_VERSION)
    }

    /// Python's `sys_version`: the second word of the `Server` field. Default `Rust`.
    fn sys_version(&self) -> Cow<'_, str> {
        Cow::Borrowed(base::SYS_VERSION)
    }

    /// Python's `protocol_version`: the version responses announce. Default `HTTP/1.0`, which
    /// closes the connection after each response; `HTTP/1.1` keeps it open.
    fn protocol_version(&self) -> Cow<'_, str> {
        Cow::Borrowed(base::PROTOCOL_VERSION)
    }

    /// Python's `default_request_version`: what a request line without a version counts as.
    /// Default `HTTP/0.9`.
    fn default_request_version(&self) -> Cow<'_, str> {
        Cow::Borrowed(base::DEFAULT_REQUEST_VERSION)
    }

    /// Python's `error_message_format`: the page that [`Exchange::send_error`] sends, with
    /// `%(code)d`, `%(code)s`, `%(message)s`, `%(explain)s` and `%%` filled in.
    fn error_message_format(&self) -> Cow<'_, str> {
        Cow::Borrowed(base::ERROR_MESSAGE_FORMAT)
    }

    /// Python's `error_content_type`: the `Content-Type` of error pages.
    /// Default `text/html;charset=utf-8`.
    fn error_content_type(&self) -> Cow<'_, str> {
        Cow::Borrowed(base::ERROR_CONTENT_TYPE)
    }

    /// Python's `responses`: phrase and explanation of each status code.
    fn responses(&self) -> Responses<'_> {
        Responses::STANDARD
    }

    /// Which line a request leaves in the log. Default: Python's. Not in Python.
    fn log_format(&self) -> LogFormat {
        LogFormat::Python
    }

    // The hooks.

    /// The value of the `Server` field. Default: `server_version` and `sys_version`.
    fn version_string<'s>(&'s self, http: &'s Exchange<'_>) -> Cow<'s, str> {
        base::version_string(http)
    }

    /// The client as the log names it. Default: its IP address, without a name lookup.
    fn address_string<'s>(&'s self, http: &'s Exchange<'_>) -> Cow<'s, str> {
        base::address_string(http)
    }

    /// A point in time (now, if `None`) as the `Date` field wants it.
    fn date_time_string(&self, timestamp: Option<SystemTime>) -> Cow<'_, str> {
        base::date_time_string(timestamp)
    }

    /// Whether [`date_time_string`](Handler::date_time_string) is not the original, and so has to be
    /// asked for each response. The macro knows.
    #[doc(hidden)]
    fn overrides_date_time_string(&self) -> bool {
        true
    }

    /// The current local time as the log shows it: `22/Nov/2026 16:47:12`.
    fn log_date_time_string<'s>(&'s self, http: &'s Exchange<'_>) -> Cow<'s, str> {
        base::log_date_time_string(http)
    }

    /// Writes one log line. Default: to stderr, in Python's form. All other log hooks end here.
    fn log_message(&self, http: &Exchange<'_>, message: fmt::Arguments<'_>) {
        base::log_message(http, message);
    }

    /// Logs an accepted request; called by [`Exchange::send_response`], before anything is sent.
    fn log_request(&self, http: &Exchange<'_>, code: u16, size: Option<u64>) {
        base::log_request(http, code, size);
    }

    /// Logs a request that cannot be fulfilled. Default: as [`log_message`](Handler::log_message).
    fn log_error(&self, http: &Exchange<'_>, message: fmt::Arguments<'_>) {
        base::log_error(http, message);
    }

    /// Notes what is no fault of the server and matters only when looked for, such as a client
    /// that went away. Default: nothing is written, unless with the feature `log`. Not in Python,
    /// which prints a traceback.
    fn log_debug(&self, http: &Exchange<'_>, message: fmt::Arguments<'_>) {
        base::log_debug(http, message);
    }

    /// Logs a response after its last byte was handed to the system: its status (0 if there was
    /// none), the bytes of its body, and the time since its request was complete. Called instead of
    /// [`log_request`](Handler::log_request), and only if
    /// [`wants_log_access`](Handler::wants_log_access) says so. Not in Python.
    ///
    /// Of a handler that others are wrapped around, the outermost one's is called.
    fn log_access(&self, http: &Exchange<'_>, code: u16, size: u64, duration: Duration) {
        base::log_access(http, code, size, duration);
    }

    /// Whether [`log_access`](Handler::log_access) is called. Default: if
    /// [`log_format`](Handler::log_format) needs it. With the macro, a `log_access` of the handler's
    /// own says yes.
    fn wants_log_access(&self) -> bool {
        self.log_format().is_late()
    }

    /// Names a request, before anything else is done with it. The name is
    /// [`Exchange::request_id`], stands in the lines of the log, and is sent in the response's
    /// `X-Request-Id`; one that is not 1 to 128 visible ASCII characters, without quotes and
    /// backslashes, is replaced. Default: requests have no names. Not in Python.
    ///
    /// [`base::request_id`] and [`base::trusted_request_id`] make names.
    fn request_id<'s>(&'s self, http: &'s Exchange<'_>) -> Option<Cow<'s, str>> {
        let _ = http;
        None
    }

    /// Answers `Expect: 100-continue`, right after the head of a request. Default: sends the
    /// interim response and returns `true`. `false` ends the request; the override has answered.
    fn handle_expect_100(&self, http: &mut Exchange<'_>) -> io::Result<bool> {
        base::handle_expect_100(http)
    }

    /// Runs one request whose head has been read: the place for what should happen around every
    /// method. Default: [`Exchange::dispatch`].
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
        base::send_error(http, code, message, explain)
    }

    /// Ends the header block; called by [`Exchange::end_headers`]. The place for a field that
    /// every response should have.
    fn end_headers(&self, http: &mut Exchange<'_>) -> io::Result<()> {
        base::end_headers(http)
    }
}

/// What a handler method may return. Sealed: `()` and `Result<(), E>`.
#[diagnostic::on_unimplemented(
    message = "a handler method cannot return `{Self}`",
    label = "expected `()` or `Result<(), E>`",
    note = "`E` is any error that converts to `Box<dyn std::error::Error + Send + Sync>`: `std::io::Error`, `bhrh::Error`, `String`, …",
    note = "send the answer through the exchange (`http.send_response(200)`, …), then return `Ok(())`"
)]
pub trait IntoOutcome: sealed::Sealed {
    /// Turns what the method returned into the one form that the runtime knows.
    fn into_outcome(self) -> Outcome;
}

impl IntoOutcome for () {
    fn into_outcome(self) -> Outcome {
        Ok(())
    }
}

impl<E> IntoOutcome for Result<(), E>
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn into_outcome(self) -> Outcome {
        self.map_err(Error::from_handler)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for () {}
    impl<E> Sealed for Result<(), E> {}
}
