//! The arguments of a method with routes. Each argument takes the path's parameter of the same
//! name, or one of the query's if `#[query]` stands in front of it.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Expr, FnArg, Ident, LitStr, Meta, Pat, PatType, Token, Type};

use super::foreign::{self, reads_content};
use crate::model::block::Method;
use crate::model::route::{Argument, Form, Route, Source};
use crate::syntax::as_written::{bare_type, ends_in, is_exchange, is_named, only_argument, shown};
use crate::syntax::diagnostics::{Diagnostics, message};
use crate::words::spelling::nearest;

const QUERY_FORMS: &str = "write `#[query]`, `#[query(name = \"…\")]`, `#[query(default = …)]` or \
                           both, with a comma between";

/// Reads the arguments after the exchange, takes `#[query]` off them, and compares them with the
/// patterns. `is_whole` says that all patterns were understood.
pub(super) fn read(
    method: &mut Method,
    routes: &[Route],
    is_whole: bool,
    diagnostics: &mut Diagnostics,
) -> Vec<Argument> {
    let name = method.sig.ident.to_string();
    let mut arguments = Vec::new();
    let mut named: Vec<String> = Vec::new();
    // If an argument was not understood, a parameter without argument follows from that.
    let mut all_found = true;
    let parameters = method.sig.inputs.iter_mut().filter_map(|input| match input {
        FnArg::Typed(parameter) => Some(parameter),
        FnArg::Receiver(_) => None,
    });
    for (index, parameter) in parameters.enumerate() {
        if index == 0 && is_exchange(&parameter.ty) {
            continue;
        }
        if foreign::on_argument(parameter, diagnostics) {
            all_found = false;
            continue;
        }
        let helper = take_query(parameter, diagnostics);
        let source = ident(parameter, diagnostics).and_then(|ident| match helper {
            Some(helper) => query(&helper, &ident, diagnostics),
            None => path(&ident, parameter, routes, is_whole, diagnostics).map(Source::Path),
        });
        let Some(source) = source else {
            all_found = false;
            continue;
        };
        if let Source::Path(name) = &source {
            named.push(name.clone());
        }
        let form = form(&parameter.ty, matches!(source, Source::Query { .. }));
        check_type(parameter, &source, &form, diagnostics);
        arguments.push(Argument { source, form });
    }
    for route in routes.iter().filter(|_| all_found) {
        for parameter in route.pattern.segments.iter().filter_map(|segment| segment.parameter()) {
            if !named.iter().any(|argument| argument == parameter) {
                missing(route, parameter, &name, diagnostics);
            }
        }
    }
    arguments
}

/// Reports a parameter of a pattern that the method does not take.
fn missing(route: &Route, parameter: &str, method: &str, diagnostics: &mut Diagnostics) {
    let wrong = format!("`{method}` does not take the parameter `{parameter}` of its route");
    let help = format!(
        "add the argument `{parameter}: …` (any type that implements `FromStr`, or `&str`); if it \
         is not used, call it `_{parameter}`"
    );
    diagnostics.fault(&route.text, wrong, help);
}

/// The name of an argument.
fn ident(parameter: &PatType, diagnostics: &mut Diagnostics) -> Option<Ident> {
    match &*parameter.pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(pat.ident.clone()),
        pat => {
            let wrong = "an argument finds its parameter by its name, but this one has no name";
            diagnostics.fault(pat, wrong, "write `name: …`, and take it apart in the method");
            None
        }
    }
}

/// The name of the path's parameter that an argument takes.
fn path(
    ident: &Ident,
    parameter: &PatType,
    routes: &[Route],
    is_whole: bool,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let name = ident.unraw().to_string();
    let all = || {
        let segments = routes.iter().flat_map(|route| &route.pattern.segments);
        segments.filter_map(|segment| segment.parameter())
    };
    // The name of an unused argument may begin with an underscore.
    let plain = name.trim_start_matches('_');
    let found = [&name, plain].into_iter().find(|name| all().any(|known| known == *name));
    let Some(found) = found else {
        if is_exchange(&parameter.ty) {
            let wrong = "there is only one exchange, the first parameter after `&self`";
            diagnostics.fault(parameter, wrong, "remove this one, or move it to the front");
        } else if is_whole {
            let wrong = format!("no route of this method has the parameter `{name}`");
            let mut help = format!(
                "write `{{{plain}}}` in the route's path, or `#[query] {ident}` to take it from the query"
            );
            if let Some(meant) = nearest(&name, all(), 2) {
                help = format!("did you mean `{meant}`? otherwise {help}");
            } else if let Some(content) = reads_content(plain)
                .or_else(|| reads_content("body").filter(|_| is_bytes(&parameter.ty)))
            {
                help = content.to_owned();
            }
            diagnostics.fault(ident, wrong, help);
        }
        return None;
    };
    let lacking = routes.iter().find(|route| {
        !route.pattern.segments.iter().any(|segment| segment.parameter() == Some(found))
    });
    if let Some(route) = lacking.filter(|_| !is_option(&parameter.ty)) {
        let wrong = format!("the route `{}` has no parameter `{found}`", route.text.value());
        let ty = shown(&parameter.ty);
        let help = format!("write `{ident}: Option<{ty}>`, or `{{{found}}}` in that route as well");
        diagnostics.fault(&parameter.ty, &wrong, &help);
        diagnostics.fault(&route.text, &wrong, &help);
    }
    Some(found.to_owned())
}

