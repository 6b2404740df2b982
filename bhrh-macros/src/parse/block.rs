//! The `impl` block under the attribute: tokens in, [`Block`] out. Nothing here knows HTTP.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Generics, Ident, Token, Type, braced, token};

use crate::model::block::{Block, Member, Method};
use crate::syntax::as_written::{ends_in, is_mark};
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
            let wrong = "`#[http_handler]` goes above an `impl` block, but this is another item";
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
            Err(_) => skip_member(&content, diagnostics)?,
        }
    }
    Ok(Block { attrs, impl_token, generics, self_ty, brace_token, inner_attrs, members })
}

/// Skips a member that is not whole, up to the next `}` or `;`. The rest of the block is still
/// read, so that nothing else is reported that follows from this one mistake.
fn skip_member(content: ParseStream<'_>, diagnostics: &mut Diagnostics) -> syn::Result<()> {
    let (mut head, mut has_end) = (Vec::new(), false);
    while !content.is_empty() && !has_end {
        let token: TokenTree = content.parse()?;
        has_end = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        };
        if !has_end {
            head.push(token);
        }
    }
    if is_refused_by_every_compiler(&head, has_end) {
        diagnostics.push_told();
    } else {
        let help = "write `fn do_GET(&self, http: &mut Exchange) -> io::Result<()> { … }`";
        let head: TokenStream = head.into_iter().collect();
        diagnostics.fault(head, "this is not a whole method", help);
    }
    Ok(())
}

/// Whether a function is half typed in a way that no future syntax will allow. The compiler reports
/// it before it calls the macro.
fn is_refused_by_every_compiler(head: &[TokenTree], has_end: bool) -> bool {
    let is_fn = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "fn");
    let Some(start) = head.iter().position(is_fn) else { return false };
    let [_, TokenTree::Ident(_), TokenTree::Group(parameters), after @ ..] = &head[start..] else {
        return false;
    };
    let parameters: Vec<TokenTree> = parameters.stream().into_iter().collect();
    let lacks_type_of_parameter = match &parameters[..] {
        [.., comma, TokenTree::Ident(_)] => is_mark(comma, ','),
        [.., last] => is_mark(last, ':'),
        [] => false,
    };
    let lacks_body = !has_end
        || after.windows(2).any(|two| is_fn(&two[0]) && matches!(two[1], TokenTree::Ident(_)));
    let lacks_return_type =
        matches!(after, [.., minus, greater] if is_mark(minus, '-') && is_mark(greater, '>'));
    lacks_type_of_parameter || lacks_body || lacks_return_type
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
        let finished = diagnostics.finish();
        block.inspect(|_| assert!(finished.is_ok()))
    }

    #[test]
    fn what_the_compiler_has_reported_is_not_reported_again() {
        let told = |member: TokenStream| {
            let mut diagnostics = Diagnostics::new();
            parse(quote!(impl App { fn f() {} #member }), &mut diagnostics).expect("a block");
            diagnostics.finish().expect_err("a fault").is_empty()
        };
        assert!(told(quote!(fn do_GET(&self, http: &mut Exchange) -> {})));
        assert!(told(quote!(fn do_GET(&self, http: &mut Exchange) -> io::Result<()>)));
        assert!(told(quote!(fn do_GET(&self, http: &mut Exchange) fn do_PUT(&self) {})));
        assert!(told(quote!(fn do_GET(&self, http) {})));
        assert!(told(quote!(fn do_GET(&self, http:) {})));
        // Some compiler may accept these one day.
        assert!(!told(quote!(fn do_GET(&self, http: &mut Exchange) ~> u8 {})));
        assert!(!told(quote!(fn do_GET(&self, ~http: &mut Exchange) {})));
        assert!(!told(quote!(fun do_GET(&self) {})));
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
                "this is another item",
            ),
            (
                quote!(
                    pub fn do_GET() {}
                ),
                "this is another item",
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
