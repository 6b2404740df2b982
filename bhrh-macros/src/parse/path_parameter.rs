//! Arguments without an attribute: each takes the path's parameter of the same name.

use syn::ext::IdentExt;
use syn::{Ident, Pat, PatType};

use super::extractor;
use super::foreign::reads_content;
use super::input_type::{is_bytes, is_option};
use crate::model::route::Route;
use crate::syntax::as_written::{is_exchange, shown};
use crate::syntax::diagnostics::Diagnostics;
use crate::words::spelling::nearest;

/// The name of the path's parameter that an argument takes. `is_whole` says that all patterns were
/// understood.
pub(super) fn read(
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
            second_exchange(parameter, diagnostics);
        } else if is_whole {
            let wrong = format!("no route of this method has the parameter `{name}`");
            let ways = || {
                let path = format!("write `{{{plain}}}` in the route's path");
                let query = format!("`#[query] {ident}` to take it from the query");
                match routes.iter().any(has_content) {
                    true => format!("{path}, {query}, or `#[json] {ident}` from the content"),
                    false => format!("{path}, or {query}"),
                }
            };
            let help = match (extractor::instead(parameter), nearest(&name, all(), 2)) {
                (Some(instead), _) => instead,
                (None, Some(meant)) => format!("did you mean `{meant}`? otherwise {}", ways()),
                (None, None) => content(plain, ident, parameter).unwrap_or_else(ways),
            };
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

/// Reports an argument of a method without routes that does not say where it comes from.
pub(super) fn refuse(parameter: &PatType, diagnostics: &mut Diagnostics) {
    if is_exchange(&parameter.ty) {
        second_exchange(parameter, diagnostics);
        return;
    }
    let pattern = &parameter.pat;
    let wrong = format!("nothing says where the argument `{}` comes from", shown(pattern));
    let ident = match &**pattern {
        Pat::Ident(pat) => Some(&pat.ident),
        _ => None,
    };
    let meant = extractor::instead(parameter).or_else(|| {
        let name = ident?.unraw().to_string();
        content(name.trim_start_matches('_'), ident?, parameter)
    });
    let help = meant.unwrap_or_else(|| {
        "write `#[query]`, `#[header]`, `#[cookie]`, `#[json]`, `#[form]` or `#[body]` in front of \
         it, or `#[before(self.…)]` if a guard returns it"
            .to_owned()
    });
    diagnostics.fault(pattern, wrong, help);
}

fn second_exchange(parameter: &PatType, diagnostics: &mut Diagnostics) {
    let wrong = "there is only one exchange, the first parameter after `&self`";
    diagnostics.fault(parameter, wrong, "remove this one, or move it to the front");
}

/// Whether the requests of a route have a content that says something.
fn has_content(route: &Route) -> bool {
    matches!(route.command.as_deref(), Some("POST" | "PUT" | "PATCH"))
}

/// What to write for an argument that is most likely meant to be the content.
fn content(plain: &str, ident: &Ident, parameter: &PatType) -> Option<String> {
    let attribute = reads_content(plain)
        .or_else(|| is_bytes(&parameter.ty).then_some("body"))
        .filter(|attribute| *attribute != "body" || is_text_or_bytes(parameter));
    let ty = shown(&parameter.ty);
    match attribute {
        Some(attribute) => Some(format!("write `#[{attribute}] {ident}: {ty}`")),
        None if reads_content(plain).is_some() => Some(format!(
            "write `#[json] {ident}: {ty}` or `#[form] {ident}: {ty}`; `#[body]` gives bytes or a text"
        )),
        None => None,
    }
}

fn is_text_or_bytes(parameter: &PatType) -> bool {
    let ty = shown(&parameter.ty);
    is_bytes(&parameter.ty) || ty.ends_with("str") || ty.ends_with("String")
}

/// Reports a parameter of a pattern that the method does not take.
pub(super) fn missing(route: &Route, parameter: &str, method: &str, diagnostics: &mut Diagnostics) {
    let wrong = format!("`{method}` does not take the parameter `{parameter}` of its route");
    let help = format!(
        "add the argument `{parameter}: …` (any type that implements `FromStr`, or `&str`); if it \
         is not used, call it `_{parameter}`"
    );
    diagnostics.fault(&route.text, wrong, help);
}
