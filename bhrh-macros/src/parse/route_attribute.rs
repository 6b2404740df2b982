//! The attribute `#[route("GET /users/{id}", path = "user_link")]` of a method.

use proc_macro2::Ident;
use quote::format_ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, LitStr, Meta, Token};

use super::pattern;
use crate::model::route::Route;
use crate::syntax::diagnostics::{Diagnostics, message};

const EXAMPLE: &str = "write the route as a text: `#[route(\"GET /users/{id}\")]`";

/// The routes of a method, and the name of its path builder.
pub(crate) fn read(
    attributes: &[Attribute],
    method: &Ident,
    prefix: Option<&LitStr>,
    diagnostics: &mut Diagnostics,
) -> (Vec<Route>, Ident) {
    let mut routes = Vec::new();
    let mut builder: Option<Ident> = None;
    for attribute in attributes {
        match arguments(attribute) {
            Ok((text, name)) => {
                routes.extend(route(text, prefix, diagnostics));
                if let (Some(first), Some(second)) = (&builder, &name) {
                    let wrong = "the path builder is named twice";
                    let help = "keep one: a method has one path builder, for its first route";
                    diagnostics.fault_at_both([first, second], wrong, help);
                }
                builder = builder.or(name);
            }
            Err(fault) => diagnostics.push(fault),
        }
    }
    let unnamed = || format_ident!("{}_path", method.unraw(), span = method.span());
    (routes, builder.unwrap_or_else(unnamed))
}

/// The route, with the prefix of the block before its path.
fn route(text: LitStr, prefix: Option<&LitStr>, diagnostics: &mut Diagnostics) -> Option<Route> {
    match pattern::parse(&text.value()) {
        Ok((command, mut pattern)) => {
            let own = text.value();
            let mut path = own[own.find('/').unwrap_or_default()..].to_owned();
            // A prefix that is wrong has been reported, where it stands.
            let above = prefix.map(LitStr::value).and_then(|prefix| {
                pattern::parse(&prefix).ok().map(|(_, pattern)| (prefix, pattern))
            });
            if let Some((prefix, above)) = above {
                path.insert_str(0, &prefix);
                pattern.segments.splice(0..0, above.segments);
            }
            Some(Route { text, path, command, pattern })
        }
        Err(fault) => {
            diagnostics.fault(&text, fault.wrong, fault.help);
            None
        }
    }
}

/// The route's text, and the name of the path builder if one is given.
fn arguments(attribute: &Attribute) -> syn::Result<(LitStr, Option<Ident>)> {
    let meta = &attribute.meta;
    let fault = |wrong| syn::Error::new_spanned(meta, message(wrong, EXAMPLE));
    let Meta::List(list) = meta else { return Err(fault("`#[route]` names no route")) };
    let no_route = "`#[route]` begins with the route";
    if list.tokens.is_empty() {
        return Err(fault(no_route));
    }
    list.parse_args_with(|input: ParseStream<'_>| {
        let text = input.parse().map_err(|_| input.error(message(no_route, EXAMPLE)))?;
        Ok((text, builder_name(input)?))
    })
}

/// `, path = "user_link"`, after the route.
fn builder_name(input: ParseStream<'_>) -> syn::Result<Option<Ident>> {
    if input.is_empty() {
        return Ok(None);
    }
    input.parse::<Token![,]>().map_err(|_| takes_no_more(input))?;
    if input.is_empty() {
        return Ok(None);
    }
    let key = input.call(Ident::parse_any).map_err(|_| takes_no_more(input))?;
    if key != "path" || !input.peek(Token![=]) {
        let wrong = format!("`#[route]` has no argument `{key}`");
        let help =
            "the one argument after the route is `path = \"…\"`, the name of its path builder";
        return Err(syn::Error::new_spanned(key, message(wrong, help)));
    }
    input.parse::<Token![=]>()?;
    let name: LitStr = input.parse().map_err(|_| {
        let help = "write it in quotes: `path = \"user_link\"`";
        input.error(message("the name of a path builder is a text", help))
    })?;
    input.parse::<Option<Token![,]>>()?;
    if !input.is_empty() {
        return Err(takes_no_more(input));
    }
    let ident = name.parse().map_err(|_| {
        let wrong = format!("`{}` cannot name a function", name.value());
        let help = "write a name such as `path = \"user_link\"`";
        syn::Error::new_spanned(&name, message(wrong, help))
    })?;
    Ok(Some(ident))
}

fn takes_no_more(input: ParseStream<'_>) -> syn::Error {
    input.error(message(
        "`#[route]` takes one route, and optionally the name of its path builder",
        "write `#[route(\"…\", path = \"…\")]`; for a second route, write a second `#[route(\"…\")]`",
    ))
}
