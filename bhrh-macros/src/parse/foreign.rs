//! Attributes that other frameworks have, such as `#[get("/a")]` and `#[json]`, where bhrh has
//! another way.

use quote::ToTokens;
use syn::{Attribute, LitStr, PatType, Path};

use crate::model::block::Method;
use crate::syntax::as_written::ends_in;
use crate::syntax::diagnostics::Diagnostics;
use crate::words::http_methods::WELL_KNOWN;

/// The attributes that the language allows on a parameter.
const OF_THE_LANGUAGE: [&str; 8] =
    ["allow", "cfg", "cfg_attr", "deny", "expect", "forbid", "warn", "doc"];

/// Takes `#[get("/a")]` off a method, and reports it. The compiler would not know the attribute.
pub(crate) fn on_method(method: &mut Method, diagnostics: &mut Diagnostics) {
    method.attrs.retain(|attr| {
        let command = attr.path().get_ident().map(ToString::to_string);
        let command = command.map(|name| name.to_ascii_uppercase());
        let Some(command) = command.filter(|name| WELL_KNOWN.contains(&&**name)) else {
            return true;
        };
        let path =
            attr.parse_args::<LitStr>().map_or_else(|_| "/…".to_owned(), |text| text.value());
        let wrong = format!("there is no `{}`", shown(attr));
        diagnostics.fault(attr, wrong, format_args!("write `#[route(\"{command} {path}\")]`"));
        false
    });
}

fn shown(attr: &Attribute) -> String {
    format!("#[{}]", attr.path().to_token_stream())
}

/// Takes `#[json]` and similar attributes off an argument, and reports them. Returns whether there
/// was one.
pub(crate) fn on_argument(parameter: &mut PatType, diagnostics: &mut Diagnostics) -> bool {
    let before = parameter.attrs.len();
    parameter.attrs.retain(|attr| {
        let known = |path: &Path| {
            OF_THE_LANGUAGE.iter().any(|name| path.is_ident(name))
                || ends_in(path, "query")
                || path.segments.len() > 1
        };
        if known(attr.path()) {
            return true;
        }
        let wrong = format!("there is no `{}` for an argument", shown(attr));
        let name = attr.path().to_token_stream().to_string();
        let help = match &*name {
            "path" | "param" => {
                "leave it out: an argument takes the parameter of the path that has its name"
            }
            "header" | "headers" => {
                "leave it out, and call `http.headers.get(\"…\")` in the method"
            }
            "cookie" => "leave it out, and call `http.cookie(\"…\")` in the method",
            _ => reads_content(&name)
                .unwrap_or("leave it out: the only attribute of an argument is `#[query]`"),
        };
        diagnostics.fault(attr, wrong, help);
        false
    });
    parameter.attrs.len() < before
}

/// How to read the content of a request, for an argument whose name means it.
pub(crate) fn reads_content(name: &str) -> Option<&'static str> {
    Some(match name {
        "json" => {
            "leave the argument out, and read it in the method: `http.read_json()?`, with bhrh's \
             feature `serde_json`"
        }
        "form" => {
            "leave the argument out, and read it in the method: `http.read_form()?`, with bhrh's \
             feature `forms`"
        }
        "body" | "content" | "payload" | "data" | "bytes" | "input" => {
            "leave the argument out, and read the content in the method: `http.read_body()?`, or \
             piece by piece from `http.rfile`"
        }
        _ => return None,
    })
}
