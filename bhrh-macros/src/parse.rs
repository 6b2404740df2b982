//! An `impl` block to [`Handlers`]: each method is either a command, a hook, or the user's own.
//!
//! It looks at one method at a time; what two methods may not do together is for `check`.

use proc_macro2::Ident;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, ImplItem, LitStr, Meta, Path, ReturnType, Token};

use crate::block::{Block, Member, Method, is_exchange};
use crate::bodies;
use crate::commands;
use crate::diag::Diagnostics;
use crate::foreign;
use crate::hooks::{HOOKS, Hook, Parameter, Returns, signature};
use crate::model::{Arguments, Callee, Command, Handlers, Override};
use crate::names;
use crate::reserved::{CLASS_ATTRIBUTES, instead};
use crate::returns::returned;
use crate::routes::{self, RouteMethod};
use crate::signature::{Expected, check};
use crate::similar::nearest;
use crate::spans::{Ends, quiet, shown, spell_lifetime};

/// Fills in the model; the block comes back without our helper attributes.
pub(crate) fn parse(
    mut block: Block,
    arguments: Arguments,
    diagnostics: &mut Diagnostics,
) -> Handlers {
    let mut commands = Vec::new();
    let mut overrides = Vec::new();
    let mut routes = Vec::new();
    for member in &mut block.members {
        if let Member::Method(method) = member {
            foreign::on_method(method, diagnostics);
            bodies::check(method, diagnostics);
        }
        match member {
            Member::Method(method) => match role(method, diagnostics) {
                Role::Commands(names) => {
                    check_command(method, diagnostics);
                    let callee = callee(method);
                    commands.extend(names.into_iter().map(|Named { name, place }| Command {
                        name,
                        place,
                        method: callee.clone(),
                    }));
                }
                Role::Hook(hook) => {
                    let expected = Expected {
                        parameters: hook.parameters,
                        more: false,
                        returns: hook.returns,
                        signature: hook.signature(),
                    };
                    check(method, &expected, diagnostics);
                    overrides.push(Override { hook, method: callee(method) });
                }
                Role::Route { attributes } => routes.push(route(method, &attributes, diagnostics)),
                Role::Own => {}
            },
            Member::Other(item) => {
                if let ImplItem::Const(item) = &**item {
                    class_attribute(&item.ident, "constant", diagnostics);
                }
            }
        }
    }
    Handlers { block, arguments, commands, overrides, routes }
}

