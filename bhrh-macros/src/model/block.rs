//! The user's `impl` block, kept so that it can be written out again.
//!
//! The bodies of methods are not parsed. They pass through as they are, so that they may use any
//! syntax that Rust will ever have.

use proc_macro2::{Group, TokenStream};
use quote::{ToTokens, quote};
use syn::{Attribute, Generics, ImplItem, Signature, Token, Type, Visibility, token};

use crate::syntax::as_written::{bare_type, is_exchange};
use crate::syntax::spans::quiet;

/// An inherent `impl` block.
pub(crate) struct Block {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) impl_token: Token![impl],
    pub(crate) generics: Generics,
    pub(crate) self_ty: Type,
    pub(crate) brace_token: token::Brace,
    pub(crate) inner_attrs: Vec<Attribute>,
    pub(crate) members: Vec<Member>,
}

pub(crate) enum Member {
    Method(Box<Method>),
    Other(Box<ImplItem>),
}

/// A function in the block. Its body is a group of unread tokens.
pub(crate) struct Method {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: Group,
}

impl ToTokens for Block {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attrs, impl_token, generics, self_ty, brace_token, inner_attrs, members } = self;
        let where_clause = &generics.where_clause;
        tokens.extend(quote!(#(#attrs)* #impl_token #generics #self_ty #where_clause));
        brace_token.surround(tokens, |tokens| {
            tokens.extend(quote!(#(#inner_attrs)* #(#members)*));
        });
    }
}

impl From<Method> for Member {
    fn from(method: Method) -> Self {
        Self::Method(Box::new(method))
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

impl Block {
    pub(crate) fn methods(&self) -> impl Iterator<Item = &Method> {
        self.members.iter().filter_map(|member| match member {
            Member::Method(method) => Some(&**method),
            Member::Other(_) => None,
        })
    }

    /// The conditions under which the block exists.
    pub(crate) fn cfgs(&self) -> Vec<Attribute> {
        cfgs(&self.attrs)
    }
}

impl Method {
    /// The parameters after the receiver.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &syn::PatType> {
        self.sig.inputs.iter().filter_map(|input| match input {
            syn::FnArg::Typed(parameter) => Some(parameter),
            syn::FnArg::Receiver(_) => None,
        })
    }

    /// Whether the first parameter is the exchange. One that is `&mut` is the exchange under any
    /// name, since nothing else is lent so.
    pub(crate) fn begins_with_exchange(&self) -> bool {
        self.parameters().next().is_some_and(|parameter| {
            let is_lent = matches!(
                bare_type(&parameter.ty),
                syn::Type::Reference(reference) if reference.mutability.is_some()
            );
            is_exchange(&parameter.ty) || is_lent
        })
    }

    pub(crate) fn takes_exchange(&self) -> bool {
        self.parameters().any(|parameter| is_exchange(&parameter.ty))
    }

    /// Whether the method takes `self` only, as Python's methods do.
    pub(crate) fn takes_only_self(&self) -> bool {
        self.sig.receiver().is_some() && self.parameters().next().is_none()
    }

    /// Keeps lints from asking for another name or signature. They look at the function's name, or
    /// at its first token (clippy's `unused_self`).
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
        self.sig.ident.set_span(quiet(self.sig.ident.span()));
    }

    /// The conditions under which the method exists.
    pub(crate) fn cfgs(&self) -> Vec<Attribute> {
        cfgs(&self.attrs)
    }
}

/// The `cfg` attributes among all attributes.
fn cfgs(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("cfg")).cloned().collect()
}
