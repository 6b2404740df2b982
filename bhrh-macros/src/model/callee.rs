//! A method of the user's, as far as generated code needs it to call the method.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::{Attribute, Expr, Type};

use crate::syntax::spans::Ends;

#[derive(Clone)]
pub(crate) struct Callee {
    pub(crate) name: Ident,
    /// The conditions under which the method exists.
    pub(crate) cfgs: Vec<Attribute>,
    /// Whether its first parameter is the exchange.
    pub(crate) takes_exchange: bool,
    /// Where the types of its parameters stand.
    pub(crate) parameters: Vec<Ends>,
    /// Where its return type stands, or its name if it has no return type.
    pub(crate) output: Ends,
    pub(crate) returned: Returned,
    /// What runs before the method, in order.
    pub(crate) guards: Vec<Expr>,
}

/// How the value that a method returned is converted to an outcome.
#[derive(Clone)]
pub(crate) enum Returned {
    /// By `IntoOutcome`, for a method that answers through the exchange and returns nothing, or
    /// `io::Result<()>`. The type is there if it is written.
    Written(Option<Box<Type>>),
    /// By `Reply` of this type. The output names the type, because the compiler then needs only a
    /// few words to say that the type does not implement the trait.
    Typed(Box<Type>),
    /// By `Reply` of the inferred type, where the type cannot be named in an expression.
    Inferred,
    /// By the runtime's `local_error` before `Reply`, for `Result<T, Box<dyn Error>>`. Such an
    /// error may not leave its thread, so the runtime keeps its text.
    LocalError,
}

impl Callee {
    /// Whether this method and another can exist in one build, as far as their `cfg` attributes
    /// show. Different conditions on both count as exclusive. If they are not, the compiler finds
    /// out.
    pub(crate) fn may_coexist_with(&self, other: &Self) -> bool {
        let conditions = |cfgs: &[Attribute]| {
            let mut texts: Vec<String> =
                cfgs.iter().map(|cfg| cfg.to_token_stream().to_string()).collect();
            texts.sort();
            texts
        };
        let (first, second) = (conditions(&self.cfgs), conditions(&other.cfgs));
        first.is_empty() || second.is_empty() || first == second
    }
}
