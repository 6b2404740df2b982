//! Which route a target reaches, and with which arguments: what the rules say as they are written.

use super::asked::answer;
use bhrh::{Exchange, http_handler};
use std::io;

struct Site {
    below: Below,
}

/// Its routes' names and arguments are its answers.
#[http_handler(protocol_version = "HTTP/1.1", mount("/m/n" = self.below))]
impl Site {
    #[route("GET /{$}")]
    fn root(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/plain", "root")
    }

    #[route("GET /a")]
    fn a(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/plain", "a")
    }

    #[route("GET /a/{x}")]
    fn one(&self, http: &mut Exchange, x: &str) -> io::Result<()> {
        http.reply(200, "text/plain", format!("one {x:?}"))
    }

    #[route("GET /a/{x}/b")]
    fn inner(&self, http: &mut Exchange, x: &str) -> io::Result<()> {
        http.reply(200, "text/plain", format!("inner {x:?}"))
    }

    #[route("GET /f/{rest...}")]
    fn rest(&self, http: &mut Exchange, rest: &str) -> io::Result<()> {
        http.reply(200, "text/plain", format!("rest {rest:?}"))
    }
}

struct Below;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Below {
    #[route("GET /{x}")]
    fn below(&self, http: &mut Exchange, x: &str) -> io::Result<()> {
        http.reply(200, "text/plain", format!("below {x:?}"))
    }
}

/// The input is a target.
pub fn check(bytes: &[u8]) {
    let target: String =
        bytes.iter().filter(|byte| byte.is_ascii_graphic()).copied().map(char::from).collect();
    let target = if target.starts_with('/') { target } else { format!("/{target}") };
    let response = answer(&Site { below: Below }, "GET", &target, &[]);
    let path = target.split('?').next().unwrap_or_default();
    // As Python, the server takes several slashes at the beginning for one.
    let path = format!("/{}", path.trim_start_matches('/'));
    let content = String::from_utf8_lossy(&response.content);
    match (response.status, reached(&path)) {
        (200, Some(Some(expected))) => assert_eq!(content, expected, "{target}"),
        (404, Some(None)) | (400, None) => {}
        // What no target may hold is refused before there is a path.
        (400, Some(_)) => assert!(!is_sound(&target), "{target}"),
        (status, expected) => panic!("{status} instead of {expected:?}: {target}"),
    }
}

/// Whether the target is made of what RFC 3986 or the URL standard allow: for the cases above only.
fn is_sound(target: &str) -> bool {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/[]|^%".contains(c);
    let escapes = path.split('%').skip(1).all(|escape| {
        let digits = escape.get(..2).filter(|digits| digits.chars().all(|c| c.is_ascii_hexdigit()));
        digits.is_some_and(|digits| {
            !digits.starts_with(['0', '1']) && !digits.eq_ignore_ascii_case("7f")
        })
    });
    let in_query = |c: char| plain(c) || "?{}`\\".contains(c);
    path.chars().all(plain) && escapes && query.chars().all(in_query)
}

/// The answer to a path. `None`: it cannot be decoded.
fn reached(path: &str) -> Option<Option<String>> {
    let segments: Vec<String> = path.split('/').skip(1).map(decoded).collect::<Option<_>>()?;
    // A segment of dots is matched by nothing.
    if segments.iter().any(|segment| matches!(&**segment, "." | "..")) {
        return Some(None);
    }
    let segments: Vec<&str> = segments.iter().map(|segment| &**segment).collect();
    Some(match segments[..] {
        [""] => Some("root".to_owned()),
        ["a"] => Some("a".to_owned()),
        ["a", x] if !x.is_empty() => Some(format!("one {x:?}")),
        ["a", x, "b"] if !x.is_empty() => Some(format!("inner {x:?}")),
        // Below a mount, several slashes count as one, as at the beginning.
        ["m", "n", ref empty @ .., x] if !x.is_empty() && empty.iter().all(|it| it.is_empty()) => {
            Some(format!("below {x:?}"))
        }
        ["f", ref rest @ ..] if !rest.is_empty() => {
            let rest: Vec<String> = rest.iter().map(|text| text.replace('/', "%2F")).collect();
            Some(format!("rest {:?}", rest.join("/")))
        }
        _ => None,
    })
}

fn decoded(segment: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let byte = match (first, after) {
            (b'%', [high, low, after @ ..]) => {
                rest = after;
                let digits = [*high, *low];
                if !digits.iter().all(u8::is_ascii_hexdigit) {
                    return None;
                }
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            (b'%', _) => return None,
            (byte, _) => *byte,
        };
        bytes.push(byte);
    }
    String::from_utf8(bytes).ok()
}
