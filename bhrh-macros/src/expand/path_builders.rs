//! What routes add to the type of the handler: `ROUTES`, and for each method with routes a function
//! that builds a path to it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use super::route_table::{pattern_text, table};
use crate::check::taken_names::{builder_is_taken, is_own_name, table_is_taken};
use crate::model::Handlers;
use crate::model::argument::{Form, Part, Source};
use crate::model::route::{RouteMethod, Segment, is_parameter_name};
use crate::syntax::runtime_paths::{self, Paths};
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
    let with_query = handlers.routes.iter().enumerate().filter_map(|(index, found)| {
        let name = query_builder_name(handlers, index)?;
        let is_free = builder_is_taken(handlers, index).is_none();
        is_free.then(|| query_builder(found, &name, &handlers.arguments.paths)).flatten()
    });
    let openapi = openapi(handlers);
    quote! {
        #(#cfgs)*
        #[automatically_derived]
        impl #generics #self_ty #where_clause {
            #table
            #openapi
            #(#builders)*
            #(#with_query)*
        }
    }
}

/// `fn openapi`, for a block with the argument, unless the user has a method of that name.
fn openapi(handlers: &Handlers) -> Option<TokenStream> {
    let name = Ident::new("openapi", quiet(Span::call_site()));
    let is_wanted = handlers.arguments.openapi.is_some() && !is_own_name(&handlers.block, &name);
    let document = handlers.arguments.paths.document();
    is_wanted.then(|| {
        quote! {
            /// What the routes take and answer, as an OpenAPI document.
            pub fn #name(&self) -> #document {
                #document::of(self)
            }
        }
    })
}

/// `fn user_path(id: impl Display) -> String`, for a method's first route.
fn builder(found: &RouteMethod, paths: &Paths) -> Option<TokenStream> {
    let route = found.routes.first()?;
    let (name, visibility, method) = (quiet_name(&found.builder), &found.visibility, &found.method);
    let cfgs = &method.cfgs;
    let parameters = path_parameters(&route.pattern.segments);
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

/// `fn list_path_with_query(page: Option<&dyn Display>) -> String`, for a method's first route. It
/// is another function beside `list_path`, which users call with the parameters of the path only.
fn query_builder(found: &RouteMethod, name: &Ident, paths: &Paths) -> Option<TokenStream> {
    let route = found.routes.first()?;
    let (name, visibility, method) = (quiet_name(name), &found.visibility, &found.method);
    let (cfgs, builder) = (&method.cfgs, &found.builder);
    let of_path = path_parameters(&route.pattern.segments);
    let path = Ident::new("__path", Span::mixed_site());
    let (mut parameters, mut steps) = (Vec::new(), Vec::new());
    let mut taken = of_path.clone();
    for argument in &found.arguments {
        let Source::Named { part: Part::Query, name, default } = &argument.source else { continue };
        let parameter = query_parameter_name(name, &taken);
        taken.push(parameter.clone());
        let push = paths.link(quote!(push_query));
        let mut key = String::new();
        push_encoded(name, &mut key);
        // What a form gives a meaning of its own.
        let key = key.replace('&', "%26").replace('=', "%3D").replace('+', "%2B") + "=";
        let (ty, step) = match &argument.form {
            Form::Flag => (quote!(bool), quote!(if #parameter { #push(&mut #path, #key, &true); })),
            Form::Many(_) => (
                quote!(&[&dyn ::core::fmt::Display]),
                quote!(for __value in #parameter { #push(&mut #path, #key, __value); }),
            ),
            Form::Optional(_) => optional(&parameter, &push, &path, &key),
            _ if default.is_some() => optional(&parameter, &push, &path, &key),
            _ => (quote!(impl ::core::fmt::Display), quote!(#push(&mut #path, #key, &#parameter);)),
        };
        parameters.push(quote!(#parameter: #ty));
        steps.push(step);
    }
    let doc = format!(
        " A path to `{}`: `{}`, with parameters of the query. `None` leaves one out.",
        method.name.unraw(),
        pattern_text(route)
    );
    // Clippy's own bound. The user could not allow it here.
    let are_many = of_path.len() + parameters.len() > 7;
    let allowed = are_many.then(|| quote!(#[allow(clippy::too_many_arguments)]));
    Some(quote! {
        #(#cfgs)*
        #[doc = #doc]
        #[must_use]
        #allowed
        #visibility fn #name(
            #(#of_path: impl ::core::fmt::Display,)*
            #(#parameters),*
        ) -> ::std::string::String {
            let mut #path = Self::#builder(#(#of_path),*);
            #(#steps)*
            #path
        }
    })
}

/// The type of a parameter that may be left out, and the step that appends it.
fn optional(
    parameter: &Ident,
    push: &TokenStream,
    path: &Ident,
    key: &str,
) -> (TokenStream, TokenStream) {
    let (option, some) = (runtime_paths::option(), runtime_paths::some());
    (
        quote!(#option<&dyn ::core::fmt::Display>),
        quote!(if let #some(__value) = #parameter { #push(&mut #path, #key, __value); }),
    )
}

/// The name of the function with the query, if the method takes any of it by name and the name is
/// free.
fn query_builder_name(handlers: &Handlers, index: usize) -> Option<Ident> {
    let found = &handlers.routes[index];
    let takes_query = found
        .arguments
        .iter()
        .any(|argument| matches!(argument.source, Source::Named { part: Part::Query, .. }));
    let builder = &found.builder;
    let name = format_ident!("{}_with_query", builder.unraw(), span = builder.span());
    let is_builder = handlers.routes.iter().any(|route| route.builder.unraw() == name.unraw());
    (takes_query && !is_builder && !is_own_name(&handlers.block, &name)).then_some(name)
}

/// A name for a parameter of the query that no other parameter has.
fn query_parameter_name(name: &str, taken: &[Ident]) -> Ident {
    let mut plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if !is_parameter_name(&plain) {
        plain.insert_str(0, "query_");
    }
    let mut name = parameter_name(&plain);
    while taken.contains(&name) {
        name = format_ident!("query_{}", name.unraw());
    }
    name
}

/// The parameters of a path builder.
fn path_parameters(segments: &[Segment]) -> Vec<Ident> {
    let named = |segment: &Segment| match segment {
        Segment::Literal(_) => None,
        Segment::Rest(name) if name.is_empty() => Some(unnamed_rest(segments)),
        Segment::One(name) | Segment::Rest(name) => Some(parameter_name(name)),
    };
    segments.iter().filter_map(named).collect()
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
