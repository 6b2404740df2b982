//! The arguments of a method that answers. An attribute says where the value comes from. An
//! argument without an attribute takes the path's parameter of the same name.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{FnArg, PatType};

use super::{foreign, input_attribute, input_type, openapi, path_parameter};
use crate::model::argument::{Argument, Source};
use crate::model::block::Method;
use crate::model::route::Route;
use crate::syntax::diagnostics::Diagnostics;

/// The patterns that arguments are compared with.
#[derive(Clone, Copy)]
pub(super) struct Routes<'r> {
    pub(super) routes: &'r [Route],
    /// Whether all patterns were understood.
    pub(super) is_whole: bool,
}

/// Reads the arguments after the exchange, and takes our attributes off them. `routes` is `None`
/// for a method that answers commands on every path.
pub(super) fn read(
    method: &mut Method,
    routes: Option<Routes<'_>>,
    diagnostics: &mut Diagnostics,
) -> Vec<Argument> {
    let name = method.sig.ident.to_string();
    let has_exchange = method.begins_with_exchange();
    let mut arguments = Vec::new();
    let mut contents: Vec<TokenStream> = Vec::new();
    // If an argument was not understood, a parameter without argument follows from that.
    let mut all_found = true;
    let parameters = method.sig.inputs.iter_mut().filter_map(|input| match input {
        FnArg::Typed(parameter) => Some(parameter),
        FnArg::Receiver(_) => None,
    });
    for (index, parameter) in parameters.enumerate() {
        if index == 0 && has_exchange {
            continue;
        }
        let argument = match foreign::on_argument(parameter, diagnostics) {
            true => None,
            false => argument(parameter, routes, diagnostics),
        };
        let Some(argument) = argument else {
            all_found = false;
            continue;
        };
        if let Source::Content { .. } = argument.source {
            contents.push(parameter.pat.to_token_stream());
        }
        arguments.push(argument);
    }
    if let [first, second, ..] = &contents[..] {
        let wrong = format!("`{name}` takes the content twice, and it can be read only once");
        diagnostics.fault_at_both([first, second], wrong, "keep one of the two arguments");
    }
    if let (Some(routes), true) = (routes, all_found) {
        parameters_without_argument(&name, routes, &arguments, diagnostics);
    }
    arguments
}

fn argument(
    parameter: &mut PatType,
    routes: Option<Routes<'_>>,
    diagnostics: &mut Diagnostics,
) -> Option<Argument> {
    let attribute = input_attribute::take(parameter, diagnostics);
    // The compiler takes no documentation of arguments, but an OpenAPI document does.
    let docs = openapi::docs(&parameter.attrs);
    parameter.attrs.retain(|attr| !attr.path().is_ident("doc"));
    let source = match (&attribute, routes) {
        (Some(attribute), _) => input_attribute::read(attribute, parameter, diagnostics)?,
        (None, Some(Routes { routes, is_whole })) => Source::Path(path_parameter::read(
            &input_attribute::name(parameter, diagnostics)?,
            parameter,
            routes,
            is_whole,
            diagnostics,
        )?),
        (None, None) => {
            path_parameter::refuse(parameter, diagnostics);
            return None;
        }
    };
    let form = input_type::form(&parameter.ty, &source);
    input_type::check(&parameter.ty, &source, &form, diagnostics);
    Some(Argument { source, form, docs })
}

/// Reports each parameter of a pattern that no argument takes.
fn parameters_without_argument(
    name: &str,
    routes: Routes<'_>,
    arguments: &[Argument],
    diagnostics: &mut Diagnostics,
) {
    let is_taken = |parameter: &str| {
        let mut names = arguments.iter().filter_map(|argument| match &argument.source {
            Source::Path(name) => Some(name),
            _ => None,
        });
        names.any(|name| name == parameter)
    };
    for route in routes.routes {
        for parameter in route.pattern.segments.iter().filter_map(|segment| segment.parameter()) {
            if !is_taken(parameter) {
                path_parameter::missing(route, parameter, name, diagnostics);
            }
        }
    }
}

/// Refuses the content of a request whose command gives it no meaning.
pub(super) fn refuse_content_of<'c>(
    commands: impl IntoIterator<Item = (&'c str, &'c dyn ToTokens)>,
    arguments: &[Argument],
    diagnostics: &mut Diagnostics,
) {
    let has_content =
        arguments.iter().any(|argument| matches!(argument.source, Source::Content { .. }));
    for (command, place) in commands {
        if has_content && matches!(command, "GET" | "HEAD" | "CONNECT" | "TRACE") {
            let wrong = format!("a `{command}` request has no content that the method could take");
            let help = "answer `POST`, `PUT` or `PATCH`, or take the argument from the query: \
                        `#[query]`, `#[query(struct)]`";
            diagnostics.fault(place, wrong, help);
        }
    }
}
