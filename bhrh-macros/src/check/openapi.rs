//! The argument `openapi` and the block under it: each guard that is given a scheme has to run.

use quote::ToTokens;

use crate::model::Handlers;
use crate::parse::guards::is_same;
use crate::syntax::as_written::shown;
use crate::syntax::diagnostics::Diagnostics;

pub(super) fn check(handlers: &Handlers, diagnostics: &mut Diagnostics) {
    let Some(openapi) = &handlers.arguments.openapi else { return };
    for (index, (guard, _)) in openapi.security.iter().enumerate() {
        let mut all = handlers.routes.iter().flat_map(|found| found.guards());
        if !all.any(|other| is_same(other, guard)) {
            let written = shown(guard);
            let wrong = format!("no method with a route has the guard `{written}`");
            let help = format!("write `#[before({written})]` above the methods that it guards");
            diagnostics.fault(guard, wrong, help);
        }
        let earlier = openapi.security[..index].iter().find(|(first, _)| is_same(first, guard));
        if let Some((first, _)) = earlier {
            let wrong = format!("`{}` has two schemes", guard.to_token_stream());
            diagnostics.fault_at_both([first, guard], wrong, "keep one of the two");
        }
    }
}
