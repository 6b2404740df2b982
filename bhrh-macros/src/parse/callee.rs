//! A method that has been checked becomes a [`Callee`], and lints stop looking at its signature.

use syn::{FnArg, PathArguments, ReturnType, Type, parse_quote_spanned};

use super::returns::{returned, returned_by_hook};
use crate::model::block::Method;
use crate::model::callee::{Callee, Returned};
use crate::syntax::spans::{Ends, placed};

/// What is needed to call a method that answers. Hides its head from lints about style.
///
/// `#[deprecated]` tells clients about the method. The generated call must not be warned about.
pub(super) fn callee(method: &mut Method) -> Callee {
    method.attrs.retain(|attr| !attr.path().is_ident("deprecated"));
    let returned = returned(&method.sig);
    of(method, returned)
}

/// What is needed to call a hook.
pub(super) fn hook(method: &mut Method) -> Callee {
    let returned = returned_by_hook(&method.sig);
    of(method, returned)
}

fn of(method: &mut Method, returned: Returned) -> Callee {
    let output = match &method.sig.output {
        ReturnType::Default => Ends::of(&method.sig.ident),
        ReturnType::Type(_, ty) => Ends::of(ty),
    };
    let callee = Callee {
        name: method.sig.ident.clone(),
        cfgs: method.cfgs(),
        takes_exchange: method.begins_with_exchange(),
        parameters: method.parameters().map(|parameter| Ends::of(&parameter.ty)).collect(),
        output,
        returned,
        guards: Vec::new(),
    };
    method.quiet_head();
    spell_lifetimes(method);
    callee
}

/// Writes out the lifetimes that handlers leave out of their types: `&mut Exchange` becomes
/// `&mut Exchange<'_>`. Otherwise a user who forbids hidden lifetimes would have to write each one.
fn spell_lifetimes(method: &mut Method) {
    for input in &mut method.sig.inputs {
        if let FnArg::Typed(parameter) = input {
            spell_lifetime(&mut parameter.ty);
        }
    }
    if let ReturnType::Type(_, ty) = &mut method.sig.output {
        spell_lifetime(ty);
    }
}

fn spell_lifetime(ty: &mut Type) {
    match ty {
        Type::Reference(reference) => spell_lifetime(&mut reference.elem),
        Type::Path(path) => {
            let Some(last) = path.path.segments.last_mut() else { return };
            let span = placed(last.ident.span());
            match &mut last.arguments {
                PathArguments::None if last.ident == "Exchange" || last.ident == "Arguments" => {
                    last.arguments =
                        PathArguments::AngleBracketed(parse_quote_spanned!(span=> <'_>));
                }
                PathArguments::AngleBracketed(list)
                    if last.ident == "Cow" && list.args.len() == 1 =>
                {
                    list.args.insert(0, parse_quote_spanned!(span=> '_));
                }
                _ => {}
            }
        }
        _ => {}
    }
}
