//! The code that runs guards before a method.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Expr, Type};

use crate::syntax::runtime_paths::{self, Paths};
use crate::syntax::spans::{Ends, place, placed};

/// Runs a guard. If it does not let the method run, returns from `dispatch`.
pub(super) fn check(guard: &Expr, paths: &Paths) -> TokenStream {
    let (called, error_of) = (called(guard), paths.private("ErrorOf"));
    let stops = paths.input(quote!(guard::stops));
    let passes = asked(guard, quote!(Pass<_>), quote!(passes), paths);
    let (some, dispatch) = (runtime_paths::some(), paths.dispatch());
    let passed = returned(guard);
    quote! {{
        let #passed = #called;
        let __error_of = #error_of::value(&#passed);
        if let #some(__stop) = #stops(#passes(#passed), __http, |__e| __error_of.status(__e)) {
            return #dispatch::Handled(__stop);
        }
    }}
}

/// Runs a guard, and puts what it gives into a local variable.
pub(super) fn value(guard: &Expr, ty: &Type, local: &Ident, paths: &Paths) -> TokenStream {
    let (called, error_of) = (called(guard), paths.private("ErrorOf"));
    let given = paths.input(quote!(guard::given));
    let gives = asked(guard, quote!(Give<#ty, _>), quote!(given), paths);
    let (result, dispatch) = (runtime_paths::result(), paths.dispatch());
    let value = returned(guard);
    quote! {
        let #local: #ty = {
            let #value = #called;
            let __error_of = #error_of::value(&#value);
            match #given::<#ty>(#gives(#value), __http, |__e| __error_of.status(__e)) {
                #result::Ok(__v) => __v,
                #result::Err(__stop) => return #dispatch::Handled(__stop),
            }
        };
    }
}

/// The function that says what a returned value means, placed at the guard's end, as the value is:
/// an error about its type points there.
fn asked(guard: &Expr, of: TokenStream, function: TokenStream, paths: &Paths) -> TokenStream {
    let guards = paths.input(quote!(guard::Guards));
    let of = paths.input(quote!(guard::#of));
    place(quote!(<#guards as #of>::#function), Ends::of(guard).last)
}

/// The local for what a guard returned, placed at the guard: an error about its type points there.
fn returned(guard: &Expr) -> Ident {
    Ident::new("__returned", placed(Ends::of(guard).last))
}

/// `self.authorised(__http)`
pub(super) fn called(guard: &Expr) -> TokenStream {
    let last = Ends::of(guard).last;
    let guard: TokenStream = guard.to_token_stream().into_iter().map(own_self).collect();
    let mut arguments = Group::new(Delimiter::Parenthesis, quote!(__http));
    arguments.set_span(placed(last));
    quote!(#guard #arguments)
}

/// The `self` of `dispatch` is generated, so a `self` that the user wrote has to be as well.
pub(super) fn own_self(token: TokenTree) -> TokenTree {
    match token {
        TokenTree::Ident(ident) if ident == "self" => {
            Ident::new("self", placed(ident.span())).into()
        }
        other => other,
    }
}
