//! Guards: `#[before(self.authorised)]` above a method, in front of an argument, or as an argument
//! of `#[http_handler]`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Meta, Token};

use crate::syntax::as_written::bare_expr;
use crate::syntax::diagnostics::{Diagnostics, message};

const EXAMPLE: &str = "write `before(self.authorised)`: a method that takes `&self` and \
                       `http: &mut Exchange`, named and not called";

/// The guards in the parentheses of `before(…)`.
pub(super) fn listed(input: ParseStream<'_>) -> syn::Result<Vec<Expr>> {
    if input.is_empty() {
        return Err(input.error(message("`before` names no guard", EXAMPLE)));
    }
    let guards = Punctuated::<Expr, Token![,]>::parse_terminated(input)?;
    guards.into_iter().map(checked).collect()
}

fn checked(guard: Expr) -> syn::Result<Expr> {
    match bare_expr(&guard) {
        Expr::Path(_) | Expr::Field(_) => Ok(guard),
        Expr::MethodCall(_) | Expr::Call(_) => {
            let wrong = "a guard is named here, and called with the exchange later";
            Err(syn::Error::new_spanned(&guard, message(wrong, EXAMPLE)))
        }
        _ => Err(syn::Error::new_spanned(&guard, message("this is not a guard", EXAMPLE))),
    }
}

/// The guards in `#[before(…)]`.
pub(super) fn in_attribute(attr: &Attribute) -> syn::Result<Vec<Expr>> {
    match &attr.meta {
        Meta::List(list) => {
            listed.parse2(list.tokens.clone()).map_err(|fault| match list.tokens.is_empty() {
                true => no_guard(attr),
                false => fault,
            })
        }
        _ => Err(no_guard(attr)),
    }
}

fn no_guard(attr: &Attribute) -> syn::Error {
    syn::Error::new_spanned(&attr.meta, message("`#[before]` names no guard", EXAMPLE))
}

/// The guards above a method.
pub(super) fn of_method(attrs: &[Attribute], diagnostics: &mut Diagnostics) -> Vec<Expr> {
    let mut guards: Vec<Expr> = Vec::new();
    for attr in attrs {
        match in_attribute(attr) {
            Ok(found) => guards.extend(found),
            Err(fault) => diagnostics.push(fault),
        }
    }
    guards
}

/// Whether two guards are written alike.
pub(crate) fn is_same(one: &Expr, other: &Expr) -> bool {
    let text = |guard: &Expr| -> TokenStream { bare_expr(guard).to_token_stream() };
    text(one).to_string() == text(other).to_string()
}
