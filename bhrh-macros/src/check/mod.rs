//! Faults that only show across methods: two methods for one command, hooks that exclude each
//! other, a block that answers nothing.

mod openapi;
mod overlap;
mod routes;
pub(crate) mod taken_names;

use quote::ToTokens;
use syn::Expr;
use syn::ext::IdentExt;

use crate::model::argument::Source;
use crate::model::block::{Block, Method};
use crate::model::{Handlers, Override};
use crate::parse::guards::is_same;
use crate::syntax::as_written::bare_expr;
use crate::syntax::diagnostics::Diagnostics;
use crate::words::http_methods::registered;

pub(crate) fn check(handlers: &Handlers, diagnostics: &mut Diagnostics) {
    commands(handlers, diagnostics);
    routes::check(handlers, diagnostics);
    taken_names::check(handlers, diagnostics);
    openapi::check(handlers, diagnostics);
    auto_head(handlers, diagnostics);
    hooks(handlers, diagnostics);
    one_line_per_request(handlers, diagnostics);
    guards_are_functions(handlers, diagnostics);
    answers_something(handlers, diagnostics);
}

fn commands(handlers: &Handlers, diagnostics: &mut Diagnostics) {
    for (index, second) in handlers.commands.iter().enumerate() {
        let first = handlers.commands[..index].iter().find(|first| {
            first.name == second.name && first.method.may_coexist_with(&second.method)
        });
        if let Some(first) = first {
            let wrong = format!("`{}` is answered twice", second.name);
            let help = "keep one of the two, or give each its own `#[cfg(…)]`";
            diagnostics.fault_at_both([&first.place, &second.place], wrong, help);
        }
    }
}

fn hooks(handlers: &Handlers, diagnostics: &mut Diagnostics) {
    for (index, second) in handlers.overrides.iter().enumerate() {
        let first = handlers.overrides[..index].iter().find(|first| {
            first.hook.name == second.hook.name && first.method.may_coexist_with(&second.method)
        });
        if let Some(first) = first {
            let wrong = format!("`{}` is written twice", second.hook.name);
            let help = "keep one of the two, or give each its own `#[cfg(…)]`";
            diagnostics.fault_at_both([&first.method.name, &second.method.name], wrong, help);
        }
    }
}

/// `log_access` makes `log_request` silent, so a block can have only one of them.
fn one_line_per_request(handlers: &Handlers, diagnostics: &mut Diagnostics) {
    let named = |name: &'static str| {
        handlers.overrides.iter().filter(move |found: &&Override| found.hook.name == name)
    };
    for access in named("log_access") {
        for request in named("log_request") {
            if access.method.may_coexist_with(&request.method) {
                let wrong = "`log_access` and `log_request` would log each request twice";
                let help = "keep `log_request` for Python's line at the start of a response, or \
                            `log_access` for a line after its end";
                diagnostics.fault_at_both([&access.method.name, &request.method.name], wrong, help);
            }
        }
    }
}

fn auto_head(handlers: &Handlers, diagnostics: &mut Diagnostics) {
    let Some(place) = &handlers.arguments.auto_head else { return };
    let named = |name: &str| handlers.commands.iter().find(|command| command.name == name);
    if named("GET").is_none() {
        let help = match handlers.routes.is_empty() {
            true => "write `fn do_GET(&self, http: &mut Exchange) -> io::Result<()>`",
            false => "leave it out: a `GET` route answers `HEAD` anyway",
        };
        diagnostics.fault(place, "there is no `do_GET` that could answer `HEAD`", help);
    }
    if let Some(head) = named("HEAD") {
        let wrong = "`HEAD` is answered twice: by a method, and by `auto_head`";
        diagnostics.fault_at_both([place, &head.place], wrong, "keep one of the two");
    }
}

/// Refuses a guard that is named like a function, where the block has a method of this name.
fn guards_are_functions(handlers: &Handlers, diagnostics: &mut Diagnostics) {
    let commands = handlers.commands.iter().map(|it| (&it.method, &it.arguments[..]));
    let routes = handlers.routes.iter().map(|it| (&it.method, &it.arguments[..]));
    let all = commands.chain(routes).flat_map(|(method, arguments)| {
        let of_arguments = arguments.iter().filter_map(|argument| match &argument.source {
            Source::Guard(guard) => Some(guard),
            _ => None,
        });
        method.guards.iter().chain(of_arguments)
    });
    let mut seen: Vec<&Expr> = Vec::new();
    for guard in all {
        let Expr::Path(path) = bare_expr(guard) else { continue };
        let Some(name) = path.path.get_ident() else { continue };
        let is_method = |method: &Method| {
            method.sig.ident.unraw() == name.unraw() && method.sig.receiver().is_some()
        };
        if handlers.block.methods().any(is_method) && !seen.iter().any(|it| is_same(it, guard)) {
            let wrong = format!("`{name}` names a function here");
            let help = format!(
                "write `self.{name}` if it is a method, or `self::{name}` if it is a function"
            );
            diagnostics.fault(guard, wrong, help);
            seen.push(guard);
        }
    }
}

fn answers_something(handlers: &Handlers, diagnostics: &mut Diagnostics) {
    let runs_requests =
        handlers.overrides.iter().any(|found| found.hook.name == "handle_one_request");
    let answers =
        !handlers.commands.is_empty() || handlers.is_routed() || handlers.arguments.wraps.is_some();
    // After another fault, for example about `do_get`, this one would only follow from it.
    if !answers && !runs_requests && diagnostics.is_empty() {
        nothing_answers(&handlers.block, diagnostics);
    }
}

/// Reports that no method answers, at the method that was most likely meant to.
fn nothing_answers(block: &Block, diagnostics: &mut Diagnostics) {
    let meant = |method: &Method| registered(&method.sig.ident.unraw().to_string());
    let methods = || block.methods().filter(|method| method.takes_exchange());
    let found = methods().find(|method| meant(method).is_some()).or_else(|| methods().next());
    let wrong = "no method in this block answers a command";
    match found {
        Some(method) => {
            let name = &method.sig.ident;
            let command = meant(method).unwrap_or("GET");
            let help = format!(
                "name it `do_{command}`, or write `#[command(\"{command}\")]` or \
                 `#[route(\"{command} /…\")]` above it"
            );
            diagnostics.fault(name.to_token_stream(), wrong, help);
        }
        None => diagnostics.fault(
            &block.self_ty,
            wrong,
            "write one: `fn do_GET(&self, http: &mut Exchange) -> io::Result<()> { … }`",
        ),
    }
}
