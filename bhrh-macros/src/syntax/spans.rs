//! Spans of generated tokens. A span says two things: where a token seems to stand, and which names
//! it can see.
//!
//! The position is chosen so that the compiler's own errors point at the user's code. The names are
//! always those at the attribute (`call_site`), since `self` and the generated locals must see each
//! other.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// The span of a generated token that seems to stand at `place`.
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

/// A generated path that begins at the root, as if the user had written it at `at`. The compiler
/// then points there without a word about the attribute. (For names that do not begin at the root,
/// [`place`] is right.)
pub(crate) fn written(path: TokenStream, at: Span) -> TokenStream {
    let token = |mut token: TokenTree| {
        token.set_span(at);
        token
    };
    path.into_iter().map(token).collect()
}

/// Where a run of tokens begins and ends. (Stable Rust cannot join two spans into one.)
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

/// Hides a token from style lints, which skip what a macro wrote. The name is still found as
/// before.
pub(crate) fn quiet(span: Span) -> Span {
    span.resolved_at(Span::mixed_site())
}

/// The span of the `self` in an expression. The receiver of the generated method around it must
/// have the same span. Otherwise the compiler takes them for two names, for example when the `self`
/// comes through a `macro_rules!` macro.
pub(crate) fn self_in(tokens: TokenStream) -> Option<Span> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Ident(ident) if ident == "self" => Some(ident.span()),
        TokenTree::Group(group) => self_in(group.stream()),
        _ => None,
    })
}
