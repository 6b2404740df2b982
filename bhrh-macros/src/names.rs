//! Which methods are commands by their names, and which names were most likely meant to be.
//!
//! Only a name in capitals says enough: a helper called `do_delete_everything` must not be what any
//! client can call. Where a name leaves a doubt, the method is refused, and `#[command("…")]` is the
//! way to say what is meant.

use quote::ToTokens;
use syn::ext::IdentExt;

use crate::block::{Block, Member, Method, is_exchange};
use crate::commands::{WELL_KNOWN, after_do, is_token, means_all, misspelt, nearly, registered};
use crate::diag::Diagnostics;

/// A method whose name is `do_` and this; whether it answers a command.
pub(crate) fn is_command(method: &Method, command: &str, diagnostics: &mut Diagnostics) -> bool {
    match command.contains(char::is_lowercase) {
        true => in_small_letters(method, command, diagnostics),
        false => {
            in_capitals(method, command, diagnostics);
            true
        }
    }
}

fn in_capitals(method: &Method, command: &str, diagnostics: &mut Diagnostics) {
    let ident = &method.sig.ident;
    if !is_token(command) {
        let wrong = format!("no request can have the command `{command}`");
        let help = "a command is made of ASCII letters, digits and `!#$%&'*+-.^_`|~`";
        diagnostics.fault(ident, wrong, help);
        return;
    }
    let if_meant = format!("if you mean `{command}`, write `#[command(\"{command}\")]`");
    if means_all(command) {
        let wrong = format!("`{ident}` answers `{command}`, which no client sends");
        let help = format!(
            "to run code for every command, write `handle_one_request`; to answer every command of \
             a path, `#[route(\"/…\")]`; {if_meant}"
        );
        diagnostics.fault(ident, wrong, help);
    } else if let Some(meant) = misspelt(command) {
        let wrong = format!("`{ident}` answers `{command}`, and the HTTP method is `{meant}`");
        diagnostics.fault(ident, wrong, format_args!("{}; {if_meant}", named_right(meant)));
    } else if let Some(meant) = nearly(command) {
        let wrong = format!("`{ident}` answers `{command}`, which is no HTTP method");
        diagnostics.fault(ident, wrong, format_args!("did you mean `do_{meant}`? {if_meant}"));
    }
}

/// What to do for the command to be this one.
fn named_right(command: &str) -> String {
    match command.contains('-') {
        true => format!("write `#[command(\"{command}\")]` above it"),
        false => format!("name it `do_{command}`"),
    }
}

fn in_small_letters(method: &Method, command: &str, diagnostics: &mut Diagnostics) -> bool {
    let ident = &method.sig.ident;
    let meant = misspelt(command);
    if !takes_exchange(method) {
        let well_known = meant.filter(|meant| WELL_KNOWN.contains(meant));
        if let Some(meant) = well_known.filter(|_| takes_nothing(method)) {
            let wrong = format!("`{ident}` answers nothing: the HTTP method is `{meant}`");
            let help = format!(
                "write `fn do_{meant}(&self, http: &mut Exchange) -> io::Result<()>`; a helper needs \
                 another name"
            );
            diagnostics.fault(ident, wrong, help);
        }
        return false;
    }
    let mut otherwise = match is_token(command) {
        true => format!("if clients are to send `{command}`, write `#[command(\"{command}\")]`; "),
        false => String::new(),
    };
    let near = nearly(command).map(|meant| format!("did you mean `do_{meant}`? "));
    let helper = match command.starts_with(|first: char| first.is_alphabetic()) {
        true => format!("name a helper `{command}`"),
        false => "name a helper without `do_`".to_owned(),
    };
    otherwise.push_str(&helper);
    let (wrong, help) = match meant {
        Some(meant) => (
            format!("`{ident}` is no command: the HTTP method is `{meant}`"),
            format!("{}; {otherwise}", named_right(meant)),
        ),
        None => (
            format!("`{ident}` is no command: only names in capitals are, by themselves"),
            format!("{}{otherwise}", near.unwrap_or_default()),
        ),
    };
    diagnostics.fault(ident, wrong, help);
    // What else is wrong with a `do_get` is of interest; a helper may look as it likes.
    meant.is_some()
}

/// A method that is neither a command nor a hook by its name: whether that is a slip.
pub(crate) fn own(method: &Method, diagnostics: &mut Diagnostics) {
    let ident = &method.sig.ident;
    let name = ident.unraw().to_string();
    let bare = registered(&name).filter(|meant| *meant == name);
    let answers = takes_exchange(method);
    let after = after_do(&name).filter(|_| answers || takes_nothing(method));
    if let Some(meant) = after.or(bare.filter(|_| answers)) {
        let wrong = format!("`{ident}` answers nothing: a command's method is named `do_{meant}`");
        let help = format!("{}; a method of your own needs another name", named_right(meant));
        diagnostics.fault(ident, wrong, help);
    }
}

/// For a block that answers nothing: the method that was most likely meant to.
pub(crate) fn nothing_answers(block: &Block, diagnostics: &mut Diagnostics) {
    let methods = || {
        block.members.iter().filter_map(|member| match member {
            Member::Method(method) if takes_exchange(method) => Some(method),
            _ => None,
        })
    };
    let meant = |method: &Method| registered(&method.sig.ident.unraw().to_string());
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

fn takes_exchange(method: &Method) -> bool {
    method.parameters().any(|parameter| is_exchange(&parameter.ty))
}

/// As Python's methods do, which find the request in `self`.
fn takes_nothing(method: &Method) -> bool {
    method.sig.receiver().is_some() && method.parameters().next().is_none()
}
