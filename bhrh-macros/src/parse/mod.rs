//! Tokens to the model. Each method of the block is a command, a hook, a route or the user's own.
//!
//! Methods are read one at a time. What two methods may not do together is for `check`.

pub(crate) mod arguments;
pub(crate) mod block;
mod bodies;
mod callee;
mod command_names;
mod extractor;
mod foreign;
pub(crate) mod guards;
mod helpers;
pub(crate) mod http_error;
mod input_attribute;
mod input_type;
mod inputs;
mod literal;
mod mounts;
pub(crate) mod openapi;
mod path_parameter;
pub(crate) mod pattern;
mod pattern_fault;
mod provided;
mod reserved_names;
mod returns;
mod route_attribute;
mod route_command;
mod signature;

use std::rc::Rc;

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Expr, ImplItem, LitStr};

use crate::model::argument::Argument;
use crate::model::block::{Block, Member, Method};
use crate::model::callee::Callee;
use crate::model::route::RouteMethod;
use crate::model::{Arguments, Command, Handlers, Override};
use crate::syntax::as_written::{is_exchange, shown};
use crate::syntax::diagnostics::Diagnostics;
use crate::words::hooks::{self, Hook, Parameter, Returns};
use callee::callee;
use helpers::{Helpers, NamedCommand};
use inputs::Routes;
use signature::Expected;

/// Reads the block's methods, and takes our helper attributes off them.
pub(crate) fn parse(block: Block, arguments: Arguments, diagnostics: &mut Diagnostics) -> Handlers {
    let (commands, overrides, routes) = (Vec::new(), Vec::new(), Vec::new());
    let mut handlers = Handlers { block, arguments, commands, overrides, routes };
    let provided = provided::methods(&handlers);
    handlers.block.members.extend(provided);
    let mut members = std::mem::take(&mut handlers.block.members);
    for member in &mut members {
        match member {
            Member::Method(method) => read_method(method, &mut handlers, diagnostics),
            Member::Other(item) => {
                if let ImplItem::Const(item) = &**item {
                    reserved_names::class_attribute(&item.ident, "constant", diagnostics);
                }
            }
        }
    }
    handlers.block.members = members;
    handlers
}

fn read_method(method: &mut Method, handlers: &mut Handlers, diagnostics: &mut Diagnostics) {
    foreign::on_method(method, diagnostics);
    bodies::check(method, diagnostics);
    let (role, guards) = role(method, diagnostics);
    let guarded = |mut callee: Callee, block: &[Expr]| {
        callee.guards = block.iter().cloned().chain(guards).collect();
        callee
    };
    match role {
        Role::Commands(names) => {
            let arguments = command(method, &names, diagnostics);
            let callee = guarded(callee(method), &handlers.arguments.guards);
            let commands = names.into_iter().map(|NamedCommand { name, place }| Command {
                name,
                place,
                method: callee.clone(),
                arguments: Rc::clone(&arguments),
            });
            handlers.commands.extend(commands);
        }
        Role::Hook(hook) => {
            let expected = Expected {
                parameters: hook.parameters,
                more: false,
                returns: hook.returns,
                signature: hook.signature(),
            };
            signature::check(method, &expected, diagnostics);
            handlers.overrides.push(Override { hook, method: callee::hook(method) });
        }
        Role::Route { attributes } => {
            let mut found =
                route(method, &attributes, handlers.arguments.prefix.as_ref(), diagnostics);
            found.method = guarded(found.method, &handlers.arguments.guards);
            handlers.routes.push(found);
        }
        Role::Own => {}
    }
}

