//! The item under `#[derive(HttpError)]`: tokens in, [`ErrorType`] out.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Fields, Item, LitInt, LitStr, Meta, Token};

use crate::model::http_error::{Answer, ErrorType, Variant};
use crate::syntax::diagnostics::{Diagnostics, message};

const EXAMPLE: &str = "write `#[status(404)]`, or `#[status(404, \"No such user\")]` with a reason; \
                       `#[status(transparent)]` takes both from the error inside";

/// Reads an enum or a struct. `None` if its shape is not understood.
pub(crate) fn parse(item: TokenStream, diagnostics: &mut Diagnostics) -> Option<ErrorType> {
    match syn::parse2(item) {
        Ok(Item::Enum(item)) => {
            let common = common(&item.attrs, diagnostics);
            let mut variants = Vec::new();
            for variant in &item.variants {
                let place = &variant.ident;
                let own = answer(&variant.attrs, Some(&variant.fields), diagnostics);
                match own.or_else(|| common.clone().map(Ok)) {
                    Some(Ok(answer)) => variants.push(Variant {
                        name: Some(variant.ident.clone()),
                        cfgs: cfgs(&variant.attrs),
                        answer,
                    }),
                    Some(Err(fault)) => diagnostics.push(fault),
                    None => {
                        let wrong = format!("`{place}` does not say its status");
                        let help = format!("{EXAMPLE}; above the enum it is that of all others");
                        diagnostics.fault(place, wrong, help);
                    }
                }
            }
            Some(ErrorType { name: item.ident, generics: item.generics, variants })
        }
        Ok(Item::Struct(item)) => {
            let name = &item.ident;
            let variants = match answer(&item.attrs, Some(&item.fields), diagnostics) {
                Some(Ok(answer)) => vec![Variant { name: None, cfgs: Vec::new(), answer }],
                Some(Err(fault)) => {
                    diagnostics.push(fault);
                    Vec::new()
                }
                None => {
                    diagnostics.fault(name, format!("`{name}` does not say its status"), EXAMPLE);
                    Vec::new()
                }
            };
            Some(ErrorType { name: item.ident, generics: item.generics, variants })
        }
        Ok(other) => {
            let help = "write it above an enum or a struct";
            // The word `union`; the whole item would make a long message.
            let tokens = other.to_token_stream().into_iter();
            let word: TokenStream =
                tokens.filter(|token| matches!(token, TokenTree::Ident(_))).take(1).collect();
            diagnostics.fault(word, "`HttpError` can be derived for an enum or a struct", help);
            None
        }
        Err(fault) => {
            diagnostics.push(fault);
            None
        }
    }
}

/// The status above an enum.
fn common(attrs: &[Attribute], diagnostics: &mut Diagnostics) -> Option<Answer> {
    match answer(attrs, None, diagnostics)? {
        Ok(answer) => Some(answer),
        Err(fault) => {
            diagnostics.push(fault);
            None
        }
    }
}

/// What the `#[status(…)]` among these attributes says, if there is one. There are fields where an
/// error inside is possible.
fn answer(
    attrs: &[Attribute],
    fields: Option<&Fields>,
    diagnostics: &mut Diagnostics,
) -> Option<syn::Result<Answer>> {
    let mut ours = attrs.iter().filter(|attr| attr.path().is_ident("status"));
    let first = ours.next()?;
    for second in ours {
        diagnostics.fault(second, "`#[status]` is written twice", "keep one of the two");
    }
    let Meta::List(list) = &first.meta else {
        let wrong = "`#[status]` says no status";
        return Some(Err(syn::Error::new_spanned(&first.meta, message(wrong, EXAMPLE))));
    };
    let read = |input: ParseStream<'_>| {
        if input.peek(Ident::peek_any) {
            return transparent(input, fields);
        }
        let place = input.span();
        let code: LitInt = input
            .parse()
            .map_err(|_| syn::Error::new(place, message("expected a status", EXAMPLE)))?;
        check_code(&code)?;
        let message = reason(input)?;
        Ok(Answer::Status { code, message })
    };
    Some(list.parse_args_with(read))
}

fn transparent(input: ParseStream<'_>, fields: Option<&Fields>) -> syn::Result<Answer> {
    let word = input.call(Ident::parse_any)?;
    if word != "transparent" || !input.is_empty() {
        let wrong = format!("`#[status]` does not take `{word}`");
        return Err(syn::Error::new_spanned(word, message(wrong, EXAMPLE)));
    }
    let types = fields.into_iter().flat_map(|fields| fields.iter().map(|field| &field.ty));
    let mut members = fields.into_iter().flat_map(Fields::members).zip(types);
    match (members.next(), members.next()) {
        (Some((member, ty)), None) => Ok(Answer::Inner(member, Box::new(ty.clone()))),
        _ => {
            let wrong = "`#[status(transparent)]` needs exactly one field, the error inside";
            Err(syn::Error::new_spanned(word, message(wrong, "write a status: `#[status(500)]`")))
        }
    }
}

fn check_code(code: &LitInt) -> syn::Result<()> {
    match code.base10_parse::<u16>() {
        Ok(400..=599) => Ok(()),
        _ => {
            let wrong = format!("`{code}` is not the status of an error");
            let help = "the statuses of errors are 400 to 599";
            Err(syn::Error::new(code.span(), message(wrong, help)))
        }
    }
}

/// `, "No such user"`
fn reason(input: ParseStream<'_>) -> syn::Result<Option<LitStr>> {
    let unknown = |input: ParseStream<'_>| {
        let wrong = "`#[status]` takes a status and a reason phrase";
        syn::Error::new(input.span(), message(wrong, EXAMPLE))
    };
    if input.is_empty() {
        return Ok(None);
    }
    input.parse::<Token![,]>().map_err(|_| unknown(input))?;
    if input.is_empty() {
        return Ok(None);
    }
    if !input.peek(LitStr) {
        return Err(unknown(input));
    }
    let reason: LitStr = input.parse()?;
    if reason.value().contains(|c: char| c.is_control()) {
        let wrong = "the reason phrase is sent in the status line, but has a control character";
        let help = "write it on one line; what follows is for the error's `Display`";
        return Err(syn::Error::new(reason.span(), message(wrong, help)));
    }
    input.parse::<Option<Token![,]>>()?;
    if input.is_empty() { Ok(Some(reason)) } else { Err(unknown(input)) }
}

fn cfgs(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("cfg")).cloned().collect()
}
