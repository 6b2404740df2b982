//! Where generated tokens seem to stand, and which names they see.
//!
//! A span says both. Positions are chosen so that the compiler's own errors point at the user's
//! code. Names are always those of the place where the attribute is written: `self` and the
//! generated locals must see each other, and anything else would tear them apart.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{PathArguments, Type, parse_quote_spanned};

/// A generated token that seems to stand at `place`.
pub(crate) fn placed(place: Span) -> Span {
    Span::call_site().located_at(place)
}

/// Generated tokens that all seem to stand at `place`.
pub(crate) fn place(tokens: TokenStream, at: Span) -> TokenStream {
    let token = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            token = Group::new(group.delimiter(), place(group.stream(), at)).into();
        }
        token.set_span(placed(at));
        token
    };
    tokens.into_iter().map(token).collect()
}

/// Where a run of tokens begins and ends. (One span that covers both is not to be had on stable.)
#[derive(Clone, Copy)]
pub(crate) struct Ends {
    pub(crate) first: Span,
    pub(crate) last: Span,
}

impl Ends {
    pub(crate) fn of(tokens: impl ToTokens) -> Self {
        let mut tokens = tokens.into_token_stream().into_iter();
        let first = tokens.next().map_or_else(Span::call_site, |token| token.span());
        Self { first, last: tokens.last().map_or(first, |token| token.span()) }
    }
}

/// Takes a token out of reach of the style lints: the compiler and clippy do not apply them to what
/// a macro wrote. A name is still found as before, only the lints look away.
pub(crate) fn quiet(span: Span) -> Span {
    span.resolved_at(Span::mixed_site())
}

/// Writes out the lifetime that handlers leave out of a parameter's type: `&mut Exchange` becomes
/// `&mut Exchange<'_>`. Users may forbid leaving it out elsewhere; here it would be noise.
pub(crate) fn spell_lifetime(ty: &mut Type) {
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

/// The `self` that an expression uses. The receiver of the method around it must be the same
/// word from the same place, or the two are strangers to each other (a `self` handed through
/// `macro_rules!` is one).
pub(crate) fn self_in(tokens: TokenStream) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) if ident == "self" => Some(ident.span()),
        TokenTree::Group(group) => self_in(group.stream()),
        _ => None,
    })
}

/// A type or a receiver as a user would write it.
pub(crate) fn shown(tokens: impl ToTokens) -> String {
    let text = tokens.into_token_stream().to_string();
    [("& ", "&"), (" :: ", "::"), (" <", "<"), ("< ", "<"), (" >", ">"), (" ,", ","), (" : ", ": ")]
        .into_iter()
        .fold(text, |text, (from, to)| text.replace(from, to))
}
