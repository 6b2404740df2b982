//! The command in the text of a route: `GET` in `GET /users/{id}`.
//!
//! Plain strings, as in `literal.rs`.

use super::pattern_fault::PatternFault;
use crate::words::http_methods::{is_token, means_all, misspelt, nearly};

/// A command, and the text around it.
struct RouteCommand<'t> {
    command: &'t str,
    /// The text between the command and the path.
    between: &'t str,
    path: &'t str,
    /// The route's whole text.
    text: &'t str,
}

/// The path begins at the first slash of the text.
pub(super) fn check(text: &str, command: &str, path: &str) -> Result<(), PatternFault> {
    let between = &text[command.len()..text.len() - path.len()];
    let found = RouteCommand { command, between, path, text };
    RouteCommand::RULES.iter().find_map(|rule| rule(&found)).map_or(Ok(()), Err)
}

impl RouteCommand<'_> {
    /// Each rule finds one fault. The first fault that is found is reported.
    const RULES: [fn(&Self) -> Option<PatternFault>; 6] = [
        Self::all,
        Self::misspelt,
        Self::nearly_known,
        Self::connect,
        Self::not_a_token,
        Self::spaces,
    ];

    fn all(&self) -> Option<PatternFault> {
        let Self { command, path, .. } = self;
        means_all(command).then(|| {
            let wrong =
                format!("no request has the command `{command}`, so none reaches the route");
            let help = format!("to answer all commands, leave the command out: `{path}`");
            PatternFault::new(wrong, help)
        })
    }

    fn misspelt(&self) -> Option<PatternFault> {
        let Self { command, path, .. } = self;
        misspelt(command).map(|meant| {
            let wrong = format!("the route answers `{command}`, and the HTTP method is `{meant}`");
            let help = format!(
                "write `{meant} {path}`; if you mean `{command}`, write \
                 `#[command(\"{command}\")]` instead of a route"
            );
            PatternFault::new(wrong, help)
        })
    }

    fn nearly_known(&self) -> Option<PatternFault> {
        let Self { command, path, .. } = self;
        nearly(command).filter(|_| is_token(command)).map(|meant| {
            let wrong = format!("`{command}` is not an HTTP method");
            let help = format!(
                "did you mean `{meant} {path}`? if you mean `{command}`, write \
                 `#[command(\"{command}\")]` instead of a route"
            );
            PatternFault::new(wrong, help)
        })
    }

    fn connect(&self) -> Option<PatternFault> {
        (self.command == "CONNECT").then(|| {
            let wrong = "no `CONNECT` request reaches a route: its target is not a path";
            PatternFault::new(wrong, "write `fn do_CONNECT(&self, http: &mut Exchange)`")
        })
    }

    fn not_a_token(&self) -> Option<PatternFault> {
        let Self { command, path, .. } = self;
        if is_token(command) {
            return None;
        }
        let wrong = format!("no request can have the command `{}`", command.escape_debug());
        let help = match command.contains([' ', ',', '|']) {
            true => format!(
                "a route answers one command, or all if it names none: write several \
                 `#[route(\"…\")]`, such as `#[route(\"GET {path}\")]`"
            ),
            false => "a command is made of ASCII letters, digits and `!#$%&'*+-.^_`|~`; the path \
                     follows after a space"
                .to_owned(),
        };
        Some(PatternFault::new(wrong, help))
    }

    fn spaces(&self) -> Option<PatternFault> {
        let Self { command, between, path, text } = self;
        (*between != " ").then(|| {
            let wrong = format!("`{text}` must have exactly one space between command and path");
            PatternFault::new(wrong, format!("write `{command} {path}`"))
        })
    }
}
