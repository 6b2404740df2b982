//! What can only be seen across routes: two for one request, one that is never reached, names that
//! are taken.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;

use super::overlap::{Requests, path_within};
use super::pattern::Segment;
use super::{Route, RouteMethod};
use crate::block::{Block, Member};
use crate::check::{both, both_exist};
use crate::diag::Diagnostics;
use crate::model::{Command, Handlers};

pub(crate) fn check(handlers: &Handlers, diagnostics: &mut Diagnostics) {
    let has_head = handlers.commands.iter().any(|command| command.name == "HEAD");
    let all: Vec<(&RouteMethod, &Route)> = handlers
        .routes
        .iter()
        .flat_map(|method| method.routes.iter().map(move |route| (method, route)))
        .collect();
    let mut is_clear = true;
    for (index, (method, route)) in all.iter().enumerate() {
        for (earlier_method, earlier) in &all[..index] {
            if both_exist(&earlier_method.method, &method.method) {
                is_clear &= pair(earlier, route, !has_head, diagnostics);
            }
        }
    }
    if is_clear {
        unreached(&all, diagnostics);
        unreached_commands(&all, &handlers.commands, diagnostics);
    }
    builders(handlers, diagnostics);
    auto_head(handlers, diagnostics);
}

fn requests(route: &Route, get_is_head: bool) -> Requests<'_> {
    let (command, segments) = (route.command.as_deref(), &route.pattern.segments[..]);
    Requests { command, segments, get_is_head }
}

/// Two routes; whether they go together.
fn pair(first: &Route, second: &Route, get_is_head: bool, diagnostics: &mut Diagnostics) -> bool {
    let (one, other) = (requests(first, get_is_head), requests(second, get_is_head));
    let Some(common) = one.common(&other) else { return true };
    let places = [&first.text, &second.text].map(ToTokens::to_token_stream);
    match (one.within(&other), other.within(&one)) {
        (true, false) | (false, true) => true,
        (true, true) => {
            let wrong = format!("`{}` is routed twice", second.text.value());
            let wrong = match first.text.value() == second.text.value() {
                true => wrong,
                false => format!(
                    "`{}` and `{}` are the same route: names of parameters make no difference",
                    first.text.value(),
                    second.text.value()
                ),
            };
            let help = "keep one of the two, or give each its own `#[cfg(…)]`";
            both(&places[0], &places[1], &wrong, help, diagnostics);
            false
        }
        (false, false) => {
            let (first, second) = (first.text.value(), second.text.value());
            let wrong = format!(
                "`{first}` and `{second}` both match `{common}`, and neither is more specific"
            );
            let help = ambiguity_help(&one, &other);
            both(&places[0], &places[1], &wrong, &help, diagnostics);
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
        return "one has the more specific path, the other the more specific command: name a command \
                in both, or in neither"
            .to_owned();
    }
    "change a literal segment of one, so that no path matches both; or have one route answer both, and \
     tell them apart in its method"
        .to_owned()
}

/// `/{rest...}` where `/`, `/{x}` and `/{x}/{y...}` take everything before it.
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
                    || both_exist(&other_method.method, &method.method);
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
            diagnostics.fault(&route.text, wrong, "remove it, or one of the others");
        }
    }
}

/// A `do_*` method for a command that a route answers whatever the path.
fn unreached_commands(
    all: &[(&RouteMethod, &Route)],
    commands: &[Command],
    diagnostics: &mut Diagnostics,
) {
    for command in commands {
        let taken = all.iter().find(|(method, route)| {
            let everything = matches!(route.pattern.segments[..], [Segment::Rest(_)]);
            // `OPTIONS *` and the targets of CONNECT are no paths.
            let beyond = matches!(&*command.name, "OPTIONS" | "CONNECT");
            let same = route.command.as_ref().is_none_or(|name| *name == command.name);
            everything && same && !beyond && both_exist(&method.method, &command.method)
        });
        if let Some((_, route)) = taken {
            let wrong = format!(
                "`{}` can never be reached: the route `{}` answers every path before it",
                command.method.name,
                route.text.value()
            );
            let help = "keep one of the two: a route answers before a `do_*` method";
            both(&command.place, &route.text.to_token_stream(), &wrong, help, diagnostics);
        }
    }
}

/// The names that the attribute adds to the type.
fn builders(handlers: &Handlers, diagnostics: &mut Diagnostics) {
    if !handlers.is_routed() {
        return;
    }
    if let Some(place) = table_is_taken(&handlers.block) {
        let help = "the attribute adds `ROUTES`, the table of routes: give yours another name";
        diagnostics.fault(place, "`ROUTES` is taken", help);
    }
    for (index, found) in handlers.routes.iter().enumerate() {
        let Some(place) = builder_is_taken(handlers, index) else { continue };
        let name = &found.method.name;
        let wrong = format!(
            "the path builder `{}` of `{name}` has a name that is taken",
            found.builder.unraw()
        );
        let link = name.unraw();
        let help = format!("give it another: `#[route(\"…\", path = \"link_to_{link}\")]`");
        let route = found.routes.first().map(|route| route.text.to_token_stream());
        let own = route.unwrap_or_else(|| name.to_token_stream());
        both(&place, &own, &wrong, &help, diagnostics);
    }
}

/// What has the name `ROUTES` already.
pub(crate) fn table_is_taken(block: &Block) -> Option<Ident> {
    own_names(block).into_iter().find(|name| name == "ROUTES")
}

/// What has the name of a path builder already.
pub(crate) fn builder_is_taken(handlers: &Handlers, index: usize) -> Option<TokenStream> {
    let found = &handlers.routes[index];
    let name = found.builder.unraw();
    let mut own = own_names(&handlers.block).into_iter();
    if let Some(place) = own.find(|other| other.unraw() == name) {
        return Some(place.to_token_stream());
    }
    let earlier = handlers.routes[..index]
        .iter()
        .find(|other| other.builder.unraw() == name && both_exist(&other.method, &found.method));
    earlier.map(|other| other.builder.to_token_stream())
}

/// The names of what the user has written into the block.
fn own_names(block: &Block) -> Vec<Ident> {
    let name = |member: &Member| match member {
        Member::Method(method) => Some(method.sig.ident.clone()),
        Member::Other(item) => match &**item {
            syn::ImplItem::Const(item) => Some(item.ident.clone()),
            _ => None,
        },
    };
    block.members.iter().filter_map(name).collect()
}

fn auto_head(handlers: &Handlers, diagnostics: &mut Diagnostics) {
    let Some(place) = &handlers.arguments.auto_head else { return };
    let named = |name: &str| handlers.commands.iter().find(|command| command.name == name);
    if named("GET").is_none() {
        let help = match handlers.routes.is_empty() {
            true => "write `fn do_GET(&self, http: &mut Exchange) -> io::Result<()>`",
            false => "leave it out: a `GET` route answers `HEAD` anyhow",
        };
        diagnostics.fault(place, "there is no `do_GET` that could answer `HEAD`", help);
    }
    if let Some(head) = named("HEAD") {
        let wrong = "`HEAD` is answered twice: by a method, and by `auto_head`";
        both(&place.to_token_stream(), &head.place, wrong, "keep one of the two", diagnostics);
    }
}
