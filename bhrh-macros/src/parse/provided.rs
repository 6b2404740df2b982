//! Methods that `openapi(document = …, docs = …, problems)` asks for, as the user would write
//! them. They join the block before it is read.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::LitStr;

use crate::model::Handlers;
use crate::model::block::{Member, Method};
use crate::syntax::runtime_paths;

/// The methods, but for those that the block has already.
pub(super) fn methods(handlers: &Handlers) -> Vec<Member> {
    let Some(openapi) = &handlers.arguments.openapi else { return Vec::new() };
    let has = |name: &str| {
        handlers
            .block
            .members
            .iter()
            .any(|member| matches!(member, Member::Method(method) if method.sig.ident == name))
    };
    let (document, docs) = (openapi.document.as_ref(), openapi.docs.as_ref());
    let routes = [
        document.map(|path| route(handlers, path, "openapi_document", "reply_openapi")),
        docs.map(|path| route(handlers, path, "openapi_docs", "reply_openapi_docs")),
    ];
    // A wrapper's errors are those of what it wraps.
    let sends_problems =
        openapi.has_problems && handlers.arguments.wraps.is_none() && !has("send_error");
    let problems = sends_problems.then(|| send_error(handlers));
    let methods = routes.into_iter().flatten().chain(problems);
    methods.filter_map(|tokens| syn::parse2::<Method>(tokens).ok()).map(Member::from).collect()
}

/// A route that is not part of the document.
fn route(handlers: &Handlers, path: &LitStr, name: &str, replies: &str) -> TokenStream {
    let (exchange, io_result) = (handlers.arguments.paths.exchange(), runtime_paths::io_result());
    let (name, replies) = (Ident::new(name, path.span()), Ident::new(replies, path.span()));
    let route = LitStr::new(&format!("GET {}", path.value()), path.span());
    quote! {
        #[doc(hidden)]
        #[route(#route)]
        fn #name(&self, http: &mut #exchange<'_>) -> #io_result<()> {
            http.#replies(self)
        }
    }
}

fn send_error(handlers: &Handlers) -> TokenStream {
    let paths = &handlers.arguments.paths;
    let (exchange, send_problem) = (paths.exchange(), paths.send_problem());
    let (option, io_result) = (runtime_paths::option(), runtime_paths::io_result());
    quote! {
        fn send_error(
            &self,
            http: &mut #exchange<'_>,
            code: u16,
            message: #option<&str>,
            explain: #option<&str>,
        ) -> #io_result<()> {
            #send_problem(http, code, message, explain)
        }
    }
}
