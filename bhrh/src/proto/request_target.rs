//! Request targets and `Host`: RFC 9112 section 3.2, in the characters of RFC 3986.

use crate::percent;
use crate::protocol_error::ProtocolError;
use crate::scan::run;
use crate::settings::Profile;

/// Whether target and method are of the form that nearly all requests have: origin-form, with
/// nothing in it that would need a second look. All bytes of the target are
/// [plain](is_plain_byte).
pub(super) fn is_plain(method: &[u8], target: &[u8]) -> bool {
    target.starts_with(b"/") && !target.starts_with(b"//") && method != b"CONNECT"
}

/// Whether a byte may stand in a path or query as it is.
pub(super) fn is_plain_byte(byte: u8) -> bool {
    CLASS[byte as usize] & (PLAIN | LEFT) != 0
}

/// Whether an escape stands at the beginning that may stand in a path or query: not that of a
/// control character.
pub(super) fn is_plain_escape(bytes: &[u8]) -> bool {
    is_escape(bytes) && !is_control_escape(bytes)
}

/// Whether this escape is one of a control character: `%00` to `%1F`, and `%7F`.
fn is_control_escape(escape: &[u8]) -> bool {
    matches!(escape, [b'%', b'0' | b'1', ..] | [b'%', b'7', b'f' | b'F', ..])
}

/// Checks a target against the four forms, as far as the profile wants.
pub(super) fn check(method: &str, target: &str, profile: &Profile) -> Result<(), ProtocolError> {
    let bad = || Err(ProtocolError::BadTarget(target.to_owned()));
    if !profile.non_ascii_target && !target.is_ascii() {
        return bad();
    }
    if profile.lax_target {
        return Ok(());
    }
    let valid = match target {
        "*" => method == "OPTIONS",
        _ if method == "CONNECT" => is_authority_form(target),
        _ if target.starts_with('/') => is_path_and_query(target, profile.non_ascii_target),
        _ => is_absolute_form(target, profile.non_ascii_target),
    };
    match valid {
        false => bad(),
        // RFC 9110 section 7.4. Among valid targets only absolute form begins with a letter, but
        // for CONNECT's.
        true if !profile.https_target && is_https(target) => Err(ProtocolError::NotSecured),
        true => Ok(()),
    }
}

fn is_https(target: &str) -> bool {
    target.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"))
}

/// Where the authority of a target in absolute form stands.
pub(super) fn authority(target: &str) -> Option<std::ops::Range<usize>> {
    if target.starts_with('/') {
        return None;
    }
    let start = target.find("://")? + 3;
    let length = target[start..].find(['/', '?']).unwrap_or(target.len() - start);
    Some(start..start + length)
}

/// Whether a `Host` value is `uri-host [":" port]` (RFC 9110 section 7.2). An empty one is what a
/// client sends for a target without authority; no request to a server of this kind is. RFC 3986
/// would allow a comma, but no name has one. It is what a proxy puts between two `Host` fields that
/// it joins.
pub(super) fn is_host(value: impl AsRef<[u8]>) -> bool {
    let bytes = value.as_ref();
    if bytes.starts_with(b"[") {
        return std::str::from_utf8(bytes).is_ok_and(is_literal_and_port);
    }
    let name = run(bytes, |byte| CLASS[byte as usize] & NAME != 0);
    match &bytes[name..] {
        [] => name > 0,
        [b':', port @ ..] => name > 0 && (port.is_empty() || is_port(port)),
        // An escape is the rare case.
        [b'%', ..] => is_escaped_name(bytes),
        _ => false,
    }
}

/// `"[" address "]" [ ":" port ]`
fn is_literal_and_port(value: &str) -> bool {
    let Some((literal, port)) = value[1..].split_once(']') else { return false };
    let address = literal.parse::<std::net::Ipv6Addr>().is_ok() || is_future_address(literal);
    address
        && (port.is_empty()
            || port == ":"
            || port.strip_prefix(':').is_some_and(|port| is_port(port.as_bytes())))
}

