//! Guards: methods that run before a method that answers, under `#[before(…)]`.

use crate::error::Error;
use crate::exchange::Exchange;
use crate::handler::outcome::Outcome;

/// What runs guards. It implements the traits, for the types that guards may return: the compiler's
/// messages are shorter so, as those about a [`Request`](super::request::Request).
#[derive(Debug)]
pub struct Guards;

/// What a guard may return that gives nothing: `()`, `bool`, or a `Result` of these.
#[diagnostic::on_unimplemented(
    message = "a guard that gives a `{P}` needs an argument that takes it",
    label = "not `()`, `bool` or a `Result` of these",
    note = "write `#[before(self.…)]` in front of the argument, and not above the method"
)]
pub trait Pass<P> {
    /// Whether the method may run.
    ///
    /// # Errors
    ///
    /// What the guard failed with.
    fn passes(returned: P) -> Result<bool, Error>;
}

#[diagnostic::do_not_recommend]
impl Pass<()> for Guards {
    fn passes((): ()) -> Result<bool, Error> {
        Ok(true)
    }
}

#[diagnostic::do_not_recommend]
impl Pass<bool> for Guards {
    fn passes(passes: bool) -> Result<bool, Error> {
        Ok(passes)
    }
}

#[diagnostic::do_not_recommend]
impl<P, E> Pass<Result<P, E>> for Guards
where
    Guards: Pass<P>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn passes(returned: Result<P, E>) -> Result<bool, Error> {
        <Guards as Pass<P>>::passes(returned.map_err(Error::from_handler)?)
    }
}

/// What a guard may return that gives a `T` to an argument.
#[diagnostic::on_unimplemented(
    message = "the guard returns `{G}`, and the argument is a `{T}`",
    label = "expected `Result<{T}, E>`, `Result<Option<{T}>, E>` or `Option<{T}>`",
    note = "`None` means that the guard has answered, or that the client gets a 403; for an argument that may be `None`, return `Result<Option<…>, E>`"
)]
pub trait Give<T, G> {
    /// The value, if the method may run.
    ///
    /// # Errors
    ///
    /// What the guard failed with.
    fn given(returned: G) -> Result<Option<T>, Error>;
}

#[diagnostic::do_not_recommend]
impl<T> Give<T, Option<T>> for Guards {
    fn given(returned: Option<T>) -> Result<Option<T>, Error> {
        Ok(returned)
    }
}

#[diagnostic::do_not_recommend]
impl<T, E> Give<T, Result<T, E>> for Guards
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn given(returned: Result<T, E>) -> Result<Option<T>, Error> {
        returned.map(Some).map_err(Error::from_handler)
    }
}

#[diagnostic::do_not_recommend]
impl<T, E> Give<T, Result<Option<T>, E>> for Guards
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn given(returned: Result<Option<T>, E>) -> Result<Option<T>, Error> {
        returned.map_err(Error::from_handler)
    }
}

/// What the request comes to if the guard does not let the method run. `status` gives an error the
/// status that its type says.
pub fn stops(
    passed: Result<bool, Error>,
    http: &Exchange<'_>,
    status: impl FnOnce(Error) -> Error,
) -> Option<Outcome> {
    match passed {
        Ok(passes) => stopped(passes, http),
        Err(error) => Some(Err(status(error))),
    }
}

/// The value for the argument.
///
/// # Errors
///
/// What the request comes to if the guard does not let the method run.
pub fn given<T>(
    value: Result<Option<T>, Error>,
    http: &Exchange<'_>,
    status: impl FnOnce(Error) -> Error,
) -> Result<T, Outcome> {
    match value {
        Ok(value) => match (stopped(value.is_some(), http), value) {
            (None, Some(value)) => Ok(value),
            (stop, _) => Err(stop.unwrap_or(Ok(()))),
        },
        Err(error) => Err(Err(status(error))),
    }
}

/// A guard that has answered has the last word. One that refuses without an answer gets 403.
fn stopped(passes: bool, http: &Exchange<'_>) -> Option<Outcome> {
    match (http.has_begun(), passes) {
        (true, _) => Some(Ok(())),
        (false, true) => None,
        (false, false) => Some(Err(Error::status(403))),
    }
}
