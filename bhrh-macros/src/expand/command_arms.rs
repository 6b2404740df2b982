//! `fn dispatch` of a handler without routes, and the match arms for commands.

use std::rc::Rc;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::inputs::call_for_command;
use crate::model::{Command, Handlers};
use crate::syntax::runtime_paths::Paths;
use crate::syntax::spans::Ends;

/// `fn dispatch`: a match over commands.
pub(super) fn dispatch(handlers: &Handlers) -> TokenStream {
    let paths = &handlers.arguments.paths;
    let (exchange, dispatch) = (paths.exchange(), paths.dispatch());
    let arms = handlers.commands.iter().map(|command| arm(command, paths));
    let head = head_of_do_get(handlers);
    let otherwise = match handlers.arguments.wraps {
        None => quote!(#dispatch::Unsupported),
        Some(_) => {
            let (wrapped, handler) = (paths.private("wrapped"), paths.handler());
            quote!(#wrapped(__http, #handler::wraps(self)))
        }
    };
    quote! {
        fn dispatch(&self, __http: &mut #exchange<'_>) -> #dispatch {
            match __http.command {
                #(#arms)*
                #head
                _ => #otherwise,
            }
        }
    }
}

/// The arm of one command.
pub(super) fn arm(command: &Command, paths: &Paths) -> TokenStream {
    let cfgs = &command.method.cfgs;
    // The literal has the span of the user's own token. If two methods answer one command under
    // conditions that do not exclude each other, the compiler warns at the second token.
    let mut name = Literal::string(&command.name);
    name.set_span(Ends::of(&command.place).first);
    let answered = call_for_command(command, paths);
    quote! {
        #(#cfgs)*
        #name => #answered,
    }
}

/// For `auto_head`: an arm for HEAD that calls the method for GET.
pub(super) fn head_of_do_get(handlers: &Handlers) -> Option<TokenStream> {
    handlers.arguments.auto_head.as_ref()?;
    let gets = handlers.commands.iter().filter(|command| command.name == "GET");
    let arms = gets.map(|get| {
        let place = get.place.clone();
        let (method, arguments) = (get.method.clone(), Rc::clone(&get.arguments));
        let head = Command { name: "HEAD".to_owned(), place, method, arguments };
        arm(&head, &handlers.arguments.paths)
    });
    Some(quote!(#(#arms)*))
}
