//! The type of an argument, as it is written: what a text or the content is turned into.

use syn::{Expr, Type};

use crate::model::argument::{Form, Format, Part, Source};
use crate::syntax::as_written::{
    bare_type, is_named, last_segment, only_argument, shown, type_arguments,
};
use crate::syntax::diagnostics::Diagnostics;

/// What the value of an argument of this type is made of.
pub(super) fn form(ty: &Type, source: &Source) -> Form {
    match source {
        Source::Path(_) => of_text(ty, None),
        Source::Named { part, .. } => of_text(ty, Some(*part)),
        Source::QueryStruct | Source::Guard(_) => Form::Parsed(Box::new(ty.clone())),
        Source::Content { format, .. } => of_content(ty, *format),
    }
}

/// For a text that is a segment of the path, or has a name in this part of the request.
fn of_text(ty: &Type, part: Option<Part>) -> Form {
    let has_many = matches!(part, Some(Part::Query | Part::Header));
    match bare_type(ty) {
        ty if is_reference_to(ty, "str") => Form::Borrowed,
        ty if is_named(ty, "Cow") => Form::Cow,
        ty if part == Some(Part::Query) && is_named(ty, "bool") => Form::Flag,
        ty => match (only_argument(ty, "Option"), only_argument(ty, "Vec").filter(|_| has_many)) {
            (Some(inner), _) => Form::Optional(Box::new(of_text(inner, None))),
            (_, Some(inner)) => Form::Many(Box::new(of_text(inner, None))),
            _ => Form::Parsed(Box::new(ty.clone())),
        },
    }
}

fn of_content(ty: &Type, format: Format) -> Form {
    match bare_type(ty) {
        ty if format == Format::Body && is_reference_to(ty, "str") => Form::Borrowed,
        Type::Reference(reference)
            if format == Format::Body
                && reference.mutability.is_none()
                && matches!(bare_type(&reference.elem), Type::Slice(slice) if is_named(&slice.elem, "u8")) =>
        {
            Form::BorrowedBytes
        }
        ty if is_named(ty, "Result") => {
            let value = last_segment(ty).and_then(|last| type_arguments(last).next());
            Form::Tried(Box::new(ty.clone()), value.cloned().map(Box::new))
        }
        ty => match only_argument(ty, "Option") {
            Some(inner) => Form::Optional(Box::new(Form::Parsed(Box::new(inner.clone())))),
            None => Form::Parsed(Box::new(ty.clone())),
        },
    }
}

/// Whether the type is `&str`, for the name `str`.
fn is_reference_to(ty: &Type, name: &str) -> bool {
    match ty {
        Type::Reference(reference) => {
            reference.mutability.is_none() && is_named(&reference.elem, name)
        }
        _ => false,
    }
}

/// Refuses a type or a default that is wrong whatever the names in it mean.
pub(super) fn check(ty: &Type, source: &Source, form: &Form, diagnostics: &mut Diagnostics) {
    let is_given = matches!(source, Source::Guard(_));
    if let Some(reference) = unreadable(form).filter(|_| !is_given) {
        let (wrong, help) = match source {
            Source::Content { format: Format::Body, .. } => (
                format!("the content cannot be borrowed as `{}`", shown(reference)),
                "write `&str`, `&[u8]`, `String` or `Vec<u8>`",
            ),
            Source::Content { .. } | Source::QueryStruct => (
                format!("what is read cannot be borrowed as `{}`", shown(reference)),
                "write the type itself, without `&`",
            ),
            Source::Path(_) | Source::Named { .. } | Source::Guard(_) => (
                format!("a parameter cannot be borrowed as `{}`", shown(reference)),
                "write `&str`, `String` or a type that implements `FromStr`",
            ),
        };
        diagnostics.fault(reference, wrong, help);
    }
    if let Source::Named { default: Some(default), .. } = source {
        check_default(ty, default, form, diagnostics);
    }
}

fn check_default(ty: &Type, default: &Expr, form: &Form, diagnostics: &mut Diagnostics) {
    let has_one = match form {
        Form::Optional(_) => "`None`",
        Form::Many(_) => "no values",
        Form::Flag => "`false`",
        _ => return,
    };
    let wrong = format!("if the parameter is missing, this is {has_one}, so it needs no default");
    let help = match only_argument(ty, "Option") {
        Some(inner) => format!("leave the default out, or write the type `{}`", shown(inner)),
        None => "leave the default out".to_owned(),
    };
    diagnostics.fault(default, wrong, help);
}

/// The reference in a type, if it refers to something that cannot be lent.
fn unreadable(form: &Form) -> Option<&Type> {
    match form {
        Form::Optional(form) | Form::Many(form) => unreadable(form),
        Form::Parsed(ty) if matches!(**ty, Type::Reference(_)) => Some(ty),
        _ => None,
    }
}

/// Whether a type is bytes, which neither paths nor queries have.
pub(super) fn is_bytes(ty: &Type) -> bool {
    let is_u8 = |ty: &Type| is_named(ty, "u8");
    match bare_type(ty) {
        Type::Reference(reference) => is_bytes(&reference.elem),
        Type::Slice(slice) => is_u8(&slice.elem),
        ty => is_named(ty, "Bytes") || only_argument(ty, "Vec").is_some_and(is_u8),
    }
}

/// Whether the value may be missing.
pub(super) fn is_option(ty: &Type) -> bool {
    only_argument(ty, "Option").is_some()
}
