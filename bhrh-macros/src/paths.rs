//! The paths that generated code uses, all in one place, all absolute: nothing that a user may
//! import, shadow or leave out changes what they mean.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Path, parse_quote};

/// Paths into the runtime, from where the user has it.
pub(crate) struct Paths {
    root: Path,
}

impl Default for Paths {
    fn default() -> Self {
        Self { root: parse_quote!(::bhrh) }
    }
}

impl Paths {
    /// For `crate = …`: the runtime under another name.
    pub(crate) fn renamed(root: Path) -> Self {
        Self { root }
    }

    pub(crate) fn handler(&self) -> TokenStream {
        self.below(quote!(Handler))
    }

    pub(crate) fn exchange(&self) -> TokenStream {
        self.below(quote!(Exchange))
    }

    pub(crate) fn dispatch(&self) -> TokenStream {
        self.below(quote!(Dispatch))
    }

    pub(crate) fn error(&self) -> TokenStream {
        self.below(quote!(Error))
    }

    pub(crate) fn responses(&self) -> TokenStream {
        self.below(quote!(Responses))
    }

    pub(crate) fn log_format(&self) -> TokenStream {
        self.below(quote!(LogFormat))
    }

    pub(crate) fn outcome_of(&self) -> TokenStream {
        self.below(quote!(__private::IntoOutcome::into_outcome))
    }

    pub(crate) fn text_of(&self) -> TokenStream {
        self.below(quote!(__private::IntoText::into_text))
    }

    fn below(&self, name: TokenStream) -> TokenStream {
        let root = &self.root;
        quote!(#root::#name)
    }
}

pub(crate) fn cow() -> TokenStream {
    quote!(::std::borrow::Cow)
}

pub(crate) fn io_result() -> TokenStream {
    quote!(::std::io::Result)
}

pub(crate) fn result() -> TokenStream {
    quote!(::core::result::Result)
}

pub(crate) fn option() -> TokenStream {
    quote!(::core::option::Option)
}

pub(crate) fn arguments() -> TokenStream {
    quote!(::core::fmt::Arguments)
}

pub(crate) fn duration() -> TokenStream {
    quote!(::core::time::Duration)
}

pub(crate) fn system_time() -> TokenStream {
    quote!(::std::time::SystemTime)
}
