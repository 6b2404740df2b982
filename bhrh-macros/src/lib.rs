//! The attribute of [`bhrh`](https://docs.rs/bhrh): `#[http_handler]`.
//!
//! Use it through `bhrh`, which re-exports it; the code that it writes names `bhrh`'s paths.
//!
//! The way through the folders. Each uses only those before it:
//!
//! - `words` has tables of names and little languages, as plain strings.
//! - `syntax` has the tools for tokens.
//! - `model` is what is understood of a handler.
//! - `parse` reads tokens into the model, one method at a time.
//! - `check` looks for faults across methods.
//! - `expand` writes the model out, or its `fallback` if there were faults.

mod check;
mod expand;
mod model;
mod parse;
mod syntax;
mod words;

#[cfg(test)]
mod snapshot;

use proc_macro::TokenStream;
use proc_macro2::Span;

use crate::expand::fallback;
use crate::syntax::diagnostics::{Diagnostics, message};

/// Turns an `impl` block into an HTTP handler: its `do_*` methods answer requests.
#[doc = include_str!("http_handler.md")]
#[proc_macro_attribute]
pub fn http_handler(arguments: TokenStream, item: TokenStream) -> TokenStream {
    handler(arguments.into(), item.into()).into()
}

/// Names a command that cannot be part of a method's name: `#[command("M-SEARCH")]`.
///
/// It belongs on a method in an `impl` block under [`#[http_handler]`](macro@http_handler), which
/// reads it, so it does not have to be imported. The method may have any name and several of these
/// attributes. On a method named `do_X` the attribute replaces `X`: `#[command("get")] fn do_get`
/// answers `get` only.
#[proc_macro_attribute]
pub fn command(_: TokenStream, item: TokenStream) -> TokenStream {
    let wrong = "`#[command]` belongs on a method in an `impl` block under `#[http_handler]`";
    misplaced(item, wrong, "write `#[http_handler]` above the `impl` block")
}

/// Names a path that the method answers, and optionally the command:
/// `#[route("GET /users/{id}")]`.
///
/// It belongs on a method in an `impl` block under [`#[http_handler]`](macro@http_handler), which
/// reads it, so it does not have to be imported. A method may have several routes.
#[proc_macro_attribute]
pub fn route(_: TokenStream, item: TokenStream) -> TokenStream {
    let wrong = "`#[route]` belongs on a method in an `impl` block under `#[http_handler]`";
    misplaced(item, wrong, "write `#[http_handler]` above the `impl` block")
}

/// Lets an argument of a method with a [`#[route]`](macro@route) take a parameter of the query:
/// `#[query] page: Option<u32>`.
///
/// [`#[http_handler]`](macro@http_handler) reads it, so it does not have to be imported.
#[proc_macro_attribute]
pub fn query(_: TokenStream, item: TokenStream) -> TokenStream {
    let wrong = "`#[query]` belongs on an argument of a method with a `#[route]`";
    misplaced(
        item,
        wrong,
        "write `fn list(&self, http: &mut Exchange, #[query] page: Option<u32>)`",
    )
}

fn misplaced(item: TokenStream, wrong: &str, help: &str) -> TokenStream {
    let item = proc_macro2::TokenStream::from(item);
    // The span of the attribute, but with the hygiene of the item: the user wrote the attribute.
    let written_by = item.clone().into_iter().next().map_or_else(Span::call_site, |it| it.span());
    let place = Span::call_site().resolved_at(written_by);
    fallback::misplaced(item, &syn::Error::new(place, message(wrong, help))).into()
}

fn handler(
    arguments: proc_macro2::TokenStream,
    item: proc_macro2::TokenStream,
) -> proc_macro2::TokenStream {
    let mut diagnostics = Diagnostics::new();
    let arguments = parse::arguments::parse(arguments, &mut diagnostics);
    let block = match parse::block::parse(item.clone(), &mut diagnostics) {
        Ok(block) => block,
        Err(fault) => {
            // Faults in the arguments are not reported as well: the item has to be mended first.
            let _ = diagnostics.finish();
            return fallback::not_a_block(item, &arguments.paths, &fault);
        }
    };
    let handlers = parse::parse(block, arguments, &mut diagnostics);
    check::check(&handlers, &mut diagnostics);
    match diagnostics.finish() {
        Ok(()) => expand::expand(&handlers),
        Err(faults) => fallback::expand(&handlers, &faults),
    }
}
