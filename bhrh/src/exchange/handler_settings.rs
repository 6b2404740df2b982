//! The methods that give the settings of the handler.

use std::borrow::Cow;
use std::time::SystemTime;

use super::Exchange;
use crate::status::Responses;

/// # The settings of the handler: as in Python
impl<'a> Exchange<'a> {
    /// What the hook [`request_id`](crate::Handler::request_id) has named this request. Not in
    /// Python.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// What the `Server` field says. Python: `version_string()`.
    #[must_use]
    pub fn version_string(&self) -> Cow<'_, str> {
        self.handler.version_string(self)
    }

    /// A point in time, now if `None`, as the `Date` field wants it.
    /// Python: `date_time_string(timestamp=None)`.
    ///
    /// ```
    /// use std::time::{Duration, UNIX_EPOCH};
    ///
    /// let changed = UNIX_EPOCH + Duration::from_secs(784_111_777);
    /// let app = bhrh::from_fn(|http| {
    ///     http.send_response(204);
    ///     http.send_header("Last-Modified", http.date_time_string(Some(changed)));
    ///     http.end_headers()
    /// });
    /// let response = bhrh::testing::get(&app, "/");
    /// assert_eq!(response.header("Last-Modified"), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
    /// ```
    #[must_use]
    pub fn date_time_string(&self, timestamp: Option<SystemTime>) -> Cow<'a, str> {
        self.handler.date_time_string(timestamp)
    }

    /// The current local time as the log shows it. Python: `log_date_time_string()`.
    #[must_use]
    pub fn log_date_time_string(&self) -> Cow<'_, str> {
        self.handler.log_date_time_string(self)
    }

    /// The client as the log names it. Python: `address_string()`.
    #[must_use]
    pub fn address_string(&self) -> Cow<'_, str> {
        self.handler.address_string(self)
    }

    /// The handler's `server_version`.
    #[must_use]
    pub fn server_version(&self) -> Cow<'a, str> {
        self.handler.server_version()
    }

    /// The handler's `sys_version`.
    #[must_use]
    pub fn sys_version(&self) -> Cow<'a, str> {
        self.handler.sys_version()
    }

    /// The handler's `protocol_version`.
    #[must_use]
    pub fn protocol_version(&self) -> Cow<'a, str> {
        self.handler.protocol_version()
    }

    /// The handler's `default_request_version`.
    #[must_use]
    pub fn default_request_version(&self) -> Cow<'a, str> {
        self.handler.default_request_version()
    }

    /// The format of this exchange's error page: its own, or the handler's.
    #[must_use]
    pub fn error_message_format(&self) -> Cow<'a, str> {
        self.error_message_format.clone().unwrap_or_else(|| self.handler.error_message_format())
    }

    /// The `Content-Type` of this exchange's error page: its own, or the handler's.
    #[must_use]
    pub fn error_content_type(&self) -> Cow<'a, str> {
        self.error_content_type.clone().unwrap_or_else(|| self.handler.error_content_type())
    }

    /// The handler's `responses`.
    #[must_use]
    pub fn responses(&self) -> Responses<'a> {
        self.handler.responses()
    }
}
