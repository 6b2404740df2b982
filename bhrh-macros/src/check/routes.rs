//! Faults that only show across routes: two routes for one request, and a route or a `do_*` method
//! that no request can reach.

use quote::ToTokens;

use super::overlap::{Requests, path_within};
use crate::model::route::{Route, RouteMethod, Segment};
use crate::model::{Command, Handlers};
use crate::syntax::diagnostics::Diagnostics;

pub(super) fn check(handlers: &Handlers, diagnostics: &mut Diagnostics) {
    let has_head = handlers.commands.iter().any(|command| command.name == "HEAD");
    let all: Vec<(&RouteMethod, &Route)> = handlers
        .routes
        .iter()
        .flat_map(|method| method.routes.iter().map(move |route| (method, route)))
        .collect();
    let mut is_clear = true;
    for (index, (method, route)) in all.iter().enumerate() {
        for (earlier_method, earlier) in &all[..index] {
            if earlier_method.method.may_coexist_with(&method.method) {
                is_clear &= pair(earlier, route, !has_head, diagnostics);
            }
        }
    }
    if is_clear {
        unreached(&all, diagnostics);
        unreached_commands(&all, &handlers.commands, diagnostics);
    }
}

fn requests(route: &Route, get_is_head: bool) -> Requests<'_> {
    let (command, segments) = (route.command.as_deref(), &route.pattern.segments[..]);
    Requests { command, segments, get_is_head }
}

/// Compares two routes. Returns whether they can both stay.
fn pair(first: &Route, second: &Route, get_is_head: bool, diagnostics: &mut Diagnostics) -> bool {
    let (one, other) = (requests(first, get_is_head), requests(second, get_is_head));
    let Some(common) = one.common(&other) else { return true };
    let places = [&first.text as &dyn ToTokens, &second.text];
    match (one.within(&other), other.within(&one)) {
        (true, false) | (false, true) => true,
        (true, true) => {
            let (first, second) = (first.text.value(), second.text.value());
            let wrong = match first == second {
                true => format!("`{second}` is routed twice"),
                false => format!(
                    "`{first}` and `{second}` are the same route: names of parameters make no \
                     difference"
                ),
            };
            let help = "keep one of the two, or give each its own `#[cfg(…)]`";
            diagnostics.fault_at_both(places, wrong, help);
            false
        }
        (false, false) => {
            let (first, second) = (first.text.value(), second.text.value());
            let wrong = format!(
                "`{first}` and `{second}` both match `{common}`, and neither is more specific"
            );
            let help = ambiguity_help(&one, &other);
            diagnostics.fault_at_both(places, wrong, help);
            false
        }
    }
}

fn ambiguity_help(one: &Requests<'_>, other: &Requests<'_>) -> String {
    if path_within(one.segments, other.segments) || path_within(other.segments, one.segments) {
        let head = |it: &Requests<'_>| it.command == Some("HEAD");
        if head(one) || head(other) {
            return "a `GET` route answers `HEAD` as well: give the `HEAD` route the path of the \
                    `GET` route, or leave it out"
                .to_owned();
        }
        return "one route has the more specific path, the other the more specific command: name a \
                command in both, or in neither"
            .to_owned();
    }
    "change a literal segment of one route, so that no path matches both; or let one route answer \
     both, and tell the paths apart in its method"
        .to_owned()
}

/// Reports a `/{rest...}` that no request reaches, because `/`, `/{x}` and `/{x}/{y...}` answer
/// all.
fn unreached(all: &[(&RouteMethod, &Route)], diagnostics: &mut Diagnostics) {
    use Segment::{Literal, One, Rest};
    for (method, route) in all {
        if !matches!(route.pattern.segments[..], [Rest(_)]) {
            continue;
        }
        let covering = |fits: &dyn Fn(&[Segment]) -> bool| {
            all.iter().find(|(other_method, other)| {
                let command = other.command.is_none() || other.command == route.command;
                let exists = other_method.method.cfgs.is_empty()
                    || other_method.method.may_coexist_with(&method.method);
                command && exists && fits(&other.pattern.segments)
            })
        };
        let root = covering(&|it| matches!(it, [Literal(text)] if text.is_empty()));
        let one = covering(&|it| matches!(it, [One(_)]));
        let more = covering(&|it| matches!(it, [One(_), Rest(_)]));
        if let (Some(root), Some(one), Some(more)) = (root, one, more) {
            let [root, one, more] = [root, one, more].map(|(_, other)| other.text.value());
            let wrong = format!(
                "`{}` can never be reached: `{root}`, `{one}` and `{more}` answer every path",
                route.text.value()
            );
            diagnostics.fault(&route.text, wrong, "remove it, or remove one of the other routes");
        }
    }
}

/// Reports a `do_*` method for a command that a route answers on every path.
fn unreached_commands(
    all: &[(&RouteMethod, &Route)],
    commands: &[Command],
    diagnostics: &mut Diagnostics,
) {
    for command in commands {
        let taken = all.iter().find(|(method, route)| {
            let everything = matches!(route.pattern.segments[..], [Segment::Rest(_)]);
            // The target of `OPTIONS *`, and that of `CONNECT`, is not a path.
            let has_no_path = matches!(&*command.name, "OPTIONS" | "CONNECT");
            let same = route.command.as_ref().is_none_or(|name| *name == command.name);
            everything && same && !has_no_path && method.method.may_coexist_with(&command.method)
        });
        if let Some((_, route)) = taken {
            let wrong = format!(
                "`{}` can never be reached: the route `{}` answers every path before it",
                command.method.name,
                route.text.value()
            );
            let help = "keep one of the two: a route answers before a `do_*` method";
            diagnostics.fault_at_both([&command.place, &route.text], wrong, help);
        }
    }
}
