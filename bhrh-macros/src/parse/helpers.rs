//! Our helper attributes on methods: `#[command("…")]` and `#[route("…")]`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Attribute, LitStr, Meta, Path, Token};

use crate::model::block::Method;
use crate::syntax::as_written::ends_in;
use crate::syntax::diagnostics::Diagnostics;
use crate::words::http_methods::is_token;
use crate::words::spelling::nearest;

/// The helper attributes of one method.
pub(super) struct Helpers {
    pub(super) commands: Vec<Attribute>,
    pub(super) routes: Vec<Attribute>,
    pub(super) guards: Vec<Attribute>,
}

/// A command and the tokens that name it.
pub(super) struct NamedCommand {
    pub(super) name: String,
    pub(super) place: TokenStream,
}

/// Takes the helper attributes off a method.
pub(super) fn take(method: &mut Method, diagnostics: &mut Diagnostics) -> Helpers {
    let mut helpers = Helpers { commands: Vec::new(), routes: Vec::new(), guards: Vec::new() };
    for attr in std::mem::take(&mut method.attrs) {
        if ends_in(attr.path(), "command") {
            helpers.commands.push(attr);
        } else if ends_in(attr.path(), "route") {
            helpers.routes.push(attr);
        } else if ends_in(attr.path(), "before") {
            helpers.guards.push(attr);
        } else if let Some(meant) = misspelt(&attr) {
            let wrong = format!("there is no `#[{}]`", attr.path().to_token_stream());
            diagnostics.fault(&attr, wrong, format_args!("did you mean `#[{meant}]`?"));
        } else if hides_helper(&attr) {
            diagnostics.fault(
                attr,
                "`#[command]`, `#[route]` and `#[before]` cannot depend on a condition",
                "write two methods, each with a `#[cfg(…)]` and its own `#[command(\"…\")]` or \
                 `#[route(\"…\")]`",
            );
        } else {
            method.attrs.push(attr);
        }
    }
    helpers
}

/// The helper attribute that this one was most likely meant to be.
fn misspelt(attr: &Attribute) -> Option<&'static str> {
    let written = attr.path().get_ident()?.to_string();
    let limit = if written.len() > 5 { 2 } else { 1 };
    nearest(&written, ["command", "route", "before"], limit)
}

/// Whether the attribute is `#[cfg_attr(…, command(…))]`.
fn hides_helper(attr: &Attribute) -> bool {
    if !attr.path().is_ident("cfg_attr") {
        return false;
    }
    let is_helper =
        |path: &Path| ["command", "route", "before"].iter().any(|name| ends_in(path, name));
    let metas = attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    metas.is_ok_and(|metas| metas.iter().skip(1).any(|meta| is_helper(meta.path())))
}

/// The command in `#[command("…")]`.
pub(super) fn command_in(
    helper: &Attribute,
    diagnostics: &mut Diagnostics,
) -> Option<NamedCommand> {
    let Ok(literal) = helper.parse_args::<LitStr>() else {
        let help = "write the command as a text: `#[command(\"M-SEARCH\")]`; for a second \
                    command, write a second `#[command(\"…\")]`";
        diagnostics.fault(&helper.meta, "`#[command]` takes one command", help);
        return None;
    };
    let name = literal.value();
    if name == "*" {
        let help = "to run code for every command, write `handle_one_request`; to answer every \
                    command on a path, write `#[route(\"/…\")]`";
        diagnostics.fault(&literal, "no request has the command `*`", help);
        return None;
    }
    if !is_token(&name) {
        let wrong = format!("no request can have the command `{}`", name.escape_debug());
        let help = "a command is made of ASCII letters, digits and `!#$%&'*+-.^_`|~`";
        diagnostics.fault(&literal, wrong, help);
        return None;
    }
    Some(NamedCommand { name, place: literal.to_token_stream() })
}