/// A registered name with escapes in it, and perhaps a port.
fn is_escaped_name(bytes: &[u8]) -> bool {
    let colon = bytes.iter().position(|byte| *byte == b':').unwrap_or(bytes.len());
    let (name, port) = bytes.split_at(colon);
    let name_fits = name.iter().enumerate().all(|(at, byte)| match byte {
        // An escaped control character would harm a program that decodes the name.
        b'%' => is_plain_escape(&name[at..]),
        byte => CLASS[*byte as usize] & NAME != 0,
    });
    name_fits && (port.len() <= 1 || is_port(&port[1..]))
}

/// Whether the bytes begin with a percent sign and two hexadecimal digits.
fn is_escape(bytes: &[u8]) -> bool {
    percent::escape(bytes).is_some()
}

/// `host:port`, the port not left out (RFC 9112 section 3.2.3).
fn is_authority_form(target: &str) -> bool {
    is_host(target) && target.rsplit_once(':').is_some_and(|(_, port)| is_port(port.as_bytes()))
}

/// Digits that make a port number.
fn is_port(port: &[u8]) -> bool {
    let number = port.iter().try_fold(0_u32, |number, byte| match byte {
        b'0'..=b'9' => Some(number * 10 + u32::from(byte - b'0')).filter(|number| *number < 65_536),
        _ => None,
    });
    !port.is_empty() && number.is_some()
}

/// `scheme "://" authority path-abempty [ "?" query ]`, of the schemes http and https, the only
/// ones that a server of this kind is the origin for. Userinfo is refused (RFC 9110 section 4.2.4).
fn is_absolute_form(target: &str, non_ascii: bool) -> bool {
    let Some((scheme, rest)) = target.split_once("://") else { return false };
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return false;
    }
    let path_at = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(path_at);
    is_host(authority) && is_path_and_query(path, non_ascii)
}

/// Characters of `pchar`, `/` and `?`, every `%` of the path followed by two hexadecimal digits;
/// and those that clients send as they are because the URL standard lets them, which RFC 3986 would
/// have escaped: nobody reads them as something else. One is a `%` in the query that begins no
/// escape, which all decoders of queries leave as it is. In a path they differ, and one that sees a
/// file where another sees none is what a filter is got around with.
///
/// A NUL in the path, even as `%00`, ends it early for whatever is written in C: RFC 3986 section
/// 7.3 wants it refused. A program that decodes the path and writes it into a header or a log is
/// harmed by the other control characters likewise. A query may carry raw data.
fn is_path_and_query(text: &str, non_ascii: bool) -> bool {
    let bytes = text.as_bytes();
    let in_query = |at: usize| bytes[..at].contains(&b'?');
    bytes.iter().enumerate().all(|(at, byte)| match CLASS[*byte as usize] {
        NEVER => non_ascii && !byte.is_ascii(),
        ESCAPE => in_query(at) || is_plain_escape(&bytes[at..]),
        QUERY => in_query(at),
        _ => true,
    })
}

/// `"v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )`
fn is_future_address(address: &str) -> bool {
    let Some((version, rest)) = address.strip_prefix(['v', 'V']).and_then(|a| a.split_once('.'))
    else {
        return false;
    };
    let is_part = |byte: u8| byte == b':' || CLASS[byte as usize] & NAME != 0;
    !version.is_empty()
        && version.bytes().all(|byte| byte.is_ascii_hexdigit())
        && !rest.is_empty()
        && rest.bytes().all(is_part)
}

const NEVER: u8 = 0;
/// In a path or query: `pchar`, `/`, `?`.
const PLAIN: u8 = 1;
/// In a registered name as well: `unreserved`, `sub-delims` but the comma.
const NAME: u8 = 2;
/// A percent sign.
const ESCAPE: u8 = 4;
/// What the URL standard leaves as it is in paths and queries, beyond RFC 3986.
const LEFT: u8 = 8;
/// What it leaves as it is in queries only.
const QUERY: u8 = 16;

