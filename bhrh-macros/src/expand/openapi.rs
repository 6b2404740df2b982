//! `fn describe` of the trait: what the routes take and answer, for an OpenAPI document.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Expr, Lit, Member, Type, UnOp};

use super::guards;
use super::route_table::pattern_text;
use crate::model::Handlers;
use crate::model::argument::{Argument, Form, Format, Part, Source};
use crate::model::openapi::OpenApi;
use crate::model::route::{Route, RouteMethod, Segment};
use crate::parse::guards::is_same;
use crate::parse::openapi::docs;
use crate::syntax::as_written::{bare_expr, bare_type, last_segment, type_arguments};
use crate::syntax::runtime_paths::{self, Paths};
use crate::syntax::spans::{Ends, written};

/// The method, for a block with the argument `openapi`.
pub(super) fn describe(handlers: &Handlers) -> Option<TokenStream> {
    let arguments = &handlers.arguments;
    let openapi = arguments.openapi.as_ref()?;
    let paths = &arguments.paths;
    let (api, handler) = (paths.api(), paths.handler());
    let receiver = Ident::new("self", Span::call_site());
    let about = about(handlers, openapi);
    let schemes = openapi.security.iter().map(|(guard, scheme)| {
        let name = scheme_name(guard);
        quote!(__api.security(#name, #scheme);)
    });
    let shown = handlers.routes.iter().filter(|found| !found.description.is_hidden);
    let operations = shown.flat_map(|found| {
        found.routes.iter().map(move |route| operation(found, route, openapi, paths))
    });
    let below = arguments.mounts.iter().map(|mount| {
        let prefix = &mount.prefix;
        let inner: TokenStream = mount.handler.clone().into_iter().map(guards::own_self).collect();
        quote! {
            let __inner: &dyn #handler = #inner;
            __api.below(#prefix, &mut |__api| __inner.describe(__api));
        }
    });
    let some = runtime_paths::some();
    let inner = arguments.wraps.as_ref().map(|_| {
        quote! {
            if let #some(__inner) = #handler::wraps(#receiver) {
                __inner.describe(__api);
            }
        }
    });
    Some(quote! {
        fn describe(&#receiver, __api: &mut #api) {
            #about
            #(#schemes)*
            #(#operations)*
            #(#below)*
            #inner
        }
    })
}

/// The title of the document is the name of the type, and its version that of the user's package,
/// if the block says nothing else.
fn about(handlers: &Handlers, openapi: &OpenApi) -> TokenStream {
    let about = handlers.arguments.paths.openapi("About");
    let title = match &openapi.title {
        Some(title) => title.to_token_stream(),
        None => {
            let name = last_segment(&handlers.block.self_ty);
            name.map_or_else(|| "API".to_owned(), |it| it.ident.unraw().to_string())
                .to_token_stream()
        }
    };
    let version = match &openapi.version {
        Some(version) => version.to_token_stream(),
        None => quote!(::core::option_env!("CARGO_PKG_VERSION").unwrap_or("0")),
    };
    let (docs, has_problems) = (joined(&docs(&handlers.block.attrs)), openapi.has_problems);
    quote! {
        __api.about(#about {
            title: #title,
            version: #version,
            docs: #docs,
            has_problems: #has_problems,
        });
    }
}

/// The lines of documentation comments as one text.
fn joined(docs: &[Expr]) -> TokenStream {
    match docs {
        [] => quote!(""),
        [only] => only.to_token_stream(),
        docs => quote!(::core::concat!(#(#docs, "\n"),*)),
    }
}

/// One route of a method.
fn operation(found: &RouteMethod, route: &Route, openapi: &OpenApi, paths: &Paths) -> TokenStream {
    let (cfgs, function) = (&found.method.cfgs, found.method.name.unraw().to_string());
    let info = paths.openapi("Route");
    let method = match &route.command {
        Some(command) => {
            let some = runtime_paths::some();
            quote!(#some(#command))
        }
        None => runtime_paths::none(),
    };
    let (pattern, docs) = (pattern_text(route), joined(&found.description.docs));
    let deprecated = found.description.is_deprecated;
    let inputs = found.arguments.iter().map(|argument| input(argument, route, paths));
    let answers = answers(found, paths);
    let mut guards: Vec<&Expr> = Vec::new();
    for guard in found.guards() {
        if !guards.iter().any(|earlier| is_same(earlier, guard)) {
            guards.push(guard);
        }
    }
    let secured = openapi
        .security
        .iter()
        .filter(|(guard, _)| guards.iter().any(|other| is_same(other, guard)));
    let secured = secured.map(|(guard, _)| {
        let name = scheme_name(guard);
        quote!(__operation.requires(#name);)
    });
    let refusals = guards.iter().map(|guard| refusals(guard, paths));
    quote! {
        #(#cfgs)*
        __api.operation(
            #info {
                method: #method,
                pattern: #pattern,
                function: #function,
                docs: #docs,
                deprecated: #deprecated,
            },
            &mut |__operation| {
                #(#inputs)*
                #answers
                #(#refusals)*
                #(#secured)*
            },
        );
    }
}

/// The name of a scheme: that of its guard.
fn scheme_name(guard: &Expr) -> String {
    match bare_expr(guard) {
        Expr::Field(field) => match &field.member {
            Member::Named(name) => name.unraw().to_string(),
            Member::Unnamed(index) => index.index.to_string(),
        },
        Expr::Path(path) => path
            .path
            .segments
            .last()
            .map_or_else(String::new, |last| last.ident.unraw().to_string()),
        _ => String::new(),
    }
}

/// The answers of a guard. Only the compiler knows what it returns.
fn refusals(guard: &Expr, paths: &Paths) -> TokenStream {
    let (guard_of, no_exchange) = (paths.openapi("GuardOf"), paths.openapi("no_exchange"));
    let (some, none, called) =
        (runtime_paths::some(), runtime_paths::none(), guards::called(guard));
    quote! {{
        let mut __guard = #none;
        if let #some(__http) = #no_exchange() {
            __guard = #some(#guard_of::value(&#called));
        }
        let (__errors, __refusals) = #guard_of::of(__guard);
        __errors.describe(&mut __operation.answers());
        __refusals.describe(&mut __operation.answers());
    }}
}

/// What a method returns.
fn answers(found: &RouteMethod, paths: &Paths) -> TokenStream {
    let Some(ty) = &found.description.answer else {
        return quote!(__operation.answers().other(););
    };
    let (answers, errors) = (paths.openapi("AnswersOf"), paths.openapi("ErrorsOf"));
    let mut values = Vec::new();
    values_of_json(ty, &mut values);
    let schemas = values.into_iter().map(|value| {
        let (function, schema) = (paths.openapi("SchemaFn"), schema_of(value, paths));
        quote!(let _: #function = #schema;)
    });
    quote! {
        #(#schemas)*
        #answers::<#ty>::new().describe(&mut __operation.answers());
        #errors::<#ty>::new().describe(&mut __operation.answers());
    }
}

/// The `T` of each `Json<T>` in a type. It has to have a schema: otherwise the document would say
/// less than the signature.
fn values_of_json<'t>(ty: &'t Type, found: &mut Vec<&'t Type>) {
    match bare_type(ty) {
        Type::Tuple(tuple) => tuple.elems.iter().for_each(|it| values_of_json(it, found)),
        ty => {
            let Some(last) = last_segment(ty) else { return };
            for inner in type_arguments(last) {
                match last.ident == "Json" {
                    true => found.push(inner),
                    false => values_of_json(inner, found),
                }
            }
        }
    }
}

/// One argument.
fn input(argument: &Argument, route: &Route, paths: &Paths) -> TokenStream {
    let docs = joined(&argument.docs);
    match &argument.source {
        Source::Path(name) => {
            let is_here = |segment: &&Segment| segment.parameter() == Some(name);
            let Some(segment) = route.pattern.segments.iter().find(is_here) else {
                return TokenStream::new();
            };
            let is_rest = matches!(segment, Segment::Rest(_));
            let schema = text_schema(&argument.form, paths);
            quote!(__operation.path(#name, #docs, #is_rest, #schema);)
        }
        Source::Named { part, name, default } => {
            named(*part, name, default.as_ref(), argument, paths)
        }
        Source::QueryStruct => match &argument.form {
            Form::Parsed(ty) => {
                let schema = schema_of(ty, paths);
                quote!(__operation.query_struct(#schema);)
            }
            _ => TokenStream::new(),
        },
        Source::Guard(_) => TokenStream::new(),
        Source::Content { format, .. } => content(*format, &argument.form, &docs, paths),
    }
}

fn named(
    part: Part,
    name: &str,
    default: Option<&Expr>,
    argument: &Argument,
    paths: &Paths,
) -> TokenStream {
    let place = match part {
        Part::Query => "query",
        Part::Header => "header",
        Part::Cookie => "cookie",
    };
    let form = &argument.form;
    let is_list = matches!(form, Form::Many(_));
    let required =
        default.is_none() && matches!(form, Form::Borrowed | Form::Cow | Form::Parsed(_));
    let default = match default.and_then(literal) {
        Some(text) => {
            let some = runtime_paths::some();
            quote!(#some(#text))
        }
        None => runtime_paths::none(),
    };
    let (parameter, schema) = (paths.openapi("Parameter"), text_schema(form, paths));
    let docs = joined(&argument.docs);
    quote! {
        __operation.parameter(
            #parameter {
                place: #place,
                name: #name,
                required: #required,
                default: #default,
                is_list: #is_list,
                docs: #docs,
            },
            #schema,
        );
    }
}

/// A default as JSON, if it is a literal.
fn literal(default: &Expr) -> Option<String> {
    match bare_expr(default) {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => Some(number.base10_digits().to_owned()),
            Lit::Float(number) => Some(number.base10_digits().to_owned()),
            Lit::Bool(flag) => Some(flag.value.to_string()),
            // The runtime takes what is not JSON as a text. A text that is JSON needs its quotes.
            Lit::Str(text) => Some(format!("\"{}\"", text.value().escape_default())),
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            literal(&unary.expr).map(|number| format!("-{number}"))
        }
        _ => None,
    }
}

/// The schema of a value that is read from a text.
fn text_schema(form: &Form, paths: &Paths) -> TokenStream {
    let schema_of = paths.openapi("SchemaOf");
    match form {
        Form::Parsed(ty) => quote!(#schema_of::<#ty>::new().text()),
        Form::Optional(form) | Form::Many(form) => text_schema(form, paths),
        Form::Flag => paths.openapi("flag"),
        _ => quote!(#schema_of::<::std::string::String>::new().text()),
    }
}

/// The schema of a type that has to have one.
fn schema_of(ty: &Type, paths: &Paths) -> TokenStream {
    let at = Ends::of(ty).first;
    let schemas = written(paths.openapi("Schemas"), at);
    let has_schema = written(paths.openapi("HasSchema"), at);
    quote!(<#schemas as #has_schema<#ty>>::schema)
}

fn content(format: Format, form: &Form, docs: &TokenStream, paths: &Paths) -> TokenStream {
    let kind = paths.openapi("Content");
    let (form, required, is_tried) = match form {
        Form::Optional(form) => (&**form, false, false),
        Form::Tried(..) => (form, true, true),
        form => (form, true, false),
    };
    let ty = match form {
        Form::Parsed(ty) | Form::Tried(_, Some(ty)) => Some(&**ty),
        _ => None,
    };
    let is = |name: &str| ty.and_then(last_segment).is_some_and(|last| last.ident == name);
    let (kind, schema) = match (format, ty) {
        (Format::Json, Some(ty)) => (quote!(#kind::Json), schema_of(ty, paths)),
        (Format::Form, Some(_)) if is("Form") => (quote!(#kind::Form), paths.openapi("fields")),
        (Format::Form, Some(ty)) => (quote!(#kind::Fields), schema_of(ty, paths)),
        (Format::Body, _) if matches!(form, Form::Borrowed) || is("String") => {
            (quote!(#kind::Text), text_schema(&Form::Borrowed, paths))
        }
        (Format::Body, _) => (quote!(#kind::Bytes), paths.openapi("bytes")),
        (Format::Json, None) => (quote!(#kind::Json), paths.openapi("bytes")),
        (Format::Form, None) => (quote!(#kind::Form), paths.openapi("fields")),
    };
    quote!(__operation.content(#kind, #required, #is_tried, #docs, #schema);)
}
