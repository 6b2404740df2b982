//! The call of one of the user's methods, placed so that the compiler's errors point into the
//! method's signature.

use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use crate::model::callee::{Callee, Returned};
use crate::syntax::runtime_paths::{self, Paths};
use crate::syntax::spans::{Ends, place, placed};

/// Calls a method that answers, and converts what it returns to an outcome.
pub(super) fn outcome(method: &Callee, arguments: &[Ident], paths: &Paths) -> TokenStream {
    let call = call(method, arguments);
    let here = |tokens| place(tokens, method.name.span());
    match &method.returned {
        Returned::Typed(ty) => {
            let into_outcome = here(paths.outcome_trait());
            quote!(<#ty as #into_outcome>::into_outcome(#call))
        }
        Returned::Inferred => {
            let into_outcome = here(paths.outcome_of());
            quote!(#into_outcome(#call))
        }
        Returned::LocalError => {
            let (result, local_error) =
                (runtime_paths::result(), place(paths.local_error(), method.output.first));
            quote!(#result::map_err(#call, |__e| #local_error(__e)))
        }
    }
}

/// `self.method(…)`. An error about an argument points at the parameter's type, one about the
/// method at its name, and one about the returned value at the return type, because the call as a
/// whole begins and ends there.
pub(super) fn call(method: &Callee, arguments: &[Ident]) -> TokenStream {
    let Ends { first, last } = method.output;
    let receiver = Ident::new("self", placed(first));
    let mut name = method.name.clone();
    name.set_span(placed(name.span()));
    let arguments = arguments.iter().zip(&method.parameters).map(|(argument, ty)| {
        Ident::new(&argument.to_string(), placed(ty.last)).into_token_stream()
    });
    let mut list = Group::new(Delimiter::Parenthesis, quote!(#(#arguments),*));
    list.set_span(placed(last));
    let dot = quote_spanned!(name.span()=> .);
    quote!(#receiver #dot #name #list)
}
