//! Compares the signature of a method with the one that its role needs.
//!
//! The compiler would refuse the same methods, but at the generated call and with advice that does
//! not fit. The receiver, the number of parameters and references are checked here, because they
//! can be seen. Types are left to the compiler, whose errors then point at the user's own
//! parameter.

use syn::{
    FnArg, GenericParam, PatType, Receiver, ReceiverKind, ReturnType, Safety, Type, parse_quote,
};

use super::returns::is_answer;
use crate::model::block::Method;
use crate::syntax::as_written::{bare_type, is_exchange, shown};
use crate::syntax::diagnostics::Diagnostics;
use crate::words::hooks::{Parameter, Returns};

/// The signature that a method must have.
pub(super) struct Expected<'a> {
    /// The parameters after `&self`.
    pub(super) parameters: &'a [Parameter],
    /// Whether the method may have more parameters, and may lack the exchange if it returns an
    /// answer.
    pub(super) more: bool,
    pub(super) returns: Returns,
    /// The whole signature, as help texts show it.
    pub(super) signature: String,
}

pub(super) fn check(method: &mut Method, expected: &Expected<'_>, diagnostics: &mut Diagnostics) {
    qualifiers(method, diagnostics);
    generics(method, diagnostics);
    receiver(method, expected, diagnostics);
    count(method, expected, diagnostics);
    output(method, expected, diagnostics);
    if !diagnostics.is_empty() {
        mend(method, expected.parameters[0]);
    }
}

