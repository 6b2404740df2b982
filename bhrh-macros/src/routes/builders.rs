//! What is added to the type of a handler with routes: the table `ROUTES`, and for each method a
//! function that builds a path to it. And `Handler::routes`, for those who hold a `dyn Handler`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use super::pattern::Segment;
use super::{Route, RouteMethod, check};
use crate::block::cfgs;
use crate::model::Handlers;
use crate::paths::{self, Paths};
use crate::spans::quiet;

/// A second `impl` block of the type. Names that are taken are left out: that is a fault, and reported.
pub(crate) fn inherent(handlers: &Handlers) -> TokenStream {
    let block = &handlers.block;
    let (generics, _, where_clause) = block.generics.split_for_impl();
    let (self_ty, cfgs) = (&block.self_ty, cfgs(&block.attrs));
    let table = check::table_is_taken(block).is_none().then(|| table(handlers));
    let builders = handlers.routes.iter().enumerate().filter_map(|(index, found)| {
        let is_free = check::builder_is_taken(handlers, index).is_none();
        is_free.then(|| builder(found, &handlers.arguments.paths)).flatten()
    });
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        impl #generics #self_ty #where_clause {
            #table
            #(#builders)*
        }
    }
}

fn table(handlers: &Handlers) -> TokenStream {
    let (info, rows) = (handlers.arguments.paths.route_info(), rows(handlers));
    let name = format_ident!("ROUTES", span = Span::call_site());
    quote! {
        /// The routes of this handler, in the order in which they are written.
        pub const #name: &'static [#info] = #rows;
    }
}

/// The table as an expression, which does not go by the name `ROUTES`: where a type has two blocks,
/// that would be one more thing for the compiler to complain of, at each use.
pub(crate) fn constant_table(handlers: &Handlers) -> TokenStream {
    let (info, rows) = (handlers.arguments.paths.route_info(), rows(handlers));
    quote!({
        const __TABLE: &[#info] = #rows;
        __TABLE
    })
}

fn rows(handlers: &Handlers) -> TokenStream {
    let info = handlers.arguments.paths.route_info();
    let rows = handlers.routes.iter().flat_map(|found| {
        let (cfgs, function) = (&found.method.cfgs, found.method.name.unraw().to_string());
        let (some, none) = (paths::some(), paths::none());
        let info = info.clone();
        found.routes.iter().map(move |route| {
            let command = match &route.command {
                Some(command) => quote!(#some(#command)),
                None => none.clone(),
            };
            let pattern = pattern_text(route);
            quote!(#(#cfgs)* #info::new(#command, #pattern, #function))
        })
    });
    quote!(&[#(#rows),*])
}

/// The pattern without its command.
fn pattern_text(route: &Route) -> String {
    let text = route.text.value();
    text[text.find('/').unwrap_or_default()..].to_owned()
}

/// `fn user_path(id: impl Display) -> String`, for a method's first route.
fn builder(found: &RouteMethod, paths: &Paths) -> Option<TokenStream> {
    let route = found.routes.first()?;
    let (name, visibility, method) = (quiet_name(&found.builder), &found.visibility, &found.method);
    let cfgs = &method.cfgs;
    let named = |segment| match segment {
        &Segment::Literal(_) => None,
        Segment::Rest(name) if name.is_empty() => Some(unnamed_rest(&route.pattern.segments)),
        Segment::One(name) | Segment::Rest(name) => Some(parameter_name(name)),
    };
    let parameters: Vec<Ident> = route.pattern.segments.iter().filter_map(named).collect();
    let mut fixed = String::new();
    let mut steps = Vec::new();
    let mut names = parameters.iter();
    // Parameters may have any name; this one is not theirs.
    let path = Ident::new("__path", Span::mixed_site());
    for segment in &route.pattern.segments {
        fixed.push('/');
        let push = match segment {
            Segment::Literal(text) => {
                escape(text, &mut fixed);
                continue;
            }
            Segment::One(_) => paths.link(quote!(push_segment)),
            Segment::Rest(_) => paths.link(quote!(push_rest)),
        };
        let parameter = names.next();
        let text = std::mem::take(&mut fixed);
        steps.push(quote!(#path.push_str(#text); #push(&mut #path, &#parameter);));
    }
    if !fixed.is_empty() {
        steps.push(quote!(#path.push_str(#fixed);));
    }
    let doc = format!(
        " A path to `{}`: `{}`, its parameters percent-encoded.",
        method.name.unraw(),
        pattern_text(route)
    );
    Some(quote! {
        #(#cfgs)*
        #[doc = #doc]
        #[must_use]
        #visibility fn #name(#(#parameters: impl ::core::fmt::Display),*) -> ::std::string::String {
            let mut #path = ::std::string::String::new();
            #(#steps)*
            #path
        }
    })
}

/// The name, out of reach of the lints: that nobody builds a path is no fault of the user's.
fn quiet_name(name: &Ident) -> Ident {
    let mut name = name.clone();
    name.set_span(quiet(name.span()));
    name
}

/// What the rest of a path is called where the pattern does not say.
fn unnamed_rest(segments: &[Segment]) -> Ident {
    let is_taken = segments.iter().any(|segment| segment.parameter() == Some("rest"));
    Ident::new(if is_taken { "rest_of_path" } else { "rest" }, Span::call_site())
}

fn parameter_name(name: &str) -> Ident {
    syn::parse_str::<Ident>(name).unwrap_or_else(|_| Ident::new_raw(name, Span::call_site()))
}

/// A literal as it stands in a path (RFC 3986 section 3.3).
fn escape(text: &str, path: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@".contains(&byte) {
            path.push(char::from(byte));
        } else {
            path.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// `fn routes`: this handler's, and those of what is mounted.
pub(crate) fn routes(handlers: &Handlers) -> TokenStream {
    let paths = &handlers.arguments.paths;
    let (info, handler) = (paths.route_info(), paths.handler());
    let table = constant_table(handlers);
    let mounts = &handlers.arguments.mounts;
    let said = mounts.iter().find_map(|mount| crate::spans::self_in(mount.handler.clone()));
    let receiver = Ident::new("self", said.unwrap_or_else(Span::call_site));
    let below = mounts.iter().map(|mount| {
        let (prefix, inner) = (&mount.prefix, &mount.handler);
        quote! {
            let __inner: &dyn #handler = #inner;
            for __route in __inner.routes() {
                __routes.push(__route.below(#prefix));
            }
        }
    });
    let wraps = handlers.arguments.wraps.is_some();
    let inner = wraps.then(|| {
        let some = paths::some();
        quote! {
            if let #some(__inner) = #handler::wraps(#receiver) {
                __routes.extend(__inner.routes());
            }
        }
    });
    let mutable = (wraps || !mounts.is_empty()).then(|| quote!(mut));
    quote! {
        fn routes(&#receiver) -> ::std::vec::Vec<#info> {
            let #mutable __routes = <[#info]>::to_vec(#table);
            #(#below)*
            #inner
            __routes
        }
    }
}
