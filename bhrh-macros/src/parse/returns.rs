//! The return type of a method that answers, as it is written.

use syn::{ReturnType, Signature, Type, TypeParamBound};

use crate::model::callee::Returned;
use crate::syntax::as_written::{bare_type, ends_in, last_segment, type_arguments};

/// How the value of this method is converted to an outcome.
pub(super) fn returned(sig: &Signature) -> Returned {
    let ReturnType::Type(_, ty) = &sig.output else { return Returned::Inferred };
    match bare_type(ty) {
        // The generated call cannot name the method's own lifetimes.
        _ if sig.generics.lt_token.is_some() => Returned::Inferred,
        ty if is_local_result(ty) => Returned::LocalError,
        Type::Never(_) | Type::ImplTrait(_) | Type::Infer(_) | Type::Macro(_) => Returned::Inferred,
        ty => Returned::Typed(Box::new(ty.clone())),
    }
}

/// Whether the type cannot be an outcome, whatever the names in it mean.
pub(super) fn is_content(ty: &Type) -> bool {
    const CONTENT: [&str; 20] = [
        "String", "Cow", "Vec", "Option", "bool", "char", "u8", "u16", "u32", "u64", "u128",
        "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64",
    ];
    match bare_type(ty) {
        Type::Reference(_) | Type::Slice(_) | Type::Array(_) => true,
        Type::Tuple(tuple) => !tuple.elems.is_empty(),
        ty => {
            let Some(last) = last_segment(ty) else { return false };
            let value = (last.ident == "Result").then(|| type_arguments(last).next()).flatten();
            CONTENT.iter().any(|name| last.ident == name) || value.is_some_and(is_content)
        }
    }
}

/// Whether the type is `Result<(), Box<dyn Error>>`, whose error need not be `Send` and `Sync`.
fn is_local_result(ty: &Type) -> bool {
    let Some(last) = last_segment(ty).filter(|last| last.ident == "Result") else { return false };
    let mut arguments = type_arguments(last);
    let is_unit = |ty: &Type| matches!(bare_type(ty), Type::Tuple(tuple) if tuple.elems.is_empty());
    match (arguments.next(), arguments.next(), arguments.next()) {
        (Some(value), Some(error), None) => is_unit(value) && is_local_box(error),
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
            parse_quote!(fn f() -> Result<(), std::boxed::Box<dyn Error + Send>>),
            parse_quote!(fn f() -> (Result<(), Box<(dyn StdError)>>)),
        ];
        for sig in yes {
            assert!(matches!(returned(&sig), Returned::LocalError));
        }
        let no: [Signature; 5] = [
            parse_quote!(fn f() -> Result<(), Box<dyn Error + Send + Sync>>),
            parse_quote!(fn f() -> Result<u8, Box<dyn Error>>),
            parse_quote!(fn f() -> Result<(), Box<Failed>>),
            parse_quote!(fn f() -> io::Result<()>),
            parse_quote!(fn f() -> Result<()>),
        ];
        for sig in no {
            assert!(matches!(returned(&sig), Returned::Typed(_)));
        }
    }

    #[test]
    fn contents_are_no_outcomes() {
        let yes: [Type; 8] = [
            parse_quote!(u8),
            parse_quote!(&'static str),
            parse_quote!(std::string::String),
            parse_quote!(Option<()>),
            parse_quote!((u16, String)),
            parse_quote!(io::Result<u64>),
            parse_quote!(Result<Vec<u8>, Error>),
            parse_quote!([u8; 4]),
        ];
        for ty in yes {
            assert!(is_content(&ty));
        }
        let no: [Type; 5] = [
            parse_quote!(()),
            parse_quote!(!),
            parse_quote!(io::Result<()>),
            parse_quote!(Outcome),
            parse_quote!(Result<(), String>),
        ];
        for ty in no {
            assert!(!is_content(&ty));
        }
    }
}
