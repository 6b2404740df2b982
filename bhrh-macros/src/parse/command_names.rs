//! Which methods are commands by their names, and which names were most likely meant to be
//! commands.
//!
//! Only a name in capitals is a command: no client may be able to call a helper that is named
//! `do_delete_everything`. If a name leaves a doubt, the method is refused, and the user writes
//! `#[command("…")]` to say what is meant.

use syn::ext::IdentExt;

use crate::model::block::Method;
use crate::syntax::diagnostics::Diagnostics;
use crate::words::http_methods::{
    WELL_KNOWN, after_do, is_token, means_all, misspelt, nearly, registered,
};

/// Whether a method that is named `do_` and `command` answers a command.
pub(super) fn is_command(method: &Method, command: &str, diagnostics: &mut Diagnostics) -> bool {
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
            "to run code for every command, write `handle_one_request`; to answer every command on \
             a path, write `#[route(\"/…\")]`; {if_meant}"
        );
        diagnostics.fault(ident, wrong, help);
    } else if let Some(meant) = misspelt(command) {
        let wrong = format!("`{ident}` answers `{command}`, and the HTTP method is `{meant}`");
        diagnostics.fault(ident, wrong, format_args!("{}; {if_meant}", named_right(meant)));
    } else if let Some(meant) = nearly(command) {
        let wrong = format!("`{ident}` answers `{command}`, which is not an HTTP method");
        diagnostics.fault(ident, wrong, format_args!("did you mean `do_{meant}`? {if_meant}"));
    }
}

/// What to write for the method to answer this command.
fn named_right(command: &str) -> String {
    match command.contains('-') {
        true => format!("write `#[command(\"{command}\")]` above it"),
        false => format!("name it `do_{command}`"),
    }
}

fn in_small_letters(method: &Method, command: &str, diagnostics: &mut Diagnostics) -> bool {
    let ident = &method.sig.ident;
    let meant = misspelt(command);
    if !method.takes_exchange() {
        let well_known = meant.filter(|meant| WELL_KNOWN.contains(meant));
        if let Some(meant) = well_known.filter(|_| method.takes_only_self()) {
            let wrong = format!("`{ident}` answers nothing: the HTTP method is `{meant}`");
            let help = format!(
                "write `fn do_{meant}(&self, http: &mut Exchange) -> io::Result<()>`; a helper \
                 needs another name"
            );
            diagnostics.fault(ident, wrong, help);
        }
        return false;
    }
    let mut otherwise = match is_token(command) {
        true => format!("if clients send `{command}`, write `#[command(\"{command}\")]`; "),
        false => String::new(),
    };
    let near = nearly(command).map(|meant| format!("did you mean `do_{meant}`? "));
    let helper = match command.starts_with(|first: char| first.is_alphabetic()) {
        true => format!("if it is a helper, name it `{command}`"),
        false => "if it is a helper, name it without `do_`".to_owned(),
    };
    otherwise.push_str(&helper);
    let (wrong, help) = match meant {
        Some(meant) => (
            format!("`{ident}` is not a command: the HTTP method is `{meant}`"),
            format!("{}; {otherwise}", named_right(meant)),
        ),
        None => (
            format!("`{ident}` is not a command: only a name in capitals is one by itself"),
            format!("{}{otherwise}", near.unwrap_or_default()),
        ),
    };
    diagnostics.fault(ident, wrong, help);
    // A `do_get` is checked further, as the command that it was meant to be. A helper is not.
    meant.is_some()
}

/// Refuses a method that is neither a command nor a hook by its name, if it was meant to be a
/// command.
pub(super) fn own(method: &Method, diagnostics: &mut Diagnostics) {
    let ident = &method.sig.ident;
    let name = ident.unraw().to_string();
    let bare = registered(&name).filter(|meant| *meant == name);
    let answers = method.takes_exchange();
    let after = after_do(&name).filter(|_| answers || method.takes_only_self());
    if let Some(meant) = after.or(bare.filter(|_| answers)) {
        let wrong = format!("`{ident}` answers nothing: a command's method is named `do_{meant}`");
        let help = format!("{}; a method of your own needs another name", named_right(meant));
        diagnostics.fault(ident, wrong, help);
    }
}
