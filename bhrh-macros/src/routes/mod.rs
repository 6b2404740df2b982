//! Routes: `#[route("GET /users/{id}")]` on a method of the block.
//!
//! The same way as for all else, from the attribute to the output: [`pattern`] reads the text,
//! [`attribute`] and [`arguments`] a method, [`check`] looks across routes with the set theory of
//! [`overlap`], [`matcher`] makes a tree of comparisons of the [`tree`] of all patterns, [`call`]
//! what happens at its leaves, and [`builders`] the table and the links.

pub(crate) mod arguments;
pub(crate) mod attribute;
pub(crate) mod builders;
pub(crate) mod call;
pub(crate) mod check;
pub(crate) mod dispatch;
pub(crate) mod matcher;
pub(crate) mod mount;
pub(crate) mod overlap;
pub(crate) mod pattern;
pub(crate) mod tree;

use proc_macro2::{Ident, TokenStream};
use syn::{Expr, LitStr, Type, Visibility};

use crate::model::Callee;
use pattern::Pattern;

/// A method with routes.
pub(crate) struct RouteMethod {
    pub(crate) routes: Vec<Route>,
    pub(crate) method: Callee,
    /// What it takes after the exchange, in that order.
    pub(crate) arguments: Vec<Argument>,
    /// The name of its path builder, and where that is said.
    pub(crate) builder: Ident,
    pub(crate) visibility: Visibility,
}

/// One `#[route]`.
#[derive(Clone)]
pub(crate) struct Route {
    /// `GET /users/{id}`, as written.
    pub(crate) text: LitStr,
    /// The command that it answers; `None` for all.
    pub(crate) command: Option<String>,
    pub(crate) pattern: Pattern,
}

/// One argument of a method with routes.
pub(crate) struct Argument {
    pub(crate) source: Source,
    pub(crate) form: Form,
}

/// Where the value of an argument comes from.
pub(crate) enum Source {
    /// A parameter of the path, by its name.
    Path(String),
    /// A parameter of the query, by its name there.
    Query { name: String, default: Option<Expr> },
}

/// What is made of the text of a parameter.
pub(crate) enum Form {
    /// `&str`
    Borrowed,
    /// `Cow<str>`
    Cow,
    /// Whatever implements `FromStr`.
    Parsed(Box<Type>),
    /// `Option` of one of these.
    Optional(Box<Form>),
    /// `Vec` of one of these: all values of a query parameter.
    Many(Box<Form>),
    /// `bool` in a query.
    Flag,
}

/// `mount("/api" = self.api)`
pub(crate) struct Mount {
    pub(crate) prefix: LitStr,
    pub(crate) handler: TokenStream,
}
