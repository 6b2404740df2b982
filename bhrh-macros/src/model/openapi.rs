//! What an OpenAPI document says beside signatures.

use syn::{Expr, LitStr, Type};

/// The argument `openapi` of `#[http_handler]`.
#[derive(Default)]
pub(crate) struct OpenApi {
    pub(crate) title: Option<Expr>,
    pub(crate) version: Option<Expr>,
    /// Where the document is.
    pub(crate) document: Option<LitStr>,
    /// Where the page is that lists and tries the operations.
    pub(crate) docs: Option<LitStr>,
    /// The word `problems`: errors are `application/problem+json`.
    pub(crate) has_problems: bool,
    /// Guards, and the schemes by which they know clients.
    pub(crate) security: Vec<(Expr, Expr)>,
}

/// What is said of a method with routes.
pub(crate) struct Description {
    /// The texts of its documentation comments.
    pub(crate) docs: Vec<Expr>,
    pub(crate) is_deprecated: bool,
    /// Whether it is `#[doc(hidden)]`, and so left out.
    pub(crate) is_hidden: bool,
    /// What it returns, if that is an answer whose type can be named.
    pub(crate) answer: Option<Box<Type>>,
}
