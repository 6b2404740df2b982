//! The arguments of `#[http_handler(…)]`: tokens in, [`Arguments`] out.
//!
//! It knows the names of the arguments and what their texts may hold, but not the `impl` block.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, Lit, LitStr, Path, Token, parenthesized};

use super::{guards, mounts, openapi, pattern};
use crate::model::{Arguments, ClassAttribute};
use crate::syntax::as_written::bare_expr;
use crate::syntax::diagnostics::{Diagnostics, listed, message};
use crate::syntax::runtime_paths::Paths;
use crate::syntax::spans::{Ends, placed};
use crate::words::page_format::{self, BadPiece};
use crate::words::python_names::{CLASS_ATTRIBUTES, instead_of_argument};
use crate::words::spelling::nearest;

/// What an argument is read as, by its name.
#[derive(Clone, Copy)]
enum Known {
    ClassAttribute,
    Wraps,
    AutoHead,
    Mount,
    Before,
    Prefix,
    OpenApi,
    Crate,
}

/// The arguments that Python does not have.
const OURS: [(&str, Known); 7] = [
    ("wraps", Known::Wraps),
    ("auto_head", Known::AutoHead),
    ("mount", Known::Mount),
    ("prefix", Known::Prefix),
    ("before", Known::Before),
    ("openapi", Known::OpenApi),
    ("crate", Known::Crate),
];

impl Known {
    fn named(name: &Ident) -> Option<Self> {
        if CLASS_ATTRIBUTES.iter().any(|known| name == known) {
            return Some(Self::ClassAttribute);
        }
        OURS.iter().find(|(known, _)| name == known).map(|(_, known)| *known)
    }

    fn names() -> impl Iterator<Item = &'static str> {
        CLASS_ATTRIBUTES.into_iter().chain(OURS.into_iter().map(|(name, _)| name))
    }
}

pub(crate) fn parse(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Arguments {
    let mut reader = Reader { arguments: Arguments::default(), seen: Vec::new(), diagnostics };
    let read = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Err(fault) = reader.argument(input).and_then(|()| comma(input)) {
                reader.diagnostics.push(fault);
                skip_to_comma(input);
            }
        }
        Ok(())
    };
    // `read` keeps its faults itself, and reads to the end.
    if let Err(fault) = read.parse2(tokens) {
        reader.diagnostics.push(fault);
    }
    reader.arguments
}

/// The arguments that have been read so far.
struct Reader<'d> {
    arguments: Arguments,
    /// The names before a `=`.
    seen: Vec<Ident>,
    diagnostics: &'d mut Diagnostics,
}

