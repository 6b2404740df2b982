//! Routes: `#[route("GET /users/{id}")]` on a method of the block.

use proc_macro2::{Ident, TokenStream};
use syn::{Expr, LitStr, Visibility};

use super::argument::{Argument, Source};
use super::callee::Callee;
use super::openapi::Description;

/// A method with routes.
pub(crate) struct RouteMethod {
    pub(crate) routes: Vec<Route>,
    pub(crate) method: Callee,
    /// The arguments after the exchange, in order.
    pub(crate) arguments: Vec<Argument>,
    /// The name of the method's path builder. Its span is the place that names it.
    pub(crate) builder: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) description: Description,
}

impl RouteMethod {
    /// What runs before the method: its guards, and those of its arguments.
    pub(crate) fn guards(&self) -> impl Iterator<Item = &Expr> {
        let of_arguments = self.arguments.iter().filter_map(|argument| match &argument.source {
            Source::Guard(guard) => Some(guard),
            _ => None,
        });
        self.method.guards.iter().chain(of_arguments)
    }
}

/// One `#[route]`.
#[derive(Clone)]
pub(crate) struct Route {
    /// `GET /users/{id}`, as written.
    pub(crate) text: LitStr,
    /// The path of the pattern, with the prefix of the block.
    pub(crate) path: String,
    /// The command that the route answers. `None` means all commands.
    pub(crate) command: Option<String>,
    pub(crate) pattern: Pattern,
}

/// A pattern that paths are compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) segments: Vec<Segment>,
}

/// A part between slashes. A pattern that ends in a slash has an empty literal as its last segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Literal(String),
    /// `{name}`: any one segment that is not empty.
    One(String),
    /// `{name...}`: the rest of the path, which may be empty. The name of `{...}` is empty, and no
    /// argument takes it.
    Rest(String),
}

impl Segment {
    /// The name of the parameter, if the segment is one with a name.
    pub(crate) fn parameter(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Rest(name) if name.is_empty() => None,
            Self::One(name) | Self::Rest(name) => Some(name),
        }
    }
}

/// Whether a parameter can have this name, which is also its argument's. (A keyword is fine, since
/// the argument can be a raw identifier.)
pub(crate) fn is_parameter_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && letters.all(|letter| letter == '_' || letter.is_alphanumeric())
        && !matches!(text, "_" | "self" | "Self" | "super" | "crate")
}

/// `mount("/api" = self.api)`
pub(crate) struct Mount {
    pub(crate) prefix: LitStr,
    /// The handler as an expression, which is a reference.
    pub(crate) handler: TokenStream,
}
