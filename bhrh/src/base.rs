//! The originals of everything that a handler can override, as free functions.
//!
//! An override that wants the original as well calls it here: `bhrh::base::send_error(http, …)`.
//! (`http.send_error(…)` would call the override again.)
//!
//! ```
//! use bhrh::{Exchange, base, http_handler};
//! use std::io;
//!
//! struct App;
//!
//! #[http_handler]
//! impl App {
//!     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
//!         http.send_error(404)
//!     }
//!
//!     fn end_headers(&self, http: &mut Exchange) -> io::Result<()> {
//!         http.send_header("X-Frame-Options", "DENY");
//!         base::end_headers(http)
//!     }
//! }
//!
//! assert_eq!(bhrh::testing::get(&App, "/").header("X-Frame-Options"), Some("DENY"));
//! ```
#![doc = include_str!("base.md")]

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::io::{self, Write as _};
use std::time::{Duration, SystemTime};

use crate::date;
use crate::exchange::Exchange;
use crate::exchange::access_line::Combined;
use crate::handler::outcome::Outcome;
use crate::logging::format::LogFormat;
use crate::logging::sink::{self, Form, LogKind};
use crate::logging::time::LogTime;
use crate::proto::framing;
use crate::proto::page::{self, PageValues};
use crate::quote::LogEscape;
use crate::request_id;

/// The default of `server_version`, as in Python.
pub const SERVER_VERSION: &str = "BaseHTTP/0.6";

/// The default of `sys_version`.
pub const SYS_VERSION: &str = "Rust";

/// The default of `protocol_version`, as in Python.
pub const PROTOCOL_VERSION: &str = "HTTP/1.0";

/// The default of `default_request_version`, as in Python.
pub const DEFAULT_REQUEST_VERSION: &str = "HTTP/0.9";

/// The default of `error_content_type`, as in Python.
pub const ERROR_CONTENT_TYPE: &str = "text/html;charset=utf-8";

/// The default of `error_message_format`: Python's page since 3.14.
pub const ERROR_MESSAGE_FORMAT: &str = r#"<!DOCTYPE HTML>
<html lang="en">
    <head>
        <meta charset="utf-8">
        <style type="text/css">
            :root {
                color-scheme: light dark;
            }
        </style>
        <title>Error response</title>
    </head>
    <body>
        <h1>Error response</h1>
        <p>Error code: %(code)d</p>
        <p>Message: %(message)s.</p>
        <p>Error code explanation: %(code)s - %(explain)s.</p>
    </body>
</html>
"#;

/// Runs the method for the request's command; answers 501 if the handler has no such method.
/// [The module](self#several-in-one-example) has an example.
///
/// # Errors
///
/// What the method returned.
pub fn handle_one_request(http: &mut Exchange<'_>) -> Outcome {
    http.dispatch()
}

/// Lets the request go on: `100 Continue` is sent when the method first reads the body, so that a
/// client sends no body to a method that answers without reading, or to a method that is not there
/// (RFC 9110 section 10.1.1: "a final status code, if that status can be determined by examining
/// just the method, target URI, and header section"). On
/// [`Profile::PYTHON`](crate::Profile::PYTHON) it is sent at once.
///
/// ```
/// use bhrh::{Exchange, base, http_handler};
/// use std::io;
///
/// struct Store;
///
/// #[http_handler(protocol_version = "HTTP/1.1")]
/// impl Store {
///     fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
///         let body = http.read_body()?;
///         http.reply(201, "text/plain", format!("{} bytes\n", body.len()))
///     }
///
///     /// Clients without a token send no body.
///     fn handle_expect_100(&self, http: &mut Exchange) -> io::Result<bool> {
///         if http.headers.get("X-Token").is_none() {
///             http.send_error(403)?;
///             return Ok(false);
///         }
///         base::handle_expect_100(http)
///     }
/// }
///
/// let put = bhrh::testing::client(&Store).put("/tea");
/// let put = put.header("Expect", "100-continue").header("Content-Length", 3);
/// assert_eq!(put.send().status(), 403);
/// ```
///
/// # Errors
///
/// What the connection reports.
pub fn handle_expect_100(http: &mut Exchange<'_>) -> io::Result<bool> {
    match http.asks_late() {
        true => http.continue_on_read(),
        false => {
            http.send_response_only(100);
            http.end_headers()?;
        }
    }
    Ok(true)
}