enum Role {
    Commands(Vec<NamedCommand>),
    Hook(&'static Hook),
    Route {
        attributes: Vec<Attribute>,
    },
    /// A method of the user's own, which is left alone.
    Own,
}

/// The role of a method, and the guards above it.
fn role(method: &mut Method, diagnostics: &mut Diagnostics) -> (Role, Vec<Expr>) {
    let mut helpers = helpers::take(method, diagnostics);
    let attributes = std::mem::take(&mut helpers.guards);
    let guards = guards::of_method(&attributes, diagnostics);
    let found = role_by(method, helpers, diagnostics);
    if matches!(found, Role::Hook(_) | Role::Own) {
        input_attribute::refuse(method, diagnostics);
        for attribute in &attributes {
            let wrong = "`#[before]` belongs above a method that answers requests";
            let help =
                "write `#[route(\"…\")]` above the method, or call it `do_GET`, `do_POST`, …";
            diagnostics.fault(attribute, wrong, help);
        }
    }
    (found, guards)
}

fn role_by(method: &Method, helpers: Helpers, diagnostics: &mut Diagnostics) -> Role {
    let ident = &method.sig.ident;
    let name = ident.unraw().to_string();

    if let Some(hook) = Hook::named(&name) {
        for helper in helpers.commands.iter().chain(&helpers.routes) {
            let wrong = format!("`{name}` is a hook, and cannot answer requests as well");
            diagnostics.fault(helper, wrong, "give the method that answers a name of its own");
        }
        return Role::Hook(hook);
    }
    if !helpers.routes.is_empty() {
        for helper in &helpers.commands {
            let wrong = format!("`{name}` has a route, and cannot answer a command as well");
            let help = "write two methods, one of which calls the other";
            diagnostics.fault(helper, wrong, help);
        }
        return Role::Route { attributes: helpers.routes };
    }
    if !helpers.commands.is_empty() {
        let named = helpers.commands.iter().filter_map(|it| helpers::command_in(it, diagnostics));
        return Role::Commands(named.collect());
    }
    if let Some(command) = name.strip_prefix("do_").filter(|command| !command.is_empty()) {
        let named = NamedCommand { name: command.to_owned(), place: ident.to_token_stream() };
        return match command_names::is_command(method, command, diagnostics) {
            true => Role::Commands(vec![named]),
            false => Role::Own,
        };
    }
    command_names::own(method, diagnostics);
    reserved_names::check(method, &name, diagnostics);
    Role::Own
}

/// The arguments of a method that answers commands on every path.
fn command(
    method: &mut Method,
    names: &[NamedCommand],
    diagnostics: &mut Diagnostics,
) -> Rc<[Argument]> {
    let (parameters, returns) = (&[Parameter::ExchangeMut], Returns::Outcome);
    let signature = hooks::signature(&method.sig.ident.to_string(), parameters, returns);
    let expected = Expected { parameters, more: true, returns, signature };
    signature::check(method, &expected, diagnostics);
    let arguments = inputs::read(method, None, diagnostics);
    let commands = names.iter().map(|command| (&*command.name, &command.place as &dyn ToTokens));
    inputs::refuse_content_of(commands, &arguments, diagnostics);
    arguments.into()
}

/// A method with routes.
fn route(
    method: &mut Method,
    attributes: &[Attribute],
    prefix: Option<&LitStr>,
    diagnostics: &mut Diagnostics,
) -> RouteMethod {
    let (parameters, returns) = (&[Parameter::ExchangeMut], Returns::Outcome);
    let name = method.sig.ident.to_string();
    let others = method.parameters().filter(|parameter| !is_exchange(&parameter.ty));
    let others: String = others.map(|parameter| format!(", {}", shown(parameter))).collect();
    let signature = format!("fn {name}(&self, http: &mut Exchange{others}) -> io::Result<()>");
    let expected = Expected { parameters, more: true, returns, signature };
    signature::check(method, &expected, diagnostics);
    let (routes, builder) =
        route_attribute::read(attributes, &method.sig.ident, prefix, diagnostics);
    // If a pattern was not understood, its parameters are unknown, and none counts as missing.
    let is_whole = routes.len() == attributes.len();
    let found = Routes { routes: &routes, is_whole };
    let arguments = inputs::read(method, Some(found), diagnostics);
    let commands = routes
        .iter()
        .filter_map(|route| Some((route.command.as_deref()?, &route.text as &dyn ToTokens)));
    inputs::refuse_content_of(commands, &arguments, diagnostics);
    let visibility = method.vis.clone();
    let description = openapi::description(method);
    RouteMethod { routes, method: callee(method), arguments, builder, visibility, description }
}
