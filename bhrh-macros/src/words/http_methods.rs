//! Which names are HTTP methods, and which HTTP method a misspelt name was meant to be.

use super::spelling::{distance, nearest};

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

/// The methods that everybody knows. The registry also has words such as `UPDATE` and `LINK`, which
/// are just as often names of other things.
pub(crate) const WELL_KNOWN: [&str; 9] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"];

/// The registered method that `name` spells in another case, or with `_` for `-`. `None` if `name`
/// is spelt as registered, or is another word.
pub(crate) fn misspelt(name: &str) -> Option<&'static str> {
    registered(name).filter(|meant| *meant != name)
}

/// The registered method that `name`, which is another word, was most likely meant to be. It
/// differs by one slip, or by two if it is long and begins with the same letter (`EXPORT` is not
/// `REPORT`). Short methods that few people know are not suggested: `LINE` may be meant, although
/// `LINK` is a method.
pub(crate) fn nearly(name: &str) -> Option<&'static str> {
    let word = name.to_ascii_uppercase().replace('_', "-");
    if REGISTERED.contains(&&*word) {
        return None;
    }
    let first = word.chars().next();
    let near = |known: &&str| {
        let is_long = known.len() > 5;
        let limit = if is_long && known.chars().next() == first { 2 } else { 1 };
        (is_long || WELL_KNOWN.contains(known)) && distance(&word, known) <= limit
    };
    nearest(&word, REGISTERED.into_iter().filter(near), 2)
}

/// The registered method in a name that was meant to begin with `do_`: `DO_POST`, `doPUT`,
/// `Do_get`.
pub(crate) fn after_do(name: &str) -> Option<&'static str> {
    let (start, rest) = name.split_at_checked(2)?;
    if !start.eq_ignore_ascii_case("do") || name.starts_with("do_") {
        return None;
    }
    registered(rest.strip_prefix('_').unwrap_or(rest))
}

/// The registered method that `name` spells, in any case.
pub(crate) fn registered(name: &str) -> Option<&'static str> {
    let meant = name.to_ascii_uppercase().replace('_', "-");
    REGISTERED.into_iter().find(|registered| *registered == meant)
}

/// Whether somebody who writes this as a command means all commands.
pub(crate) fn means_all(name: &str) -> bool {
    ["*", "ANY", "ALL"].iter().any(|word| name.eq_ignore_ascii_case(word))
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
    fn slips_of_a_letter_or_two() {
        for (name, meant) in [
            ("GETT", Some("GET")),
            ("PSOT", Some("POST")),
            ("DELTE", Some("DELETE")),
            ("DLETEE", Some("DELETE")),
            ("OPTON", Some("OPTIONS")),
            ("_GET", Some("GET")),
            ("gte", Some("GET")),
            ("GET", None),
            ("get", None),
            ("VERSION_CONTROL", None),
            ("SPAM", None),
            ("PURGE", None),
            ("LINE", None),
            ("LIST", None),
            ("PING", None),
            ("TEST", None),
            ("NOTIFY", None),
            ("EXPORT", None),
            ("SUBSCRIBE", None),
            ("größe", None),
            ("", None),
        ] {
            assert_eq!(nearly(name), meant, "{name}");
        }
    }

    #[test]
    fn names_that_nearly_begin_with_do() {
        for (name, meant) in [
            ("DO_POST", Some("POST")),
            ("doPUT", Some("PUT")),
            ("Do_get", Some("GET")),
            ("doVersionControl", None),
            ("DO_VERSION_CONTROL", Some("VERSION-CONTROL")),
            ("do_POST", None),
            ("document", None),
            ("dö", None),
            ("d", None),
        ] {
            assert_eq!(after_do(name), meant, "{name}");
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
