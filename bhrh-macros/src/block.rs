//! The user's `impl` block, kept so that it can be written out again.
//!
//! Bodies of methods are not parsed: they pass through as they are, whatever Rust will allow in them
//! one day. It knows nothing of HTTP.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{
    Attribute, Generics, Ident, ImplItem, Signature, Token, Type, Visibility, braced, token,
};

use crate::diag::message;
use crate::spans::quiet;

const ON_AN_IMPL_BLOCK: &str = "write it above the `impl` block that holds the `do_*` methods: \
    `#[http_handler] impl App { fn do_GET(&self, http: &mut Exchange) -> io::Result<()> { … } }`";

/// An inherent `impl` block.
pub(crate) struct Block {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) impl_token: Token![impl],
    pub(crate) generics: Generics,
    pub(crate) self_ty: Type,
    pub(crate) brace_token: token::Brace,
    inner_attrs: Vec<Attribute>,
    pub(crate) members: Vec<Member>,
    /// What is wrong with it so far.
    pub(crate) faults: Vec<syn::Error>,
}

pub(crate) enum Member {
    Method(Box<Method>),
    Other(Box<ImplItem>),
}

/// A function in the block, its body unread.
pub(crate) struct Method {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    body: Group,
}

/// Reads the item under the attribute; anything but an inherent `impl` block is an error that
/// says what to write.
pub(crate) fn parse(item: TokenStream) -> syn::Result<Block> {
    let attrs_and_rest = |input: ParseStream<'_>| -> syn::Result<Block> {
        let attrs = Attribute::parse_outer(input)?;
        let begins_impl = input.peek(Token![impl])
            || (input.peek(Token![unsafe]) || input.peek(Ident::peek_any))
                && input.peek2(Token![impl]);
        if !begins_impl {
            let wrong = "`#[http_handler]` goes above an `impl` block, and this is none";
            let item: TokenStream = input.parse()?;
            return Err(syn::Error::new_spanned(head(item), message(wrong, ON_AN_IMPL_BLOCK)));
        }
        if !input.peek(Token![impl]) {
            return Err(of_a_trait(input.parse()?));
        }
        after_attrs(attrs, input)
    };
    attrs_and_rest.parse2(item)
}

fn after_attrs(mut attrs: Vec<Attribute>, input: ParseStream<'_>) -> syn::Result<Block> {
    let mut faults = Vec::new();
    attrs.retain(|attr| {
        let is_ours = attr.path().segments.last().is_some_and(|last| last.ident == "http_handler");
        if is_ours {
            let help = "keep one, with all arguments: `#[http_handler(…, …)]`";
            let fault = message("`#[http_handler]` stands above this block twice", help);
            faults.push(syn::Error::new_spanned(attr, fault));
        }
        !is_ours
    });
    let impl_token = input.parse()?;
    let mut generics: Generics = input.parse()?;
    if input.peek(Token![!]) || input.peek(Token![const]) {
        return Err(of_a_trait(input.parse()?));
    }
    let self_ty: Type = input.parse()?;
    if input.peek(Token![for]) {
        let _rest: TokenStream = input.parse()?;
        return Err(of_a_trait(self_ty.into_token_stream()));
    }
    generics.where_clause = input.parse()?;

    let content;
    let brace_token = braced!(content in input);
    let inner_attrs = Attribute::parse_inner(&content)?;
    let mut members = Vec::new();
    while !content.is_empty() {
        let ahead = content.fork();
        match ahead.parse() {
            Ok(member) => {
                content.advance_to(&ahead);
                members.push(member);
            }
            Err(_) => faults.push(unreadable(&content)?),
        }
    }
    Ok(Block { attrs, impl_token, generics, self_ty, brace_token, inner_attrs, members, faults })
}

/// Leaves out a member that is not whole. The compiler has mostly said what it lacks; the attribute
/// goes on, so that it says nothing of what follows from that.
fn unreadable(content: ParseStream<'_>) -> syn::Result<syn::Error> {
    let mut head = TokenStream::new();
    while !content.is_empty() {
        let token: TokenTree = content.parse()?;
        let is_last = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        };
        if is_last {
            break;
        }
        head.extend([token]);
    }
    let help = "write `fn do_GET(&self, http: &mut Exchange) -> io::Result<()> { … }`";
    Ok(syn::Error::new_spanned(head, message("this is not a whole method", help)))
}

fn of_a_trait(place: TokenStream) -> syn::Error {
    let wrong = "`#[http_handler]` goes above an `impl` block of the type itself, not of a trait";
    let help = "write `impl App { … }`; `impl Handler for App` is what the attribute adds to it";
    syn::Error::new_spanned(head(place), message(wrong, help))
}

