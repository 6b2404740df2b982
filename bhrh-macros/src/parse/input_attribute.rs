//! The attributes of arguments: `#[query]`, `#[header]`, `#[cookie]`, `#[json]`, `#[form]` and
//! `#[body]`. Each says where the value of its argument comes from.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Expr, FnArg, Ident, LitStr, Meta, Pat, PatType, Token};

use super::{extractor, guards};
use crate::model::argument::{Format, Part, Source};
use crate::model::block::Method;
use crate::syntax::as_written::ends_in;
use crate::syntax::diagnostics::{Diagnostics, message};
use crate::words::http_methods::is_token;

/// What an attribute means, before its arguments are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Named(Part),
    Content(Format),
    Guard,
}

/// One of the attributes.
pub(super) struct InputAttribute {
    name: &'static str,
    kind: Kind,
    /// The forms in which it can be written.
    forms: &'static str,
}

static ALL: [InputAttribute; 7] = [
    InputAttribute {
        name: "query",
        kind: Kind::Named(Part::Query),
        forms: "write `#[query]`, `#[query(\"name\")]`, `#[query(default = …)]` or both, with a comma \
                between; `#[query(struct)]` for all parameters as one value",
    },
    InputAttribute {
        name: "header",
        kind: Kind::Named(Part::Header),
        forms: "write `#[header]`, `#[header(\"X-Name\")]`, `#[header(default = …)]` or both, with a \
                comma between",
    },
    InputAttribute {
        name: "cookie",
        kind: Kind::Named(Part::Cookie),
        forms: "write `#[cookie]`, `#[cookie(\"name\")]`, `#[cookie(default = …)]` or both, with a \
                comma between",
    },
    InputAttribute {
        name: "json",
        kind: Kind::Content(Format::Json),
        forms: "write `#[json]`, or `#[json(limit = 64 << 10)]` for at most that many bytes",
    },
    InputAttribute {
        name: "form",
        kind: Kind::Content(Format::Form),
        forms: "write `#[form]`, or `#[form(limit = 64 << 10)]` for at most that many bytes",
    },
    InputAttribute {
        name: "body",
        kind: Kind::Content(Format::Body),
        forms: "write `#[body]`, or `#[body(limit = 64 << 10)]` for at most that many bytes",
    },
    InputAttribute {
        name: "before",
        kind: Kind::Guard,
        forms: "write `#[before(self.authorised)]`: the argument takes what that method returns",
    },
];

/// Our attribute of this name, if it is one.
pub(super) fn known(attr: &Attribute) -> Option<&'static InputAttribute> {
    ALL.iter().find(|known| ends_in(attr.path(), known.name))
}

/// Takes our attribute off an argument.
pub(super) fn take(parameter: &mut PatType, diagnostics: &mut Diagnostics) -> Option<Attribute> {
    let mut ours = take_all(&mut parameter.attrs).into_iter();
    let first = ours.next();
    for second in ours {
        let wrong = match first.as_ref().and_then(known).zip(known(&second)) {
            Some((one, other)) if one.name != other.name => {
                format!(
                    "an argument comes from one place, not from `{}` and `{}`",
                    one.name, other.name
                )
            }
            _ => format!("`#[{}]` is written twice", known(&second).map_or("", |it| it.name)),
        };
        diagnostics.fault(second, wrong, "keep one of the two");
    }
    first
}

/// Takes all our attributes out of a list.
fn take_all(attrs: &mut Vec<Attribute>) -> Vec<Attribute> {
    let (ours, others) = std::mem::take(attrs).into_iter().partition(|attr| known(attr).is_some());
    *attrs = others;
    ours
}

/// Takes our attributes off the arguments of a method that does not answer, and reports them.
pub(super) fn refuse(method: &mut Method, diagnostics: &mut Diagnostics) {
    for input in &mut method.sig.inputs {
        let attrs = match input {
            FnArg::Typed(parameter) => &mut parameter.attrs,
            FnArg::Receiver(receiver) => &mut receiver.attrs,
        };
        for attr in take_all(attrs) {
            let name = known(&attr).map_or("", |known| known.name);
            let wrong =
                format!("`#[{name}]` belongs on an argument of a method that answers requests");
            let help =
                "write `#[route(\"…\")]` above the method, or call it `do_GET`, `do_POST`, …";
            diagnostics.fault(attr, wrong, help);
        }
    }
}

/// What stands in the parentheses of an attribute.
#[derive(Default)]
struct Options {
    name: Option<LitStr>,
    default: Option<Expr>,
    limit: Option<Expr>,
    is_struct: bool,
}

/// The name of an argument.
pub(super) fn name(parameter: &PatType, diagnostics: &mut Diagnostics) -> Option<Ident> {
    match &*parameter.pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(pat.ident.clone()),
        pat => {
            let wrong = "an argument finds its parameter by its name, but this one has no name";
            let help = extractor::instead(parameter);
            let help =
                help.as_deref().unwrap_or("write `name: …`, and take it apart in the method");
            diagnostics.fault(pat, wrong, help);
            None
        }
    }
}

