//! The return type of a method that answers, as it is written.

use syn::{
    Expr, ExprLit, GenericArgument, Lit, PathArguments, ReturnType, Signature, Type, TypeParamBound,
};

use crate::model::callee::Returned;
use crate::syntax::as_written::{bare_type, ends_in, is_named, last_segment, type_arguments};
use crate::syntax::diagnostics::Diagnostics;

/// How the value of this method is converted to an outcome.
pub(super) fn returned(sig: &Signature) -> Returned {
    let ReturnType::Type(_, ty) = &sig.output else { return Returned::Written(None) };
    // The generated call cannot name the method's own lifetimes.
    let has_lifetimes = sig.generics.lt_token.is_some();
    match bare_type(ty) {
        Type::Never(_) => Returned::Written(None),
        ty if is_written(ty) => Returned::Written((!has_lifetimes).then(|| Box::new(ty.clone()))),
        _ if has_lifetimes => Returned::Inferred,
        ty if is_local_result(ty) => Returned::LocalError,
        Type::ImplTrait(_) | Type::Infer(_) | Type::Macro(_) => Returned::Inferred,
        ty => Returned::Typed(Box::new(ty.clone())),
    }
}

/// How the value of a hook is converted to an outcome.
pub(super) fn returned_by_hook(sig: &Signature) -> Returned {
    match returned(sig) {
        Returned::Typed(ty) => Returned::Written(Some(ty)),
        Returned::Inferred => Returned::Written(None),
        other => other,
    }
}

/// Whether the method returns an answer, and so may do without the exchange.
pub(super) fn is_answer(sig: &Signature) -> bool {
    match &sig.output {
        ReturnType::Default => false,
        ReturnType::Type(_, ty) => match bare_type(ty) {
            Type::Never(_) | Type::Infer(_) => false,
            ty => !is_unit(ty) && !is_named(ty, "Outcome") && !value(ty).is_some_and(is_unit),
        },
    }
}

/// Refuses `Status<2001, _>`. The compiler would find it when it evaluates a constant of the
/// runtime, and say nothing of the user's code.
pub(super) fn check_status(sig: &Signature, diagnostics: &mut Diagnostics) {
    if let ReturnType::Type(_, ty) = &sig.output {
        status_in(ty, diagnostics);
    }
}

fn status_in(ty: &Type, diagnostics: &mut Diagnostics) {
    if let Type::Tuple(tuple) = bare_type(ty) {
        tuple.elems.iter().for_each(|ty| status_in(ty, diagnostics));
    }
    let Some(last) = last_segment(ty) else { return };
    if let (true, PathArguments::AngleBracketed(list)) = (last.ident == "Status", &last.arguments) {
        if let Some(GenericArgument::Const(Expr::Lit(ExprLit { lit: Lit::Int(code), .. }))) =
            list.args.first()
        {
            if !matches!(code.base10_parse::<u16>(), Ok(200..=599)) {
                let wrong = format!("`{code}` is not the status of an answer");
                diagnostics.fault(code, wrong, "the statuses of answers are 200 to 599");
            }
        }
    }
    type_arguments(last).for_each(|ty| status_in(ty, diagnostics));
}

/// Whether the type is `()` or `io::Result<()>`: what a method returns that answers through the
/// exchange.
fn is_written(ty: &Type) -> bool {
    let is_io = match ty {
        Type::Path(path) => {
            let segments = &path.path.segments;
            segments.len() > 1 && segments[segments.len() - 2].ident == "io"
        }
        _ => false,
    };
    is_unit(ty) || is_named(ty, "Outcome") || is_io && value(ty).is_some_and(is_unit)
}

/// The `T` of `Result<T, E>`.
fn value(ty: &Type) -> Option<&Type> {
    let last = last_segment(ty).filter(|last| last.ident == "Result")?;
    type_arguments(last).next()
}

fn is_unit(ty: &Type) -> bool {
    matches!(bare_type(ty), Type::Tuple(tuple) if tuple.elems.is_empty())
}

/// Whether the type is `Result<T, Box<dyn Error>>`, whose error need not be `Send` and `Sync`.
fn is_local_result(ty: &Type) -> bool {
    let Some(last) = last_segment(ty).filter(|last| last.ident == "Result") else { return false };
    let mut arguments = type_arguments(last);
    match (arguments.next(), arguments.next(), arguments.next()) {
        (Some(_), Some(error), None) => is_local_box(error),
        _ => false,
    }
}

fn is_local_box(ty: &Type) -> bool {
    let Some(last) = last_segment(ty).filter(|last| last.ident == "Box") else { return false };
    let Some(Type::TraitObject(object)) = type_arguments(last).next().map(bare_type) else {
        return false;
    };
    let has = |name: &str| {
        object.bounds.iter().any(|bound| match bound {
            TypeParamBound::Trait(bound) => ends_in(&bound.path, name),
            _ => false,
        })
    };
    !(has("Send") && has("Sync"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use syn::parse_quote;

    #[test]
    fn errors_that_stay_on_their_thread() {
        let yes: [Signature; 4] = [
            parse_quote!(fn f() -> Result<(), Box<dyn Error>>),
            parse_quote!(fn f() -> std::result::Result<(), Box<dyn std::error::Error + 'static>>),
            parse_quote!(fn f() -> Result<Json<u8>, std::boxed::Box<dyn Error + Send>>),
            parse_quote!(fn f() -> (Result<(), Box<(dyn StdError)>>)),
        ];
        for sig in yes {
            assert!(matches!(returned(&sig), Returned::LocalError));
        }
        let no: [Signature; 4] = [
            parse_quote!(fn f() -> Result<(), Box<dyn Error + Send + Sync>>),
            parse_quote!(fn f() -> Result<(), Box<Failed>>),
            parse_quote!(fn f() -> Result<()>),
            parse_quote!(fn f() -> String),
        ];
        for sig in no {
            assert!(matches!(returned(&sig), Returned::Typed(_)));
        }
    }

    #[test]
    fn methods_that_answer_through_the_exchange() {
        let yes: [Signature; 6] = [
            parse_quote!(fn f()),
            parse_quote!(fn f() -> ()),
            parse_quote!(fn f() -> !),
            parse_quote!(fn f() -> io::Result<()>),
            parse_quote!(fn f() -> std::io::Result<()>),
            parse_quote!(fn f() -> Outcome),
        ];
        for sig in yes {
            assert!(matches!(returned(&sig), Returned::Written(_)) && !is_answer(&sig));
        }
        let answers: [Signature; 4] = [
            parse_quote!(fn f() -> &'static str),
            parse_quote!(fn f() -> io::Result<String>),
            parse_quote!(fn f() -> (u16, Json<Item>)),
            parse_quote!(fn f() -> Option<Json<Item>>),
        ];
        for sig in answers {
            assert!(matches!(returned(&sig), Returned::Typed(_)) && is_answer(&sig));
        }
        let neither: Signature = parse_quote!(fn f() -> Result<(), Failed>);
        assert!(matches!(returned(&neither), Returned::Typed(_)) && !is_answer(&neither));
    }
}