/// Logs the error, and sends its page; on [`Profile::PYTHON`](crate::Profile::PYTHON), and to
/// CONNECT, with `Connection: close`.
///
/// ```
/// use bhrh::{Exchange, base, http_handler};
/// use std::io;
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     fn send_error(
///         &self,
///         http: &mut Exchange,
///         code: u16,
///         message: Option<&str>,
///         explain: Option<&str>,
///     ) -> io::Result<()> {
///         if code == 404 {
///             http.add_header("Link", "</>; rel=home");
///         }
///         base::send_error(http, code, message, explain)
///     }
///
///     #[route("GET /")]
///     fn index(&self) -> &'static str {
///         "hello\n"
///     }
/// }
///
/// let response = bhrh::testing::get(&App, "/else");
/// assert_eq!((response.status(), response.header("Link")), (404, Some("</>; rel=home")));
/// ```
///
/// # Errors
///
/// As [`Exchange::send_error`].
pub fn send_error(
    http: &mut Exchange<'_>,
    code: u16,
    message: Option<&str>,
    explain: Option<&str>,
) -> io::Result<()> {
    send_error_page(http, code, message, explain, html_page)
}

/// What stands on an error page, and what it is.
pub(crate) struct ErrorPage<'a> {
    content_type: Cow<'a, str>,
    content: String,
}

impl<'a> ErrorPage<'a> {
    pub(crate) fn new(content_type: impl Into<Cow<'a, str>>, content: String) -> ErrorPage<'a> {
        ErrorPage { content_type: content_type.into(), content }
    }
}

/// Python's page, in the exchange's format.
pub(crate) fn html_page<'a>(
    http: &mut Exchange<'a>,
    values: &PageValues<'_>,
) -> io::Result<ErrorPage<'a>> {
    let page = page::fill(&http.error_message_format(), values, http.profile.one_full_stop);
    let page = page.map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    Ok(ErrorPage::new(http.error_content_type(), page))
}

/// The original of `send_error`, whatever the page. `page` may send fields of its own.
pub(crate) fn send_error_page<'a>(
    http: &mut Exchange<'a>,
    code: u16,
    message: Option<&str>,
    explain: Option<&str>,
    page: fn(&mut Exchange<'a>, &PageValues<'_>) -> io::Result<ErrorPage<'a>>,
) -> io::Result<()> {
    let handler = http.handler();
    let (phrase, explanation) = handler.responses().get(code).unwrap_or(("???", "???"));
    let message = message.unwrap_or(phrase);
    let explain = explain.unwrap_or(explanation);
    let kind = if code < 500 { LogKind::ClientFault } else { LogKind::Fault };
    http.with_log_kind(kind, || {
        handler.log_error(http, format_args!("code {code}, message {message}"))
    });
    http.send_response((code, message));
    if http.closes_after_errors() {
        http.send_header("Connection", "close");
    }
    if framing::is_bodiless(false, code) {
        return http.end_headers();
    }
    let page = page(http, &PageValues { code, message, explain })?;
    // Texts by reference: the method is compiled for each type that it is called with.
    http.send_header("Content-Type", &*page.content_type);
    http.send_header("Content-Length", page.content.len());
    http.end_headers()?;
    http.wfile.write_all(page.content.as_bytes())
}

/// Ends the header block.
///
/// ```
/// use bhrh::{Exchange, base, http_handler};
/// use std::io;
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     fn do_GET(&self) -> &'static str {
///         "hello"
///     }
///
///     fn end_headers(&self, http: &mut Exchange) -> io::Result<()> {
///         http.send_header("X-Content-Type-Options", "nosniff");
///         base::end_headers(http)
///     }
/// }
///
/// let response = bhrh::testing::get(&App, "/");
/// assert_eq!(response.header("X-Content-Type-Options"), Some("nosniff"));
/// ```
///
/// # Errors
///
/// As [`Exchange::end_headers`].
pub fn end_headers(http: &mut Exchange<'_>) -> io::Result<()> {
    http.end_head()
}

