//! What the types of answers say in an OpenAPI document.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::content::{Content, NoContent, Status};
use super::redirect::Redirect;
use super::types::{Html, Json};
use crate::contract::answers::{Answers, Described};
use crate::contract::lookup::bytes;
use crate::error::IntoStatus;
#[cfg(feature = "files")]
use crate::kit::files::SendFile;

fn text(schemas: &mut SchemaGenerator) -> Schema {
    schemas.subschema_for::<String>()
}

/// Contents with a media type and a schema.
macro_rules! contents {
    ($($content:ty, $schema:ident;)*) => {$(
        impl Described for $content {
            fn describe(answers: &mut Answers<'_>) {
                answers.content(<Self as Content>::TYPE, $schema);
            }
        }
    )*};
}

contents! {
    &str, text;
    String, text;
    Cow<'_, str>, text;
    &[u8], bytes;
    Vec<u8>, bytes;
}

impl<T: AsRef<str>> Described for Html<T> {
    fn describe(answers: &mut Answers<'_>) {
        answers.content(<Self as Content>::TYPE, text);
    }
}

impl<T: JsonSchema> Described for Json<T> {
    fn describe(answers: &mut Answers<'_>) {
        answers.content("application/json", |schemas| schemas.subschema_for::<T>());
    }
}

/// Nothing: of `Status<202, ()>`. A method that returns it answers through the exchange.
impl Described for () {
    fn describe(answers: &mut Answers<'_>) {
        answers.other();
    }
}

impl<const CODE: u16, C: Content + Described> Described for Status<CODE, C> {
    fn describe(answers: &mut Answers<'_>) {
        answers.with_status(CODE, C::describe);
    }
}

impl<const CODE: u16> Described for Status<CODE, ()> {
    fn describe(answers: &mut Answers<'_>) {
        answers.with_status(CODE, |answers| answers.no_content());
    }
}

impl Described for NoContent {
    fn describe(answers: &mut Answers<'_>) {
        answers.with_status(204, |answers| answers.no_content());
    }
}

impl Described for Redirect<'_> {
    fn describe(answers: &mut Answers<'_>) {
        answers.redirection();
    }
}

/// The status is a value, which only the method knows.
impl<S: IntoStatus<'static>, C: Content + Described> Described for (S, C) {
    fn describe(answers: &mut Answers<'_>) {
        answers.with_any_status(C::describe);
    }
}

impl<S: IntoStatus<'static>> Described for (S, ()) {
    fn describe(answers: &mut Answers<'_>) {
        answers.with_any_status(|answers| answers.no_content());
    }
}

impl<N, V, C: Content + Described, const COUNT: usize> Described for ([(N, V); COUNT], C) {
    fn describe(answers: &mut Answers<'_>) {
        C::describe(answers);
    }
}

impl<S: IntoStatus<'static>, F, C: Content + Described> Described for (S, F, C) {
    fn describe(answers: &mut Answers<'_>) {
        answers.with_any_status(C::describe);
    }
}

impl<S: IntoStatus<'static>, F> Described for (S, F, ()) {
    fn describe(answers: &mut Answers<'_>) {
        answers.with_any_status(|answers| answers.no_content());
    }
}

#[cfg(feature = "files")]
impl<P> Described for SendFile<P> {
    fn describe(answers: &mut Answers<'_>) {
        answers.content("*/*", bytes);
        answers.with_status(206, |answers| answers.content("*/*", bytes));
        answers.with_status(304, |answers| answers.no_content());
        for code in [404, 412, 416] {
            answers.error(code, None);
        }
    }
}

impl<R: Described> Described for Option<R> {
    fn describe(answers: &mut Answers<'_>) {
        R::describe(answers);
        answers.error(404, None);
    }
}

/// The errors are asked for elsewhere, since only the type of a method says whether they are
/// `HttpError`s.
impl<R: Described, E> Described for Result<R, E> {
    fn describe(answers: &mut Answers<'_>) {
        R::describe(answers);
    }
}