enum Role {
    Commands(Vec<Named>),
    Hook(&'static Hook),
    Route {
        attributes: Vec<Attribute>,
    },
    /// The user's own: left alone.
    Own,
}

/// A command and the place that names it.
struct Named {
    name: String,
    place: proc_macro2::TokenStream,
}

fn role(method: &mut Method, diagnostics: &mut Diagnostics) -> Role {
    let helpers = take_helpers(method, diagnostics);
    let (routes, helpers): (Vec<_>, Vec<_>) =
        helpers.into_iter().partition(|helper| is_named(helper.path(), "route"));
    if routes.is_empty() {
        routes::arguments::refuse_query(method, diagnostics);
    }
    let method = &*method;
    let ident = &method.sig.ident;
    let name = ident.unraw().to_string();

    if let Some(hook) = Hook::named(&name) {
        for helper in helpers.iter().chain(&routes) {
            let wrong = format!("`{name}` is a hook, and cannot answer requests as well");
            diagnostics.fault(helper, wrong, "give the method that answers a name of its own");
        }
        return Role::Hook(hook);
    }
    if !routes.is_empty() {
        for helper in &helpers {
            let wrong = format!("`{name}` has a route, and cannot answer a command as well");
            let help = "write two methods, one of which calls the other";
            diagnostics.fault(helper, wrong, help);
        }
        return Role::Route { attributes: routes };
    }
    if !helpers.is_empty() {
        let named = helpers.iter().filter_map(|helper| command_in(helper, diagnostics));
        return Role::Commands(named.collect());
    }
    if let Some(command) = name.strip_prefix("do_").filter(|command| !command.is_empty()) {
        let named = Named { name: command.to_owned(), place: ident.to_token_stream() };
        return match names::is_command(method, command, diagnostics) {
            true => Role::Commands(vec![named]),
            false => Role::Own,
        };
    }
    names::own(method, diagnostics);
    reserved(method, &name, diagnostics);
    Role::Own
}

/// Takes our attributes off a method.
fn take_helpers(method: &mut Method, diagnostics: &mut Diagnostics) -> Vec<Attribute> {
    let mut helpers = Vec::new();
    for attr in std::mem::take(&mut method.attrs) {
        if is_helper(attr.path()) {
            helpers.push(attr);
        } else if hides_helper(&attr) {
            diagnostics.fault(
                attr,
                "`#[command]` and `#[route]` cannot depend on a condition",
                "write two methods, each with a `#[cfg(…)]` and its own `#[command(\"…\")]` or \
                 `#[route(\"…\")]`",
            );
        } else {
            method.attrs.push(attr);
        }
    }
    helpers
}

/// One of ours that belongs on a method.
fn is_helper(path: &Path) -> bool {
    is_named(path, "command") || is_named(path, "route")
}

/// A name, with or without a path in front.
fn is_named(path: &Path, name: &str) -> bool {
    path.segments.last().is_some_and(|segment| segment.ident == name)
}

/// `#[cfg_attr(…, command(…))]`.
fn hides_helper(attr: &Attribute) -> bool {
    if !attr.path().is_ident("cfg_attr") {
        return false;
    }
    let metas = attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    metas.is_ok_and(|metas| metas.iter().skip(1).any(|meta| is_helper(meta.path())))
}

/// The command in `#[command("…")]`.
fn command_in(helper: &Attribute, diagnostics: &mut Diagnostics) -> Option<Named> {
    let Ok(literal) = helper.parse_args::<LitStr>() else {
        let help = "write the command as a text: `#[command(\"M-SEARCH\")]`; a second command is \
                    a second `#[command(\"…\")]`";
        diagnostics.fault(&helper.meta, "`#[command]` takes one command", help);
        return None;
    };
    let name = literal.value();
    if name == "*" {
        let help = "to run code for every command, write `handle_one_request`; to answer every \
                    command of a path, `#[route(\"/…\")]`";
        diagnostics.fault(&literal, "no request has the command `*`", help);
        return None;
    }
    if !commands::is_token(&name) {
        let wrong = format!("no request can have the command `{}`", name.escape_debug());
        let help = "a command is made of ASCII letters, digits and `!#$%&'*+-.^_`|~`";
        diagnostics.fault(&literal, wrong, help);
        return None;
    }
    Some(Named { name, place: literal.to_token_stream() })
}

fn check_command(method: &mut Method, diagnostics: &mut Diagnostics) {
    let (parameters, returns) = (&[Parameter::ExchangeMut], Returns::Outcome);
    let signature = signature(&method.sig.ident.to_string(), parameters, returns);
    check(method, &Expected { parameters, more: false, returns, signature }, diagnostics);
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
    check(method, &Expected { parameters, more: true, returns, signature }, diagnostics);
    let (routes, builder) = routes::attribute::read(attributes, &method.sig.ident, diagnostics);
    let is_whole = routes.len() == attributes.len();
    // Where a pattern was not understood, its parameters are not known, and nothing is missed.
    let arguments = routes::arguments::read(method, &routes, is_whole, diagnostics);
    let visibility = method.vis.clone();
    RouteMethod { routes, method: callee(method), arguments, builder, visibility }
}

/// Names that mean something in Python, or nearly mean a hook here.
fn reserved(method: &Method, name: &str, diagnostics: &mut Diagnostics) {
    let ident = &method.sig.ident;
    class_attribute(ident, "method", diagnostics);
    if name == "wants_log_access" {
        let wrong = "`wants_log_access` is written by the attribute";
        diagnostics.fault(ident, wrong, "leave it out: a `log_access` method turns it on");
    }
    if !method.parameters().any(|parameter| is_exchange(&parameter.ty)) {
        // The one hook that does not take the exchange.
        let misspelt =
            nearest(name, ["date_time_string"], 2).filter(|_| method.sig.inputs.len() == 2);
        misspelt.into_iter().for_each(|meant| misspelt_hook(ident, meant, diagnostics));
        return;
    }
    if let Some(help) = instead(name) {
        let wrong = format!("`{name}` cannot be overridden");
        let help = format!("{help}; a method of your own needs another name or `impl` block");
        diagnostics.fault(ident, wrong, help);
    } else if let Some(meant) = nearest(name, HOOKS.iter().map(|hook| hook.name), 2) {
        misspelt_hook(ident, meant, diagnostics);
    }
}

fn misspelt_hook(ident: &Ident, meant: &str, diagnostics: &mut Diagnostics) {
    let wrong = format!("there is no hook `{ident}`");
    let help = format!(
        "did you mean `{meant}`? a method of your own by this name belongs in another `impl` block"
    );
    diagnostics.fault(ident, wrong, help);
}

fn class_attribute(ident: &Ident, kind: &str, diagnostics: &mut Diagnostics) {
    if CLASS_ATTRIBUTES.iter().any(|name| ident == name) {
        let wrong = format!("`{ident}` is an argument of the attribute, not a {kind}");
        let help = format!(
            "write `#[http_handler({ident} = …)]`; a {kind} of your own by this name belongs in \
             another `impl` block"
        );
        diagnostics.fault(ident, wrong, help);
    }
}

/// What is needed to call the method; quiets the lints about how it is written.
fn callee(method: &mut Method) -> Callee {
    let cfgs = method.cfgs();
    let sig = &mut method.sig;
    let parameters = sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(parameter) => Some(Ends::of(&parameter.ty)),
        FnArg::Receiver(_) => None,
    });
    let output = match &sig.output {
        ReturnType::Default => Ends::of(&sig.ident),
        ReturnType::Type(_, ty) => Ends::of(ty),
    };
    let (name, returned) = (sig.ident.clone(), returned(sig));
    let callee = Callee { name, cfgs, parameters: parameters.collect(), output, returned };

    sig.ident.set_span(quiet(sig.ident.span()));
    method.quiet_head();
    let sig = &mut method.sig;
    for input in &mut sig.inputs {
        if let FnArg::Typed(parameter) = input {
            spell_lifetime(&mut parameter.ty);
        }
    }
    if let ReturnType::Type(_, ty) = &mut sig.output {
        spell_lifetime(ty);
    }
    callee
}
