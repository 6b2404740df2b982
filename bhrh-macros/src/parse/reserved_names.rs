//! Names that mean something in Python, or nearly mean a hook: such a method or constant of the
//! user's would be ignored silently.

use proc_macro2::Ident;

use crate::model::block::Method;
use crate::syntax::diagnostics::Diagnostics;
use crate::words::hooks::HOOKS;
use crate::words::python_names::{CLASS_ATTRIBUTES, instead};
use crate::words::spelling::nearest;

/// Refuses a method that is neither a command, a hook nor a route, if its name asks for one.
pub(super) fn check(method: &Method, name: &str, diagnostics: &mut Diagnostics) {
    let ident = &method.sig.ident;
    class_attribute(ident, "method", diagnostics);
    if name == "wants_log_access" {
        let wrong = "`wants_log_access` is written by the attribute";
        diagnostics.fault(ident, wrong, "leave it out: a `log_access` method turns it on");
    }
    if !method.takes_exchange() {
        // `date_time_string` is the one hook that does not take the exchange.
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

/// Refuses a method or a constant that has the name of one of Python's class attributes.
pub(super) fn class_attribute(ident: &Ident, kind: &str, diagnostics: &mut Diagnostics) {
    if CLASS_ATTRIBUTES.iter().any(|name| ident == name) {
        let wrong = format!("`{ident}` is an argument of the attribute, not a {kind}");
        let help = format!(
            "write `#[http_handler({ident} = …)]`; a {kind} of your own by this name belongs in \
             another `impl` block"
        );
        diagnostics.fault(ident, wrong, help);
    }
}
