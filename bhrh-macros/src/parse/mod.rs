//! Tokens to the model. Each method of the block is a command, a hook, a route or the user's own.
//!
//! Methods are read one at a time. What two methods may not do together is for `check`.

pub(crate) mod arguments;
pub(crate) mod block;
mod bodies;
mod callee;
mod command_names;
mod foreign;
mod helpers;
mod literal;
mod mounts;
pub(crate) mod pattern;
mod pattern_fault;
mod reserved_names;
mod returns;
mod route_arguments;
mod route_attribute;
mod route_command;
mod signature;

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, ImplItem};

use crate::model::block::{Block, Member, Method};
use crate::model::route::RouteMethod;
use crate::model::{Arguments, Command, Handlers, Override};
use crate::syntax::as_written::{is_exchange, shown};
use crate::syntax::diagnostics::Diagnostics;
use crate::words::hooks::{self, Hook, Parameter, Returns};
use callee::callee;
use helpers::NamedCommand;
use signature::Expected;

/// Reads the block's methods, and takes our helper attributes off them.
pub(crate) fn parse(block: Block, arguments: Arguments, diagnostics: &mut Diagnostics) -> Handlers {
    let (commands, overrides, routes) = (Vec::new(), Vec::new(), Vec::new());
    let mut handlers = Handlers { block, arguments, commands, overrides, routes };
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
    match role(method, diagnostics) {
        Role::Commands(names) => {
            check_command(method, diagnostics);
            let callee = callee(method);
            let commands = names.into_iter().map(|NamedCommand { name, place }| Command {
                name,
                place,
                method: callee.clone(),
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
            handlers.overrides.push(Override { hook, method: callee(method) });
        }
        Role::Route { attributes } => {
            handlers.routes.push(route(method, &attributes, diagnostics));
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

fn role(method: &mut Method, diagnostics: &mut Diagnostics) -> Role {
    let helpers = helpers::take(method, diagnostics);
    if helpers.routes.is_empty() {
        route_arguments::refuse_query(method, diagnostics);
    }
    let method = &*method;
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

fn check_command(method: &mut Method, diagnostics: &mut Diagnostics) {
    let (parameters, returns) = (&[Parameter::ExchangeMut], Returns::Outcome);
    let signature = hooks::signature(&method.sig.ident.to_string(), parameters, returns);
    let expected = Expected { parameters, more: false, returns, signature };
    signature::check(method, &expected, diagnostics);
}

/// A method with routes.
fn route(
    method: &mut Method,
    attributes: &[Attribute],
    diagnostics: &mut Diagnostics,
) -> RouteMethod {
    let (parameters, returns) = (&[Parameter::ExchangeMut], Returns::Outcome);
    let name = method.sig.ident.to_string();
    let others = method.parameters().filter(|parameter| !is_exchange(&parameter.ty));
    let others: String = others.map(|parameter| format!(", {}", shown(parameter))).collect();
    let signature = format!("fn {name}(&self, http: &mut Exchange{others}) -> io::Result<()>");
    let expected = Expected { parameters, more: true, returns, signature };
    signature::check(method, &expected, diagnostics);
    let (routes, builder) = route_attribute::read(attributes, &method.sig.ident, diagnostics);
    // If a pattern was not understood, its parameters are unknown, and none counts as missing.
    let is_whole = routes.len() == attributes.len();
    let arguments = route_arguments::read(method, &routes, is_whole, diagnostics);
    let visibility = method.vis.clone();
    RouteMethod { routes, method: callee(method), arguments, builder, visibility }
}
