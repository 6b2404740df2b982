//! What implements the traits of the attributes, and the traits that several attributes share.

use crate::error::Error;
use crate::routing::decoded_path::Parameter;

/// What gives the arguments their values.
///
/// It implements the attributes' traits, for the types that they can give. If the types implemented
/// the traits, the compiler's messages would show the type's definition as well, and be longer by
/// half.
#[derive(Debug)]
pub struct Request;

/// What a segment of a path, a query parameter, a header field and a cookie give.
#[diagnostic::on_unimplemented(
    message = "a parameter cannot be a `{T}`",
    label = "not `&str`, `Cow<str>`, or a type that implements `std::str::FromStr`"
)]
pub trait GivesParameter<T> {
    /// Reads a value; `None` if the text is not one.
    fn read(text: &str) -> Option<T>;
}

#[diagnostic::do_not_recommend]
impl<T: Parameter> GivesParameter<T> for Request {
    #[inline]
    fn read(text: &str) -> Option<T> {
        T::read(text)
    }
}

/// What an argument of the type `Result<T, E>` gives if there is no `T`.
#[diagnostic::on_unimplemented(
    message = "a `{E}` cannot be made of what was wrong with the request",
    label = "write `impl From<bhrh::Error> for {E}`, or take a `bhrh::Error`"
)]
pub trait GivesError<E> {
    /// Converts the error.
    fn error(error: Error) -> E;
}

#[diagnostic::do_not_recommend]
impl<E: From<Error>> GivesError<E> for Request {
    #[inline]
    fn error(error: Error) -> E {
        error.into()
    }
}
