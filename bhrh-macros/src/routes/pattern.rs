//! The grammar of patterns: `GET /users/{id}/files/{path...}`.
//!
//! Plain strings: it knows nothing of Rust syntax, and so nothing of where in the program a
//! pattern stands.

use crate::commands::{is_token, means_all, misspelt, nearly};

/// What a path has to look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) segments: Vec<Segment>,
}

/// A part between slashes. A slash at the end is followed by an empty literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Literal(String),
    /// `{name}`: any one segment that is not empty.
    One(String),
    /// `{name...}`: whatever is left, be it nothing. Without a name, `{...}`, no argument takes it.
    Rest(String),
}

impl Segment {
    pub(crate) fn parameter(&self) -> Option<&str> {
        match self {
            Self::Literal(_) => None,
            Self::Rest(name) if name.is_empty() => None,
            Self::One(name) | Self::Rest(name) => Some(name),
        }
    }
}

/// What is wrong with a pattern, and what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) wrong: String,
    pub(crate) help: String,
}

fn fault<T>(wrong: impl Into<String>, help: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { wrong: wrong.into(), help: help.into() })
}

/// A route's text: a command, if one is named, and a pattern.
pub(crate) fn parse(text: &str) -> Result<(Option<String>, Pattern), Fault> {
    if text.is_empty() {
        return fault("the route is empty", "write a command and a path: `GET /users/{id}`");
    }
    if text.trim() != text {
        let help = format!("write `{}`", text.trim());
        return fault(format!("the route `{text}` begins or ends with white space"), help);
    }
    // A space in a path is a space, but only after its first slash.
    let (command, path) = match text.find('/') {
        Some(0) => (None, text),
        Some(slash) => (Some(text[..slash].trim_end()), &text[slash..]),
        None => return no_path(text),
    };
    if let Some(command) = command {
        check_command(text, command, path)?;
    }
    Ok((command.map(str::to_owned), pattern(path)?))
}

fn no_path<T>(text: &str) -> Result<T, Fault> {
    let wrong = format!("the route `{text}` has no path");
    match text.split_once(' ') {
        Some((command, path)) => {
            fault(wrong, format!("begin the path with a slash: `{command} /{}`", path.trim_start()))
        }
        None if is_token(text) && text == text.to_uppercase() => {
            fault(wrong, format!("write the path after the command: `{text} /…`"))
        }
        None => fault(wrong, format!("begin the path with a slash: `/{text}`")),
    }
}

fn check_command(text: &str, command: &str, path: &str) -> Result<(), Fault> {
    let between = &text[command.len()..text.len() - path.len()];
    if means_all(command) {
        let wrong =
            format!("no request has the command `{command}`, and so none reaches the route");
        return fault(wrong, format!("leave the command out, to answer all of them: `{path}`"));
    }
    if let Some(meant) = misspelt(command) {
        let wrong = format!("the route answers `{command}`, and the HTTP method is `{meant}`");
        let help = format!(
            "write `{meant} {path}`; a command that really is `{command}` can only be answered by \
             `#[command(\"{command}\")]`"
        );
        return fault(wrong, help);
    }
    if let Some(meant) = nearly(command).filter(|_| is_token(command)) {
        let wrong = format!("`{command}` is no HTTP method");
        let help = format!(
            "did you mean `{meant} {path}`? a command that really is `{command}` can only be \
             answered by `#[command(\"{command}\")]`"
        );
        return fault(wrong, help);
    }
    if command == "CONNECT" {
        let wrong = "no `CONNECT` request reaches a route: its target is no path";
        return fault(wrong, "write `fn do_CONNECT(&self, http: &mut Exchange)`");
    }
    if !is_token(command) {
        let wrong = format!("no request can have the command `{}`", command.escape_debug());
        let several = command.contains([' ', ',', '|']);
        let help = match several {
            true => format!(
                "a route answers one command, or without one all: write several `#[route(\"…\")]`, \
                 such as `#[route(\"GET {path}\")]`"
            ),
            false => "a command is made of ASCII letters, digits and `!#$%&'*+-.^_`|~`; the path \
                     follows after a space"
                .to_owned(),
        };
        return fault(wrong, help);
    }
    if between != " " {
        let wrong = format!("between command and path of `{text}` there is not just one space");
        return fault(wrong, format!("write `{command} {path}`"));
    }
    Ok(())
}

