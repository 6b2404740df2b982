//! The code that runs when a route was found: it reads the arguments from the path and the query,
//! and calls the method.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Type;

use super::call_method::outcome;
use super::comparisons::capture_local;
use crate::model::route::{Argument, Form, Route, RouteMethod, Segment, Source};
use crate::syntax::runtime_paths::{self, Paths};
use crate::syntax::spans::{Ends, place};

/// Calls a method for one of its routes, and returns the outcome from `dispatch`.
pub(super) fn call(found: &RouteMethod, route: &Route, paths: &Paths) -> TokenStream {
    let mut locals = vec![format_ident!("__http")];
    // The path is read before the query: a path that does not fit is a 404, whatever the query
    // says.
    let (mut of_path, mut of_query) = (Vec::new(), Vec::new());
    for (index, argument) in found.arguments.iter().enumerate() {
        let local = format_ident!("__a{index}", span = Span::call_site());
        let value = Value { argument, local: &local, paths };
        match &argument.source {
            Source::Path(name) => of_path.push(value.of_path(route, name)),
            Source::Query { name, default } => {
                let default = default.as_ref().map(ToTokens::to_token_stream);
                of_query.push(value.of_query(name, default));
            }
        }
        locals.push(local);
    }
    let dispatch = paths.dispatch();
    let outcome = outcome(&found.method, &locals, paths);
    quote! {
        #(#of_path)*
        #(#of_query)*
        return #dispatch::Handled(#outcome);
    }
}

/// Writes the statements that read one argument into a local variable.
struct Value<'v> {
    argument: &'v Argument,
    local: &'v Ident,
    paths: &'v Paths,
}

impl Value<'_> {
    fn of_path(&self, route: &Route, name: &str) -> TokenStream {
        let local = self.local;
        let parameters =
            route.pattern.segments.iter().filter(|segment| segment.parameter().is_some());
        let found = parameters.enumerate().find(|(_, segment)| segment.parameter() == Some(name));
        let Some((index, segment)) = found else {
            let none = runtime_paths::none();
            return quote!(let #local = #none;);
        };
        let capture = capture_local(index);
        let text = match segment {
            Segment::Rest(_) => quote!(__decoded.rest_text(#capture)),
            _ => quote!(__decoded.text(#capture)),
        };
        let some = runtime_paths::some();
        match &self.argument.form {
            Form::Optional(form) => {
                let value = self.read_text(form, &text);
                quote!(#value let #local = #some(#local);)
            }
            form => self.read_text(form, &text),
        }
    }

    /// Converts a text to the argument's type. If that fails, the path is not found.
    fn read_text(&self, form: &Form, text: &TokenStream) -> TokenStream {
        let (local, paths) = (self.local, self.paths);
        match form {
            Form::Borrowed => quote! {
                let #local = #text;
                let #local = &*#local;
            },
            Form::Parsed(ty) => {
                let (read, some, dispatch) =
                    (self.read(ty), runtime_paths::some(), paths.dispatch());
                quote! {
                    let #some(#local) = #read(&#text) else {
                        return #dispatch::NotFound;
                    };
                }
            }
            _ => quote!(let #local = #text;),
        }
    }

    fn of_query(&self, name: &str, default: Option<TokenStream>) -> TokenStream {
        let local = self.local;
        let query = |function: TokenStream| self.paths.query(function);
        let ask = |function: TokenStream| {
            let function = query(function);
            quote!(#function(__decoded.query(), #name))
        };
        let (some, none) = (runtime_paths::some(), runtime_paths::none());
        let missing = query(quote!(missing));
        let absent = match &default {
            Some(default) => {
                let ty = self.default_type();
                quote!(#none => { let __default: #ty = #default; __default })
            }
            None => {
                let failed = self.failed(quote!(#missing(#name)));
                quote!(#none => #failed)
            }
        };
        match &self.argument.form {
            Form::Flag => self.tried(ask(quote!(flag))),
            Form::Cow => {
                let text = self.tried(ask(quote!(text)));
                quote!(#text let #local = match #local { #some(__v) => __v, #absent };)
            }
            Form::Borrowed => {
                let text = self.tried(ask(quote!(text)));
                quote!(#text let #local = match &#local { #some(__v) => &**__v, #absent };)
            }
            Form::Parsed(ty) => {
                let parsed = self.tried(self.asked_for(quote!(parsed), name, ty));
                quote!(#parsed let #local = match #local { #some(__v) => __v, #absent };)
            }
            Form::Optional(form) => match &**form {
                Form::Parsed(ty) => self.tried(self.asked_for(quote!(parsed), name, ty)),
                Form::Borrowed => {
                    let text = self.tried(ask(quote!(text)));
                    quote!(#text let #local = #local.as_deref();)
                }
                _ => self.tried(ask(quote!(text))),
            },
            Form::Many(form) => match &**form {
                Form::Parsed(ty) => self.tried(self.asked_for(quote!(all_parsed), name, ty)),
                Form::Borrowed => {
                    let texts = ask(quote!(all));
                    let borrowed = query(quote!(borrowed));
                    quote!(let #local = #texts; let #local = #borrowed(&#local);)
                }
                _ => {
                    let texts = ask(quote!(all));
                    quote!(let #local = #texts;)
                }
            },
        }
    }

    /// `<T as Parameter>::read`, placed at the type, which may not implement the trait.
    fn read(&self, ty: &Type) -> TokenStream {
        let parameter = place(self.paths.parameter(), Ends::of(ty).first);
        quote!(<#ty as #parameter>::read)
    }

    /// Asks the query for values of a type. The call is given the function that reads one value, so
    /// that an error about a type that cannot be read points at the type.
    fn asked_for(&self, function: TokenStream, name: &str, ty: &Type) -> TokenStream {
        let (function, read) = (self.paths.query(function), self.read(ty));
        quote!(#function(__decoded.query(), #name, |__v: &str| #read(__v)))
    }

    /// The type that a default must have.
    fn default_type(&self) -> TokenStream {
        let cow = runtime_paths::cow();
        match &self.argument.form {
            Form::Parsed(ty) => ty.to_token_stream(),
            Form::Borrowed => quote!(&str),
            Form::Cow => quote!(#cow<'_, str>),
            // The other forms need no default: `parse` refuses it.
            _ => quote!(_),
        }
    }

    /// Puts the value of a result into the local, or returns its error from `dispatch`.
    fn tried(&self, result: TokenStream) -> TokenStream {
        let (local, core) = (self.local, runtime_paths::result());
        let failed = self.failed(quote!(__e));
        quote! {
            let #local = match #result {
                #core::Ok(__v) => __v,
                #core::Err(__e) => #failed,
            };
        }
    }

    fn failed(&self, error: TokenStream) -> TokenStream {
        let (dispatch, core) = (self.paths.dispatch(), runtime_paths::result());
        quote!(return #dispatch::Handled(#core::Err(#error)))
    }
}
