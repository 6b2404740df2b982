//! The argument `mount("/api" = self.api)`: another handler answers what is below a path.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::ParseStream;
use syn::{Expr, LitStr, Token, parenthesized};

use super::pattern;
use crate::model::route::Mount;
use crate::syntax::as_written::bare_expr;
use crate::syntax::diagnostics::{Diagnostics, message};
use crate::syntax::spans::{Ends, placed};

const EXAMPLE: &str =
    "write `mount(\"/api\" = self.api)`: a prefix, and the handler for what is below it";

/// Reads what follows the word `mount`.
pub(crate) fn read(
    name: &Ident,
    input: ParseStream<'_>,
    mounts: &mut Vec<Mount>,
    diagnostics: &mut Diagnostics,
) -> syn::Result<()> {
    let content;
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new_spanned(
            name,
            message("`mount` has no handler to mount", EXAMPLE),
        ));
    }
    parenthesized!(content in input);
    let read = inside(name, &content, mounts, diagnostics);
    if read.is_err() {
        // One fault in a list of mounts is enough: the rest of the list is skipped.
        let _rest: TokenStream = content.parse()?;
    }
    // The deepest prefix first: `/api/v2` is asked before `/api`.
    mounts.sort_by_key(|mount| std::cmp::Reverse(mount.prefix.value().matches('/').count()));
    read
}

/// Reads what stands in the parentheses.
fn inside(
    name: &Ident,
    content: ParseStream<'_>,
    mounts: &mut Vec<Mount>,
    diagnostics: &mut Diagnostics,
) -> syn::Result<()> {
    if content.is_empty() {
        return Err(syn::Error::new_spanned(
            name,
            message("`mount` has no handler to mount", EXAMPLE),
        ));
    }
    while !content.is_empty() {
        let Ok(prefix) = content.parse::<LitStr>() else {
            return Err(content.error(message("expected a prefix", EXAMPLE)));
        };
        if content.parse::<Token![=]>().is_err() {
            let wrong = format!("nothing is mounted at `{}`", prefix.value());
            return Err(syn::Error::new_spanned(&prefix, message(wrong, EXAMPLE)));
        }
        let handler: Expr = content.parse()?;
        if let Err(fault) = pattern::prefix(&prefix.value()) {
            diagnostics.fault(&prefix, fault.wrong, fault.help);
        }
        if let Some(first) = mounts.iter().find(|first| first.prefix.value() == prefix.value()) {
            let wrong = format!("`{}` is mounted twice", prefix.value());
            diagnostics.fault_at_both([&first.prefix, &prefix], wrong, "keep one of the two");
        }
        mounts.push(Mount { prefix, handler: reference(&handler) });
        if !content.is_empty() {
            content.parse::<Token![,]>().map_err(|_| {
                let help = "write `mount(\"/a\" = self.a, \"/b\" = self.b)`";
                content.error(message("expected a comma", help))
            })?;
        }
    }
    Ok(())
}

/// The handler as a reference. An expression that is not a reference yet is borrowed.
fn reference(handler: &Expr) -> TokenStream {
    match bare_expr(handler) {
        Expr::Reference(_) => handler.to_token_stream(),
        _ => {
            let and = quote_spanned!(placed(Ends::of(handler).first)=> &);
            quote!(#and #handler)
        }
    }
}
