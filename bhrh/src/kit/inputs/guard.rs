//! Guards: methods that run before a method that answers, under `#[before(…)]`.

use crate::error::Error;
use crate::exchange::Exchange;
use crate::handler::outcome::Outcome;

/// What a guard may return that gives nothing: `()`, `bool`, or a `Result` of these.
#[diagnostic::on_unimplemented(
    message = "a guard that gives a `{Self}` needs an argument that takes it",
    label = "not `()`, `bool` or a `Result` of these",
    note = "write `#[before(self.…)]` in front of the argument, and not above the method"
)]
pub trait Pass {
    /// Whether the method may run.
    ///
    /// # Errors
    ///
    /// What the guard failed with.
    fn passes(self) -> Result<bool, Error>;
}

#[diagnostic::do_not_recommend]
impl Pass for () {
    fn passes(self) -> Result<bool, Error> {
        Ok(true)
    }
}

#[diagnostic::do_not_recommend]
impl Pass for bool {
    fn passes(self) -> Result<bool, Error> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<P, E> Pass for Result<P, E>
where
    P: Pass,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn passes(self) -> Result<bool, Error> {
        self.map_err(Error::from_handler)?.passes()
    }
}

/// What a guard may return that gives a `T` to an argument.
#[diagnostic::on_unimplemented(
    message = "the guard returns `{Self}`, and the argument is a `{T}`",
    label = "expected `Result<{T}, E>`, `Result<Option<{T}>, E>` or `Option<{T}>`",
    note = "`None` means that the guard has answered, or that the client gets a 403"
)]
pub trait Give<T> {
    /// The value, if the method may run.
    ///
    /// # Errors
    ///
    /// What the guard failed with.
    fn given(self) -> Result<Option<T>, Error>;
}

#[diagnostic::do_not_recommend]
impl<T> Give<T> for Option<T> {
    fn given(self) -> Result<Option<T>, Error> {
        Ok(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T, E> Give<T> for Result<T, E>
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn given(self) -> Result<Option<T>, Error> {
        self.map(Some).map_err(Error::from_handler)
    }
}

#[diagnostic::do_not_recommend]
impl<T, E> Give<T> for Result<Option<T>, E>
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn given(self) -> Result<Option<T>, Error> {
        self.map_err(Error::from_handler)
    }
}

/// What the request comes to if the guard does not let the method run. `status` gives an error the
/// status that its type says.
pub fn stops(
    passed: impl Pass,
    http: &Exchange<'_>,
    status: impl FnOnce(Error) -> Error,
) -> Option<Outcome> {
    match passed.passes() {
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
    value: impl Give<T>,
    http: &Exchange<'_>,
    status: impl FnOnce(Error) -> Error,
) -> Result<T, Outcome> {
    match value.given() {
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
