//! The arguments of a method that answers, and where their values come from.

use syn::{Expr, Type};

/// One argument after the exchange.
pub(crate) struct Argument {
    pub(crate) source: Source,
    pub(crate) form: Form,
    /// The texts of its documentation comments.
    pub(crate) docs: Vec<Expr>,
}

/// Where the value of an argument comes from.
pub(crate) enum Source {
    /// The path's parameter of this name.
    Path(String),
    /// A value that the request names: `#[query]`, `#[header]` or `#[cookie]`.
    Named { part: Part, name: String, default: Option<Expr> },
    /// All parameters of the query, as one value: `#[query(struct)]`.
    QueryStruct,
    /// What this guard returns: `#[before(self.user)]`.
    Guard(Expr),
    /// The content of the request, in this format, up to a number of bytes.
    Content { format: Format, limit: Option<Expr> },
}

/// A part of a request whose values have names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Query,
    Header,
    Cookie,
}

/// How the content of a request is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// `#[json]`
    Json,
    /// `#[form]`
    Form,
    /// `#[body]`
    Body,
}

/// What the text of a parameter, or the content, is turned into.
pub(crate) enum Form {
    /// `&str`
    Borrowed,
    /// `&[u8]`
    BorrowedBytes,
    /// `Cow<str>`
    Cow,
    /// Any other type. It implements the trait that the source of the argument needs.
    Parsed(Box<Type>),
    /// `Option` of one of these.
    Optional(Box<Form>),
    /// `Vec` of one of these: all values of a name.
    Many(Box<Form>),
    /// `bool` in a query.
    Flag,
    /// `Result<T, E>` of the content, and its `T` if it is written: the method decides what becomes
    /// of an error.
    Tried(Box<Type>, Option<Box<Type>>),
}
