//! A handler that is a closure.

use std::borrow::Cow;
use std::fmt;

use super::Handler;
use super::outcome::Dispatch;
use super::reply::IntoOutcome;
use crate::exchange::Exchange;

/// Makes a handler of a closure or a function, which answers every request: `http.command` and
/// `http.path` say which. It returns `()` or `Result<(), E>`, and answers through `http`. (Methods
/// of `#[http_handler]` may return their answer. The type of a closure is not written out, so here
/// the compiler could not tell what an `Err` stands beside.)
///
/// ```
/// let app = bhrh::from_fn(|http| match (http.command, http.path) {
///     ("GET" | "HEAD", "/") => http.reply(200, "text/plain", "hello\n"),
///     ("GET" | "HEAD", _) => http.send_error(404),
///     _ => http.send_error(501),
/// });
///
/// let client = bhrh::testing::client(&app);
/// assert_eq!(client.get("/").send().text(), "hello\n");
/// assert_eq!(client.request("SPAM", "/").send().status(), 501);
/// ```
///
/// What answers `GET` answers `HEAD` as well, since no body leaves for that; a closure that does
/// not look at `http.command` answers `DELETE` as it answers `GET`.
///
/// Its `protocol_version` is `HTTP/1.1`: connections are kept. Everything else is as by default; to
/// set it, or to override a hook, [wrap](Handler::wraps) it:
///
/// ```
/// use bhrh::{Handler, LogFormat, http_handler};
///
/// struct Quiet<H>(H);
///
/// #[http_handler(wraps = self.0, log_format = LogFormat::Quiet)]
/// impl<H: Handler> Quiet<H> {}
///
/// let app = Quiet(bhrh::from_fn(|http| http.reply(200, "text/plain", "hello\n")));
/// assert!(bhrh::testing::get(&app, "/").log().is_empty());
/// ```
pub fn from_fn<F, R>(run: F) -> FromFn<F>
where
    F: Fn(&mut Exchange<'_>) -> R + Send + Sync,
    R: IntoOutcome,
{
    FromFn(run)
}

/// A closure that answers every request: what [`from_fn`] returns.
#[derive(Clone, Copy)]
pub struct FromFn<F>(F);

impl<F, R> Handler for FromFn<F>
where
    F: Fn(&mut Exchange<'_>) -> R + Send + Sync,
    R: IntoOutcome,
{
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        let answer = (self.0)(http);
        Dispatch::Handled(answer.into_outcome())
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        Cow::Borrowed("HTTP/1.1")
    }
}

impl<F> fmt::Debug for FromFn<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FromFn")
    }
}
