//! Errors that say their status by their type.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::marker::PhantomData;
use std::ops::Deref;

#[cfg(feature = "openapi")]
use crate::contract::answers::Answers;
use crate::error::{Error, Status};

/// An error of your own that says how the client learns of it. A method may return
/// `Result<R, E>` with such an error, and the client gets its status.
///
/// A status below 500 is the client's fault: the client is told the text of the error. From 500 on,
/// the text goes to the log, and the client is told the status only.
///
/// ```
/// use bhrh::{HttpError, http_handler};
/// use std::fmt;
///
/// #[derive(Debug)]
/// enum ShopError { NoTea(String), Closed }
///
/// impl fmt::Display for ShopError {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         match self {
///             ShopError::NoTea(name) => write!(f, "There is no tea called {name}."),
///             ShopError::Closed => f.write_str("The shop is closed."),
///         }
///     }
/// }
///
/// impl std::error::Error for ShopError {}
///
/// impl HttpError for ShopError {
///     fn status(&self) -> u16 {
///         match self {
///             ShopError::NoTea(_) => 404,
///             ShopError::Closed => 503,
///         }
///     }
/// }
///
/// struct Shop;
///
/// #[http_handler]
/// impl Shop {
///     #[route("GET /teas/{name}")]
///     fn tea(&self, name: &str) -> Result<String, ShopError> {
///         match name {
///             "green" => Ok("2.50\n".to_owned()),
///             "night" => Err(ShopError::Closed),
///             _ => Err(ShopError::NoTea(name.to_owned())),
///         }
///     }
/// }
///
/// let response = bhrh::testing::get(&Shop, "/teas/black");
/// assert_eq!((response.status(), response.reason()), (404, "Not Found"));
/// assert!(response.text().contains("There is no tea called black."));
/// let response = bhrh::testing::get(&Shop, "/teas/night");
/// assert_eq!(response.status(), 503);
/// assert!(!response.text().contains("closed") && response.log()[0].contains("closed"));
/// ```
pub trait HttpError: StdError + Send + Sync + 'static {
    /// The status of the answer.
    fn status(&self) -> u16;

    /// The reason phrase and the title of the page, if it is not the usual one of the status.
    fn message(&self) -> Option<Cow<'_, str>> {
        None
    }

    /// What the page explains: the text of the error for a status below 500.
    fn explain(&self) -> Option<Cow<'_, str>> {
        (self.status() < 500).then(|| self.to_string().into())
    }

    /// Adds all answers of this type to an OpenAPI document (feature `openapi`). The derive writes
    /// it. Default: any answer.
    #[cfg(feature = "openapi")]
    fn describe(answers: &mut Answers<'_>)
    where
        Self: Sized,
    {
        answers.other();
    }
}

/// What `#[derive(HttpError)]` derives the trait by. It implements the trait below, for the types
/// that it can be derived for: the compiler's message is shorter than if they did themselves.
#[derive(Debug)]
pub struct Derived;

/// What a type has to be for `#[derive(HttpError)]`.
#[diagnostic::on_unimplemented(
    message = "`{E}` cannot be an `HttpError`: it is not an error type",
    label = "expected a type that is `std::error::Error + Send + Sync`: implement `std::fmt::Display` and `std::error::Error`, or `derive(thiserror::Error)` both"
)]
pub trait DerivesHttpError<E> {
    /// Exists if the type is an error.
    const IS_ERROR: () = ();
}

#[diagnostic::do_not_recommend]
impl<E: StdError + Send + Sync + 'static> DerivesHttpError<E> for Derived {}

/// The text of an error, asked for through the trait that it derives: if it has no `Display`, that
/// is said elsewhere.
#[must_use]
pub fn text_of_error<E: HttpError>(error: &E) -> String {
    error.to_string()
}

/// An error with the status that it says: for `?` in a method that returns another error type. What
/// `#[derive(HttpError)]` writes calls it.
#[must_use]
pub fn stated<E: HttpError>(error: E) -> Error {
    Error::stated(of(&error), error)
}

fn of(error: &impl HttpError) -> Status {
    let code = error.status();
    Status {
        code,
        is_untold: code >= 500,
        message: error.message().map(Cow::into_owned),
        explain: error.explain().map(Cow::into_owned),
    }
}

/// The type of error that a method returns, if its type is a `Result`.
///
/// A `Result<R, E>` of an `HttpError` has `status` itself. Any other type has it by `AnyError`,
/// to which it dereferences: a method of the type itself comes first if its conditions hold. The
/// macro's output depends on that, since no trait can tell apart which errors implement another
/// trait.
#[derive(Debug)]
pub struct ErrorOf<T>(AnyError, PhantomData<fn() -> T>);

/// What any other type dereferences to.
#[derive(Debug)]
pub struct AnyError;

impl<T> ErrorOf<T> {
    /// The type of a value.
    #[inline]
    #[must_use]
    pub fn value(_: &T) -> ErrorOf<T> {
        ErrorOf(AnyError, PhantomData)
    }
}

impl<R, E: HttpError> ErrorOf<Result<R, E>> {
    /// The error that the method returned, with the status that it says.
    #[cold]
    #[must_use]
    pub fn status(&self, error: Error) -> Error {
        error.stated_by(of as fn(&E) -> Status)
    }
}

impl<T> Deref for ErrorOf<T> {
    type Target = AnyError;

    #[inline]
    fn deref(&self) -> &AnyError {
        &self.0
    }
}

impl AnyError {
    /// The error as it is.
    #[inline]
    #[must_use]
    pub fn status(&self, error: Error) -> Error {
        error
    }
}
