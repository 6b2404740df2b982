//! Compares the signature of a method with the one that its role needs.
//!
//! The compiler would refuse the same methods, but at the generated call and with advice that does
//! not fit. The receiver, the number of parameters and references are checked here, because they
//! can be seen. Types are left to the compiler, whose errors then point at the user's own
//! parameter.

use syn::{
    FnArg, GenericParam, PatType, Receiver, ReceiverKind, ReturnType, Safety, Type, parse_quote,
};

use super::returns::{check_status, is_answer};
use crate::model::block::Method;
use crate::syntax::as_written::{bare_type, is_exchange, only_argument, shown};
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
    if is_own_method(method, expected) {
        let name = &method.sig.ident;
        let wrong = format!("`{name}` is a hook, which the runtime calls with other arguments");
        let help =
            format!("give a method of your own another name, or write `{}`", expected.signature);
        diagnostics.fault(name, wrong, help);
        return;
    }
    count(method, expected, diagnostics);
    output(method, expected, diagnostics);
    if expected.more {
        check_status(&method.sig, diagnostics);
    }
    if !diagnostics.is_empty() {
        mend(method, expected.parameters[0]);
    }
}

/// Whether a method with a hook's name was meant to be the user's own: a hook takes the exchange
/// first. (A reference to a type of another name may be one to the exchange.)
fn is_own_method(method: &Method, expected: &Expected<'_>) -> bool {
    let Some(first) = method.parameters().next() else { return false };
    let is_reference = matches!(bare_type(&first.ty), Type::Reference(_));
    let may_be_exchange = match expected.parameters[0] {
        Parameter::ExchangeMut => method.begins_with_exchange(),
        Parameter::Exchange => is_reference && plain(&first.ty).is_none(),
        _ => true,
    };
    !expected.more && !may_be_exchange && !method.takes_exchange()
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
        let help = match expected.more {
            true => format!("{help}, or return an answer, such as `NoContent`"),
            false => help,
        };
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
    if parameters.len() == wanted {
        for (parameter, wanted) in parameters.iter().zip(expected.parameters) {
            plain_type(method, parameter, *wanted, expected, diagnostics);
        }
    }
}

/// Checks a type that can be told apart from the wanted one as it is written: a text or a number.
fn plain_type(
    method: &Method,
    parameter: &PatType,
    wanted: Parameter,
    expected: &Expected<'_>,
    diagnostics: &mut Diagnostics,
) {
    if matches!(wanted, Parameter::Exchange | Parameter::ExchangeMut) {
        return;
    }
    let Some(written) = plain(&parameter.ty) else { return };
    if written != wanted.ty() {
        let name = &method.sig.ident;
        let wrong = format!("`{name}` gets `{}` as `{}`", wanted.name(), wanted.ty());
        diagnostics.fault(&parameter.ty, wrong, format_args!("write `{}`", expected.signature));
    }
}

/// How a text, a number or an `Option` of one is written, without lifetimes. `None` for types whose
/// names may mean anything.
fn plain(ty: &Type) -> Option<String> {
    const NAMES: [&str; 17] = [
        "str", "String", "bool", "char", "f32", "f64", "u8", "u16", "u32", "u64", "u128", "usize",
        "i8", "i16", "i32", "i64", "isize",
    ];
    match bare_type(ty) {
        Type::Reference(reference) => {
            let mutability = if reference.mutability.is_some() { "mut " } else { "" };
            Some(format!("&{mutability}{}", plain(&reference.elem)?))
        }
        Type::Path(path) => match only_argument(ty, "Option") {
            Some(inner) => Some(format!("Option<{}>", plain(inner)?)),
            None => {
                let name = path.path.get_ident()?.to_string();
                NAMES.contains(&&*name).then_some(name)
            }
        },
        _ => None,
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