impl Reader<'_> {
    /// Reads one argument, without the comma after it.
    fn argument(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let Ok(name) = input.call(Ident::parse_any) else {
            let wrong = "expected the name of an argument";
            let help = format!("write `name = value`; {}", the_arguments());
            return Err(input.error(message(wrong, help)));
        };
        let known = Known::named(&name);
        match known {
            Some(Known::Mount) => {
                mounts::read(&name, input, &mut self.arguments.mounts, self.diagnostics)
            }
            Some(Known::Before) => {
                if !input.peek(syn::token::Paren) {
                    let help = "write `before(self.authorised)`: what runs before each method";
                    let wrong = message("`before` names no guard", help);
                    return Err(syn::Error::new_spanned(&name, wrong));
                }
                let content;
                parenthesized!(content in input);
                let found = guards::listed(&content);
                if found.is_err() {
                    let _rest: TokenStream = content.parse()?;
                }
                self.arguments.guards.extend(found?);
                Ok(())
            }
            Some(Known::OpenApi) => {
                self.once(&name);
                let found = openapi::read(&name, input, self.diagnostics)?;
                self.arguments.openapi = Some(found);
                Ok(())
            }
            _ if input.peek(Token![=]) => {
                input.parse::<Token![=]>()?;
                self.value(name, known, input)
            }
            Some(Known::AutoHead) => {
                self.arguments.auto_head = Some(name);
                Ok(())
            }
            Some(_) => {
                let wrong = format!("`{name}` has no value");
                let help = format!("write `{name} = …`; {}", the_arguments());
                Err(syn::Error::new_spanned(&name, message(wrong, help)))
            }
            None => {
                unknown(&name, self.diagnostics);
                Ok(())
            }
        }
    }

    /// Reads the value after a `=`.
    fn value(
        &mut self,
        name: Ident,
        known: Option<Known>,
        input: ParseStream<'_>,
    ) -> syn::Result<()> {
        self.once(&name);
        if let Some(Known::Crate) = known {
            self.arguments.paths = Paths::renamed(path(input)?);
            return Ok(());
        }
        if let Some(Known::Prefix) = known {
            self.arguments.prefix = Some(prefix(&name, input, self.diagnostics)?);
            return Ok(());
        }
        let value: Expr = input.parse()?;
        match known {
            Some(Known::ClassAttribute) => {
                check_value(&name, &value, self.diagnostics);
                self.arguments.attributes.push(ClassAttribute { name, value });
            }
            Some(Known::Wraps) => self.arguments.wraps = Some(wrapped(&value)),
            Some(Known::AutoHead) => {
                let wrong = "`auto_head` does not take a value";
                self.diagnostics.fault(&name, wrong, "write `auto_head`");
            }
            // Those that are known have been read already.
            None
            | Some(Known::Mount | Known::Before | Known::Prefix | Known::OpenApi | Known::Crate) => {
                unknown(&name, self.diagnostics)
            }
        }
        Ok(())
    }

    /// Refuses a second argument of the same name.
    fn once(&mut self, name: &Ident) {
        if let Some(first) = self.seen.iter().find(|earlier| *earlier == name) {
            let wrong = format!("`{name}` is given twice");
            self.diagnostics.fault_at_both([first, name], wrong, "keep one of the two");
        }
        self.seen.push(name.clone());
    }
}

fn unknown(name: &Ident, diagnostics: &mut Diagnostics) {
    let wrong = format!("there is no argument `{name}`");
    let written = name.to_string();
    let help = match instead_of_argument(&written) {
        Some(help) => help.to_owned(),
        None => {
            match nearest(&written, Known::names(), written.len() / 3 + 1).or(begun(&written)) {
                Some(meant) => format!("did you mean `{meant}`? {}", the_arguments()),
                None => the_arguments(),
            }
        }
    };
    diagnostics.fault(name, wrong, help);
}

/// The argument whose first word this is, if there is only one: `protocol` begins
/// `protocol_version`.
fn begun(word: &str) -> Option<&'static str> {
    let is_first = |name: &&str| name.strip_prefix(word).is_some_and(|rest| rest.starts_with('_'));
    let mut found = Known::names().filter(is_first);
    found.next().filter(|_| found.next().is_none())
}

fn the_arguments() -> String {
    format!("the arguments are {}", listed(Known::names()))
}