/// Where each byte may stand.
const CLASS: [u8; 256] = {
    let mut class = [NEVER; 256];
    let name = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+;=";
    let mut at = 0;
    while at < name.len() {
        class[name[at] as usize] = PLAIN | NAME;
        at += 1;
    }
    let plain = b":@/?,";
    at = 0;
    while at < plain.len() {
        class[plain[at] as usize] = PLAIN;
        at += 1;
    }
    let left = b"[]|^";
    at = 0;
    while at < left.len() {
        class[left[at] as usize] = LEFT;
        at += 1;
    }
    let query = b"{}`\\";
    at = 0;
    while at < query.len() {
        class[query[at] as usize] = QUERY;
        at += 1;
    }
    class[b'%' as usize] = ESCAPE;
    class
};

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(method: &str, target: &str) -> bool {
        check(method, target, &Profile::STRICT).is_ok()
    }

    #[test]
    fn the_four_forms_of_rfc_9112_section_3_2() {
        for (method, target) in [
            ("GET", "/"),
            ("GET", "/%20%30%7e%80?%00%0d%0A%7f"),
            ("GET", "/a%20b?c=d&e=/?:@!$'()*+,;=-._~"),
            ("GET", "/a[1]|b^c?c[]=|{}^`\\"),
            ("GET", "/?q=100%"),
            ("GET", "/?%zz=%4"),
            ("GET", "http://localhost/a^b?100%"),
            ("GET", "http://localhost:8080/"),
            ("GET", "HTTP://LOCALHOST?q"),
            ("GET", "http://[::1]:80/x"),
            ("OPTIONS", "*"),
            ("CONNECT", "example.com:443"),
        ] {
            assert!(accepts(method, target), "{method} {target}");
        }
    }

    #[test]
    fn what_is_none_of_the_four_forms_is_refused() {
        for (method, target) in [
            ("GET", "*"),
            ("OPTIONS", "*x"),
            ("GET", "a/b"),
            ("GET", "localhost:8080"),
            ("GET", "/#fragment"),
            ("GET", "/a{}b"),
            ("GET", "/a\\b?"),
            ("GET", "/?a\"b"),
            ("GET", "/%zz"),
            ("GET", "/%4"),
            ("GET", "/100%"),
            ("GET", "/100%?q"),
            ("GET", "http://a/100%"),
            ("GET", "/a%00.html"),
            ("GET", "http://a/%00"),
            ("GET", "/%01"),
            ("GET", "/a%0d%0aX:%20y"),
            ("GET", "/%1F"),
            ("GET", "/%7f?%7f"),
            ("GET", "/caf\u{e9}"),
            ("GET", "http://localhost:abc/"),
            ("GET", "http://user@localhost/"),
            ("GET", "ftp://localhost/"),
            ("GET", "http:///path"),
            ("CONNECT", "/"),
            ("CONNECT", "example.com"),
            ("CONNECT", "example.com:"),
        ] {
            assert!(!accepts(method, target), "{method} {target}");
        }
    }

    #[test]
    fn the_authority_of_an_absolute_target_is_found() {
        for (target, authority) in [
            ("http://a:80/x", Some("a:80")),
            ("HTTP://[::1]?x", Some("[::1]")),
            ("http://a", Some("a")),
            ("/x?http://a/", None),
            ("*", None),
            ("a:443", None),
        ] {
            assert_eq!(super::authority(target).map(|range| &target[range]), authority);
        }
    }

    #[test]
    fn host_is_a_name_or_an_address_and_perhaps_a_port() {
        for good in ["a", "a.b-c", "localhost:", "127.0.0.1:80", "[::1]", "[::1]:8080", "[v1.x:y]"]
        {
            assert!(is_host(good), "{good}");
        }
        for bad in [
            "",
            ":80",
            "a:b",
            "a:80:80",
            "a b",
            "a,b",
            "a%00",
            "a%1f",
            "a%7F",
            "http://a/",
            "a/b",
            "a?b",
            "u@a",
            "[::1",
            "[::1]x",
            "a\\b",
            "<a>",
            "\"a\"",
            "a:99999",
            "a:+80",
            "[]",
            "[v.x]",
        ] {
            assert!(!is_host(bad), "{bad}");
        }
    }
}
