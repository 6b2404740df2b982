//! What types, paths and expressions say as they are written. A macro sees names, not what they
//! mean, so `is_exchange` means "is called `Exchange`".

use proc_macro2::TokenTree;
use quote::ToTokens;
use syn::{Expr, GenericArgument, Path, PathArguments, PathSegment, Type};

/// The type without the parentheses, and the invisible groups of `macro_rules!`, around it.
pub(crate) fn bare_type(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare_type(&group.elem),
        Type::Paren(paren) => bare_type(&paren.elem),
        other => other,
    }
}

/// The expression without the parentheses, and the invisible groups of `macro_rules!`, around it.
pub(crate) fn bare_expr(value: &Expr) -> &Expr {
    match value {
        Expr::Group(group) => bare_expr(&group.expr),
        Expr::Paren(paren) => bare_expr(&paren.expr),
        other => other,
    }
}

/// Whether a path ends in this name: `query` and `bhrh::query` both end in `query`.
pub(crate) fn ends_in(path: &Path, name: &str) -> bool {
    path.segments.last().is_some_and(|last| last.ident == name)
}

/// Whether a type is a path that ends in this name.
pub(crate) fn is_named(ty: &Type, name: &str) -> bool {
    last_segment(ty).is_some_and(|last| last.ident == name)
}

/// Whether a type is `Exchange`, by value or behind references.
pub(crate) fn is_exchange(ty: &Type) -> bool {
    match bare_type(ty) {
        Type::Reference(reference) => is_exchange(&reference.elem),
        ty => is_named(ty, "Exchange"),
    }
}

/// The last part of a type that is a path: `Vec<u8>` of `std::vec::Vec<u8>`.
pub(crate) fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match bare_type(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// The types between a segment's angle brackets.
pub(crate) fn type_arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let list = match &segment.arguments {
        PathArguments::AngleBracketed(list) => Some(&list.args),
        _ => None,
    };
    list.into_iter().flatten().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// The `T` of `Option<T>`, for the name `Option`.
pub(crate) fn only_argument<'t>(ty: &'t Type, name: &str) -> Option<&'t Type> {
    let last = last_segment(ty).filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(list) = &last.arguments else { return None };
    match list.args.first() {
        Some(GenericArgument::Type(ty)) if list.args.len() == 1 => Some(ty),
        _ => None,
    }
}

/// Whether a token is this punctuation mark.
pub(crate) fn is_mark(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(found) if found.as_char() == mark)
}

/// A type or a receiver with the spaces that a user would put.
pub(crate) fn shown(tokens: impl ToTokens) -> String {
    let text = tokens.into_token_stream().to_string();
    [("& ", "&"), (" :: ", "::"), (" <", "<"), ("< ", "<"), (" >", ">"), (" ,", ","), (" : ", ": ")]
        .into_iter()
        .fold(text, |text, (from, to)| text.replace(from, to))
}