fn pattern(path: &str) -> Result<Pattern, Fault> {
    let texts: Vec<&str> = path[1..].split('/').collect();
    let mut segments: Vec<Segment> = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let is_last = index + 1 == texts.len();
        let segment = segment(text, is_last, path)?;
        let name = segment.parameter();
        if name.is_some() && segments.iter().any(|earlier| earlier.parameter() == name) {
            let name = name.unwrap_or_default();
            let wrong = format!("the parameter `{name}` stands in `{path}` twice");
            return fault(wrong, "give each parameter a name of its own");
        }
        segments.push(segment);
    }
    Ok(Pattern { segments })
}

fn query_or_fragment<T>(path: &str, at: usize) -> Result<T, Fault> {
    let (before, after) = path.split_at(at);
    if let Some(query) = after.strip_prefix('?') {
        let name = query.split(['=', '&']).next().unwrap_or_default();
        let wrong = format!("a route has no query: `{after}` can be in no path");
        let shown = if is_name(name) { name } else { "name" };
        let help =
            format!("write `{before}`, and take the argument `#[query] {shown}: Option<String>`");
        return fault(wrong, help);
    }
    let wrong = format!("no request has a fragment: `{after}` can be in no path");
    fault(wrong, format!("write `{before}`; browsers keep the rest to themselves"))
}

/// One segment's text.
fn segment(text: &str, is_last: bool, path: &str) -> Result<Segment, Fault> {
    if text == "{$}" {
        return match is_last {
            true => Ok(Segment::Literal(String::new())),
            false => fault(
                format!("`{{$}}` means the end of a path, and something follows it in `{path}`"),
                "leave it out, or end the pattern with it",
            ),
        };
    }
    let inner = text.strip_prefix('{').and_then(|inner| inner.strip_suffix('}'));
    if let Some(inner) = inner.filter(|inner| !inner.contains(['{', '}'])) {
        return parameter(text, inner, is_last, path);
    }
    literal(text, is_last, path)
}

/// What stands between braces.
fn parameter(text: &str, inner: &str, is_last: bool, path: &str) -> Result<Segment, Fault> {
    let wrong = |what: &str| format!("the segment `{text}` {what}");
    if inner.is_empty() {
        let help = "write a name, which is also the argument's: `{name}`";
        return fault(wrong("names no parameter"), help);
    }
    let (name, is_rest) = match inner.strip_suffix("...") {
        Some(name) => (name, true),
        None => (inner, false),
    };
    if let Some(name) = name.strip_prefix('*').or_else(|| name.strip_suffix('*')) {
        return fault(
            wrong("is how others write the rest of a path"),
            format!("write `{{{name}...}}`"),
        );
    }
    if let Some((name, ty)) = name.split_once(':') {
        let help = format!("write `{{{}}}`, and the type in the method: `{name}: …`", name.trim());
        return fault(wrong(&format!("says more than a name (`{}`)", ty.trim())), help);
    }
    let is_unnamed = is_rest && name.is_empty();
    if !is_unnamed && !is_name(name) {
        let help = "a parameter is named as an argument is: letters, digits and `_`, no digit in \
                    front, and none of `self`, `super`, `crate`, `_`";
        return fault(wrong("has no name that an argument can have"), help);
    }
    if is_rest && !is_last {
        let wrong =
            format!("`{text}` takes the rest of the path, and something follows it in `{path}`");
        let one = if is_unnamed { "name" } else { name };
        return fault(wrong, format!("end the pattern with it, or take one segment: `{{{one}}}`"));
    }
    Ok(match is_rest {
        true => Segment::Rest(name.to_owned()),
        false => Segment::One(name.to_owned()),
    })
}

