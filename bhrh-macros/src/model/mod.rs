//! What the macro has understood of a handler. `parse` makes it, `check` and `expand` read it.

pub(crate) mod argument;
pub(crate) mod block;
pub(crate) mod callee;
pub(crate) mod http_error;
pub(crate) mod openapi;
pub(crate) mod route;

use std::rc::Rc;

use proc_macro2::{Ident, TokenStream};
use syn::{Expr, LitStr};

use crate::syntax::runtime_paths::Paths;
use crate::words::hooks::Hook;
use argument::Argument;
use block::Block;
use callee::Callee;
use openapi::OpenApi;
use route::{Mount, RouteMethod};

/// An `impl` block under `#[http_handler(…)]`.
pub(crate) struct Handlers {
    /// The block as it will be written out, without our helper attributes.
    pub(crate) block: Block,
    pub(crate) arguments: Arguments,
    pub(crate) commands: Vec<Command>,
    pub(crate) overrides: Vec<Override>,
    pub(crate) routes: Vec<RouteMethod>,
}

impl Handlers {
    /// Whether the handler looks at paths.
    pub(crate) fn is_routed(&self) -> bool {
        !self.routes.is_empty() || !self.arguments.mounts.is_empty()
    }
}

/// The arguments of the attribute.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) paths: Paths,
    pub(crate) attributes: Vec<ClassAttribute>,
    /// Handlers that are mounted below this one, the deepest prefix first.
    pub(crate) mounts: Vec<Mount>,
    /// The handler that this one wraps, as an expression that is a reference.
    pub(crate) wraps: Option<TokenStream>,
    /// What runs before each method that answers, in order.
    pub(crate) guards: Vec<Expr>,
    /// What the path of each route begins with.
    pub(crate) prefix: Option<LitStr>,
    /// The word `auto_head`, if it is written.
    pub(crate) auto_head: Option<Ident>,
    /// Whether and how the routes are described.
    pub(crate) openapi: Option<OpenApi>,
}

/// `name = value`, where the name is one of Python's class attributes.
pub(crate) struct ClassAttribute {
    pub(crate) name: Ident,
    pub(crate) value: Expr,
}

/// A command, and the method that answers it. A method with several commands has several of these.
pub(crate) struct Command {
    pub(crate) name: String,
    /// The tokens that name the command: the method's name, or the text in `#[command("…")]`.
    pub(crate) place: TokenStream,
    pub(crate) method: Callee,
    /// The arguments after the exchange, in order.
    pub(crate) arguments: Rc<[Argument]>,
}

/// A hook that the block overrides.
pub(crate) struct Override {
    pub(crate) hook: &'static Hook,
    pub(crate) method: Callee,
}
