//! What a method returns: its answer, or that it has answered through the exchange.

use crate::error::Error;
use crate::exchange::Exchange;
use crate::handler::outcome::Outcome;

/// What a method that answers may return.
///
/// | type | answer |
/// | --- | --- |
/// | `()` | what the method has sent through the exchange |
/// | `&str`, `String`, `Cow<str>` | 200, `text/plain; charset=utf-8` |
/// | [`Html`](crate::Html) | 200, `text/html; charset=utf-8` |
/// | `Json(value)`, feature `serde_json` | 200, `application/json` |
/// | `Vec<u8>`, `&[u8]` | 200, `application/octet-stream` |
/// | another [`Content`](crate::Content) | 200, with its type |
/// | [`Status<201, C>`](crate::Status), `(201, C)` | the content `C` with this status; `()` for none |
/// | `([("Location", x)], C)`, `(201, [("Location", x)], C)` | with these fields |
/// | [`NoContent`](crate::NoContent) | 204 |
/// | [`Redirect`](crate::Redirect) | 303, or another redirection |
/// | `files::SendFile(path)`, feature `files` | the file, with conditions and ranges |
/// | `Option<R>` | the answer `R`, or 404 for `None` |
/// | `Result<R, E>` | the answer `R`, or what the error asks for |
///
/// `E` is any error that converts to `Box<dyn Error + Send + Sync>`. If it is an
/// [`HttpError`](crate::HttpError), it says the status itself.
///
/// HEAD gets the same head without the body. A method that has answered through the exchange, and
/// returns an answer as well, is reported in the log, and the first answer stands.
///
/// ```
/// use bhrh::{Error, http_handler};
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     #[route("GET /double/{number}")]
///     fn double(&self, number: u32) -> Result<String, Error> {
///         let doubled = number.checked_mul(2).ok_or(Error::status((422, "Too large")))?;
///         Ok(format!("{doubled}\n"))
///     }
/// }
///
/// let response = bhrh::testing::get(&App, "/double/21");
/// assert_eq!((response.status(), response.text()), (200, "42\n"));
/// assert_eq!(bhrh::testing::get(&App, "/double/4000000000").reason(), "Too large");
/// ```
///
/// Your own type answers if it implements [`Content`](crate::Content), or this trait:
///
/// ```
/// use bhrh::{Exchange, Outcome, Reply, http_handler};
///
/// struct Maintenance;
///
/// impl Reply for Maintenance {
///     fn reply(self, http: &mut Exchange<'_>) -> Outcome {
///         http.add_header("Retry-After", 600);
///         Ok(http.send_error(503)?)
///     }
/// }
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     fn do_GET(&self) -> Maintenance {
///         Maintenance
///     }
/// }
///
/// assert_eq!(bhrh::testing::get(&App, "/").header("Retry-After"), Some("600"));
/// ```
#[diagnostic::on_unimplemented(
    message = "a handler method cannot return `{Self}`",
    label = "expected an answer (`String`, `Json<T>` of a `T: serde::Serialize`, `(u16, C)` of such a `C`, …), `io::Result<()>`, or `Result<R, E>` of an answer and an error type",
    note = "an error type implements `std::error::Error + Send + Sync` (or is `String`, `anyhow::Error`, `Box<dyn Error + Send + Sync>`)"
)]
pub trait Reply {
    /// Sends the answer.
    ///
    /// # Errors
    ///
    /// What the answer or the connection fails with. It is answered like an error of a method.
    fn reply(self, http: &mut Exchange<'_>) -> Outcome;
}

/// What sends the answers of methods. It implements the trait below, for the types that methods may
/// return: the compiler's message is shorter than if they did themselves.
#[derive(Debug)]
pub struct Answering;

/// What a method may return, as [`Reply`].
#[diagnostic::on_unimplemented(
    message = "a handler method cannot return `{R}`",
    label = "expected an answer (`String`, `Json<T>` of a `T: serde::Serialize`, `(u16, C)` of such a `C`, …), `io::Result<()>`, or `Result<R, E>` of an answer and an error type",
    note = "an error type implements `std::error::Error + Send + Sync` (or is `String`, `anyhow::Error`, `Box<dyn Error + Send + Sync>`)"
)]
pub trait GivesAnswer<R> {
    /// Sends the answer.
    ///
    /// # Errors
    ///
    /// As [`Reply::reply`].
    fn reply(answer: R, http: &mut Exchange<'_>) -> Outcome;
}

#[diagnostic::do_not_recommend]
impl<R: Reply> GivesAnswer<R> for Answering {
    #[inline]
    fn reply(answer: R, http: &mut Exchange<'_>) -> Outcome {
        answer.reply(http)
    }
}

#[diagnostic::do_not_recommend]
impl Reply for () {
    #[inline]
    fn reply(self, _: &mut Exchange<'_>) -> Outcome {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
impl<R, E> Reply for Result<R, E>
where
    R: Reply,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    #[inline]
    fn reply(self, http: &mut Exchange<'_>) -> Outcome {
        match self {
            Ok(answer) => answer.reply(http),
            Err(error) => Err(Error::from_handler(error)),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<R: Reply> Reply for Option<R> {
    fn reply(self, http: &mut Exchange<'_>) -> Outcome {
        match self {
            Some(answer) => answer.reply(http),
            None if http.has_begun() => http.drop_second_answer(),
            None => Err(Error::status(404)),
        }
    }
}

/// What a method may return that answers through the exchange; [`Reply`] has all that a method may
/// return. Sealed: `()` and `Result<(), E>`, for any error `E` that converts
/// to `Box<dyn std::error::Error + Send + Sync>`.
///
/// `#[http_handler]` takes `Result<(), Box<dyn std::error::Error>>` as well, where it is written
/// out. Of such an error, which may not leave its thread, the text is kept, the status of an
/// [`Error`] in it, and an [`io::Error`](std::io::Error) as it is.
#[diagnostic::on_unimplemented(
    message = "a handler method cannot return `{Self}`",
    label = "expected `io::Result<()>`, or `Result<(), E>` with an error type `E`",
    note = "an error type implements `std::error::Error + Send + Sync` (or is `String`, `anyhow::Error`, `Box<dyn Error + Send + Sync>`); the answer goes through the exchange"
)]
pub trait IntoOutcome: Reply + sealed::Sealed {
    /// Turns what the method returned into the one form that the runtime knows.
    fn into_outcome(self) -> Outcome;
}

#[diagnostic::do_not_recommend]
impl IntoOutcome for () {
    fn into_outcome(self) -> Outcome {
        Ok(())
    }
}

#[diagnostic::do_not_recommend]
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