/// The value of `wraps` as a reference. A field or a variable is borrowed. Anything else has to be
/// a reference already, because a temporary value would not live as long as the handler.
fn wrapped(value: &Expr) -> TokenStream {
    match bare_expr(value) {
        Expr::Field(_) | Expr::Index(_) | Expr::Path(_) | Expr::Unary(_) => {
            let and = quote_spanned!(placed(Ends::of(value).first)=> &);
            quote!(#and #value)
        }
        _ => value.to_token_stream(),
    }
}

/// The value of `prefix`: a path.
fn prefix(
    name: &Ident,
    input: ParseStream<'_>,
    diagnostics: &mut Diagnostics,
) -> syn::Result<LitStr> {
    let help = "write a path: `prefix = \"/api/v1\"`";
    let Ok(text) = input.parse::<LitStr>() else {
        return Err(syn::Error::new_spanned(name, message("`prefix` is a text", help)));
    };
    if let Err(fault) = pattern::prefix(&text.value()) {
        diagnostics.fault(&text, fault.wrong, fault.help);
    }
    Ok(text)
}

/// The value of `crate`: a path, with or without quotes.
fn path(input: ParseStream<'_>) -> syn::Result<Path> {
    let text: Option<LitStr> = input.parse()?;
    let (path, place) = match &text {
        Some(text) => (text.parse_with(Path::parse_mod_style), text.span()),
        None => (input.call(Path::parse_mod_style), input.span()),
    };
    path.map_err(|_| {
        let help = "write the name under which this crate knows bhrh: `crate = \"bhrh_renamed\"`";
        syn::Error::new(place, message("the value of `crate` is not a path", help))
    })
}

fn comma(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    let comma: Result<Token![,], _> = input.parse();
    comma
        .map(drop)
        .map_err(|_| input.error(message("expected a comma", "write `name = value, name = value`")))
}

fn skip_to_comma(input: ParseStream<'_>) {
    while let Ok(token) = input.parse::<TokenTree>() {
        if matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',') {
            return;
        }
    }
}

/// Refuses a value that is wrong whatever its type turns out to be.
fn check_value(name: &Ident, value: &Expr, diagnostics: &mut Diagnostics) {
    if name == "responses" {
        return;
    }
    if name == "log_format" {
        if let Expr::Lit(literal) = bare_expr(value) {
            let help = "write `log_format = bhrh::LogFormat::Combined`; also `Python`, `Timed`, \
                        `Quiet`";
            diagnostics.fault(literal, "`log_format` is a `bhrh::LogFormat`", help);
        }
        return;
    }
    let Expr::Lit(ExprLit { lit, .. }) = bare_expr(value) else { return };
    match lit {
        Lit::Str(text) => check_text(name, text, diagnostics),
        Lit::Float(number) if name.to_string().ends_with("_version") => {
            let wrong = format!("`{name}` is a text");
            diagnostics.fault(number, wrong, format_args!("write `{name} = \"HTTP/{number}\"`"));
        }
        other => {
            let help = format!("write it in quotes: `{name} = \"…\"`");
            diagnostics.fault(other, format_args!("`{name}` is a text"), help);
        }
    }
}

fn check_text(name: &Ident, literal: &LitStr, diagnostics: &mut Diagnostics) {
    let text = literal.value();
    match name.to_string().as_str() {
        "error_message_format" => check_format(literal, &text, diagnostics),
        "protocol_version" | "default_request_version" if !is_version(&text) => {
            let wrong = format!("`{text}` is not an HTTP version");
            diagnostics.fault(literal, wrong, "write `HTTP/1.1`, `HTTP/1.0` or another `HTTP/x.y`");
        }
        // These are sent in header fields.
        "server_version" | "sys_version" | "error_content_type"
            if text.contains(['\r', '\n', '\0']) =>
        {
            let wrong = format!("`{name}` is sent in a header field, but has a line break");
            diagnostics.fault(literal, wrong, "write it on one line");
        }
        _ => {}
    }
}

/// Whether the text is `HTTP/`, a digit, a dot and a digit (RFC 9112, section 2.3).
fn is_version(text: &str) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    match text.strip_prefix("HTTP/").map(str::as_bytes) {
        Some([major, b'.', minor]) => is_digit(major) && is_digit(minor),
        _ => false,
    }
}

