//! The argument `openapi(title = "Shop", security(self.user = Security::bearer()))`, and what is
//! said of a method with routes.

use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta, ReturnType, Token, parenthesized};

use super::returns::returned;
use crate::model::block::Method;
use crate::model::callee::Returned;
use crate::model::openapi::{Description, OpenApi};
use crate::syntax::diagnostics::{Diagnostics, message};

const EXAMPLE: &str = "write `openapi`, or `openapi(title = \"Shop\", version = \"1.0\")`; also \
                       `document = \"/openapi.json\"`, `docs = \"/docs\"`, `problems` and `security(self.user = Security::bearer())`";

/// Whether bhrh has its feature `openapi`, which turns this crate's on. (Tests of this crate need
/// no runtime.)
const IS_ON: bool = cfg!(any(test, feature = "openapi"));

/// Reads what follows the word `openapi`.
pub(super) fn read(
    name: &Ident,
    input: ParseStream<'_>,
    diagnostics: &mut Diagnostics,
) -> syn::Result<OpenApi> {
    let mut found = OpenApi::default();
    if input.peek(syn::token::Paren) {
        let content;
        parenthesized!(content in input);
        let read = inside(&content, &mut found);
        if read.is_err() {
            let _rest: TokenStream = content.parse()?;
        }
        read?;
    } else if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        let _value: Expr = input.parse()?;
        diagnostics.fault(name, "`openapi` does not take a value", EXAMPLE);
    }
    if !IS_ON {
        let help = "turn it on: `cargo add bhrh --features openapi`";
        diagnostics.fault(name, "`openapi` is in bhrh's feature `openapi`, which is off", help);
    }
    Ok(found)
}

fn inside(input: ParseStream<'_>, found: &mut OpenApi) -> syn::Result<()> {
    while !input.is_empty() {
        let place = input.span();
        let unknown = || syn::Error::new(place, message("`openapi` does not take this", EXAMPLE));
        let word: Ident = input.call(Ident::parse_any).map_err(|_| unknown())?;
        match &*word.to_string() {
            "problems" => found.has_problems = true,
            "security" if input.peek(syn::token::Paren) => {
                let content;
                parenthesized!(content in input);
                security(&word, &content, found)?;
            }
            "title" if input.peek(Token![=]) => found.title = Some(value(input)?),
            "document" if input.peek(Token![=]) => found.document = Some(path(&word, input)?),
            "docs" if input.peek(Token![=]) => found.docs = Some(path(&word, input)?),
            "version" if input.peek(Token![=]) => found.version = Some(value(input)?),
            _ => return Err(unknown()),
        }
        if !input.is_empty() {
            input.parse::<Token![,]>().map_err(|_| {
                input.error(message("expected a comma", "write `openapi(title = …, version = …)`"))
            })?;
        }
    }
    Ok(())
}

fn value(input: ParseStream<'_>) -> syn::Result<Expr> {
    input.parse::<Token![=]>()?;
    input.parse()
}

/// Where a route is added.
fn path(word: &Ident, input: ParseStream<'_>) -> syn::Result<LitStr> {
    match value(input)? {
        Expr::Lit(ExprLit { lit: Lit::Str(path), .. }) => Ok(path),
        other => {
            let help = format!("write a path: `{word} = \"/{word}\"`");
            let wrong = format!("`{word}` is a text");
            Err(syn::Error::new_spanned(other, message(wrong, help)))
        }
    }
}

/// `self.user = Security::bearer()`
fn security(word: &Ident, input: ParseStream<'_>, found: &mut OpenApi) -> syn::Result<()> {
    let help =
        "write `security(self.user = Security::bearer())`: a guard, and how it knows clients";
    let no_scheme = |place: TokenStream| {
        syn::Error::new_spanned(place, message("this names no guard with its scheme", help))
    };
    if input.is_empty() {
        return Err(no_scheme(quote::quote!(#word)));
    }
    while !input.is_empty() {
        match input.parse()? {
            Expr::Assign(pair) if matches!(*pair.left, Expr::Path(_) | Expr::Field(_)) => {
                found.security.push((*pair.left, *pair.right));
            }
            other => return Err(no_scheme(quote::quote!(#other))),
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    Ok(())
}

/// What is said of a method with routes.
pub(super) fn description(method: &Method) -> Description {
    let answer = match (returned(&method.sig), &method.sig.output) {
        (Returned::Typed(_) | Returned::LocalError, ReturnType::Type(_, ty)) => Some(ty.clone()),
        _ => None,
    };
    Description {
        docs: docs(&method.attrs),
        is_deprecated: method.attrs.iter().any(|attr| attr.path().is_ident("deprecated")),
        is_hidden: method.attrs.iter().any(is_hidden),
        answer,
    }
}

/// The texts of documentation comments.
pub(crate) fn docs(attrs: &[Attribute]) -> Vec<Expr> {
    let docs = attrs.iter().filter(|attr| attr.path().is_ident("doc"));
    let texts = docs.filter_map(|attr| match &attr.meta {
        Meta::NameValue(meta) => Some(meta.value.clone()),
        _ => None,
    });
    texts.collect()
}

/// Whether the attribute is `#[doc(hidden)]`.
fn is_hidden(attr: &Attribute) -> bool {
    attr.path().is_ident("doc") && attr.parse_args::<Ident>().is_ok_and(|word| word == "hidden")
}
