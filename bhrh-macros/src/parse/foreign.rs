//! Attributes that other frameworks have, such as `#[get("/a")]` and `#[path]`, where bhrh has
//! another way.

use quote::ToTokens;
use syn::{Attribute, LitStr, PatType};

use super::input_attribute;
use crate::model::block::Method;
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

/// Takes the attributes of other frameworks off an argument, and reports them. Returns whether
/// there was one.
pub(crate) fn on_argument(parameter: &mut PatType, diagnostics: &mut Diagnostics) -> bool {
    let before = parameter.attrs.len();
    parameter.attrs.retain(|attr| {
        let path = attr.path();
        let is_the_languages = OF_THE_LANGUAGE.iter().any(|name| path.is_ident(name));
        if is_the_languages || path.segments.len() > 1 || input_attribute::known(attr).is_some() {
            return true;
        }
        let wrong = format!("there is no `{}` for an argument", shown(attr));
        let name = path.to_token_stream().to_string();
        let help = match &*name {
            "path" | "param" => {
                "leave it out: an argument takes the parameter of the path that has its name"
            }
            "headers" => "write `#[header]`: the argument takes the field that has its name",
            "cookies" => "write `#[cookie]`: the argument takes the cookie that has its name",
            "params" | "queries" => "write `#[query]`, or `#[query(struct)]` for all parameters",
            "data" | "payload" | "content" => "write `#[json]`, `#[form]` or `#[body]`",
            _ => {
                "the attributes of arguments are `#[query]`, `#[header]`, `#[cookie]`, `#[json]`, \
                 `#[form]`, `#[body]` and `#[before(…)]`"
            }
        };
        diagnostics.fault(attr, wrong, help);
        false
    });
    parameter.attrs.len() < before
}

/// The attribute of an argument whose name means the content of a request.
pub(crate) fn reads_content(name: &str) -> Option<&'static str> {
    Some(match name {
        "json" => "json",
        "form" => "form",
        "body" | "content" | "payload" | "data" | "bytes" | "input" => "body",
        _ => return None,
    })
}