fn literal(text: &str, is_last: bool, path: &str) -> Result<Segment, Fault> {
    let wrong = |what: &str| format!("the segment `{}` {what}", text.escape_debug());
    if let Some(at) = text.contains(['?', '#']).then(|| path.find(['?', '#'])).flatten() {
        return query_or_fragment(path, at);
    }
    if text.contains(['{', '}']) {
        let whole = text.starts_with('{') && text.matches('{').count() == 1 && !text.contains('}');
        let help = match whole {
            true => format!("write `{text}}}`"),
            false => "a parameter is a whole segment: write `{name}` between slashes, and take \
                      the text apart in the method"
                .to_owned(),
        };
        return fault(wrong("has a brace that does not enclose all of it"), help);
    }
    if text.is_empty() && !is_last {
        let wrong = format!("the pattern `{path}` has an empty segment");
        let mut short = path.to_owned();
        while short.contains("//") {
            short = short.replace("//", "/");
        }
        return fault(
            wrong,
            format!("write `{short}`; two slashes are not one, and match nothing"),
        );
    }
    if matches!(text, "." | "..") {
        return fault(
            wrong("can be in no path that reaches a route"),
            "write the path that it leads to: clients do so too, and who does not gets a 404",
        );
    }
    if let Some(name) = text.strip_prefix([':', '<', '*']) {
        let name = name.trim_end_matches('>');
        if is_name(name) {
            let dots = if text.starts_with('*') { "..." } else { "" };
            let help = format!(
                "write `{{{name}{dots}}}` for a parameter; a segment that really begins like this \
                 can be matched by one"
            );
            return fault(wrong("is how others write a parameter"), help);
        }
    }
    if text == "*" || text == "**" {
        let help = "write `{name}` for one segment, or `{...}` for the rest";
        return fault(wrong("would match only itself"), help);
    }
    if has_escape(text) {
        let help = match decoded(text) {
            Some(plain) => format!("write `{plain}`: paths are compared after decoding"),
            None => "paths are compared after decoding: write the character itself".to_owned(),
        };
        return fault(wrong("is percent-encoded"), help);
    }
    if text.contains(char::is_control) {
        return fault(wrong("has a control character"), "leave it out");
    }
    Ok(Segment::Literal(text.to_owned()))
}

/// The byte that an escape at this place stands for.
fn escape(text: &[u8]) -> Option<u8> {
    let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
    if text.first() != Some(&b'%') {
        return None;
    }
    u8::try_from(digit(1)? * 16 + digit(2)?).ok()
}

fn has_escape(text: &str) -> bool {
    (0..text.len()).any(|at| escape(&text.as_bytes()[at..]).is_some())
}

/// The text with its escapes replaced, if that can stand in a pattern.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut left = text.as_bytes();
    while let Some(first) = left.first() {
        let (byte, length) = escape(left).map_or((*first, 1), |byte| (byte, 3));
        bytes.push(byte);
        left = &left[length..];
    }
    let plain = String::from_utf8(bytes).ok()?;
    let fits = !plain.contains(['/', '?', '#', '{', '}']) && !plain.contains(char::is_control);
    fits.then_some(plain)
}

/// Whether an argument can be called this (a keyword can, written raw).
fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && letters.all(|letter| letter == '_' || letter.is_alphanumeric())
        && !matches!(text, "_" | "self" | "Self" | "super" | "crate")
}

