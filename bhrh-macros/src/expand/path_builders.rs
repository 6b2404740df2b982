//! What routes add to the type of the handler: `ROUTES`, and for each method with routes a function
//! that builds a path to it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::ext::IdentExt;

use super::route_table::{pattern_text, table};
use crate::check::taken_names::{builder_is_taken, table_is_taken};
use crate::model::Handlers;
use crate::model::route::{RouteMethod, Segment};
use crate::syntax::runtime_paths::Paths;
use crate::syntax::spans::quiet;
use crate::words::percent::push_encoded;

/// A second `impl` block of the type. Items whose names are taken are left out, since `check`
/// reports those.
pub(super) fn inherent(handlers: &Handlers) -> TokenStream {
    let block = &handlers.block;
    let (generics, _, where_clause) = block.generics.split_for_impl();
    let (self_ty, cfgs) = (&block.self_ty, block.cfgs());
    let table = table_is_taken(block).is_none().then(|| table(handlers));
    let builders = handlers.routes.iter().enumerate().filter_map(|(index, found)| {
        let is_free = builder_is_taken(handlers, index).is_none();
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
    // No parameter can have this name, since it is hygienic.
    let path = Ident::new("__path", Span::mixed_site());
    for segment in &route.pattern.segments {
        fixed.push('/');
        let push = match segment {
            Segment::Literal(text) => {
                push_encoded(text, &mut fixed);
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

/// The name, hidden from lints: it is not the user's fault if nobody calls the function.
fn quiet_name(name: &Ident) -> Ident {
    let mut name = name.clone();
    name.set_span(quiet(name.span()));
    name
}

/// The parameter's name for `{...}`, which has none.
fn unnamed_rest(segments: &[Segment]) -> Ident {
    let is_taken = segments.iter().any(|segment| segment.parameter() == Some("rest"));
    Ident::new(if is_taken { "rest_of_path" } else { "rest" }, Span::call_site())
}

fn parameter_name(name: &str) -> Ident {
    syn::parse_str::<Ident>(name).unwrap_or_else(|_| Ident::new_raw(name, Span::call_site()))
}
