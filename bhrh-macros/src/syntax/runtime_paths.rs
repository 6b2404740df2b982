//! All paths that generated code uses. They are absolute, so nothing that a user imports or shadows
//! changes their meaning.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Path, parse_quote};

/// Paths into the runtime, `::bhrh` or what `crate = …` says.
pub(crate) struct Paths {
    root: Path,
}

impl Default for Paths {
    fn default() -> Self {
        Self { root: parse_quote!(::bhrh) }
    }
}

impl Paths {
    /// The runtime under another name, for `crate = …`.
    pub(crate) fn renamed(root: Path) -> Self {
        Self { root }
    }

    pub(crate) fn handler(&self) -> TokenStream {
        self.below(quote!(Handler))
    }

    /// The default of a hook: a function of the same name in `bhrh::base`.
    pub(crate) fn base(&self, name: &str) -> TokenStream {
        let name = Ident::new(name, Span::call_site());
        self.below(quote!(base::#name))
    }

    pub(crate) fn exchange(&self) -> TokenStream {
        self.below(quote!(Exchange))
    }

    pub(crate) fn dispatch(&self) -> TokenStream {
        self.below(quote!(Dispatch))
    }

    pub(crate) fn http_error(&self) -> TokenStream {
        self.below(quote!(HttpError))
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
        self.below(quote!(IntoOutcome::into_outcome))
    }

    pub(crate) fn outcome_trait(&self) -> TokenStream {
        self.below(quote!(IntoOutcome))
    }

    pub(crate) fn local_error(&self) -> TokenStream {
        self.below(quote!(__private::local_error))
    }

    pub(crate) fn text_of(&self) -> TokenStream {
        self.below(quote!(IntoText::into_text))
    }

    pub(crate) fn route_info(&self) -> TokenStream {
        self.below(quote!(RouteInfo))
    }

    /// A function that finds or reads parts of a path.
    pub(crate) fn decoded_path(&self, name: TokenStream) -> TokenStream {
        self.below(quote!(__private::decoded_path::#name))
    }

    /// A function that reads the query.
    pub(crate) fn query(&self, name: TokenStream) -> TokenStream {
        self.below(quote!(__private::query::#name))
    }

    /// An item that reads the other inputs of methods.
    pub(crate) fn input(&self, name: TokenStream) -> TokenStream {
        self.below(quote!(__private::input::#name))
    }

    /// The trait of what a method returns as its answer.
    pub(crate) fn reply(&self) -> TokenStream {
        self.below(quote!(Reply))
    }

    /// The function that sends errors as problems of RFC 9457.
    pub(crate) fn send_problem(&self) -> TokenStream {
        self.below(quote!(negotiate::send_problem))
    }

    /// A function that builds paths.
    pub(crate) fn link(&self, name: TokenStream) -> TokenStream {
        self.below(quote!(__private::link::#name))
    }

    /// An item that describes routes.
    pub(crate) fn openapi(&self, name: &str) -> TokenStream {
        let name = Ident::new(name, Span::call_site());
        self.below(quote!(__private::openapi::#name))
    }

    /// The type of what is described.
    pub(crate) fn api(&self) -> TokenStream {
        self.below(quote!(openapi::Api))
    }

    /// The document.
    pub(crate) fn document(&self) -> TokenStream {
        self.below(quote!(openapi::Document))
    }

    /// The answers that an error type adds to.
    pub(crate) fn answers(&self) -> TokenStream {
        self.below(quote!(openapi::Answers))
    }

    /// Another item that routes need.
    pub(crate) fn private(&self, name: &str) -> TokenStream {
        let name = Ident::new(name, Span::call_site());
        self.below(quote!(__private::#name))
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

pub(crate) fn some() -> TokenStream {
    quote!(::core::option::Option::Some)
}

pub(crate) fn none() -> TokenStream {
    quote!(::core::option::Option::None)
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