/// The prefix of a mount: literal segments, and no slash at the end.
pub(crate) fn prefix(text: &str) -> Result<(), Fault> {
    let help = "write a path such as `/api`: the handler gets what is below it";
    if !text.starts_with('/') {
        let wrong = format!("the prefix `{text}` does not begin with a slash");
        return fault(wrong, format!("write `/{text}`"));
    }
    if text == "/" {
        let wrong = "a handler cannot be mounted at `/`, where this one is";
        return fault(wrong, "write `http.pass_to(&self.…)` in `handle_one_request` instead");
    }
    if let Some(short) = text.strip_suffix('/') {
        let wrong = format!("the prefix `{text}` ends in a slash");
        return fault(wrong, format!("write `{short}`"));
    }
    let Pattern { segments } = pattern(text)?;
    match segments.iter().find_map(Segment::parameter) {
        Some(name) => fault(format!("the prefix `{text}` has a parameter, `{name}`"), help),
        None if segments.iter().any(|segment| matches!(segment, Segment::Rest(_))) => {
            fault(format!("the prefix `{text}` says what is below it"), help)
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> Segment {
        Segment::Literal(text.into())
    }

    #[test]
    fn patterns_are_segments() {
        let one = |name: &str| Segment::One(name.into());
        let rest = |name: &str| Segment::Rest(name.into());
        for (text, command, segments) in [
            ("/", None, vec![literal("")]),
            ("/{$}", None, vec![literal("")]),
            ("GET /users", Some("GET"), vec![literal("users")]),
            ("GET /users/", Some("GET"), vec![literal("users"), literal("")]),
            ("GET /users/{$}", Some("GET"), vec![literal("users"), literal("")]),
            ("M-SEARCH /{id}/x", Some("M-SEARCH"), vec![one("id"), literal("x")]),
            ("/a/{rest...}", None, vec![literal("a"), rest("rest")]),
            ("/{rest...}", None, vec![rest("rest")]),
            ("/a/{...}", None, vec![literal("a"), rest("")]),
            (
                "/{type}/caf\u{e9} au lait/100%",
                None,
                vec![one("type"), literal("café au lait"), literal("100%")],
            ),
            ("/@x/a:b/a*", None, vec![literal("@x"), literal("a:b"), literal("a*")]),
        ] {
            let expected = (command.map(str::to_owned), Pattern { segments });
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn everything_that_can_be_wrong() {
        for (text, wrong) in [
            ("", "the route is empty"),
            (" /a", "white space"),
            ("GET", "has no path"),
            ("users", "has no path"),
            ("GET users", "has no path"),
            ("GET  /users", "not just one space"),
            ("GET/users", "not just one space"),
            ("get /users", "the HTTP method is `GET`"),
            ("PSOT /users", "no HTTP method"),
            ("* /users", "no request has the command `*`"),
            ("ANY /users", "no request has the command `ANY`"),
            ("all /users", "no request has the command `all`"),
            ("GET,POST /users", "no request can have the command"),
            ("GE(T /users", "no request can have the command"),
            ("CONNECT /users", "no `CONNECT` request"),
            ("/a?b=c", "a route has no query"),
            ("/a#b", "no request has a fragment"),
            ("/a//b", "an empty segment"),
            ("//", "an empty segment"),
            ("/./a", "no path that reaches a route"),
            ("/a/..", "no path that reaches a route"),
            ("/{}", "names no parameter"),
            ("/{...}/b", "something follows it"),
            ("/{1st}", "no name that an argument can have"),
            ("/{a b}", "no name that an argument can have"),
            ("/{self}", "no name that an argument can have"),
            ("/{_}", "no name that an argument can have"),
            ("/{id:u64}", "says more than a name"),
            ("/{*rest}", "how others write the rest"),
            ("/{a...}/b", "something follows it"),
            ("/{$}/b", "something follows it"),
            ("/{a}/{a}", "twice"),
            ("/{a", "a brace"),
            ("/a}", "a brace"),
            ("/{a}.txt", "a brace"),
            ("/{a}{b}", "a brace"),
            ("/{{a}}", "a brace"),
            ("/:id", "how others write a parameter"),
            ("/<id>", "how others write a parameter"),
            ("/*rest", "how others write a parameter"),
            ("/*", "would match only itself"),
            ("/caf%C3%A9", "percent-encoded"),
            ("/a%2Fb", "percent-encoded"),
            ("/a\0b", "control character"),
        ] {
            let fault = parse(text).expect_err(text);
            assert!(fault.wrong.contains(wrong), "{text}: {fault:?}");
            assert!(!fault.help.is_empty());
        }
    }

    #[test]
    fn help_shows_what_to_write() {
        for (text, help) in [
            ("GET  /users", "write `GET /users`"),
            ("* /users", "leave the command out, to answer all of them: `/users`"),
            ("DELTE /users", "did you mean `DELETE /users`?"),
            ("GET users", "`GET /users`"),
            ("/a///b", "write `/a/b`"),
            ("/*rest", "write `{rest...}`"),
            ("/{*rest}", "write `{rest...}`"),
            ("/caf%C3%A9", "write `café`"),
            ("/a?page=1", "`#[query] page: Option<String>`"),
            ("/{a", "write `{a}`"),
        ] {
            let fault = parse(text).expect_err(text);
            assert!(fault.help.contains(help), "{text}: {fault:?}");
        }
    }

    #[test]
    fn prefixes() {
        assert_eq!(prefix("/api"), Ok(()));
        assert_eq!(prefix("/api/v1"), Ok(()));
        for text in
            ["", "api", "/", "/api/", "/{tenant}", "/a//b", "/{rest...}", "/a/{...}", "/a?b"]
        {
            assert!(prefix(text).is_err(), "{text}");
        }
    }
}
