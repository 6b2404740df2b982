//! `fn dispatch` of a handler with routes or mounts. It asks the mounted handlers, then the routes,
//! then the `do_*` methods, then the wrapped handler, and at last refuses the request.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;
use syn::Attribute;

use super::command_arms::{arm, head_of_do_get};
use super::comparisons::{comparisons, path_local};
use super::inputs::call_for_route;
use super::route_table::constant_table;
use super::route_tree::Node;
use crate::model::route::{Mount, Route, RouteMethod};
use crate::model::{Command, Handlers};
use crate::syntax::runtime_paths::{self, Paths};
use crate::syntax::spans::{Ends, self_in};

pub(super) fn dispatch(handlers: &Handlers) -> TokenStream {
    let Handlers { arguments, commands, routes, .. } = handlers;
    let paths = &arguments.paths;
    let (exchange, dispatch) = (paths.exchange(), paths.dispatch());
    let mounts = arguments.mounts.iter().map(|found| mount(found, paths));
    let asks_others = !arguments.mounts.is_empty() || arguments.wraps.is_some();
    let none = runtime_paths::none();
    let (missed_local, missed) = match asks_others {
        false => (None, none.clone()),
        true => (Some(quote!(let mut __missed = #none;)), quote!(__missed)),
    };
    let (decoded, table) = (paths.decoded_path(quote!(DecodedPath)), table(handlers));
    let (malformed, unanswered) = (paths.private("malformed"), paths.private("unanswered"));
    let search = search(routes, commands, paths);
    let arms = commands.iter().map(|command| arm(command, paths));
    let head = head_of_do_get(handlers);
    // The receiver has the same span as the `self` in the expressions of the mounted handlers.
    let said = arguments.mounts.iter().find_map(|mount| self_in(mount.handler.clone()));
    let receiver = Ident::new("self", said.unwrap_or_else(Span::call_site));
    let mut otherwise = quote!(#unanswered(__http, &__decoded, #table, #missed));
    if arguments.wraps.is_some() {
        let (wrapped, handler) = (paths.private("wrapped_below"), paths.handler());
        let some = runtime_paths::some();
        otherwise = quote! {
            match #wrapped(__http, #handler::wraps(#receiver), &mut __missed) {
                #some(__answered) => __answered,
                #none => #otherwise,
            }
        };
    }
    quote! {
        fn dispatch(&#receiver, __http: &mut #exchange<'_>) -> #dispatch {
            #missed_local
            #(#mounts)*
            let __decoded = #decoded::of(__http.path);
            #search
            match __http.command {
                _ if __decoded.is_malformed() => #malformed(),
                #(#arms)*
                #head
                _ => #otherwise,
            }
        }
    }
}

fn mount(found: &Mount, paths: &Paths) -> TokenStream {
    let Mount { prefix, handler } = found;
    let (mounted, some) = (paths.private("mounted"), runtime_paths::some());
    quote! {
        if let #some(__answered) = #mounted(__http, #prefix, #handler, &mut __missed) {
            return __answered;
        }
    }
}

/// The comparisons that find the route, and the calls of the methods.
fn search(routes: &[RouteMethod], commands: &[Command], paths: &Paths) -> Option<TokenStream> {
    let all: Vec<(&RouteMethod, &Route)> =
        routes.iter().flat_map(|method| method.routes.iter().map(move |it| (method, it))).collect();
    if all.is_empty() {
        return None;
    }
    let mut tree = Node::default();
    for (index, (_, route)) in all.iter().enumerate() {
        tree.insert(&route.pattern, index);
    }
    let leaf = |ends: &[usize]| {
        let mut ends: Vec<_> = ends.iter().map(|index| all[*index]).collect();
        // HEAD comes before a GET that answers it too. A route for all commands comes last.
        ends.sort_by_key(|(_, route)| match route.command.as_deref() {
            Some("HEAD") => 0,
            Some(_) => 1,
            None => 2,
        });
        let arms = ends.iter().map(|(method, route)| leaf_arm(method, route, commands, paths));
        quote!(match __command { #(#arms)* _ => {} })
    };
    let (path, comparisons) = (path_local(), comparisons(&tree, 0, 0, paths, &leaf));
    Some(quote! {
        let __command = __http.command;
        let #path = __decoded.path();
        #comparisons
    })
}

fn leaf_arm(
    method: &RouteMethod,
    route: &Route,
    commands: &[Command],
    paths: &Paths,
) -> TokenStream {
    let cfgs = &method.method.cfgs;
    let call = call_for_route(method, route, paths);
    let pattern = match route.command.as_deref() {
        None => quote!(_),
        Some("GET") => get_pattern(commands),
        Some(command) => {
            // As for commands: the compiler warns at the user's token if conditions overlap.
            let mut name = Literal::string(command);
            name.set_span(Ends::of(&route.text).first);
            quote!(#name)
        }
    };
    quote!(#(#cfgs)* #pattern => { #call })
}

/// The commands that a GET route answers: also HEAD, unless there is a `do_HEAD`.
fn get_pattern(commands: &[Command]) -> TokenStream {
    let mut written = commands.iter().filter(|command| command.name == "HEAD").peekable();
    if written.peek().is_none() {
        return quote!("GET" | "HEAD");
    }
    let conditions: Vec<&[Attribute]> = written.map(|found| &found.method.cfgs[..]).collect();
    if conditions.iter().any(|cfgs| cfgs.is_empty()) {
        return quote!("GET");
    }
    let each = conditions.iter().map(|cfgs| {
        let tokens = cfgs.iter().filter_map(|cfg| cfg.meta.require_list().ok());
        let tokens = tokens.map(|list| &list.tokens);
        quote!(all(#(#tokens),*))
    });
    quote!("GET" | "HEAD" if __command == "GET" || !::core::cfg!(any(#(#each),*)))
}

/// What the runtime needs to refuse a request with the right status and `Allow` field.
fn table(handlers: &Handlers) -> TokenStream {
    let table = handlers.arguments.paths.private("Table");
    let arguments = &handlers.arguments;
    let has_mounts = !arguments.mounts.is_empty() || arguments.wraps.is_some();
    let name = |command: &Command, name: &str| {
        let cfgs = &command.method.cfgs;
        quote!(#(#cfgs)* #name)
    };
    let mut commands: Vec<_> =
        handlers.commands.iter().map(|command| name(command, &command.name)).collect();
    if handlers.arguments.auto_head.is_some() {
        let gets = handlers.commands.iter().filter(|command| command.name == "GET");
        commands.extend(gets.map(|get| name(get, "HEAD")));
    }
    let routes = constant_table(handlers);
    quote! {
        #table { routes: #routes, commands: &[#(#commands),*], has_mounts: #has_mounts }
    }
}
