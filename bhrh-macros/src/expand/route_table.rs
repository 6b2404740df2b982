//! The routes as a table: the constant `ROUTES`, and `fn routes` of the trait.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use crate::model::Handlers;
use crate::model::route::Route;
use crate::syntax::runtime_paths;
use crate::syntax::spans::self_in;

/// The constant `ROUTES`.
pub(super) fn table(handlers: &Handlers) -> TokenStream {
    let (info, rows) = (handlers.arguments.paths.route_info(), rows(handlers));
    let name = format_ident!("ROUTES", span = Span::call_site());
    quote! {
        /// The routes of this handler, in the order in which they are written.
        pub const #name: &'static [#info] = #rows;
    }
}

/// The table as an expression that does not use the name `ROUTES`. If a type has two blocks, the
/// compiler would complain about the name at each use.
pub(super) fn constant_table(handlers: &Handlers) -> TokenStream {
    let (info, rows) = (handlers.arguments.paths.route_info(), rows(handlers));
    quote!({
        const __TABLE: &[#info] = #rows;
        __TABLE
    })
}

fn rows(handlers: &Handlers) -> TokenStream {
    let info = handlers.arguments.paths.route_info();
    let rows = handlers.routes.iter().flat_map(|found| {
        let (cfgs, function) = (&found.method.cfgs, found.method.name.unraw().to_string());
        let (some, none) = (runtime_paths::some(), runtime_paths::none());
        let info = info.clone();
        found.routes.iter().map(move |route| {
            let command = match &route.command {
                Some(command) => quote!(#some(#command)),
                None => none.clone(),
            };
            let pattern = pattern_text(route);
            quote!(#(#cfgs)* #info::new(#command, #pattern, #function))
        })
    });
    quote!(&[#(#rows),*])
}

/// The pattern without its command.
pub(super) fn pattern_text(route: &Route) -> String {
    route.path.clone()
}

/// `fn routes`: the routes of this handler, of mounted handlers and of the wrapped handler.
pub(super) fn routes(handlers: &Handlers) -> TokenStream {
    let paths = &handlers.arguments.paths;
    let (info, handler) = (paths.route_info(), paths.handler());
    let table = constant_table(handlers);
    let mounts = &handlers.arguments.mounts;
    let said = mounts.iter().find_map(|mount| self_in(mount.handler.clone()));
    let receiver = Ident::new("self", said.unwrap_or_else(Span::call_site));
    let below = mounts.iter().map(|mount| {
        let (prefix, inner) = (&mount.prefix, &mount.handler);
        quote! {
            let __inner: &dyn #handler = #inner;
            for __route in __inner.routes() {
                __routes.push(__route.below(#prefix));
            }
        }
    });
    let wraps = handlers.arguments.wraps.is_some();
    let inner = wraps.then(|| {
        let some = runtime_paths::some();
        quote! {
            if let #some(__inner) = #handler::wraps(#receiver) {
                __routes.extend(__inner.routes());
            }
        }
    });
    let mutable = (wraps || !mounts.is_empty()).then(|| quote!(mut));
    quote! {
        fn routes(&#receiver) -> ::std::vec::Vec<#info> {
            let #mutable __routes = <[#info]>::to_vec(#table);
            #(#below)*
            #inner
            __routes
        }
    }
}
