//! The `impl` block under the attribute: tokens in, [`Block`] out. Nothing here knows HTTP.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Generics, Ident, Token, Type, braced, token};

use crate::model::block::{Block, Member, Method};
use crate::syntax::as_written::ends_in;
use crate::syntax::diagnostics::{Diagnostics, message};

const ON_AN_IMPL_BLOCK: &str = "write it above the `impl` block that holds the `do_*` methods: \
    `#[http_handler] impl App { fn do_GET(&self, http: &mut Exchange) -> io::Result<()> { … } }`";

/// Reads the item under the attribute. If it is not an inherent `impl` block, the error says what
/// to write.
pub(crate) fn parse(item: TokenStream, diagnostics: &mut Diagnostics) -> syn::Result<Block> {
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
        after_attrs(attrs, input, diagnostics)
    };
    attrs_and_rest.parse2(item)
}

fn after_attrs(
    mut attrs: Vec<Attribute>,
    input: ParseStream<'_>,
    diagnostics: &mut Diagnostics,
) -> syn::Result<Block> {
    attrs.retain(|attr| {
        let is_ours = ends_in(attr.path(), "http_handler");
        if is_ours {
            let wrong = "`#[http_handler]` stands above this block twice";
            let help = "keep one, with all arguments: `#[http_handler(…, …)]`";
            diagnostics.fault(attr, wrong, help);
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
            Err(_) => diagnostics.push(unreadable(&content)?),
        }
    }
    Ok(Block { attrs, impl_token, generics, self_ty, brace_token, inner_attrs, members })
}

/// Skips a member that is not whole, up to the next `}` or `;`. The compiler has mostly said what
/// is missing. The rest of the block is still read, so that nothing else is reported that follows
/// from this one mistake.
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

/// The tokens of an item before its first braces.
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

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    fn read(item: TokenStream) -> syn::Result<Block> {
        let mut diagnostics = Diagnostics::new();
        let block = parse(item, &mut diagnostics);
        diagnostics.finish().and(block)
    }

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
        let Ok(parsed) = read(block.clone()) else { panic!("the block was refused") };
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
            let Err(error) = read(item.clone()) else { panic!("accepted: {item}") };
            assert!(error.to_string().contains(word), "{item}: {error}");
        }
    }
}