/// Logs `"{requestline}" {code} {size}`, with `-` for a size that is not known; nothing where the
/// handler's [`LogFormat`] has another line for the request, or none.
///
/// [The module](self#several-in-one-example) has an example.
pub fn log_request(http: &Exchange<'_>, code: u16, size: Option<u64>) {
    let handler = http.handler();
    if http.is_logged_late() || handler.log_format() == LogFormat::Quiet {
        return;
    }
    let line = http.requestline;
    http.with_log_kind(LogKind::Request, || match size {
        Some(size) => handler.log_message(http, format_args!("\"{line}\" {code} {size}")),
        None => handler.log_message(http, format_args!("\"{line}\" {code} -")),
    });
}

/// Logs an error as any other message. [The module](self#several-in-one-example) has an example.
pub fn log_error(http: &Exchange<'_>, message: fmt::Arguments<'_>) {
    let kind = match http.log_kind() {
        LogKind::ClientFault => LogKind::ClientFault,
        _ => LogKind::Fault,
    };
    http.with_log_kind(kind, || http.handler().log_message(http, message));
}

/// Writes nothing, unless with the feature `log`.
/// [The module](self#several-in-one-example) has an example.
pub fn log_debug(http: &Exchange<'_>, message: fmt::Arguments<'_>) {
    http.with_log_kind(LogKind::Detail, || log_message(http, message));
}

/// Logs a response that is over, as the handler's [`LogFormat`] has it:
/// `"{requestline}" {code} {size} {duration}`, the duration in milliseconds, or Apache's line.
///
/// ```
/// use bhrh::{Exchange, base, http_handler};
/// use std::time::Duration;
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     #[route("GET /")]
///     fn index(&self) -> &'static str {
///         "hello"
///     }
///
///     /// Only what fails or is slow is logged.
///     fn log_access(&self, http: &Exchange, code: u16, size: u64, duration: Duration) {
///         if code >= 400 || duration > Duration::from_secs(1) {
///             base::log_access(http, code, size, duration);
///         }
///     }
/// }
///
/// assert!(bhrh::testing::get(&App, "/").log().is_empty());
/// let missing = bhrh::testing::get(&App, "/else");
/// assert!(missing.log().last().unwrap().contains("\"GET /else HTTP/1.1\" 404 "));
/// ```
pub fn log_access(http: &Exchange<'_>, code: u16, size: u64, duration: Duration) {
    let handler = http.handler();
    if handler.log_format() == LogFormat::Combined {
        if sink::form(LogKind::Request).is_some() {
            let line = format!("{}\n", Combined { http, code, size });
            sink::write(LogKind::Request, &line, http.is_slow());
        }
        return;
    }
    // Without floating point, whose formatting is 17 KB, and in 64 bits, since 128 have their own.
    let micros = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    let tenths = micros.saturating_add(50) / 100;
    let (whole, tenth) = (tenths / 10, tenths % 10);
    let line = http.requestline;
    http.with_log_kind(LogKind::Request, || {
        handler.log_message(http, format_args!("\"{line}\" {code} {size} {whole}.{tenth}ms"));
    });
}

/// Writes `{address} - - [{time}] {message}` to stderr, in one piece, control characters escaped. A
/// request id comes before the message, in brackets.
///
/// With the feature `log`: `{address} {message}` to the logger of that crate.
///
/// ```
/// use bhrh::{Exchange, base, http_handler};
/// use std::fmt;
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     fn do_GET(&self) -> &'static str {
///         "hello"
///     }
///
///     /// Health checks are not logged.
///     fn log_message(&self, http: &Exchange, message: fmt::Arguments<'_>) {
///         if http.path != "/health" {
///             base::log_message(http, message);
///         }
///     }
/// }
///
/// assert!(bhrh::testing::get(&App, "/health").log().is_empty());
/// assert_eq!(bhrh::testing::get(&App, "/").log().len(), 1);
/// ```
pub fn log_message(http: &Exchange<'_>, message: fmt::Arguments<'_>) {
    let kind = http.log_kind();
    let Some(form) = sink::form(kind) else { return };
    let handler = http.handler();
    let mut line = String::with_capacity(128);
    line.push_str(&handler.address_string(http));
    // Writing to a String cannot fail; a `Display` that does has its message cut short.
    if form == Form::Whole {
        let _ = write!(line, " - - [{}]", handler.log_date_time_string(http));
    }
    if let Some(id) = http.request_id() {
        let _ = write!(line, " [{id}]");
    }
    line.push(' ');
    let _ = LogEscape(&mut line).write_fmt(message);
    line.push('\n');
    sink::write(kind, &line, http.is_slow());
}

