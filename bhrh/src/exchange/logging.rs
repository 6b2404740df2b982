//! The methods that log.

use std::fmt;

use super::Exchange;
use super::log_entry::IntoLogEntry;
use crate::logging::sink::LogKind;

/// # Logging: as in Python
impl Exchange<'_> {
    /// Logs the request by hand. `entry` is the status code, alone (`200`) or with the size of the
    /// response in bytes, a `u64` (`(200, 512)`).
    ///
    /// Python: `log_request(code='-', size='-')`.
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| {
    ///     http.log_request((200, 512));
    ///     http.send_error(404)
    /// });
    /// let response = bhrh::testing::get(&app, "/");
    /// assert!(response.log()[0].ends_with("\"GET / HTTP/1.1\" 200 512"));
    /// ```
    pub fn log_request(&self, entry: impl IntoLogEntry) {
        let (code, size) = entry.into_parts();
        self.handler.log_request(self, code, size);
    }

    /// Logs an error: `http.log_error(format_args!("lost {count} rows"))`.
    ///
    /// Python: `log_error(format, ...)`.
    pub fn log_error(&self, message: fmt::Arguments<'_>) {
        self.handler.log_error(self, message);
    }

    /// Logs anything: `http.log_message(format_args!("cache is cold"))`.
    ///
    /// Python: `log_message(format, ...)`.
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| {
    ///     http.log_message(format_args!("the cache has {} entries", 7));
    ///     http.reply(200, "text/plain", "hello")
    /// });
    /// assert!(bhrh::testing::get(&app, "/").log()[0].ends_with("] the cache has 7 entries"));
    /// ```
    pub fn log_message(&self, message: fmt::Arguments<'_>) {
        self.handler.log_message(self, message);
    }

    pub(crate) fn log_debug(&self, message: fmt::Arguments<'_>) {
        self.handler.log_debug(self, message);
    }

    /// Runs what logs a line of this kind.
    pub(crate) fn with_log_kind(&self, kind: LogKind, log: impl FnOnce()) {
        let wire = self.live.wire;
        let outer = wire.kind.replace(kind);
        log();
        wire.kind.set(outer);
    }

    /// The kind of the line that is being logged.
    pub(crate) fn log_kind(&self) -> LogKind {
        self.live.wire.kind.get()
    }

    /// Whether the line of this request comes after its end.
    pub(crate) fn is_logged_late(&self) -> bool {
        self.logged_late
    }
}
