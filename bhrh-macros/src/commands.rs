//! Which names are HTTP methods.
//!
//! Plain strings: it knows nothing of Rust syntax.

/// The methods of the IANA registry (RFC 9110, section 16.1), without its `*`.
const REGISTERED: [&str; 40] = [
    "ACL",
    "BASELINE-CONTROL",
    "BIND",
    "CHECKIN",
    "CHECKOUT",
    "CONNECT",
    "COPY",
    "DELETE",
    "GET",
    "HEAD",
    "LABEL",
    "LINK",
    "LOCK",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MKREDIRECTREF",
    "MKWORKSPACE",
    "MOVE",
    "OPTIONS",
    "ORDERPATCH",
    "PATCH",
    "POST",
    "PRI",
    "PROPFIND",
    "PROPPATCH",
    "PUT",
    "QUERY",
    "REBIND",
    "REPORT",
    "SEARCH",
    "TRACE",
    "UNBIND",
    "UNCHECKOUT",
    "UNLINK",
    "UNLOCK",
    "UPDATE",
    "UPDATEREDIRECTREF",
    "VERSION-CONTROL",
];

/// The registered method that `name` spells in another case, or with `_` for `-`; `None` if it is
/// none, or is spelt as registered.
pub(crate) fn misspelt(name: &str) -> Option<&'static str> {
    let meant = name.to_ascii_uppercase().replace('_', "-");
    REGISTERED.into_iter().find(|registered| *registered == meant && *registered != name)
}

/// Whether a request can carry this as its method: a token of RFC 9110, section 5.6.2.
pub(crate) fn is_token(name: &str) -> bool {
    let in_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(in_token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_in_case_and_hyphen() {
        for (name, meant) in [
            ("get", Some("GET")),
            ("Get", Some("GET")),
            ("version_control", Some("VERSION-CONTROL")),
            ("VERSION_CONTROL", Some("VERSION-CONTROL")),
            ("GET", None),
            ("work", None),
            ("SPAM", None),
            ("GETT", None),
        ] {
            assert_eq!(misspelt(name), meant, "{name}");
        }
    }

    #[test]
    fn tokens() {
        for name in ["GET", "M-SEARCH", "get", "x!#$%&'*+-.^_`|~9"] {
            assert!(is_token(name), "{name}");
        }
        for name in ["", " ", "GET ", "a/b", "a\r\nb", "é", "(x)", "a,b"] {
            assert!(!is_token(name), "{name:?}");
        }
    }
}
