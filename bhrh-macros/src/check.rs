//! What can only be seen across methods: two that answer one command, hooks that exclude each
//! other, a block that answers nothing.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Attribute;

use crate::diag::Diagnostics;
use crate::model::{Callee, Handlers, Override};
use crate::names;
use crate::routes;

pub(crate) fn check(handlers: &Handlers, diagnostics: &mut Diagnostics) {
    commands(handlers, diagnostics);
    routes::check::check(handlers, diagnostics);
    hooks(handlers, diagnostics);
    one_line_a_request(handlers, diagnostics);
    answers_something(handlers, diagnostics);
}

fn commands(handlers: &Handlers, diagnostics: &mut Diagnostics) {
    for (index, second) in handlers.commands.iter().enumerate() {
        let earlier = &handlers.commands[..index];
        let clash = earlier
            .iter()
            .find(|first| first.name == second.name && both_exist(&first.method, &second.method));
        if let Some(first) = clash {
            let wrong = format!("`{}` is answered twice", second.name);
            let help = "keep one of the two, or give each its own `#[cfg(…)]`";
            both(&first.place, &second.place, &wrong, help, diagnostics);
        }
    }
}

fn hooks(handlers: &Handlers, diagnostics: &mut Diagnostics) {
    for (index, second) in handlers.overrides.iter().enumerate() {
        let earlier = &handlers.overrides[..index];
        let clash = earlier.iter().find(|first| {
            first.hook.name == second.hook.name && both_exist(&first.method, &second.method)
        });
        if let Some(first) = clash {
            let wrong = format!("`{}` is written twice", second.hook.name);
            let help = "keep one of the two, or give each its own `#[cfg(…)]`";
            let places = [first, second].map(|found| found.method.name.to_token_stream());
            both(&places[0], &places[1], &wrong, help, diagnostics);
        }
    }
}

/// `log_access` makes `log_request` silent, so a block can have only one of them.
fn one_line_a_request(handlers: &Handlers, diagnostics: &mut Diagnostics) {
    let named = |name: &'static str| {
        handlers.overrides.iter().filter(move |found: &&Override| found.hook.name == name)
    };
    for access in named("log_access") {
        for request in named("log_request") {
            if both_exist(&access.method, &request.method) {
                let wrong = "`log_access` and `log_request` would log each request twice";
                let help = "keep `log_request` for Python's line at the start of a response, or \
                            `log_access` for a line after its end";
                let places = [access, request].map(|found| found.method.name.to_token_stream());
                both(&places[0], &places[1], wrong, help, diagnostics);
            }
        }
    }
}

fn answers_something(handlers: &Handlers, diagnostics: &mut Diagnostics) {
    let runs_requests =
        handlers.overrides.iter().any(|found| found.hook.name == "handle_one_request");
    // After another fault, such as `do_get`, this one would be an echo.
    let answers =
        !handlers.commands.is_empty() || handlers.is_routed() || handlers.arguments.wraps.is_some();
    if !answers && !runs_requests && diagnostics.is_empty() {
        names::nothing_answers(&handlers.block, diagnostics);
    }
}

/// Whether two methods can exist in one build, as far as their `cfg` attributes show: different
/// conditions on both are taken to exclude each other, and the compiler finds out if they do not.
pub(crate) fn both_exist(first: &Callee, second: &Callee) -> bool {
    let conditions = |cfgs: &[Attribute]| {
        let mut texts: Vec<String> =
            cfgs.iter().map(|cfg| cfg.to_token_stream().to_string()).collect();
        texts.sort();
        texts
    };
    let (first, second) = (conditions(&first.cfgs), conditions(&second.cfgs));
    first.is_empty() || second.is_empty() || first == second
}

/// A fault with two ends: each is shown.
pub(crate) fn both(
    first: &TokenStream,
    second: &TokenStream,
    wrong: &str,
    help: &str,
    diagnostics: &mut Diagnostics,
) {
    diagnostics.fault(first, wrong, help);
    diagnostics.fault(second, wrong, help);
}
