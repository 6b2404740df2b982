//! What a handler fails with, and the statuses that it names.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

/// A status code with what Python's `send_error` takes beside it: `404`, `(404, "No")` or
/// `(404, "No", "why")`.
///
/// Texts may be `&str`, `String` or `Cow<str>`. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a status with its texts",
    label = "expected `404`, `(404, \"No such page\")` or `(404, \"No such page\", \"why\")`",
    note = "the code is a `u16`, each text is a `&str`, a `String` or a `Cow<str>`; to give an explanation, give the reason phrase too"
)]
pub trait IntoErrorStatus<'a>: sealed::Sealed {
    #[doc(hidden)]
    fn into_parts(self) -> (u16, Option<Cow<'a, str>>, Option<Cow<'a, str>>);
}

/// A status code, alone or with a reason phrase: `200` or `(200, "All Good")`.
///
/// The phrase may be `&str`, `String` or `Cow<str>`. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a status",
    label = "expected `200` or `(200, \"All Good\")`",
    note = "the code is a `u16`, the reason phrase is a `&str`, a `String` or a `Cow<str>`"
)]
pub trait IntoStatus<'a>: IntoErrorStatus<'a> {}

#[diagnostic::do_not_recommend]
impl<'a> IntoErrorStatus<'a> for u16 {
    fn into_parts(self) -> (u16, Option<Cow<'a, str>>, Option<Cow<'a, str>>) {
        (self, None, None)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, M: Into<Cow<'a, str>>> IntoErrorStatus<'a> for (u16, M) {
    fn into_parts(self) -> (u16, Option<Cow<'a, str>>, Option<Cow<'a, str>>) {
        (self.0, Some(self.1.into()), None)
    }
}

#[diagnostic::do_not_recommend]
impl<'a, M: Into<Cow<'a, str>>, E: Into<Cow<'a, str>>> IntoErrorStatus<'a> for (u16, M, E) {
    fn into_parts(self) -> (u16, Option<Cow<'a, str>>, Option<Cow<'a, str>>) {
        (self.0, Some(self.1.into()), Some(self.2.into()))
    }
}

#[diagnostic::do_not_recommend]
impl<'a> IntoStatus<'a> for u16 {}
#[diagnostic::do_not_recommend]
impl<'a, M: Into<Cow<'a, str>>> IntoStatus<'a> for (u16, M) {}

mod sealed {
    pub trait Sealed {}
    impl Sealed for u16 {}
    impl<M> Sealed for (u16, M) {}
    impl<M, E> Sealed for (u16, M, E) {}
}

/// What a handler method failed with.
///
/// Made by [`Error::status`], it chooses the error page. A method that returns `io::Result<()>`
/// fails with it through `?`, since it turns into an [`io::Error`](std::io::Error) that still has
/// the status:
///
/// ```
/// use bhrh::{Error, Exchange, http_handler};
/// use std::io;
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
///         let number: u32 = http.path[1..].parse().map_err(|_| Error::status((404, "No number")))?;
///         http.reply(200, "text/plain", format!("{number}\n"))
///     }
/// }
///
/// assert_eq!(bhrh::testing::get(&App, "/x").status(), 404);
/// assert_eq!(bhrh::testing::get(&App, "/7").text(), "7\n");
/// ```
///
/// Methods that call what fails in many ways return `Result<(), Box<dyn std::error::Error>>`, or an
/// error type of their own: every error turns into the first through `?`. Into this one turn only
/// `io::Error`, `fmt::Error`, `String`, `&str` and `Box<dyn std::error::Error + Send + Sync>`,
/// since it is an error itself.
pub struct Error {
    /// Boxed, so that a method's result is one word: every request hands it on several times.
    cause: Box<Cause>,
}

enum Cause {
    Status(Status),
    Handler(Box<dyn StdError + Send + Sync>),
    /// An error of the user's, and the status that its type says.
    Stated(Status, Box<dyn StdError + Send + Sync>),
}

/// The status that an error asks for.
///
/// It stands in the chain of [`std::error::Error::source`] as well, so that it is found again when
/// another error type (anyhow's, for instance) is wrapped around an [`Error`].
#[derive(Debug, Clone)]
pub(crate) struct Status {
    pub(crate) code: u16,
    pub(crate) message: Option<String>,
    pub(crate) explain: Option<String>,
    /// Whether the client is not told the text of the error, so that the log has to have it.
    pub(crate) is_untold: bool,
}

impl Error {
    /// An error that is answered with this status: `404`, `(404, "No")` or `(404, "No", "why")`,
    /// as for [`Exchange::send_error`](crate::Exchange::send_error).
    pub fn status<'a>(status: impl IntoErrorStatus<'a>) -> Error {
        let (code, message, explain) = status.into_parts();
        let message = message.map(Cow::into_owned);
        let explain = explain.map(Cow::into_owned);
        Cause::Status(Status { code, message, explain, is_untold: false }).into()
    }

    /// The status that it is answered with, if it says one, itself or by an error inside it. One
    /// that says none is answered with 500, or with the status of what has happened to the
    /// connection.
    ///
    /// ```
    /// use bhrh::Error;
    ///
    /// assert_eq!(Error::status((404, "No such cheese")).status_code(), Some(404));
    /// assert_eq!(Error::from("disk full").status_code(), None);
    /// ```
    #[must_use]
    pub fn status_code(&self) -> Option<u16> {
        self.wanted_status().map(|status| status.code)
    }

    /// The reason phrase that the client gets, if the error says one. `None` stands for that of the
    /// status: `Not Found`.
    ///
    /// A method that takes `Result<T, Error>` may answer by itself what was refused:
    ///
    /// ```
    /// use bhrh::{Error, http_handler};
    ///
    /// struct App;
    ///
    /// #[http_handler]
    /// impl App {
    ///     fn do_POST(&self, #[body] text: Result<String, Error>) -> (u16, String) {
    ///         match text {
    ///             Ok(text) => (200, text.to_uppercase()),
    ///             Err(error) => {
    ///                 let reason = error.message().unwrap_or("Refused");
    ///                 (error.status_code().unwrap_or(500), format!("Sorry: {reason}"))
    ///             }
    ///         }
    ///     }
    /// }
    ///
    /// let client = bhrh::testing::client(&App);
    /// assert_eq!(client.post("/").body("tea").send().text(), "TEA");
    /// let refused = client.post("/").body([0xff]).send();
    /// assert_eq!((refused.status(), refused.text()), (400, "Sorry: Bad UTF-8"));
    /// ```
    #[must_use]
    pub fn message(&self) -> Option<&str> {
        self.wanted_status().and_then(|status| status.message.as_deref())
    }

    /// The explanation on the page that the client gets, if the error says one. `None` stands for
    /// that of the status.
    ///
    /// ```
    /// use bhrh::Error;
    ///
    /// let error = Error::status((404, "No such cheese", "We have Red Leicester only."));
    /// assert_eq!(error.explain(), Some("We have Red Leicester only."));
    /// assert_eq!(Error::status((404, "No such cheese")).explain(), None);
    /// assert_eq!(Error::from("disk full").explain(), None); // The log has this text.
    /// ```
    #[must_use]
    pub fn explain(&self) -> Option<&str> {
        self.wanted_status().and_then(|status| status.explain.as_deref())
    }

    /// What a handler returned, whatever its type.
    pub(crate) fn from_handler(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Error {
        match error.into().downcast::<Error>() {
            Ok(own) => *own,
            Err(other) => Cause::Handler(other).into(),
        }
    }

    /// An error of the user's that says its status.
    pub(crate) fn stated(status: Status, error: impl StdError + Send + Sync + 'static) -> Error {
        Cause::Stated(status, Box::new(error)).into()
    }

    /// The same with the status that the error says, if it is of the type `E`.
    pub(crate) fn stated_by<E: StdError + 'static>(self, status: fn(&E) -> Status) -> Error {
        let cause = match *self.cause {
            Cause::Handler(error) => match error.downcast_ref::<E>().map(status) {
                Some(status) => Cause::Stated(status, error),
                None => Cause::Handler(error),
            },
            cause => cause,
        };
        cause.into()
    }

    /// Whether the log has to have the text of the error, because the client is not told it.
    pub(crate) fn is_untold(&self) -> bool {
        self.wanted_status().is_none_or(|status| status.is_untold)
    }

    /// The status it asks for, its own or that of an error inside it.
    pub(crate) fn wanted_status(&self) -> Option<&Status> {
        status_in(self)
    }
}

impl From<Cause> for Error {
    fn from(cause: Cause) -> Error {
        Error { cause: Box::new(cause) }
    }
}

/// The status that an error asks for, or one inside it.
fn status_in<'e>(mut error: &'e (dyn StdError + 'static)) -> Option<&'e Status> {
    loop {
        if let Some(status) = error.downcast_ref::<Status>() {
            return Some(status);
        }
        error = match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
            Some(inner) => inner,
            None => error.source()?,
        };
    }
}

/// What a method failed with that returns `Result<(), Box<dyn Error>>`. That error may not leave
/// its thread, and this one must be able to: it keeps what the runtime asks an error for.
#[must_use]
pub fn local_error(error: Box<dyn StdError>) -> Error {
    let error = match error.downcast::<Error>() {
        Ok(own) => return *own,
        Err(other) => other,
    };
    match error.downcast::<std::io::Error>() {
        Ok(io) => Error::from_handler(*io),
        Err(other) => {
            let (text, status) = (other.to_string(), status_in(&*other).cloned());
            Error::from_handler(Told { text, status })
        }
    }
}

/// What is left of an error: its text, and the status that it asked for.
#[derive(Debug)]
struct Told {
    text: String,
    status: Option<Status>,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for Told {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.status.as_ref().map(|status| status as &(dyn StdError + 'static))
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.cause {
            Cause::Status(status) => f.debug_tuple("Error").field(status).finish(),
            Cause::Handler(error) => f.debug_tuple("Error").field(error).finish(),
            Cause::Stated(status, error) => f.debug_tuple("Error").field(&(status, error)).finish(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.cause {
            Cause::Status(status) => write!(f, "answered with status {}", status.code),
            Cause::Handler(error) | Cause::Stated(_, error) => error.fmt(f),
        }
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &*self.cause {
            Cause::Status(status) | Cause::Stated(status, _) => Some(status),
            // Displayed as the error itself, so the chain goes on below it, unless it is the kind
            // of error that others look for by its type.
            Cause::Handler(error) if error.is::<std::io::Error>() => Some(&**error),
            Cause::Handler(error) => error.source(),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.message {
            Some(message) => write!(f, "{} {message}", self.code),
            None => write!(f, "{}", self.code),
        }
    }
}

impl StdError for Status {}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Error {
        Error::from_handler(error)
    }
}

/// For methods that return `io::Result`: the status goes along.
impl From<Error> for std::io::Error {
    fn from(error: Error) -> std::io::Error {
        match *error.cause {
            Cause::Handler(inner) => match inner.downcast() {
                Ok(io) => *io,
                Err(other) => std::io::Error::other(other),
            },
            cause => std::io::Error::other(Error::from(cause)),
        }
    }
}

impl From<Box<dyn StdError + Send + Sync>> for Error {
    fn from(error: Box<dyn StdError + Send + Sync>) -> Error {
        Error::from_handler(error)
    }
}

impl From<String> for Error {
    fn from(message: String) -> Error {
        Error::from_handler(message)
    }
}

impl From<&str> for Error {
    fn from(message: &str) -> Error {
        Error::from_handler(message)
    }
}

impl From<fmt::Error> for Error {
    fn from(error: fmt::Error) -> Error {
        Error::from_handler(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_found_in_whatever_is_wrapped_around_it() {
        let plain = Error::from_handler(Error::status(404));
        assert_eq!(plain.wanted_status().unwrap().code, 404);

        let io = Error::from_handler(std::io::Error::other(Error::status((410, "Gone fishing"))));
        assert_eq!(io.wanted_status().unwrap().message.as_deref(), Some("Gone fishing"));

        let turned = std::io::Error::from(Error::status(404));
        assert_eq!(Error::from(turned).wanted_status().unwrap().code, 404);
        let kept = std::io::Error::from(std::io::ErrorKind::TimedOut);
        assert_eq!(std::io::Error::from(Error::from(kept)).kind(), std::io::ErrorKind::TimedOut);

        let other = Error::from_handler(std::io::Error::other("disk full"));
        assert!(other.wanted_status().is_none());
    }

    #[test]
    fn the_texts_for_the_client_are_found_likewise() {
        let own = Error::status((404, "No such page", "It has moved."));
        assert_eq!((own.message(), own.explain()), (Some("No such page"), Some("It has moved.")));
        let io = Error::from(std::io::Error::from(own));
        assert_eq!((io.message(), io.explain()), (Some("No such page"), Some("It has moved.")));
        // The text of another error is for the log.
        let other = Error::from("disk full");
        assert_eq!((other.message(), other.explain()), (None, None));
    }
}
