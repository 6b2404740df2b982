//! What running a handler's method, and looking for the method, came to.

use crate::error::Error;

/// What running a handler method came to.
pub type Outcome = Result<(), Error>;

/// What [`Handler::dispatch`](crate::Handler::dispatch) found for a request's command.
#[derive(Debug)]
#[non_exhaustive]
pub enum Dispatch {
    /// A method answers this command; it ran, and this is what it returned.
    Handled(Outcome),
    /// No method answers this command: the client gets a 501.
    Unsupported,
    /// There are routes, and none has this path: the client gets a 404.
    NotFound,
    /// This path has answers, but not to this command: the client gets a 405. Made by
    /// [`Dispatch::method_not_allowed`].
    #[non_exhaustive]
    MethodNotAllowed {
        /// The commands that it has answers to, as the `Allow` field lists them: `GET, HEAD`.
        allow: String,
    },
}

impl Dispatch {
    /// This path has answers, but only to the commands in this list.
    ///
    /// ```
    /// use bhrh::{Dispatch, Exchange, Handler};
    ///
    /// struct Status;
    ///
    /// impl Handler for Status {
    ///     fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
    ///         match (http.command, http.path) {
    ///             ("GET", "/status") => {
    ///                 Dispatch::Handled(http.reply(200, "text/plain", "up\n").map_err(Into::into))
    ///             }
    ///             (_, "/status") => Dispatch::method_not_allowed("GET"),
    ///             _ => Dispatch::NotFound,
    ///         }
    ///     }
    /// }
    ///
    /// let response = bhrh::testing::client(&Status).post("/status").send();
    /// assert_eq!((response.status(), response.header("Allow")), (405, Some("GET")));
    /// ```
    #[must_use]
    pub fn method_not_allowed(allow: impl Into<String>) -> Dispatch {
        Dispatch::MethodNotAllowed { allow: allow.into() }
    }
}