/// A name for a request that no other has, of 32 hexadecimal digits, whatever the client says: for
/// the hook `request_id`.
///
/// ```
/// use bhrh::{Exchange, base, http_handler};
/// use std::io;
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
///         http.send_error(404)
///     }
///
///     fn request_id(&self, http: &Exchange) -> String {
///         base::request_id(http)
///     }
/// }
///
/// let response = bhrh::testing::get(&App, "/");
/// let id = response.header("X-Request-Id").unwrap();
/// assert_eq!(id.len(), 32);
/// assert!(response.log()[0].ends_with(&format!("] [{id}] code 404, message Not Found")));
/// ```
#[must_use]
pub fn request_id(_: &Exchange<'_>) -> String {
    request_id::fresh()
}

/// The request id that the client sent in `X-Request-Id`, if it has 1 to 128 visible ASCII
/// characters, no quote and no backslash among them; a new one otherwise. For the hook
/// `request_id` of a server behind a proxy that makes the ids: any client can send one.
///
/// ```
/// use bhrh::{Exchange, base, http_handler};
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     fn do_GET(&self) -> &'static str {
///         "hello"
///     }
///
///     fn request_id(&self, http: &Exchange) -> String {
///         base::trusted_request_id(http)
///     }
/// }
///
/// let response = bhrh::testing::client(&App).get("/").header("X-Request-Id", "a7").send();
/// assert_eq!(response.header("X-Request-Id"), Some("a7"));
/// ```
#[must_use]
pub fn trusted_request_id(http: &Exchange<'_>) -> String {
    let given = http.headers.get(request_id::FIELD).filter(|id| request_id::is_fit(id));
    given.map_or_else(request_id::fresh, str::to_owned)
}

/// `server_version` and `sys_version`, with a space between them.
/// [The module](self#several-in-one-example) has an example.
#[must_use]
pub fn version_string<'s>(http: &'s Exchange<'_>) -> Cow<'s, str> {
    let (server, sys) = (http.server_version(), http.sys_version());
    if server == SERVER_VERSION && sys == SYS_VERSION {
        return Cow::Borrowed("BaseHTTP/0.6 Rust");
    }
    Cow::Owned(format!("{server} {sys}"))
}

/// A point in time, now if `None`: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 section 5.6.7).
///
/// The form tells times from 1970 to the year 9999. An earlier or later one, which a wrong clock
/// may say, becomes the first or the last of these.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// let then = UNIX_EPOCH + Duration::from_secs(784_111_777);
/// assert_eq!(bhrh::base::date_time_string(Some(then)), "Sun, 06 Nov 1994 08:49:37 GMT");
/// ```
#[must_use]
pub fn date_time_string(timestamp: Option<SystemTime>) -> Cow<'static, str> {
    Cow::Owned(date::http::shown(timestamp.unwrap_or_else(SystemTime::now)).to_string())
}

/// The current local time: `22/Nov/2026 16:47:12`, month names in English whatever the locale.
///
/// The time zone is `TZ`'s, else that of `/etc/localtime`, read once. Where neither leads to a
/// zone, and on Windows, it is UTC. [The module](self#several-in-one-example) has an example.
#[must_use]
pub fn log_date_time_string<'s>(_: &'s Exchange<'_>) -> Cow<'s, str> {
    Cow::Owned(LogTime::now().to_string())
}

/// The client's IP address, without a name lookup; `unix:` for one at a Unix socket.
/// [The module](self#several-in-one-example) has an example.
#[must_use]
pub fn address_string<'s>(http: &'s Exchange<'_>) -> Cow<'s, str> {
    Cow::Owned(http.client_address.host().to_string())
}
