//! The grammar of patterns: `GET /users/{id}/files/{path...}`.
//!
//! Plain strings: nothing here knows Rust's syntax, or where in the program a pattern stands.

use super::literal::literal;
use super::pattern_fault::PatternFault;
use super::route_command;
use crate::model::route::{Pattern, Segment, is_parameter_name};
use crate::words::http_methods::is_token;

fn fault<T>(wrong: impl Into<String>, help: impl Into<String>) -> Result<T, PatternFault> {
    Err(PatternFault::new(wrong, help))
}

/// The text of a route: a command, if there is one, and a pattern.
pub(crate) fn parse(text: &str) -> Result<(Option<String>, Pattern), PatternFault> {
    if text.is_empty() {
        return fault("the route is empty", "write a command and a path: `GET /users/{id}`");
    }
    if text.trim() != text {
        let help = format!("write `{}`", text.trim());
        return fault(format!("the route `{text}` begins or ends with white space"), help);
    }
    // After the path's first slash, a space is part of the path.
    let (command, path) = match text.find('/') {
        Some(0) => (None, text),
        Some(slash) => (Some(text[..slash].trim_end()), &text[slash..]),
        None => return no_path(text),
    };
    if let Some(command) = command {
        route_command::check(text, command, path)?;
    }
    Ok((command.map(str::to_owned), pattern(path)?))
}

fn no_path<T>(text: &str) -> Result<T, PatternFault> {
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

fn pattern(path: &str) -> Result<Pattern, PatternFault> {
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

/// The text between two slashes.
fn segment(text: &str, is_last: bool, path: &str) -> Result<Segment, PatternFault> {
    if text == "{$}" {
        return match is_last {
            true => Ok(Segment::Literal(String::new())),
            false => fault(
                format!("`{{$}}` means the end of a path, but something follows it in `{path}`"),
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

/// A parameter. `inner` is what stands between its braces.
fn parameter(text: &str, inner: &str, is_last: bool, path: &str) -> Result<Segment, PatternFault> {
    let wrong = |what: &str| format!("the segment `{text}` {what}");
    if inner.is_empty() {
        let help = "write a name, which is also the argument's: `{name}`";
        return fault(wrong("has no name"), help);
    }
    let (name, is_rest) = match inner.strip_suffix("...") {
        Some(name) => (name, true),
        None => (inner, false),
    };
    if let Some(name) = name.strip_prefix('*').or_else(|| name.strip_suffix('*')) {
        return fault(
            wrong("is the rest of a path in other frameworks"),
            format!("write `{{{name}...}}`"),
        );
    }
    if let Some((name, ty)) = name.split_once(':') {
        let help = format!("write `{{{}}}`, and the type in the method: `{name}: …`", name.trim());
        return fault(
            wrong(&format!("has more than a name in its braces (`{}`)", ty.trim())),
            help,
        );
    }
    let is_unnamed = is_rest && name.is_empty();
    if !is_unnamed && !is_parameter_name(name) {
        let help = "write letters, digits and `_`, with no digit in front; `self`, `super`, \
                    `crate` and `_` are not allowed";
        return fault(wrong("has a name that an argument cannot have"), help);
    }
    if is_rest && !is_last {
        let wrong =
            format!("`{text}` takes the rest of the path, but something follows it in `{path}`");
        let one = if is_unnamed { "name" } else { name };
        return fault(wrong, format!("end the pattern with it, or take one segment: `{{{one}}}`"));
    }
    Ok(match is_rest {
        true => Segment::Rest(name.to_owned()),
        false => Segment::One(name.to_owned()),
    })
}

/// Checks the prefix of a mount: literal segments, and no slash at the end.
pub(crate) fn prefix(text: &str) -> Result<(), PatternFault> {
    let help = "write a path such as `/api`: the handler gets what is below it";
    if !text.starts_with('/') {
        let wrong = format!("the prefix `{text}` does not begin with a slash");
        return fault(wrong, format!("write `/{text}`"));
    }
    if text == "/" {
        let wrong = "a handler cannot be mounted at `/`, which this one answers itself";
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
            ("GET  /users", "exactly one space"),
            ("GET/users", "exactly one space"),
            ("get /users", "the HTTP method is `GET`"),
            ("PSOT /users", "not an HTTP method"),
            ("* /users", "no request has the command `*`"),
            ("ANY /users", "no request has the command `ANY`"),
            ("all /users", "no request has the command `all`"),
            ("GET,POST /users", "no request can have the command"),
            ("GE(T /users", "no request can have the command"),
            ("CONNECT /users", "no `CONNECT` request"),
            ("/a?b=c", "a route has no query"),
            ("/a#b", "a route has no fragment"),
            ("/a//b", "an empty segment"),
            ("//", "an empty segment"),
            ("/./a", "never reaches a route"),
            ("/a/..", "never reaches a route"),
            ("/{}", "has no name"),
            ("/{...}/b", "something follows it"),
            ("/{1st}", "a name that an argument cannot have"),
            ("/{a b}", "a name that an argument cannot have"),
            ("/{self}", "a name that an argument cannot have"),
            ("/{_}", "a name that an argument cannot have"),
            ("/{id:u64}", "more than a name"),
            ("/{*rest}", "the rest of a path in other frameworks"),
            ("/{a...}/b", "something follows it"),
            ("/{$}/b", "something follows it"),
            ("/{a}/{a}", "twice"),
            ("/{a", "a brace"),
            ("/a}", "a brace"),
            ("/{a}.txt", "a brace"),
            ("/{a}{b}", "a brace"),
            ("/{{a}}", "a brace"),
            ("/:id", "a parameter in other frameworks"),
            ("/<id>", "a parameter in other frameworks"),
            ("/*rest", "a parameter in other frameworks"),
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
            ("* /users", "to answer all commands, leave the command out: `/users`"),
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
