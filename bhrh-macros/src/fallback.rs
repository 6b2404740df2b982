//! What comes out of a faulty handler: the user's block, the faults, and an `impl Handler` that
//! answers nothing. So one mistake is one error, and the rest of the program is still checked.

use proc_macro2::TokenStream;
use quote::quote;

use crate::expand::implementation;
use crate::model::Handlers;
use crate::routes::builders::inherent;

/// For a block that was read, and found wanting.
pub(crate) fn expand(handlers: &Handlers, faults: &syn::Error) -> TokenStream {
    let Handlers { block, arguments, .. } = handlers;
    let (exchange, dispatch) = (arguments.paths.exchange(), arguments.paths.dispatch());
    let stub = quote! {
        fn dispatch(&self, _: &mut #exchange<'_>) -> #dispatch {
            #dispatch::Unsupported
        }
    };
    let implementation = implementation(block, &arguments.paths, stub);
    // Links are still links, whatever is wrong with their routes.
    let inherent = handlers.is_routed().then(|| inherent(handlers));
    let faults = faults.to_compile_error();
    quote!(#block #implementation #inherent #faults)
}

/// For an item that is out of place: as it is, and the fault.
pub(crate) fn misplaced(item: TokenStream, fault: &syn::Error) -> TokenStream {
    let fault = fault.to_compile_error();
    quote!(#item #fault)
}