/// After a fault, gives the exchange the type that it should have. Otherwise the compiler would
/// also complain about the body, where the exchange is used.
fn mend(method: &mut Method, first: Parameter) {
    let mut inputs = method.sig.inputs.iter_mut();
    let found = inputs.find_map(|input| match input {
        FnArg::Typed(parameter) if is_exchange(&parameter.ty) => Some(parameter),
        _ => None,
    });
    let Some(parameter) = found else { return };
    let exchange = match bare_type(&parameter.ty) {
        Type::Reference(reference) => (*reference.elem).clone(),
        other => other.clone(),
    };
    match first {
        Parameter::ExchangeMut => *parameter.ty = parse_quote!(&mut #exchange),
        Parameter::Exchange => *parameter.ty = parse_quote!(&#exchange),
        _ => {}
    }
}

fn qualifiers(method: &Method, diagnostics: &mut Diagnostics) {
    let sig = &method.sig;
    let name = &sig.ident;
    if let Some(token) = &sig.asyncness {
        diagnostics.fault(
            token,
            format_args!("`{name}` cannot be `async`"),
            "remove `async` and write blocking code: a method that has to wait does not hold up \
             other requests",
        );
    }
    if let Safety::Unsafe(token) = &sig.safety {
        diagnostics.fault(
            token,
            format_args!("`{name}` cannot be `unsafe`"),
            "remove `unsafe`: the method is called for any request that anyone sends",
        );
    }
    if let Some(abi) = &sig.abi {
        diagnostics.fault(
            abi,
            format_args!("`{name}` cannot be `extern`"),
            "remove it: the method is called from Rust",
        );
    }
}

fn generics(method: &Method, diagnostics: &mut Diagnostics) {
    let name = &method.sig.ident;
    let is_lifetime = |parameter: &&GenericParam| matches!(parameter, GenericParam::Lifetime(_));
    if let Some(parameter) = method.sig.generics.params.iter().find(|found| !is_lifetime(found)) {
        let written = match parameter {
            GenericParam::Const(parameter) => &parameter.ident,
            GenericParam::Type(parameter) => &parameter.ident,
            GenericParam::Lifetime(_) => name,
        };
        diagnostics.fault(
            written,
            format_args!("`{name}` cannot be generic: its caller cannot know `{written}`"),
            format_args!("give `{written}` to the `impl` block and its type instead"),
        );
    }
    for parameter in method.parameters() {
        if let Type::ImplTrait(ty) = behind_references(&parameter.ty) {
            diagnostics.fault(
                ty,
                format_args!("`{name}` cannot be generic: it is called with one type only"),
                "write that type instead of `impl …`",
            );
        }
    }
}

fn behind_references(ty: &Type) -> &Type {
    match bare_type(ty) {
        Type::Reference(reference) => behind_references(&reference.elem),
        other => other,
    }
}

fn receiver(method: &Method, expected: &Expected<'_>, diagnostics: &mut Diagnostics) {
    let name = &method.sig.ident;
    let Some(receiver) = method.sig.receiver() else {
        let wrong = format!("`{name}` has no `&self`");
        diagnostics.fault(name, wrong, format_args!("write `{}`", expected.signature));
        return;
    };
    if !is_shared(receiver) {
        let mut bare = receiver.clone();
        bare.attrs.clear();
        let written = shown(&bare);
        diagnostics.fault(
            bare,
            format_args!("`{name}` takes `{written}`, where only `&self` is possible"),
            "write `&self`: one value serves all threads; state that changes belongs in a `Mutex` \
             or an atomic, and state of one request in the exchange",
        );
    }
}

/// Whether the receiver is `&self`, `&'a self` or `self: &Self`.
fn is_shared(receiver: &Receiver) -> bool {
    match &receiver.kind {
        ReceiverKind::Reference(_, _, mutability) => mutability.is_none(),
        ReceiverKind::Typed(_, ty) => match bare_type(ty) {
            Type::Reference(reference) => {
                reference.mutability.is_none()
                    && matches!(&*reference.elem, Type::Path(path) if path.path.is_ident("Self"))
            }
            _ => false,
        },
        _ => false,
    }
}

fn count(method: &Method, expected: &Expected<'_>, diagnostics: &mut Diagnostics) {
    let name = &method.sig.ident;
    let lacks_exchange = !method.takes_exchange() && !method.begins_with_exchange();
    if expected.more && lacks_exchange && is_answer(&method.sig) {
        return;
    }
    let parameters: Vec<&PatType> = method.parameters().collect();
    let help = format!("write `{}`", expected.signature);
    let wanted = expected.parameters.len();
    if parameters.is_empty() && expected.parameters[0] != Parameter::Timestamp {
        let inputs = &method.sig.inputs;
        let wrong = format!("`{name}` does not take the request");
        if inputs.is_empty() {
            diagnostics.fault(name, wrong, help);
        } else {
            diagnostics.fault(inputs, wrong, help);
        }
        return;
    }
    if parameters.len() != wanted && !(expected.more && parameters.len() > wanted) {
        let wrong = format!(
            "`{name}` takes {} after `self`, but is called with {wanted}",
            match parameters.len() {
                1 => "1 parameter".to_owned(),
                number => format!("{number} parameters"),
            }
        );
        let extra: Vec<_> = parameters.iter().skip(wanted).collect();
        if extra.is_empty() {
            diagnostics.fault(&method.sig.inputs, wrong, help);
        } else {
            diagnostics.fault(quote::quote!(#(#extra),*), wrong, help);
        }
    }
    if let Some(first) = parameters.first() {
        exchange(method, first, expected, diagnostics);
    }
}

/// Checks that the first parameter is a reference, and mutable if it must be.
fn exchange(
    method: &Method,
    parameter: &PatType,
    expected: &Expected<'_>,
    diagnostics: &mut Diagnostics,
) {
    let name = &method.sig.ident;
    let help = format!("write `{}`", expected.signature);
    let (mutable, wanted) = match expected.parameters[0] {
        Parameter::ExchangeMut => (true, "&mut Exchange"),
        Parameter::Exchange => (false, "&Exchange"),
        _ => return,
    };
    match bare_type(&parameter.ty) {
        Type::Reference(reference) if reference.mutability.is_some() == mutable => {}
        ty @ Type::Reference(_) if mutable => diagnostics.fault(
            ty,
            format_args!("`{name}` cannot answer through a shared reference"),
            format_args!("take `{wanted}`"),
        ),
        ty @ Type::Reference(_) => diagnostics.fault(
            ty,
            format_args!("`{name}` gets a shared reference to the exchange, and cannot change it"),
            format_args!("take `{wanted}`"),
        ),
        ty if is_exchange(ty) => diagnostics.fault(
            ty,
            format_args!("`{name}` takes the exchange by value, but gets a reference"),
            format_args!("take `{wanted}`"),
        ),
        ty => {
            let wrong = format!("the first parameter of `{name}` is not `{wanted}`");
            diagnostics.fault(ty, wrong, help);
        }
    }
}

/// Refuses a return type where there must be none, and a missing one where there must be one.
fn output(method: &Method, expected: &Expected<'_>, diagnostics: &mut Diagnostics) {
    let name = &method.sig.ident;
    let help = format!("write `{}`", expected.signature);
    let returned = match &method.sig.output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => match &**ty {
            Type::Never(_) => return,
            Type::Tuple(tuple) if tuple.elems.is_empty() => None,
            other => Some(other),
        },
    };
    match (expected.returns, returned) {
        (Returns::Nothing, Some(ty)) => {
            diagnostics.fault(ty, format_args!("`{name}` returns nothing"), help);
        }
        (Returns::Nothing | Returns::Outcome, _) | (_, Some(_)) => {}
        (_, None) => {
            diagnostics.fault(name, format_args!("`{name}` has to return something"), help);
        }
    }
}
