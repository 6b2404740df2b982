//! What was understood of a handler: the one thing that reading makes and writing needs.

use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, Expr};

use crate::block::Block;
use crate::hooks::Hook;
use crate::paths::Paths;
use crate::returns::Returned;
use crate::routes::{Mount, RouteMethod};
use crate::spans::Ends;

/// An `impl` block under `#[http_handler(…)]`.
pub(crate) struct Handlers {
    /// The block as it will be written out: without our helper attributes.
    pub(crate) block: Block,
    pub(crate) arguments: Arguments,
    pub(crate) commands: Vec<Command>,
    pub(crate) overrides: Vec<Override>,
    pub(crate) routes: Vec<RouteMethod>,
}

impl Handlers {
    /// Whether paths matter to it.
    pub(crate) fn is_routed(&self) -> bool {
        !self.routes.is_empty() || !self.arguments.mounts.is_empty()
    }
}

/// What stands in the parentheses of the attribute.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) paths: Paths,
    pub(crate) attributes: Vec<ClassAttribute>,
    /// Handlers that are mounted below this one.
    pub(crate) mounts: Vec<Mount>,
    /// The handler that this one wraps, as a reference.
    pub(crate) wraps: Option<TokenStream>,
    /// `auto_head`, where it stands.
    pub(crate) auto_head: Option<Ident>,
}

/// `name = value`, where the name is one of Python's class attributes.
pub(crate) struct ClassAttribute {
    pub(crate) name: Ident,
    pub(crate) value: Expr,
}

/// A command, and the method that answers it. A method with several commands has several of these.
pub(crate) struct Command {
    pub(crate) name: String,
    /// Where the command is named: the method's name, or the text in `#[command("…")]`.
    pub(crate) place: TokenStream,
    pub(crate) method: Callee,
}

/// A hook that the block overrides.
pub(crate) struct Override {
    pub(crate) hook: &'static Hook,
    pub(crate) method: Callee,
}

/// A method of the user's, as far as calling it goes.
#[derive(Clone)]
pub(crate) struct Callee {
    pub(crate) name: Ident,
    /// The conditions under which it exists.
    pub(crate) cfgs: Vec<Attribute>,
    /// Where the types of its parameters stand.
    pub(crate) parameters: Vec<Ends>,
    /// Where its return type stands, or its name if it has none.
    pub(crate) output: Ends,
    pub(crate) returned: Returned,
}