fn check_format(literal: &LitStr, text: &str, diagnostics: &mut Diagnostics) {
    let fields = format!("the fields are {}; `%%` is a percent sign", listed(page_format::FIELDS));
    for bad in page_format::bad_pieces(text) {
        let wrong = match bad {
            BadPiece::Lone { piece } => {
                format!("`{piece}` in the error page does not begin a field")
            }
            BadPiece::Unclosed { piece } => {
                let start: String = piece.chars().take(20).collect();
                format!("`{start}` in the error page has no `)`")
            }
            BadPiece::UnknownName { piece, name } => {
                format!("`{piece}` in the error page: there is no `{name}`")
            }
            BadPiece::UnknownForm { piece, name } => {
                format!("`{piece}` in the error page: `{name}` cannot be written in this form")
            }
        };
        diagnostics.fault(literal, wrong, &fields);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tokens: TokenStream) -> Result<Arguments, Vec<String>> {
        let mut diagnostics = Diagnostics::new();
        let arguments = parse(tokens, &mut diagnostics);
        match diagnostics.finish() {
            Ok(()) => Ok(arguments),
            Err(faults) => Err(faults.iter().map(ToString::to_string).collect()),
        }
    }

    fn values(tokens: TokenStream) -> Vec<(String, String)> {
        let Ok(arguments) = read(tokens) else { panic!("refused") };
        let shown = |attribute: &ClassAttribute| {
            (attribute.name.to_string(), attribute.value.to_token_stream().to_string())
        };
        arguments.attributes.iter().map(shown).collect()
    }

    fn faults(tokens: TokenStream) -> Vec<String> {
        read(tokens).err().expect("accepted")
    }

    #[test]
    fn values_are_any_expressions() {
        assert_eq!(values(quote!()), []);
        let [protocol, server, responses] = &values(quote! {
            protocol_version = "HTTP/1.1",
            server_version = if self.new { VERSION } else { self.name() },
            responses = &self.responses,
        })[..] else {
            panic!("not three")
        };
        assert_eq!(*protocol, ("protocol_version".into(), "\"HTTP/1.1\"".into()));
        assert_eq!(server.1, "if self . new { VERSION } else { self . name () }");
        assert_eq!(*responses, ("responses".into(), "& self . responses".into()));
    }

    #[test]
    fn the_crate_is_a_path_or_a_text() {
        for tokens in [
            quote!(crate = "web"),
            quote!(crate = web),
            quote!(crate = web,),
            quote!(crate = "web",),
        ] {
            let Ok(arguments) = read(tokens) else { panic!("refused") };
            assert_eq!(arguments.paths.handler().to_string(), "web :: Handler");
        }
        let Ok(arguments) = read(quote!(crate = crate::api::bhrh)) else { panic!("refused") };
        assert_eq!(arguments.paths.handler().to_string(), "crate :: api :: bhrh :: Handler");
        assert!(faults(quote!(crate = "a b"))[0].starts_with("the value of `crate` is not a path"));
        assert!(faults(quote!(crate = 7))[0].starts_with("the value of `crate` is not a path"));
    }

    #[test]
    fn reading_goes_on_after_a_fault() {
        let all = faults(quote! {
            protocl_version = "HTTP/1.1", "HTTP/1.1", sys_version, protocol_version = 1.1,
            server_version = "x" "y", server_version = +, error_content_type = "a\nb",
            speed = 11, protocol_version = "HTTP/1.1"
        });
        let first_lines: Vec<&str> = all.iter().filter_map(|fault| fault.lines().next()).collect();
        assert_eq!(
            first_lines,
            [
                "there is no argument `protocl_version`",
                "expected the name of an argument",
                "`sys_version` has no value",
                "`protocol_version` is a text",
                "expected a comma",
                "`server_version` is given twice",
                "`server_version` is given twice",
                "expected an expression",
                "`error_content_type` is sent in a header field, but has a line break",
                "there is no argument `speed`",
                "`protocol_version` is given twice",
                "`protocol_version` is given twice",
            ]
        );
        assert!(all[0].contains("did you mean `protocol_version`?"));
        assert!(!all[9].contains("did you mean"));
    }

    #[test]
    fn versions() {
        for version in ["HTTP/1.1", "HTTP/1.0", "HTTP/0.9"] {
            assert!(is_version(version), "{version}");
        }
        for version in ["", "1.1", "http/1.1", "HTTP/11", "HTTP/1.10", "HTTP/1.1 ", "HTTP/a.b"] {
            assert!(!is_version(version), "{version}");
        }
    }
}
