//! An error type under `#[derive(HttpError)]`.

use proc_macro2::Ident;
use syn::{Attribute, Generics, LitInt, LitStr, Member, Type};

/// The type, and what each of its shapes is answered with.
pub(crate) struct ErrorType {
    pub(crate) name: Ident,
    pub(crate) generics: Generics,
    pub(crate) variants: Vec<Variant>,
}

/// A variant of an enum, or a whole struct.
pub(crate) struct Variant {
    /// `None` for a struct.
    pub(crate) name: Option<Ident>,
    /// The conditions under which it exists.
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) answer: Answer,
}

/// What an error is answered with.
#[derive(Clone)]
pub(crate) enum Answer {
    /// `#[status(404, "No such user")]`
    Status { code: LitInt, message: Option<LitStr> },
    /// `#[status(transparent)]`: as the error in this field, of this type.
    Inner(Member, Box<Type>),
}
