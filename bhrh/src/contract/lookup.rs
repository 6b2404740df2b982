//! What types implement, as the macro's output asks: a type that says nothing about itself is
//! described as any text or any answer.
//!
//! A method of the type itself comes first if its conditions hold, and otherwise that of the type
//! that it dereferences to. (No trait can tell apart which types implement another trait.)

use std::marker::PhantomData;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::json;

use super::answers::{Answers, Described};
use crate::http_error::HttpError;

macro_rules! lookup {
    ($($name:ident => $next:ident;)*) => {$(
        /// What a type implements.
        #[derive(Debug)]
        pub struct $name<T>($next<T>, PhantomData<fn() -> T>);

        impl<T> $name<T> {
            /// For the type.
            #[allow(clippy::new_without_default)] // The macro's output names `new`.
            #[must_use]
            pub fn new() -> $name<T> {
                $name($next::new(), PhantomData)
            }
        }

        impl<T> Deref for $name<T> {
            type Target = $next<T>;

            fn deref(&self) -> &$next<T> {
                &self.0
            }
        }
    )*};
}

/// Where a lookup ends.
macro_rules! last {
    ($($name:ident)*) => {$(
        /// What a type implements.
        #[derive(Debug)]
        pub struct $name<T>(PhantomData<fn() -> T>);

        impl<T> $name<T> {
            /// For the type.
            #[allow(clippy::new_without_default)] // The macro's output names `new`.
            #[must_use]
            pub fn new() -> $name<T> {
                $name(PhantomData)
            }
        }
    )*};
}

lookup! {
    SchemaOf => AnyText;
    AnswersOf => AnyAnswers;
    ErrorsOf => ErrorsOfResult;
    ErrorsOfResult => NoErrors;
    RefusalsOf => NoRefusals;
}

last!(AnyText AnyAnswers NoErrors NoRefusals);

type SchemaFn = fn(&mut SchemaGenerator) -> Schema;

impl<T: JsonSchema> SchemaOf<T> {
    /// The schema of a value that is read from a text.
    #[must_use]
    pub fn text(&self) -> SchemaFn {
        |schemas| schemas.subschema_for::<T>()
    }
}

impl<T> AnyText<T> {
    /// Any text.
    #[must_use]
    pub fn text(&self) -> SchemaFn {
        |schemas| schemas.subschema_for::<String>()
    }
}

impl<T: Described> AnswersOf<T> {
    /// Adds the answers of the type.
    pub fn describe(&self, answers: &mut Answers<'_>) {
        T::describe(answers);
    }
}

impl<T> AnyAnswers<T> {
    /// The type says nothing.
    pub fn describe(&self, answers: &mut Answers<'_>) {
        answers.other();
    }
}

impl<R, E: HttpError> ErrorsOf<Result<R, E>> {
    /// Adds the answers of the errors.
    pub fn describe(&self, answers: &mut Answers<'_>) {
        E::describe(answers);
    }
}

impl<R, E> ErrorsOfResult<Result<R, E>> {
    /// Any error.
    pub fn describe(&self, answers: &mut Answers<'_>) {
        answers.other();
    }
}

impl<T> NoErrors<T> {
    /// The type has no errors.
    pub fn describe(&self, _: &mut Answers<'_>) {}
}

/// Guards that refuse without an error: 403.
macro_rules! refusals {
    ($(($($parameter:ident)*) $guard:ty;)*) => {$(
        impl<$($parameter),*> RefusalsOf<$guard> {
            /// Adds the answer.
            pub fn describe(&self, answers: &mut Answers<'_>) {
                answers.error(403, None);
            }
        }
    )*};
}

refusals! {
    () bool;
    (T) Option<T>;
    (E) Result<bool, E>;
    (T E) Result<Option<T>, E>;
}

impl RefusalsOf<()> {
    /// Such a guard answers itself, if it does not let the method run.
    pub fn describe(&self, answers: &mut Answers<'_>) {
        answers.other();
    }
}

impl<T> NoRefusals<T> {
    /// The guard returns an error.
    pub fn describe(&self, _: &mut Answers<'_>) {}
}

/// What a guard returns, for the lookups above. The guard is never called: `value` is for the
/// compiler, which knows the type of what a method returns, as the macro does not.
#[derive(Debug)]
pub struct GuardOf<T>(PhantomData<fn() -> T>);

impl<T> GuardOf<T> {
    /// The type of a value.
    #[must_use]
    pub fn value(_: &T) -> GuardOf<T> {
        GuardOf(PhantomData)
    }

    /// The lookups for the type.
    #[must_use]
    pub fn of(_: Option<GuardOf<T>>) -> (ErrorsOf<T>, RefusalsOf<T>) {
        (ErrorsOf::new(), RefusalsOf::new())
    }
}

/// What gives types their schemas. It implements the trait, for the types that have one: the
/// compiler's message is shorter so.
#[derive(Debug)]
pub struct Schemas;

/// The types that have a schema.
#[diagnostic::on_unimplemented(
    message = "`{T}` has no JSON Schema for the OpenAPI document",
    label = "write `#[derive(schemars::JsonSchema)]` above this type"
)]
pub trait HasSchema<T> {
    /// The schema.
    fn schema(schemas: &mut SchemaGenerator) -> Schema;
}

#[diagnostic::do_not_recommend]
impl<T: JsonSchema> HasSchema<T> for Schemas {
    fn schema(schemas: &mut SchemaGenerator) -> Schema {
        schemas.subschema_for::<T>()
    }
}

/// The texts that a flag in a query or a form may have.
pub(super) const FLAGS: [&str; 9] = ["true", "false", "", "1", "0", "on", "off", "yes", "no"];

/// A flag in a query.
#[must_use]
pub fn flag(_: &mut SchemaGenerator) -> Schema {
    Schema::try_from(json!({"type": "string", "enum": FLAGS})).unwrap_or_default()
}

/// Bytes.
#[must_use]
pub fn bytes(_: &mut SchemaGenerator) -> Schema {
    Schema::default()
}

/// The fields of a form.
#[must_use]
pub fn fields(_: &mut SchemaGenerator) -> Schema {
    let fields = json!({"type": "object", "additionalProperties": {"type": "string"}});
    Schema::try_from(fields).unwrap_or_default()
}
