//! The names that the attribute adds to the type: `ROUTES`, and a path builder for each method with
//! routes. The user's block may have them already.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ImplItem;
use syn::ext::IdentExt;

use crate::model::Handlers;
use crate::model::block::{Block, Member};
use crate::syntax::diagnostics::Diagnostics;

pub(super) fn check(handlers: &Handlers, diagnostics: &mut Diagnostics) {
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
        diagnostics.fault_at_both([&place, &own], wrong, help);
    }
}

/// The user's item that is named `ROUTES`.
pub(crate) fn table_is_taken(block: &Block) -> Option<Ident> {
    own_names(block).into_iter().find(|name| name == "ROUTES")
}

/// The item or the earlier path builder that has the name of this method's path builder.
pub(crate) fn builder_is_taken(handlers: &Handlers, index: usize) -> Option<TokenStream> {
    let found = &handlers.routes[index];
    let name = found.builder.unraw();
    let mut own = own_names(&handlers.block).into_iter();
    if let Some(place) = own.find(|other| other.unraw() == name) {
        return Some(place.to_token_stream());
    }
    let earlier = handlers.routes[..index].iter().find(|other| {
        other.builder.unraw() == name && other.method.may_coexist_with(&found.method)
    });
    earlier.map(|other| other.builder.to_token_stream())
}

/// Whether a method or a constant of the user's block has this name.
pub(crate) fn is_own_name(block: &Block, name: &Ident) -> bool {
    own_names(block).into_iter().any(|other| other.unraw() == name.unraw())
}

/// The names of the methods and constants in the user's block.
fn own_names(block: &Block) -> Vec<Ident> {
    let name = |member: &Member| match member {
        Member::Method(method) => Some(method.sig.ident.clone()),
        Member::Other(item) => match &**item {
            ImplItem::Const(item) => Some(item.ident.clone()),
            _ => None,
        },
    };
    block.members.iter().filter_map(name).collect()
}