/// The first line of an item, so to speak: its tokens up to the first braces.
fn head(item: TokenStream) -> TokenStream {
    let is_braces = |token: &TokenTree| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    };
    item.into_iter().take_while(|token| !is_braces(token)).collect()
}

impl Parse for Member {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        match ahead.parse() {
            Ok(method) => {
                input.advance_to(&ahead);
                Ok(Self::Method(Box::new(method)))
            }
            Err(_) => input.parse().map(Self::Other),
        }
    }
}

impl Parse for Method {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let sig = input.parse()?;
        if !input.peek(token::Brace) {
            return Err(input.error("expected a body"));
        }
        Ok(Self { attrs, vis, sig, body: input.parse()? })
    }
}

impl ToTokens for Block {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            attrs, impl_token, generics, self_ty, brace_token, inner_attrs, members, ..
        } = self;
        let where_clause = &generics.where_clause;
        tokens.extend(quote!(#(#attrs)* #impl_token #generics #self_ty #where_clause));
        brace_token.surround(tokens, |tokens| {
            tokens.extend(quote!(#(#inner_attrs)* #(#members)*));
        });
    }
}

impl ToTokens for Member {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Method(method) => {
                let Method { attrs, vis, sig, body } = &**method;
                tokens.extend(quote!(#(#attrs)* #vis #sig #body));
            }
            Self::Other(item) => item.to_tokens(tokens),
        }
    }
}

impl Method {
    /// What the method takes after its receiver.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &syn::PatType> {
        self.sig.inputs.iter().filter_map(|input| match input {
            syn::FnArg::Typed(parameter) => Some(parameter),
            syn::FnArg::Receiver(_) => None,
        })
    }

    pub(crate) fn body(&self) -> &Group {
        &self.body
    }

    /// For a body that will not be compiled as it was written, because of a fault in it.
    pub(crate) fn set_body(&mut self, body: Group) {
        self.body = body;
    }

    /// Keeps lints from asking for another signature than the one that a handler must have
    /// (clippy's `unused_self`): they look at where the function begins.
    pub(crate) fn quiet_head(&mut self) {
        match &mut self.vis {
            Visibility::Public(token) => token.span = quiet(token.span),
            Visibility::Restricted(restricted) => {
                restricted.pub_token.span = quiet(restricted.pub_token.span);
            }
            Visibility::Inherited => {}
        }
        if let Some(token) = &mut self.sig.constness {
            token.span = quiet(token.span);
        }
        self.sig.fn_token.span = quiet(self.sig.fn_token.span);
    }

    /// The conditions under which the method exists.
    pub(crate) fn cfgs(&self) -> Vec<Attribute> {
        cfgs(&self.attrs)
    }
}

/// The `cfg` attributes among others.
pub(crate) fn cfgs(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("cfg")).cloned().collect()
}

/// Under the parentheses and the invisible groups that `macro_rules!` puts around a type.
pub(crate) fn bare_type(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => bare_type(&group.elem),
        Type::Paren(paren) => bare_type(&paren.elem),
        other => other,
    }
}

/// Whether a type says `Exchange`, by value or behind references, with or without its path.
pub(crate) fn is_exchange(ty: &Type) -> bool {
    match bare_type(ty) {
        Type::Reference(reference) => is_exchange(&reference.elem),
        Type::Path(path) => {
            path.path.segments.last().is_some_and(|segment| segment.ident == "Exchange")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_comes_out_as_it_went_in() {
        let block = quote! {
            #[doc = "A block."]
            impl<'a, T: Store + 'a, const N: usize> module::App<'a, T, N> where T: Send {
                #![allow(dead_code)]
                pub const LIMIT: usize = { 1 + 1 };
                pub(crate) const fn new(Pair(a, b): Pair) -> Self where T: Default { Self { a, b } }
                #[inline] fn do_GET(&self, http: &mut Exchange<'_>) -> io::Result<()> { some new syntax ~> here }
                more! { items }
            }
        };
        let Ok(parsed) = parse(block.clone()) else { panic!("the block was refused") };
        assert_eq!(parsed.to_token_stream().to_string(), block.to_string());
    }

    #[test]
    fn other_items_are_refused() {
        for (item, word) in [
            (
                quote!(
                    struct App {
                        field: u8,
                    }
                ),
                "this is none",
            ),
            (
                quote!(
                    pub fn do_GET() {}
                ),
                "this is none",
            ),
            (quote!(impl Handler for App {}), "not of a trait"),
            (
                quote!(
                    impl<T> a::Handler<T> for App {}
                ),
                "not of a trait",
            ),
            (quote!(impl !Send for App {}), "not of a trait"),
            (
                quote!(
                    unsafe impl Send for App {}
                ),
                "not of a trait",
            ),
        ] {
            let Err(error) = parse(item.clone()) else { panic!("accepted: {item}") };
            assert!(error.to_string().contains(word), "{item}: {error}");
        }
    }
}
