//! The output for a handler with faults: the user's block, the faults, and an `impl Handler` that
//! answers nothing. So one mistake causes one error, and the rest of the program is still checked.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{Generics, Item, parse_quote};

use super::{implementation, path_builders};
use crate::model::Handlers;
use crate::syntax::runtime_paths::Paths;

/// For a block that was read, and has faults.
pub(crate) fn expand(handlers: &Handlers, faults: &[syn::Error]) -> TokenStream {
    let Handlers { block, arguments, .. } = handlers;
    let stub = answers_nothing(&arguments.paths);
    let implementation = implementation::of(block, &arguments.paths, stub);
    // Path builders are written in any case, so that their callers still compile.
    let inherent = handlers.is_routed().then(|| path_builders::inherent(handlers));
    let faults = faults.iter().map(syn::Error::to_compile_error);
    quote!(#block #implementation #inherent #(#faults)*)
}

/// For an item that is not an inherent `impl` block. Its type is treated as a handler nevertheless.
pub(crate) fn not_a_block(item: TokenStream, paths: &Paths, fault: &syn::Error) -> TokenStream {
    let stub = match syn::parse2::<Item>(item.clone()) {
        Ok(Item::Struct(item)) => Some(stub_of(&item.ident, &item.generics, paths)),
        Ok(Item::Enum(item)) => Some(stub_of(&item.ident, &item.generics, paths)),
        Ok(Item::Impl(item)) => {
            let trait_name = item.trait_.as_ref().and_then(|(path, _)| path.segments.last());
            let is_handler = trait_name.is_some_and(|name| name.ident == "Handler");
            let ty = item.self_ty.to_token_stream();
            (!is_handler).then(|| stub(&ty, &item.generics, paths))
        }
        _ => None,
    };
    let fault = fault.to_compile_error();
    quote!(#item #stub #fault)
}

fn stub_of(name: &Ident, generics: &Generics, paths: &Paths) -> TokenStream {
    let (_, arguments, _) = generics.split_for_impl();
    stub(&quote!(#name #arguments), generics, paths)
}

/// `impl Handler` for a type that has no block.
fn stub(ty: &TokenStream, generics: &Generics, paths: &Paths) -> TokenStream {
    let mut generics = generics.clone();
    if !generics.params.is_empty() {
        generics.make_where_clause().predicates.push(parse_quote!(Self: Send + Sync));
    }
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let (handler, dispatch) = (paths.handler(), answers_nothing(paths));
    quote! {
        #[automatically_derived]
        impl #impl_generics #handler for #ty #where_clause {
            #dispatch
        }
    }
}

/// A `fn dispatch` that knows no command.
fn answers_nothing(paths: &Paths) -> TokenStream {
    let (exchange, dispatch) = (paths.exchange(), paths.dispatch());
    quote! {
        fn dispatch(&self, _: &mut #exchange<'_>) -> #dispatch {
            #dispatch::Unsupported
        }
    }
}

/// For an item under a helper attribute that is out of place: the item as it is, and the fault.
pub(crate) fn misplaced(item: TokenStream, fault: &syn::Error) -> TokenStream {
    let fault = fault.to_compile_error();
    quote!(#item #fault)
}
