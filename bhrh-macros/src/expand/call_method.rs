//! The call of one of the user's methods, placed so that the compiler's errors point into the
//! method's signature.

use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;

use crate::model::callee::{Callee, Returned};
use crate::syntax::runtime_paths::{self, Paths};
use crate::syntax::spans::{Ends, place, placed, written};

/// Calls a method that answers, and converts what it returns to an outcome.
pub(super) fn outcome(method: &Callee, arguments: &[Ident], paths: &Paths) -> TokenStream {
    let call = call(method, arguments);
    let here = |tokens| place(tokens, method.name.span());
    match &method.returned {
        Returned::Written(Some(ty)) => {
            let into_outcome = here(paths.outcome_trait());
            quote!(<#ty as #into_outcome>::into_outcome(#call))
        }
        Returned::Written(None) => {
            let into_outcome = here(paths.outcome_of());
            quote!(#into_outcome(#call))
        }
        Returned::Typed(ty) => replied(&call, Some(ty), paths),
        Returned::Inferred => replied(&call, None, paths),
        Returned::LocalError => {
            let (result, local_error, reply) = (
                runtime_paths::result(),
                place(paths.local_error(), method.output.first),
                here(paths.reply()),
            );
            quote!(#reply::reply(#result::map_err(#call, |__e| #local_error(__e)), __http))
        }
    }
}

/// Sends what a method returned. An error gets its status by the type of the value, since only the
/// type says whether the error is an `HttpError`.
fn replied(call: &TokenStream, ty: Option<&Type>, paths: &Paths) -> TokenStream {
    let (by_type, result) = (paths.private("ErrorOf"), runtime_paths::result());
    let (answers, gives) = (paths.private("Answering"), paths.private("GivesAnswer"));
    let reply = match ty {
        Some(ty) => {
            let at = Ends::of(ty).first;
            let (answers, gives) = (written(answers, at), written(gives, at));
            quote!(<#answers as #gives<#ty>>::reply)
        }
        None => quote!(<#answers as #gives<_>>::reply),
    };
    quote!({
        let __returned = #call;
        let __error_of = #by_type::value(&__returned);
        #result::map_err(#reply(__returned, __http), |__e| __error_of.status(__e))
    })
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
