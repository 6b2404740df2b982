//! [`Handlers`] to tokens: the user's block, then its `impl Handler`. One function for each item
//! of that impl.
//!
//! It refuses nothing: what arrives here has been checked.

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Expr, ExprLit, ExprMacro, Lit};

use crate::args::bare;
use crate::block::{Block, cfgs};
use crate::hooks::{Parameter, Returns};
use crate::model::{Callee, ClassAttribute, Command, Handlers, Override};
use crate::paths::{self, Paths};
use crate::returns::Returned;
use crate::routes;
use crate::spans::{Ends, place, placed, self_in};

// What Python's `version_string` is made of where nothing is said; the same as `bhrh::base` has.
const SERVER_VERSION: &str = "BaseHTTP/0.6";
const SYS_VERSION: &str = "Rust";

pub(crate) fn expand(handlers: &Handlers) -> TokenStream {
    let Handlers { block, arguments, overrides, .. } = handlers;
    let paths = &arguments.paths;
    let mut items = match handlers.is_routed() {
        true => vec![routes::dispatch::dispatch(handlers), routes::builders::routes(handlers)],
        false => vec![dispatch(handlers)],
    };
    items.extend(wraps(handlers));
    items.extend(arguments.attributes.iter().map(|found| class_attribute(found, paths)));
    items.extend(version_string(handlers));
    items.extend(overrides.iter().map(|found| forwarder(found, paths)));
    items.extend(overrides.iter().filter_map(log_access_companion));
    items.extend(overrides.iter().filter_map(|found| date_companion(found, paths)));
    let implementation = implementation(block, paths, quote!(#(#items)*));
    let inherent = handlers.is_routed().then(|| routes::builders::inherent(handlers));
    quote!(#block #implementation #inherent)
}

/// `impl Handler for` the type of a block.
pub(crate) fn implementation(block: &Block, paths: &Paths, items: TokenStream) -> TokenStream {
    let (generics, _, where_clause) = block.generics.split_for_impl();
    let (handler, self_ty, cfgs) = (paths.handler(), &block.self_ty, cfgs(&block.attrs));
    // From the user's own first word to the last: where there are two blocks of one type, the
    // compiler shows these.
    let impl_token = block.impl_token;
    let mut items = Group::new(Delimiter::Brace, items);
    items.set_span(block.brace_token.span.join());
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        #impl_token #generics #handler for #self_ty #where_clause #items
    }
}

/// `fn dispatch`: the match over commands.
fn dispatch(handlers: &Handlers) -> TokenStream {
    let paths = &handlers.arguments.paths;
    let (exchange, dispatch) = (paths.exchange(), paths.dispatch());
    let arms = handlers.commands.iter().map(|command| arm(command, paths));
    let head = routes::dispatch::head_of_do_get(handlers);
    let otherwise = match handlers.arguments.wraps {
        None => quote!(#dispatch::Unsupported),
        Some(_) => {
            let (wrapped, handler) = (paths.private("wrapped"), paths.handler());
            quote!(#wrapped(__http, #handler::wraps(self)))
        }
    };
    quote! {
        fn dispatch(&self, __http: &mut #exchange<'_>) -> #dispatch {
            match __http.command {
                #(#arms)*
                #head
                _ => #otherwise,
            }
        }
    }
}

/// `fn wraps`: the one place that says what is wrapped.
fn wraps(handlers: &Handlers) -> Option<TokenStream> {
    let inner = handlers.arguments.wraps.as_ref()?;
    let (handler, option, some) =
        (handlers.arguments.paths.handler(), paths::option(), paths::some());
    let receiver = Ident::new("self", self_in(inner.clone()).unwrap_or_else(Span::call_site));
    Some(quote! {
        fn wraps(&#receiver) -> #option<&dyn #handler> {
            let __inner: &dyn #handler = #inner;
            #some(__inner)
        }
    })
}

pub(crate) fn arm(command: &Command, paths: &Paths) -> TokenStream {
    let (cfgs, dispatch) = (&command.method.cfgs, paths.dispatch());
    // The user's own token, as far as the compiler can tell: where two methods under conditions
    // that do not exclude each other answer one command, it warns of the second.
    let mut name = Literal::string(&command.name);
    name.set_span(Ends::of(&command.place).first);
    let outcome = outcome(&command.method, &[format_ident!("__http")], paths);
    quote! {
        #(#cfgs)*
        #name => #dispatch::Handled(#outcome),
    }
}

/// What a method that answers came to.
pub(crate) fn outcome(method: &Callee, arguments: &[Ident], paths: &Paths) -> TokenStream {
    let call = call(method, arguments);
    let here = |tokens| place(tokens, method.name.span());
    match &method.returned {
        Returned::Typed(ty) => {
            let into_outcome = here(paths.outcome_trait());
            quote!(<#ty as #into_outcome>::into_outcome(#call))
        }
        Returned::Inferred => {
            let into_outcome = here(paths.outcome_of());
            quote!(#into_outcome(#call))
        }
        Returned::LocalError => {
            let (result, local_error) =
                (paths::result(), place(paths.local_error(), method.output.first));
            quote!(#result::map_err(#call, |__e| #local_error(__e)))
        }
    }
}

/// `self.method(…)`, placed so that errors point into the method's signature: about an argument
/// at the parameter's type, about the method at its name, about what it returns at its return
/// type, for which the whole call seems to stand.
fn call(method: &Callee, arguments: &[Ident]) -> TokenStream {
    let Ends { first, last } = method.output;
    let receiver = Ident::new("self", placed(first));
    let mut name = method.name.clone();
    name.set_span(placed(name.span()));
    let arguments = arguments.iter().zip(&method.parameters).map(|(argument, ty)| {
        Ident::new(&argument.to_string(), placed(ty.last)).into_token_stream()
    });
    let mut list = Group::new(Delimiter::Parenthesis, quote!(#(#arguments),*));
    list.set_span(placed(last));
    let dot = quote_spanned!(name.span()=> .);
    quote!(#receiver #dot #name #list)
}

/// `fn server_version` and its like: an argument of the attribute as a method.
fn class_attribute(attribute: &ClassAttribute, paths: &Paths) -> TokenStream {
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
    let (cow, text) = (paths::cow(), text(value, paths));
    quote! {
        fn #name(&#receiver) -> #cow<'_, str> {
            #text
        }
    }
}

/// A value as `Cow<str>`. A field is borrowed, since moving it out of `self` is never meant.
fn text(value: &Expr, paths: &Paths) -> TokenStream {
    // All of it placed at the value, so that an error about its type points there.
    let start = Ends::of(value).first;
    let into_text = place(paths.text_of(), start);
    match bare(value) {
        Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) => {
            let cow = paths::cow();
            quote!(#cow::Borrowed(#value))
        }
        Expr::Field(_) => {
            let and = quote_spanned!(placed(start)=> &);
            quote!(#into_text(#and #value))
        }
        _ => quote!(#into_text(#value)),
    }
}

/// `fn version_string` as one constant, where both halves are known while compiling: the `Server`
/// field then costs neither formatting nor questions. Where only this handler's halves count, and
/// not what the wrapped one makes of its own, the original puts them together.
fn version_string(handlers: &Handlers) -> Option<TokenStream> {
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
    let (cow, exchange) = (paths::cow(), arguments.paths.exchange());
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

/// A value that `concat!` takes: a literal, or one of the macros that it knows.
fn constant(value: &Expr) -> Option<TokenStream> {
    match bare(value) {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.to_token_stream()),
        Expr::Macro(ExprMacro { mac, .. }) => {
            let name = &mac.path.segments.last()?.ident;
            let known = ["concat", "env", "stringify"].iter().any(|known| name == known);
            known.then(|| value.to_token_stream())
        }
        _ => None,
    }
}

/// A hook of the trait that calls the user's method.
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
    let (cow, io_result, result) = (paths::cow(), paths::io_result(), paths::result());
    let text = || {
        let into_text = here(paths.text_of());
        quote!(#into_text(#call))
    };
    let (output, body) = match hook.returns {
        Returns::Nothing => (None, call),
        Returns::Text => (Some(quote!(#cow<'_, str>)), text()),
        Returns::TextOfBoth => (Some(quote!(#cow<'s, str>)), text()),
        Returns::SomeTextOfBoth => {
            let (option, text) = (paths::option(), text());
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
    let (exchange, option) = (paths.exchange(), paths::option());
    match parameter {
        Parameter::Exchange => quote!(&#lifetime #exchange<'_>),
        Parameter::ExchangeMut => quote!(&mut #exchange<'_>),
        Parameter::Message => {
            let arguments = paths::arguments();
            quote!(#arguments<'_>)
        }
        Parameter::Code => quote!(u16),
        Parameter::OptionalSize => quote!(#option<u64>),
        Parameter::Size => quote!(u64),
        Parameter::Duration => paths::duration(),
        Parameter::Timestamp => {
            let system_time = paths::system_time();
            quote!(#option<#system_time>)
        }
        Parameter::Text(_) => quote!(#option<&str>),
    }
}

/// What has `log_access` called, and `log_request` not.
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

/// What has a `date_time_string` of the handler's own say the `Date` of each response.
fn date_companion(found: &Override, paths: &Paths) -> Option<TokenStream> {
    if found.hook.name != "date_time_string" {
        return None;
    }
    let (cfgs, handler) = (&found.method.cfgs, paths.handler());
    let (option, some, none, cow) = (paths::option(), paths::some(), paths::none(), paths::cow());
    Some(quote! {
        #(#cfgs)*
        fn date(&self) -> #option<#cow<'_, str>> {
            #some(#handler::date_time_string(self, #none))
        }
    })
}
