//! The hooks that the block overrides: methods of the trait that call the user's methods.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::call_method::{call, outcome};
use crate::model::Override;
use crate::syntax::runtime_paths::{self, Paths};
use crate::syntax::spans::{place, placed};
use crate::words::hooks::{Parameter, Returns};

/// The methods for all overrides.
pub(super) fn methods(overrides: &[Override], paths: &Paths) -> Vec<TokenStream> {
    let mut methods: Vec<TokenStream> =
        overrides.iter().map(|found| forwarder(found, paths)).collect();
    methods.extend(overrides.iter().filter_map(log_access_companion));
    methods.extend(overrides.iter().filter_map(|found| date_companion(found, paths)));
    methods
}

/// A method of the trait that calls the user's method.
fn forwarder(found: &Override, paths: &Paths) -> TokenStream {
    let Override { hook, method } = found;
    let cfgs = &method.cfgs;
    let name = Ident::new(hook.name, placed(method.name.span()));
    let locals: Vec<Ident> =
        hook.parameters.iter().map(|parameter| format_ident!("__{}", parameter.name())).collect();
    let of_both = matches!(hook.returns, Returns::TextOfBoth | Returns::SomeTextOfBoth);
    let both = of_both.then(|| quote!('s));
    let parameters = hook.parameters.iter().zip(&locals).map(|(parameter, local)| {
        let ty = parameter_type(*parameter, both.as_ref(), paths);
        quote!(#local: #ty)
    });
    let call = call(method, &locals);
    let here = |tokens| place(tokens, method.name.span());
    let (cow, io_result, result) =
        (runtime_paths::cow(), runtime_paths::io_result(), runtime_paths::result());
    let text = || {
        let into_text = here(paths.text_of());
        quote!(#into_text(#call))
    };
    let (output, body) = match hook.returns {
        Returns::Nothing => (None, call),
        Returns::Text => (Some(quote!(#cow<'_, str>)), text()),
        Returns::TextOfBoth => (Some(quote!(#cow<'s, str>)), text()),
        Returns::SomeTextOfBoth => {
            let (option, text) = (runtime_paths::option(), text());
            (Some(quote!(#option<#cow<'s, str>>)), quote!(#option::Some(#text)))
        }
        Returns::Outcome => {
            let error = paths.error();
            (Some(quote!(#result<(), #error>)), outcome(method, &locals, paths))
        }
        Returns::IoUnit => (Some(quote!(#io_result<()>)), call),
        Returns::IoBool => (Some(quote!(#io_result<bool>)), call),
    };
    let arrow = output.map(|output| here(quote!(-> #output)));
    let lifetimes = both.as_ref().map(|lifetime| quote!(<#lifetime>));
    quote! {
        #(#cfgs)*
        fn #name #lifetimes (&#both self, #(#parameters),*) #arrow {
            #body
        }
    }
}

fn parameter_type(
    parameter: Parameter,
    lifetime: Option<&TokenStream>,
    paths: &Paths,
) -> TokenStream {
    let (exchange, option) = (paths.exchange(), runtime_paths::option());
    match parameter {
        Parameter::Exchange => quote!(&#lifetime #exchange<'_>),
        Parameter::ExchangeMut => quote!(&mut #exchange<'_>),
        Parameter::Message => {
            let arguments = runtime_paths::arguments();
            quote!(#arguments<'_>)
        }
        Parameter::Code => quote!(u16),
        Parameter::OptionalSize => quote!(#option<u64>),
        Parameter::Size => quote!(u64),
        Parameter::Duration => runtime_paths::duration(),
        Parameter::Timestamp => {
            let system_time = runtime_paths::system_time();
            quote!(#option<#system_time>)
        }
        Parameter::Text(_) => quote!(#option<&str>),
    }
}

/// With `log_access`: the method that makes the runtime call it, and not `log_request`.
fn log_access_companion(found: &Override) -> Option<TokenStream> {
    if found.hook.name != "log_access" {
        return None;
    }
    let cfgs = &found.method.cfgs;
    Some(quote! {
        #(#cfgs)*
        fn wants_log_access(&self) -> bool {
            true
        }
    })
}

/// With `date_time_string`: the method that makes the runtime use it for `Date` fields.
fn date_companion(found: &Override, paths: &Paths) -> Option<TokenStream> {
    if found.hook.name != "date_time_string" {
        return None;
    }
    let (cfgs, handler) = (&found.method.cfgs, paths.handler());
    let (option, some, none, cow) = (
        runtime_paths::option(),
        runtime_paths::some(),
        runtime_paths::none(),
        runtime_paths::cow(),
    );
    Some(quote! {
        #(#cfgs)*
        fn date(&self) -> #option<#cow<'_, str>> {
            #some(#handler::date_time_string(self, #none))
        }
    })
}
