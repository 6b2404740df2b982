//! The model to tokens: the user's block, its `impl Handler`, and what routes add to the type.
//!
//! `expand` is for a handler without faults, and `fallback` for the others.

mod call_method;
mod class_attributes;
mod command_arms;
mod comparisons;
mod content;
pub(crate) mod fallback;
mod guards;
mod hook_methods;
pub(crate) mod http_error;
mod implementation;
mod inputs;
mod openapi;
mod path_builders;
mod returning;
mod route_table;
mod route_tree;
mod routed_dispatch;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Handlers;

/// Writes out a handler that has been checked. Nothing is refused here.
pub(crate) fn expand(handlers: &Handlers) -> TokenStream {
    let Handlers { block, arguments, overrides, .. } = handlers;
    let paths = &arguments.paths;
    let mut items = match handlers.is_routed() {
        true => vec![routed_dispatch::dispatch(handlers), route_table::routes(handlers)],
        false => vec![command_arms::dispatch(handlers)],
    };
    items.extend(openapi::describe(handlers));
    items.extend(class_attributes::wraps(handlers));
    items.extend(class_attributes::methods(handlers));
    items.extend(class_attributes::version_string(handlers));
    items.extend(hook_methods::methods(overrides, paths));
    let implementation = implementation::of(block, paths, quote!(#(#items)*));
    let inherent = handlers.is_routed().then(|| path_builders::inherent(handlers));
    let only = implementation::only_one(block);
    quote!(#block #implementation #inherent #only)
}
