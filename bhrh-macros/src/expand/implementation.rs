//! The frame of an `impl Handler`, which `expand` and `fallback` share.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::quote;

use crate::model::block::Block;
use crate::syntax::runtime_paths::Paths;

/// `impl Handler for` the type of a block.
pub(super) fn of(block: &Block, paths: &Paths, items: TokenStream) -> TokenStream {
    let (generics, _, where_clause) = block.generics.split_for_impl();
    let (handler, self_ty, cfgs) = (paths.handler(), &block.self_ty, block.cfgs());
    // If a type has two blocks, the compiler shows this `impl` from its first token to the closing
    // brace. So both have the spans of the user's own block.
    let impl_token = block.impl_token;
    let mut items = Group::new(Delimiter::Brace, items);
    items.set_span(block.brace_token.span.join());
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        #impl_token #generics #handler for #self_ty #where_clause #items
    }
}

/// A constant that a second block of the type would define again. The attribute sees one block at a
/// time. So what to do stands in the name, which the compiler shows then.
pub(super) fn only_one(block: &Block) -> TokenStream {
    let (generics, _, where_clause) = block.generics.split_for_impl();
    let (self_ty, cfgs) = (&block.self_ty, block.cfgs());
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        impl #generics #self_ty #where_clause {
            #[doc(hidden)]
            const ONE_BLOCK_PER_TYPE_SO_MOUNT_A_HANDLER_OF_ANOTHER_TYPE: () = ();
        }
    }
}
