//! The code that reads the arguments of a method that answers, and calls the method.
//!
//! `__decoded` is the request's target where a route was found. A method for a command reads the
//! query from the exchange.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Expr, Type};

use super::call_method::outcome;
use super::comparisons::capture_local;
use super::returning::{failed, tried};
use super::{content, guards};
use crate::model::Command;
use crate::model::argument::{Argument, Form, Part, Source};
use crate::model::callee::Callee;
use crate::model::route::{Route, RouteMethod, Segment};
use crate::parse::guards::is_same;
use crate::syntax::runtime_paths::{self, Paths};
use crate::syntax::spans::{Ends, written};

/// Calls a method for one of its routes, and returns the outcome from `dispatch`.
pub(super) fn call_for_route(found: &RouteMethod, route: &Route, paths: &Paths) -> TokenStream {
    let (reading, outcome) = call(&found.method, &found.arguments, Some(route), paths);
    let dispatch = paths.dispatch();
    quote! {
        #reading
        return #dispatch::Handled(#outcome);
    }
}

/// The value of the arm for a command: calls the method.
pub(super) fn call_for_command(command: &Command, paths: &Paths) -> TokenStream {
    let (reading, outcome) = call(&command.method, &command.arguments, None, paths);
    let dispatch = paths.dispatch();
    match reading.is_empty() {
        true => quote!(#dispatch::Handled(#outcome)),
        false => quote!({ #reading #dispatch::Handled(#outcome) }),
    }
}

/// The statements that read the arguments, and the outcome of the call. A route is there for a
/// method with routes.
fn call(
    method: &Callee,
    arguments: &[Argument],
    route: Option<&Route>,
    paths: &Paths,
) -> (TokenStream, TokenStream) {
    let mut locals = Vec::new();
    if method.takes_exchange {
        locals.push(format_ident!("__http"));
    }
    // The path is read first: one that does not fit is a 404, whatever else the request says. The
    // content is read last, because reading may take long.
    let (mut of_path, mut named, mut contents) = (Vec::new(), Vec::new(), Vec::new());
    let mut given: Vec<(&Expr, TokenStream)> = Vec::new();
    for (index, argument) in arguments.iter().enumerate() {
        let local = format_ident!("__a{index}", span = Span::call_site());
        let value = Value { form: &argument.form, local: &local, paths };
        match &argument.source {
            Source::Path(name) => of_path.extend(route.map(|route| value.of_path(route, name))),
            Source::Named { part, name, default } => {
                let from = named_values(*part, route.is_some(), paths);
                let default = default.as_ref().map(ToTokens::to_token_stream);
                named.push(value.named(*part, &from, name, default));
            }
            Source::QueryStruct => {
                let from = named_values(Part::Query, route.is_some(), paths);
                named.push(value.whole_query(&from));
            }
            Source::Guard(guard) => {
                if let Form::Parsed(ty) = &argument.form {
                    given.push((guard, guards::value(guard, ty, &local, paths)));
                }
            }
            Source::Content { format, limit } => {
                contents.push(content::read(
                    &argument.form,
                    *format,
                    limit.as_ref(),
                    &local,
                    paths,
                ));
            }
        }
        locals.push(local);
    }
    let guards = run_guards(&method.guards, given, paths);
    let outcome = outcome(method, &locals, paths);
    (quote!(#(#of_path)* #(#guards)* #(#named)* #(#contents)*), outcome)
}

/// Runs each guard once: those of the block and of the method, then those of arguments. A guard
/// whose value an argument takes runs in its place among the first, if it is there.
fn run_guards(
    before: &[Expr],
    mut given: Vec<(&Expr, TokenStream)>,
    paths: &Paths,
) -> Vec<TokenStream> {
    let mut all = Vec::new();
    for (index, guard) in before.iter().enumerate() {
        if before[..index].iter().any(|earlier| is_same(earlier, guard)) {
            continue;
        }
        match given.iter().position(|(other, _)| is_same(other, guard)) {
            Some(position) => all.push(given.remove(position).1),
            None => all.push(guards::check(guard, paths)),
        }
    }
    all.extend(given.into_iter().map(|(_, value)| value));
    all
}

/// What the values of a part of the request are read from.
fn named_values(part: Part, is_routed: bool, paths: &Paths) -> TokenStream {
    match part {
        Part::Query if is_routed => quote!(__decoded.query()),
        Part::Query => {
            let of = paths.query(quote!(of));
            quote!(#of(__http.path))
        }
        Part::Header => quote!(&__http.headers),
        Part::Cookie => quote!(&*__http),
    }
}

/// Writes the statements that read one argument into a local variable.
struct Value<'v> {
    form: &'v Form,
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
        match self.form {
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

    /// A value that the request names.
    fn named(
        &self,
        part: Part,
        from: &TokenStream,
        name: &str,
        default: Option<TokenStream>,
    ) -> TokenStream {
        let local = self.local;
        let function = |function: TokenStream| match part {
            Part::Query => self.paths.query(function),
            Part::Header => self.paths.input(quote!(header::#function)),
            Part::Cookie => self.paths.input(quote!(cookie::#function)),
        };
        let ask = |name_of: TokenStream| {
            let function = function(name_of);
            quote!(#function(#from, #name))
        };
        // The call is given the function that reads one value, so that an error about a type that
        // cannot be read points at the type.
        let asked_for = |name_of: TokenStream, ty: &Type| {
            let (function, read) = (function(name_of), self.read(ty));
            quote!(#function(#from, #name, |__v: &str| #read(__v)))
        };
        let (some, none) = (runtime_paths::some(), runtime_paths::none());
        let missing = function(quote!(missing));
        let absent = match &default {
            Some(default) => {
                let ty = self.default_type();
                quote!(#none => { let __default: #ty = #default; __default })
            }
            None => {
                let failed = failed(&quote!(#missing(#name)), self.paths);
                quote!(#none => #failed)
            }
        };
        match self.form {
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
                let parsed = self.tried(asked_for(quote!(parsed), ty));
                quote!(#parsed let #local = match #local { #some(__v) => __v, #absent };)
            }
            Form::Optional(form) => match &**form {
                Form::Parsed(ty) => self.tried(asked_for(quote!(parsed), ty)),
                Form::Borrowed => {
                    let text = self.tried(ask(quote!(text)));
                    quote!(#text let #local = #local.as_deref();)
                }
                _ => self.tried(ask(quote!(text))),
            },
            Form::Many(form) => match &**form {
                Form::Parsed(ty) => self.tried(asked_for(quote!(all_parsed), ty)),
                Form::Borrowed => {
                    let texts = ask(quote!(all));
                    let borrowed = self.paths.query(quote!(borrowed));
                    quote!(let #local = #texts; let #local = #borrowed(&#local);)
                }
                _ => {
                    let texts = ask(quote!(all));
                    quote!(let #local = #texts;)
                }
            },
            // Only the content has these forms.
            Form::BorrowedBytes | Form::Tried(..) => TokenStream::new(),
        }
    }

    /// The whole query as one value.
    fn whole_query(&self, from: &TokenStream) -> TokenStream {
        let Form::Parsed(ty) = self.form else { return TokenStream::new() };
        let at = Ends::of(ty).first;
        let request = written(self.paths.input(quote!(Request)), at);
        let gives = written(self.paths.input(quote!(GivesQuery)), at);
        self.tried(quote!(<#request as #gives<#ty>>::from_query(#from)))
    }

    /// `<Request as GivesParameter<T>>::read`, placed at the type, which may not be one.
    fn read(&self, ty: &Type) -> TokenStream {
        let at = Ends::of(ty).first;
        let request = written(self.paths.input(quote!(Request)), at);
        let gives = written(self.paths.input(quote!(GivesParameter)), at);
        quote!(<#request as #gives<#ty>>::read)
    }

    /// The type that a default must have.
    fn default_type(&self) -> TokenStream {
        let cow = runtime_paths::cow();
        match self.form {
            Form::Parsed(ty) => ty.to_token_stream(),
            Form::Borrowed => quote!(&str),
            Form::Cow => quote!(#cow<'_, str>),
            // The other forms need no default: `parse` refuses it.
            _ => quote!(_),
        }
    }

    /// Puts the value of a result into the local, or returns its error from `dispatch`.
    fn tried(&self, result: TokenStream) -> TokenStream {
        tried(self.local, &result, self.paths)
    }
}
