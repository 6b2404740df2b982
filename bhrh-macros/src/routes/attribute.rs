//! `#[route("GET /users/{id}", path = "user_link")]`, read off a method.

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, LitStr, Meta, Token};

use super::{Route, pattern};
use crate::diag::{Diagnostics, message};

const EXAMPLE: &str = "write the route as a text: `#[route(\"GET /users/{id}\")]`";

/// The routes of a method, and the name of its path builder.
pub(crate) fn read(
    attributes: &[Attribute],
    method: &Ident,
    diagnostics: &mut Diagnostics,
) -> (Vec<Route>, Ident) {
    let mut routes = Vec::new();
    let mut builder: Option<Ident> = None;
    for attribute in attributes {
        match arguments(attribute) {
            Ok((text, name)) => {
                routes.extend(route(text, diagnostics));
                for (earlier, second) in builder.iter().zip(&name) {
                    for place in [earlier, second] {
                        let help = "keep one: a method has one path builder, for its first route";
                        diagnostics.fault(place, "the path builder is named twice", help);
                    }
                }
                builder = builder.or(name);
            }
            Err(fault) => diagnostics.push(fault),
        }
    }
    let unnamed = || format_ident!("{}_path", method.unraw(), span = method.span());
    (routes, builder.unwrap_or_else(unnamed))
}

fn route(text: LitStr, diagnostics: &mut Diagnostics) -> Option<Route> {
    match pattern::parse(&text.value()) {
        Ok((command, pattern)) => Some(Route { text, command, pattern }),
        Err(fault) => {
            diagnostics.fault(&text, fault.wrong, fault.help);
            None
        }
    }
}

/// What stands in the parentheses.
fn arguments(attribute: &Attribute) -> syn::Result<(LitStr, Option<Ident>)> {
    let Meta::List(list) = &attribute.meta else {
        let fault = message("`#[route]` names no route", EXAMPLE);
        return Err(syn::Error::new_spanned(&attribute.meta, fault));
    };
    list.parse_args_with(|input: ParseStream<'_>| {
        let Ok(text) = input.parse::<LitStr>() else {
            let place = if input.is_empty() { Span::call_site() } else { input.span() };
            let fault = message("`#[route]` begins with the route", EXAMPLE);
            return Err(match input.is_empty() {
                true => syn::Error::new_spanned(&attribute.meta, fault),
                false => syn::Error::new(place, fault),
            });
        };
        if input.is_empty() {
            return Ok((text, None));
        }
        let more = |input: ParseStream<'_>| {
            input.error(message(
                "`#[route]` takes one route, and perhaps the name of its path builder",
                "write `#[route(\"…\", path = \"…\")]`; a second route is a second `#[route(\"…\")]`",
            ))
        };
        if input.parse::<Token![,]>().is_err() {
            return Err(more(input));
        }
        if input.is_empty() {
            return Ok((text, None));
        }
        match input.call(Ident::parse_any) {
            Ok(name) if name == "path" && input.peek(Token![=]) => {}
            Ok(name) => {
                let help = "the one argument after the route is `path = \"…\"`, the name of its path \
                            builder";
                let wrong = format!("`#[route]` has no argument `{name}`");
                return Err(syn::Error::new_spanned(name, message(wrong, help)));
            }
            Err(_) => return Err(more(input)),
        }
        input.parse::<Token![=]>()?;
        let name: LitStr = input.parse().map_err(|_| {
            let help = "write it in quotes: `path = \"user_link\"`";
            input.error(message("the name of a path builder is a text", help))
        })?;
        input.parse::<Option<Token![,]>>()?;
        if !input.is_empty() {
            return Err(more(input));
        }
        let ident = name.parse::<Ident>().map_err(|_| {
            let wrong = format!("`{}` cannot name a function", name.value());
            let help = "write a name such as `path = \"user_link\"`";
            syn::Error::new_spanned(&name, message(wrong, help))
        })?;
        Ok((text, Some(ident)))
    })
}