/// Reads an attribute of an argument.
pub(super) fn read(
    attr: &Attribute,
    parameter: &PatType,
    diagnostics: &mut Diagnostics,
) -> Option<Source> {
    let known = known(attr)?;
    if known.kind == Kind::Guard {
        return guard(attr, known, diagnostics);
    }
    let options = match options(attr, known) {
        Ok(options) => options,
        Err(fault) => {
            diagnostics.push(fault);
            return None;
        }
    };
    let part = match known.kind {
        Kind::Content(format) => return Some(Source::Content { format, limit: options.limit }),
        Kind::Guard => return None,
        Kind::Named(_) if options.is_struct => return Some(Source::QueryStruct),
        Kind::Named(part) => part,
    };
    if let Some(name) = options.name.as_ref().filter(|name| !is_name(part, &name.value())) {
        let wrong =
            format!("no {} can have the name `{}`", what(part), name.value().escape_debug());
        let help = "it is made of ASCII letters, digits and `!#$%&'*+-.^_`|~`";
        diagnostics.fault(name, wrong, help);
        return None;
    }
    let name = match options.name {
        Some(name) => name.value(),
        None => unnamed(part, &name(parameter, diagnostics)?),
    };
    Some(Source::Named { part, name, default: options.default })
}

/// The one guard whose value an argument takes.
fn guard(
    attr: &Attribute,
    known: &InputAttribute,
    diagnostics: &mut Diagnostics,
) -> Option<Source> {
    match guards::in_attribute(attr) {
        Ok(found) if found.len() == 1 => found.into_iter().next().map(Source::Guard),
        Ok(_) => {
            diagnostics.fault(attr, "an argument takes the value of one guard", known.forms);
            None
        }
        Err(fault) => {
            diagnostics.push(fault);
            None
        }
    }
}

/// What a value of this part is called in messages.
fn what(part: Part) -> &'static str {
    match part {
        Part::Query => "query parameter",
        Part::Header => "header field",
        Part::Cookie => "cookie",
    }
}

fn is_name(part: Part, name: &str) -> bool {
    part == Part::Query || is_token(name)
}

/// The name that an argument stands for if its attribute names none.
fn unnamed(part: Part, ident: &Ident) -> String {
    let name = ident.unraw().to_string();
    // The name of an unused argument may begin with an underscore.
    let name = name.trim_start_matches('_');
    match part {
        Part::Header => name.split('_').map(capitalised).collect::<Vec<_>>().join("-"),
        Part::Query | Part::Cookie => name.to_owned(),
    }
}

/// `agent` as `Agent`.
fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

fn options(attr: &Attribute, known: &InputAttribute) -> syn::Result<Options> {
    match &attr.meta {
        Meta::Path(_) => Ok(Options::default()),
        Meta::List(list) => list.parse_args_with(|input: ParseStream<'_>| inside(input, known)),
        Meta::NameValue(meta) => Err(unknown(meta.eq_token.spans[0], known)),
    }
}

fn inside(input: ParseStream<'_>, known: &InputAttribute) -> syn::Result<Options> {
    let mut options = Options::default();
    let is_named = matches!(known.kind, Kind::Named(_));
    while !input.is_empty() {
        // All parameters as one value have no name and no default.
        if options.is_struct {
            return Err(unknown(input.span(), known));
        }
        if is_named && options.name.is_none() && input.peek(LitStr) {
            options.name = Some(input.parse()?);
        } else {
            option(input, known, &mut options)?;
        }
        if !input.is_empty() {
            input.parse::<Token![,]>().map_err(|_| unknown(input.span(), known))?;
        }
    }
    Ok(options)
}

/// `default = 20`, or `struct`
fn option(
    input: ParseStream<'_>,
    known: &InputAttribute,
    options: &mut Options,
) -> syn::Result<()> {
    let place = input.span();
    let key: Ident = input.call(Ident::parse_any).map_err(|_| unknown(place, known))?;
    let is_named = matches!(known.kind, Kind::Named(_));
    let is_first = options.name.is_none() && options.default.is_none();
    if key == "struct"
        && known.kind == Kind::Named(Part::Query)
        && is_first
        && !input.peek(Token![=])
    {
        options.is_struct = true;
        return Ok(());
    }
    if !input.peek(Token![=]) {
        return Err(unknown(key.span(), known));
    }
    input.parse::<Token![=]>()?;
    if key == "default" && is_named && options.default.is_none() {
        options.default = Some(input.parse()?);
    } else if key == "name" && is_named && options.name.is_none() {
        let text = input.parse().map_err(|_| {
            let help = format!("write `#[{}(\"…\")]`", known.name);
            input.error(message("the name is a text", help))
        })?;
        options.name = Some(text);
    } else if key == "limit" && !is_named && options.limit.is_none() {
        options.limit = Some(input.parse()?);
    } else {
        return Err(unknown(key.span(), known));
    }
    Ok(())
}

fn unknown(place: Span, known: &InputAttribute) -> syn::Error {
    let wrong = format!("`#[{}]` does not take this", known.name);
    syn::Error::new(place, message(wrong, known.forms))
}