/// Takes `#[query]` off an argument.
fn take_query(parameter: &mut PatType, diagnostics: &mut Diagnostics) -> Option<Attribute> {
    let mut ours = take(&mut parameter.attrs).into_iter();
    let first = ours.next();
    for second in ours {
        diagnostics.fault(second, "`#[query]` is written twice", "keep one of the two");
    }
    first
}

/// Takes all `#[query]` attributes out of a list.
fn take(attrs: &mut Vec<Attribute>) -> Vec<Attribute> {
    let (ours, others) = std::mem::take(attrs)
        .into_iter()
        .partition(|attr: &Attribute| ends_in(attr.path(), "query"));
    *attrs = others;
    ours
}

/// Takes `#[query]` off the arguments of a method without routes, and reports it.
pub(super) fn refuse_query(method: &mut Method, diagnostics: &mut Diagnostics) {
    for input in &mut method.sig.inputs {
        let attrs = match input {
            FnArg::Typed(parameter) => {
                foreign::on_argument(parameter, diagnostics);
                &mut parameter.attrs
            }
            FnArg::Receiver(receiver) => &mut receiver.attrs,
        };
        for attr in take(attrs) {
            let wrong = "`#[query]` belongs on an argument of a method with a `#[route]`";
            let help = "write `#[route(\"…\")]` above the method; a `do_*` method takes no \
                        arguments but the exchange";
            diagnostics.fault(attr, wrong, help);
        }
    }
}

/// `#[query(name = "page-size", default = 20)]`
fn query(helper: &Attribute, ident: &Ident, diagnostics: &mut Diagnostics) -> Option<Source> {
    let mut name = ident.unraw().to_string().trim_start_matches('_').to_owned();
    let mut default = None;
    let read = |input: ParseStream<'_>| -> syn::Result<()> {
        while !input.is_empty() {
            let place = input.span();
            let key: Ident = input.call(Ident::parse_any).map_err(|_| unknown(place))?;
            if !input.peek(Token![=]) {
                return Err(unknown(key.span()));
            }
            input.parse::<Token![=]>()?;
            if key == "default" {
                default = Some(input.parse::<Expr>()?);
            } else if key == "name" {
                let text: LitStr = input.parse().map_err(|_| {
                    input.error(message("the name is a text", "write `name = \"…\"`"))
                })?;
                name = text.value();
            } else {
                return Err(unknown(key.span()));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>().map_err(|_| unknown(input.span()))?;
            }
        }
        Ok(())
    };
    let result = match &helper.meta {
        Meta::Path(_) => Ok(()),
        Meta::List(list) => list.parse_args_with(read),
        Meta::NameValue(meta) => Err(unknown(meta.eq_token.spans[0])),
    };
    if let Err(fault) = result {
        diagnostics.push(fault);
        return None;
    }
    Some(Source::Query { name, default })
}

fn unknown(place: Span) -> syn::Error {
    syn::Error::new(place, message("`#[query]` does not take this", QUERY_FORMS))
}

/// What the text of a parameter is turned into, for an argument of this type.
fn form(ty: &Type, in_query: bool) -> Form {
    match bare_type(ty) {
        Type::Reference(reference)
            if reference.mutability.is_none() && is_named(&reference.elem, "str") =>
        {
            Form::Borrowed
        }
        ty if is_named(ty, "Cow") => Form::Cow,
        ty if in_query && is_named(ty, "bool") => Form::Flag,
        ty => match (only_argument(ty, "Option"), only_argument(ty, "Vec").filter(|_| in_query)) {
            (Some(inner), _) => Form::Optional(Box::new(form(inner, false))),
            (_, Some(inner)) => Form::Many(Box::new(form(inner, false))),
            _ => Form::Parsed(Box::new(ty.clone())),
        },
    }
}

/// Refuses a type or a default that is wrong whatever the names in it mean.
fn check_type(parameter: &PatType, source: &Source, form: &Form, diagnostics: &mut Diagnostics) {
    let ty = &parameter.ty;
    if let Some(reference) = unreadable(form) {
        let wrong = format!("a parameter cannot be borrowed as `{}`", shown(reference));
        diagnostics.fault(
            reference,
            wrong,
            "write `&str`, `String` or a type that implements `FromStr`",
        );
    }
    let Source::Query { default: Some(default), .. } = source else { return };
    let has_one = match form {
        Form::Optional(_) => "`None`",
        Form::Many(_) => "no values",
        Form::Flag => "`false`",
        _ => return,
    };
    let wrong = format!("if the parameter is missing, this is {has_one}, so it needs no default");
    let help = match only_argument(ty, "Option") {
        Some(inner) => format!("leave the default out, or write the type `{}`", shown(inner)),
        None => "leave the default out".to_owned(),
    };
    diagnostics.fault(default, wrong, help);
}

/// The reference in a type, if it refers to something other than text.
fn unreadable(form: &Form) -> Option<&Type> {
    match form {
        Form::Optional(form) | Form::Many(form) => unreadable(form),
        Form::Parsed(ty) if matches!(**ty, Type::Reference(_)) => Some(ty),
        _ => None,
    }
}

/// Whether a type is bytes, which neither paths nor queries have.
fn is_bytes(ty: &Type) -> bool {
    let is_u8 = |ty: &Type| is_named(ty, "u8");
    match bare_type(ty) {
        Type::Reference(reference) => is_bytes(&reference.elem),
        Type::Slice(slice) => is_u8(&slice.elem),
        ty => is_named(ty, "Bytes") || only_argument(ty, "Vec").is_some_and(is_u8),
    }
}

fn is_option(ty: &Type) -> bool {
    only_argument(ty, "Option").is_some()
}
