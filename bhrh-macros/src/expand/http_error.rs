//! What `#[derive(HttpError)]` adds to a type: the trait, and the conversions for `?`.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::model::http_error::{Answer, ErrorType, Variant};
use crate::syntax::runtime_paths::{self, Paths};

/// The implementations.
pub(crate) fn expand(found: &ErrorType, paths: &Paths) -> TokenStream {
    let name = &found.name;
    let (generics, arguments, where_clause) = found.generics.split_for_impl();
    let (http_error, error, stated) = (paths.http_error(), paths.error(), paths.private("stated"));
    let (option, cow) = (runtime_paths::option(), runtime_paths::cow());
    let text_of = paths.private("text_of_error");
    let text = quote!(#option<#cow<'_, str>>);
    let (status, message, explain) = (
        matched(found, |it| status(it, &http_error)),
        matched(found, |it| message(it, &http_error)),
        matched(found, |it| explain(it, &http_error, &text_of)),
    );
    let describe = cfg!(any(test, feature = "openapi")).then(|| describe(found, paths));
    let checked = checked(found, paths);
    quote! {
        #checked
        #[automatically_derived]
        impl #generics #http_error for #name #arguments #where_clause {
            fn status(&self) -> u16 {
                #status
            }
            fn message(&self) -> #text {
                #message
            }
            fn explain(&self) -> #text {
                #explain
            }
            #describe
        }
        #[automatically_derived]
        impl #generics ::core::convert::From<#name #arguments> for #error #where_clause {
            fn from(__error: #name #arguments) -> Self {
                #stated(__error)
            }
        }
        #[automatically_derived]
        impl #generics ::core::convert::From<#name #arguments> for ::std::io::Error #where_clause {
            fn from(__error: #name #arguments) -> Self {
                ::core::convert::From::from(#stated(__error))
            }
        }
    }
}

/// What has the compiler say that the type has to be an error. (A type with parameters cannot be
/// named in a constant.)
fn checked(found: &ErrorType, paths: &Paths) -> Option<TokenStream> {
    let (name, derived, derives) =
        (&found.name, paths.private("Derived"), paths.private("DerivesHttpError"));
    let is_plain = found.generics.params.is_empty();
    is_plain.then(|| quote!(const _: () = <#derived as #derives<#name>>::IS_ERROR;))
}

/// The implementations for a type with faults: all errors are a 500.
pub(crate) fn stub(found: &ErrorType, paths: &Paths) -> TokenStream {
    let answer = Answer::Status { code: syn::parse_quote!(500), message: None };
    let whole = vec![Variant { name: None, cfgs: Vec::new(), answer }];
    let (name, generics) = (found.name.clone(), found.generics.clone());
    expand(&ErrorType { name, generics, variants: whole }, paths)
}

/// A match over the variants.
fn matched(found: &ErrorType, value: impl Fn(&Answer) -> TokenStream) -> TokenStream {
    let arms = found.variants.iter().map(|variant| {
        let (cfgs, value) = (&variant.cfgs, value(&variant.answer));
        let name = match &variant.name {
            Some(name) => quote!(Self::#name),
            None => quote!(Self),
        };
        let pattern = match (&variant.answer, &variant.name) {
            (Answer::Inner(member, _), _) => quote!(#name { #member: __inner }),
            (Answer::Status { .. }, Some(_)) => quote!(#name { .. }),
            (Answer::Status { .. }, None) => quote!(_),
        };
        quote!(#(#cfgs)* #pattern => #value,)
    });
    match found.variants.is_empty() {
        true => quote!(match *self {}),
        false => quote!(match self { #(#arms)* }),
    }
}

fn status(answer: &Answer, http_error: &TokenStream) -> TokenStream {
    match answer {
        Answer::Status { code, .. } => {
            let code = code.base10_parse::<u16>().unwrap_or(500);
            quote!(#code)
        }
        Answer::Inner(member, _) => {
            let span = syn::spanned::Spanned::span(member);
            quote_spanned!(span=> #http_error::status(__inner))
        }
    }
}

fn message(answer: &Answer, http_error: &TokenStream) -> TokenStream {
    let (some, none, cow) = (runtime_paths::some(), runtime_paths::none(), runtime_paths::cow());
    match answer {
        Answer::Status { message: Some(message), .. } => quote!(#some(#cow::Borrowed(#message))),
        Answer::Status { message: None, .. } => none,
        Answer::Inner(..) => quote!(#http_error::message(__inner)),
    }
}

fn explain(answer: &Answer, http_error: &TokenStream, text_of: &TokenStream) -> TokenStream {
    let (some, none, cow) = (runtime_paths::some(), runtime_paths::none(), runtime_paths::cow());
    match answer {
        Answer::Status { code, .. } if code.base10_parse().unwrap_or(500u16) < 500 => {
            quote!(#some(#cow::Owned(#text_of(self))))
        }
        Answer::Status { .. } => none,
        Answer::Inner(..) => quote!(#http_error::explain(__inner)),
    }
}

/// `fn describe`: all answers, for an OpenAPI document.
fn describe(found: &ErrorType, paths: &Paths) -> TokenStream {
    let (answers, http_error, some, none) =
        (paths.answers(), paths.http_error(), runtime_paths::some(), runtime_paths::none());
    let each = found.variants.iter().map(|variant| {
        let cfgs = &variant.cfgs;
        let call = match &variant.answer {
            Answer::Status { code, message } => {
                let code = code.base10_parse::<u16>().unwrap_or(500);
                let message = message.as_ref().map_or(none.clone(), |it| quote!(#some(#it)));
                quote!(__answers.error(#code, #message);)
            }
            Answer::Inner(_, ty) => quote!(<#ty as #http_error>::describe(__answers);),
        };
        quote!(#(#cfgs)* { #call })
    });
    quote! {
        fn describe(__answers: &mut #answers<'_>) {
            #(#each)*
        }
    }
}
