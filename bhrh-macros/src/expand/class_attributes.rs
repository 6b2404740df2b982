//! The methods for the arguments of the attribute: `fn server_version` and the others, `fn wraps`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprLit, ExprMacro, Lit};

use crate::model::{ClassAttribute, Handlers};
use crate::syntax::as_written::bare_expr;
use crate::syntax::runtime_paths::{self, Paths};
use crate::syntax::spans::{Ends, place, placed, self_in};

// The defaults of `bhrh::base` (`tests/macros/agreement.rs` compares them). `concat!` needs
// literals.
const SERVER_VERSION: &str = "BaseHTTP/0.6";
const SYS_VERSION: &str = "Rust";

/// `fn wraps`: the wrapped handler.
pub(super) fn wraps(handlers: &Handlers) -> Option<TokenStream> {
    let inner = handlers.arguments.wraps.as_ref()?;
    let (handler, option, some) =
        (handlers.arguments.paths.handler(), runtime_paths::option(), runtime_paths::some());
    let receiver = Ident::new("self", self_in(inner.clone()).unwrap_or_else(Span::call_site));
    Some(quote! {
        fn wraps(&#receiver) -> #option<&dyn #handler> {
            let __inner: &dyn #handler = #inner;
            #some(__inner)
        }
    })
}

/// A method for each class attribute.
pub(super) fn methods(handlers: &Handlers) -> impl Iterator<Item = TokenStream> {
    let arguments = &handlers.arguments;
    arguments.attributes.iter().map(|found| method(found, &arguments.paths))
}

fn method(attribute: &ClassAttribute, paths: &Paths) -> TokenStream {
    let ClassAttribute { name, value } = attribute;
    let name = Ident::new(&name.to_string(), placed(name.span()));
    let self_span = self_in(value.to_token_stream()).unwrap_or_else(Span::call_site);
    let receiver = Ident::new("self", self_span);
    if name == "responses" {
        let responses = paths.responses();
        let into = place(quote!(::core::convert::Into::into), Ends::of(value).first);
        return quote! {
            fn #name(&#receiver) -> #responses<'_> {
                #into(#value)
            }
        };
    }
    if name == "log_format" {
        let log_format = paths.log_format();
        return quote! {
            fn #name(&#receiver) -> #log_format {
                #value
            }
        };
    }
    let (cow, text) = (runtime_paths::cow(), text(value, paths));
    quote! {
        fn #name(&#receiver) -> #cow<'_, str> {
            #text
        }
    }
}

/// A value as `Cow<str>`. A field is borrowed, since nobody means to move it out of `self`.
fn text(value: &Expr, paths: &Paths) -> TokenStream {
    // The conversion is placed at the value, so that an error about its type points there.
    let start = Ends::of(value).first;
    let into_text = place(paths.text_of(), start);
    match bare_expr(value) {
        Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) => {
            let cow = runtime_paths::cow();
            quote!(#cow::Borrowed(#value))
        }
        Expr::Field(_) => {
            let and = quote_spanned!(placed(start)=> &);
            quote!(#into_text(#and #value))
        }
        _ => quote!(#into_text(#value)),
    }
}

/// `fn version_string` as a constant, if both halves are known while compiling. The `Server` field
/// then costs no formatting and no calls.
///
/// A handler that wraps another one needs the method also if a half is an expression. Otherwise the
/// wrapped handler's `version_string` would be called, which uses its own halves.
pub(super) fn version_string(handlers: &Handlers) -> Option<TokenStream> {
    let Handlers { arguments, overrides, .. } = handlers;
    if overrides.iter().any(|found| found.hook.name == "version_string") {
        return None;
    }
    let given = |name: &str| arguments.attributes.iter().find(|found| found.name == name);
    let wraps = arguments.wraps.is_some();
    if wraps && given("server_version").or(given("sys_version")).is_none() {
        return None;
    }
    let half = |name: &str, default: &str| match given(name) {
        Some(attribute) => constant(&attribute.value),
        None => (!wraps).then(|| default.to_token_stream()),
    };
    let halves = half("server_version", SERVER_VERSION).zip(half("sys_version", SYS_VERSION));
    let (cow, exchange) = (runtime_paths::cow(), arguments.paths.exchange());
    let text = match halves {
        Some((server, sys)) => quote!(#cow::Borrowed(::core::concat!(#server, " ", #sys))),
        None if wraps => {
            let original = arguments.paths.base("version_string");
            quote!(#original(__http))
        }
        None => return None,
    };
    Some(quote! {
        fn version_string<'s>(&'s self, __http: &'s #exchange<'_>) -> #cow<'s, str> {
            #text
        }
    })
}

/// The value, if `concat!` takes it: a literal, or one of the macros that it expands.
fn constant(value: &Expr) -> Option<TokenStream> {
    match bare_expr(value) {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.to_token_stream()),
        Expr::Macro(ExprMacro { mac, .. }) => {
            let name = &mac.path.segments.last()?.ident;
            let known = ["concat", "env", "stringify"].iter().any(|known| name == known);
            known.then(|| value.to_token_stream())
        }
        _ => None,
    }
}
