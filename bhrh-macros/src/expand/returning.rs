//! The statements that leave `dispatch` early, because an argument cannot be read.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::syntax::runtime_paths::{self, Paths};

/// Puts the value of a result into a local, or returns its error from `dispatch`.
pub(super) fn tried(local: &Ident, result: &TokenStream, paths: &Paths) -> TokenStream {
    let core = runtime_paths::result();
    let failed = failed(&quote!(__e), paths);
    quote! {
        let #local = match #result {
            #core::Ok(__v) => __v,
            #core::Err(__e) => #failed,
        };
    }
}

/// Returns an error from `dispatch`.
pub(super) fn failed(error: &TokenStream, paths: &Paths) -> TokenStream {
    let (dispatch, core) = (paths.dispatch(), runtime_paths::result());
    quote!(return #dispatch::Handled(#core::Err(#error)))
}
