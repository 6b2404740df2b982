//! Which line a request leaves in the log. The handler sets it.

/// How answered requests are logged: the argument `log_format` of `#[http_handler]`.
///
/// There is at most one line per request. Errors are logged in every format.
///
/// ```
/// use bhrh::{Exchange, LogFormat, http_handler};
/// use std::io;
///
/// struct App;
///
/// #[http_handler(log_format = LogFormat::Combined)]
/// impl App {
///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
///         http.send_response(204);
///         http.end_headers()
///     }
/// }
///
/// let request = bhrh::testing::client(&App).get("/").http_10().header("User-Agent", "probe/1.0");
/// let response = request.send();
/// let line = &response.log()[0];
/// assert!(line.starts_with("127.0.0.1 - - ["));
/// assert!(line.ends_with(r#"] "GET / HTTP/1.0" 204 - "-" "probe/1.0""#));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LogFormat {
    /// Python's: `"GET / HTTP/1.1" 200 -`, when the response begins. The default.
    #[default]
    Python,
    /// The same after the last byte, with the size of the body in bytes and the time since the
    /// request was complete: `"GET / HTTP/1.1" 200 512 3.1ms`.
    Timed,
    /// Apache's combined format, after the last byte, quotes and control characters escaped as
    /// Apache does: `%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"`. `%u` is the user name
    /// that the client sent by basic authentication; it is not verified. If there is a [request
    /// id](crate::Exchange::request_id), it follows in quotes.
    ///
    /// The line is written as a whole, without [`log_message`](crate::Exchange::log_message).
    Combined,
    /// No line for an answered request.
    Quiet,
}

impl LogFormat {
    /// Whether it logs responses when they are over, and not when they begin.
    pub(crate) fn is_late(self) -> bool {
        matches!(self, LogFormat::Timed | LogFormat::Combined)
    }
}
