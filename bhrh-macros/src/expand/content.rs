//! The code that reads the content of a request into an argument: `#[json]`, `#[form]`, `#[body]`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::Expr;

use super::returning::tried;
use crate::model::argument::{Form, Format};
use crate::syntax::runtime_paths::{self, Paths};
use crate::syntax::spans::{Ends, written};

/// The statements that read the content into a local variable.
pub(super) fn read(
    form: &Form,
    format: Format,
    limit: Option<&Expr>,
    local: &Ident,
    paths: &Paths,
) -> TokenStream {
    let name = match format {
        Format::Json => quote!(GivesJson),
        Format::Form => quote!(GivesForm),
        Format::Body => quote!(GivesBody),
    };
    let (none, some) = (runtime_paths::none(), runtime_paths::some());
    let limit = match limit {
        None => none.clone(),
        Some(limit) => quote!(#some({ let __limit: u64 = #limit; __limit })),
    };
    let value = |ty: &TokenStream| {
        let at = Ends::of(ty).first;
        let request = written(paths.input(quote!(Request)), at);
        let gives = written(paths.input(name.clone()), at);
        quote!(<#request as #gives<#ty>>::from_content(__http, #limit))
    };
    match form {
        Form::Borrowed => {
            let text = tried(local, &value(&quote!(::std::string::String)), paths);
            quote!(#text let #local = &*#local;)
        }
        Form::BorrowedBytes => {
            let bytes = tried(local, &value(&quote!(::std::vec::Vec<u8>)), paths);
            quote!(#bytes let #local = &*#local;)
        }
        Form::Tried(ty, inner) => {
            let result = runtime_paths::result();
            let inner = match inner {
                Some(inner) => inner.to_token_stream(),
                None => quote!(_),
            };
            let at = Ends::of(ty).first;
            let request = written(paths.input(quote!(Request)), at);
            let gives = written(paths.input(quote!(GivesError)), at);
            let value = value(&inner);
            quote!(let #local: #ty = #result::map_err(#value, |__e| <#request as #gives<_>>::error(__e));)
        }
        Form::Optional(inner) => {
            let Form::Parsed(ty) = &**inner else { return TokenStream::new() };
            let has_content = paths.input(quote!(has_content));
            let value = tried(local, &value(&ty.to_token_stream()), paths);
            quote! {
                let #local = match #has_content(__http) {
                    true => { #value #some(#local) }
                    false => #none,
                };
            }
        }
        Form::Parsed(ty) => tried(local, &value(&ty.to_token_stream()), paths),
        // A content has no other forms.
        Form::Cow | Form::Many(_) | Form::Flag => TokenStream::new(),
    }
}
