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
use crate::syntax::runtime_paths::Paths;

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

/// Lets an argument of a method that answers take a parameter of the query:
/// `#[query] page: Option<u32>`.
///
/// `#[query("page-size", default = 20)]` gives it another name, and a value if it is missing.
/// `#[query(struct)] filter: Filter` reads all parameters into one value by serde (bhrh's feature
/// `serde`).
///
/// [`#[http_handler]`](macro@http_handler) reads it, so it does not have to be imported.
#[proc_macro_attribute]
pub fn query(_: TokenStream, item: TokenStream) -> TokenStream {
    let wrong =
        "`#[query]` belongs on an argument of a method in an `impl` block under `#[http_handler]`";
    misplaced(
        item,
        wrong,
        "write `fn list(&self, http: &mut Exchange, #[query] page: Option<u32>)`",
    )
}

/// Lets an argument of a method that answers take a header field: `#[header] user_agent:
/// Option<&str>`.
///
/// Without a name it takes the field of the argument's name, with hyphens for underscores.
/// `#[header("X-Tag")] tags: Vec<&str>` takes the elements of a list.
///
/// [`#[http_handler]`](macro@http_handler) reads it, so it does not have to be imported.
#[proc_macro_attribute]
pub fn header(_: TokenStream, item: TokenStream) -> TokenStream {
    let wrong =
        "`#[header]` belongs on an argument of a method in an `impl` block under `#[http_handler]`";
    misplaced(
        item,
        wrong,
        "write `fn show(&self, http: &mut Exchange, #[header] user_agent: Option<&str>)`",
    )
}

/// Lets an argument of a method that answers take a cookie: `#[cookie] session: Option<&str>`.
///
/// `#[cookie("sid")]` takes the cookie of that name.
///
/// [`#[http_handler]`](macro@http_handler) reads it, so it does not have to be imported.
#[proc_macro_attribute]
pub fn cookie(_: TokenStream, item: TokenStream) -> TokenStream {
    let wrong =
        "`#[cookie]` belongs on an argument of a method in an `impl` block under `#[http_handler]`";
    misplaced(
        item,
        wrong,
        "write `fn show(&self, http: &mut Exchange, #[cookie] session: Option<&str>)`",
    )
}

/// Lets an argument of a method that answers take the content of the request as JSON:
/// `#[json] item: Item` (bhrh's feature `serde_json`).
///
/// `#[json(limit = 64 << 10)]` takes at most that many bytes.
///
/// [`#[http_handler]`](macro@http_handler) reads it, so it does not have to be imported.
#[proc_macro_attribute]
pub fn json(_: TokenStream, item: TokenStream) -> TokenStream {
    let wrong =
        "`#[json]` belongs on an argument of a method in an `impl` block under `#[http_handler]`";
    misplaced(item, wrong, "write `fn create(&self, http: &mut Exchange, #[json] item: Item)`")
}

/// Lets an argument of a method that answers take the content of the request as an urlencoded form:
/// `#[form] form: Form` (bhrh's feature `forms`), or a struct by serde (feature `serde`).
///
/// [`#[http_handler]`](macro@http_handler) reads it, so it does not have to be imported.
#[proc_macro_attribute]
pub fn form(_: TokenStream, item: TokenStream) -> TokenStream {
    let wrong =
        "`#[form]` belongs on an argument of a method in an `impl` block under `#[http_handler]`";
    misplaced(item, wrong, "write `fn create(&self, http: &mut Exchange, #[form] form: Form)`")
}

/// Lets an argument of a method that answers take the content of the request: `#[body] image:
/// Vec<u8>`.
///
/// It may be a `Vec<u8>`, a `&[u8]`, a `String` or a `&str`.
///
/// [`#[http_handler]`](macro@http_handler) reads it, so it does not have to be imported.
#[proc_macro_attribute]
pub fn body(_: TokenStream, item: TokenStream) -> TokenStream {
    let wrong =
        "`#[body]` belongs on an argument of a method in an `impl` block under `#[http_handler]`";
    misplaced(item, wrong, "write `fn store(&self, http: &mut Exchange, #[body] image: Vec<u8>)`")
}

/// Makes an error type an `HttpError`: `#[status(404, "No such user")]` above a variant says what
/// the client gets.
///
/// ```text
/// #[derive(Debug, thiserror::Error, HttpError)]
/// enum Failed {
///     #[error("There is no user {0}.")]
///     #[status(404, "No such user")]
///     NoUser(u64),
///     #[error("the disk failed")]
///     #[status(500)]
///     Disk(#[from] io::Error),
/// }
/// ```
///
/// The second argument is the reason phrase, and the title of the page. `#[status(transparent)]`
/// takes both from the error inside, which has to be an `HttpError` too. Above the enum,
/// `#[status(…)]` is for all variants without one of their own. The texts of the error, its
/// `Display`, are yours to write.
#[proc_macro_derive(HttpError, attributes(status))]
pub fn http_error(item: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::new();
    let paths = Paths::default();
    let found = parse::http_error::parse(item.into(), &mut diagnostics);
    let faults = diagnostics.finish();
    let implementation = found.map(|found| match &faults {
        Ok(()) => expand::http_error::expand(&found, &paths),
        Err(_) => expand::http_error::stub(&found, &paths),
    });
    let faults = faults.err().unwrap_or_default();
    let faults = faults.iter().map(syn::Error::to_compile_error);
    quote::quote!(#implementation #(#faults)*).into()
}

/// Names guards: methods that run before the method below, and may answer instead of it:
/// `#[before(self.authorised)]`.
///
/// In front of an argument, the argument takes what the guard returns: `#[before(self.user)] user:
/// User`. `#[http_handler(before(self.authorised))]` runs it before each method of the block that
/// answers.
///
/// [`#[http_handler]`](macro@http_handler) reads it, so it does not have to be imported.
#[proc_macro_attribute]
pub fn before(_: TokenStream, item: TokenStream) -> TokenStream {
    let wrong = "`#[before]` belongs on a method in an `impl` block under `#[http_handler]`";
    misplaced(item, wrong, "write `#[http_handler]` above the `impl` block")
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
