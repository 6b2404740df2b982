//! What the path of a request names: segments that can only be the names of files and directories.
//!
//! The file system is not asked here. A segment is refused if the file system could take it for
//! anything except one name below the directory. So such a segment never reaches the file system.

use std::ffi::{OsStr, OsString};

use percent_encoding::percent_decode;

/// The names that a path consists of, decoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) segments: Vec<OsString>,
    /// The path ends with a slash or with dots, so it can only mean a directory.
    pub(super) slash: bool,
}

/// Reads the path of a request target; `None` if it can name no file here. `hidden`: names that
/// begin with a dot are names as well.
///
/// Segments that are dots are removed first, escaped or not, and never lead above the directory
/// (RFC 3986 sections 5.2.4 and 6.2.2.2). Empty segments count for nothing, as in Python. A segment
/// that cannot be a name makes the path invalid even where `..` follows: a proxy that decodes in
/// another order would remove another segment.
pub(super) fn names(target: &str, hidden: bool) -> Option<Names> {
    let path = split(target).0;
    let mut names: Vec<Vec<u8>> = Vec::new();
    let mut slash = true;
    for segment in path.split('/') {
        let name = decoded(segment)?;
        slash = is_directory(&name);
        match &name[..] {
            b"" | b"." => {}
            b".." => drop(names.pop()),
            name if !is_name(name) || (cfg!(windows) && !is_name_on_windows(name)) => return None,
            _ => names.push(name),
        }
    }
    let is_shown = |(at, name): (usize, &Vec<u8>)| hidden || !is_hidden(name, at == 0);
    if !names.iter().enumerate().all(is_shown) {
        return None;
    }
    let segments = names.into_iter().map(os_string).collect::<Option<_>>()?;
    Some(Names { segments, slash })
}

/// One segment without its escapes. In the whole request one character is one byte.
fn decoded(segment: &str) -> Option<Vec<u8>> {
    let bytes: Vec<u8> = segment.chars().map(u8::try_from).collect::<Result<_, _>>().ok()?;
    Some(percent_decode(&bytes).collect())
}

/// Whether a path that ends in this segment can only mean a directory.
fn is_directory(segment: &[u8]) -> bool {
    matches!(segment, b"" | b"." | b"..")
}

/// The path and the query of a target, in origin-form or in absolute-form (RFC 9112 section 3.2).
pub(super) fn split(target: &str) -> (&str, Option<&str>) {
    let target = target.split('#').next().unwrap_or_default();
    let (path, query) = match target.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (target, None),
    };
    let path = match path.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => {
            rest.find('/').map_or("", |slash| &rest[slash..])
        }
        _ => path,
    };
    (path, query)
}

/// Where a client that left out the slash at the end of a directory's path finds the directory: a
/// reference relative to what it asked for, which holds wherever the files are mounted, and cannot
/// lead to another host. `None` if there is a slash, or a segment of dots, which means one.
pub(super) fn with_slash(target: &str) -> Option<String> {
    let (path, query) = split(target);
    let last = path.rsplit('/').next()?;
    if decoded(last).is_none_or(|last| is_directory(&last)) {
        return None;
    }
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    // Without the dot, a name with a colon in it would be a scheme (RFC 3986 section 4.2).
    Some(format!("./{last}/{query}"))
}

/// One name, and not a way to somewhere else. A backslash may be part of a name everywhere except
/// on Windows. It is refused everywhere, since proxies do not agree on what it means.
fn is_name(name: &[u8]) -> bool {
    !is_directory(name) && !name.iter().any(|byte| matches!(byte, b'/' | b'\\' | 0))
}

/// Whether a name is hidden: whether it begins with a dot. `/.well-known/` is not hidden, since
/// clients are meant to ask for it (RFC 8615).
pub(super) fn is_hidden(name: &[u8], first: bool) -> bool {
    name.first() == Some(&b'.') && !(first && name == b".well-known")
}

/// Whether there is a path that names this entry of a directory.
pub(super) fn can_be_asked_for(name: &OsStr) -> bool {
    is_name(name.as_encoded_bytes()) && (cfg!(unix) || name.to_str().is_some())
}

/// Windows gives meaning to many names: `C:` is a drive, `a.txt:b` and `a.txt::$DATA` are streams
/// of a file, `con.txt` is a device, and a dot or a space at the end is not there.
fn is_name_on_windows(name: &[u8]) -> bool {
    let reserved = |byte: &u8| matches!(byte, b'<' | b'>' | b':' | b'"' | b'|' | b'?' | b'*');
    if name.iter().any(|byte| *byte < 0x20 || reserved(byte)) {
        return false;
    }
    if matches!(name.last(), Some(b'.' | b' ')) {
        return false;
    }
    let stem = name.split(|byte| *byte == b'.').next().unwrap_or_default();
    let stem = stem.trim_ascii_end().to_ascii_uppercase();
    let device = match &stem[..] {
        b"CON" | b"PRN" | b"AUX" | b"NUL" | b"CONIN$" | b"CONOUT$" | b"CLOCK$" => true,
        // The digit may be a superscript one: U+00B9, U+00B2, U+00B3.
        [b'C', b'O', b'M', number @ ..] | [b'L', b'P', b'T', number @ ..] => {
            matches!(number, [b'0'..=b'9'] | [0xC2, 0xB9 | 0xB2 | 0xB3])
        }
        _ => false,
    };
    !device
}

/// Names are bytes where the system says so.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "as the other")]
fn os_string(name: Vec<u8>) -> Option<OsString> {
    use std::os::unix::ffi::OsStringExt;
    Some(OsString::from_vec(name))
}

#[cfg(not(unix))]
fn os_string(name: Vec<u8>) -> Option<OsString> {
    String::from_utf8(name).ok().map(OsString::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(target: &str) -> Option<Vec<String>> {
        let names = names(target, false)?;
        let text = |name: OsString| name.to_string_lossy().into_owned();
        Some(names.segments.into_iter().map(text).collect())
    }

    #[test]
    fn a_path_is_names() {
        for (target, expected) in [
            ("/", &[][..]),
            ("", &[]),
            ("/a", &["a"]),
            ("/a/b.txt?c=/d", &["a", "b.txt"]),
            ("/a//b/", &["a", "b"]),
            ("/a%20b/%C3%A9%3f", &["a b", "é?"]),
            ("/100%", &["100%"]),
            ("/..a/a..", &["a.."]),
            ("http://host/a?b", &["a"]),
            ("http://host", &[]),
            ("/a?b=http://host/c", &["a"]),
            ("/http://host/a", &["http:", "host", "a"]),
            ("/.well-known/acme-challenge/x", &[".well-known", "acme-challenge", "x"]),
        ] {
            if target == "/..a/a.." {
                assert!(names(target, true).is_some() && read(target).is_none());
            } else {
                assert_eq!(read(target).as_deref().unwrap_or_default(), expected, "{target}");
            }
        }
    }

    #[test]
    fn no_path_leads_out() {
        for target in [
            "/..%2fetc%2fpasswd",
            "/%2e%2e%2fetc/passwd",
            "/..%2f..",
            "/a%2fb/../c",
            "/%00/../c",
            "/a%2Fb",
            "/%2fetc/passwd",
            "/..%5c..%5cwindows",
            "/a%5Cb",
            "/a\\b",
            "/a%00.txt",
            "/%00",
        ] {
            assert_eq!(names(target, true), None, "{target}");
        }
        // Decoded once: a name with percent signs in it.
        assert_eq!(read("/%252e%252e/a"), Some(vec!["%2e%2e".into(), "a".into()]));
        // Bytes, not characters: the long forms of a dot and a slash in broken UTF-8 are neither.
        if cfg!(unix) {
            assert_eq!(names("/%c0%ae%c0%af", true).unwrap().segments.len(), 1);
        }
        // A character above U+00FF cannot have come from a client.
        assert_eq!(names("/\u{2025}", true), None);
    }

    #[test]
    fn dots_are_removed_first() {
        for (target, expected, slash) in [
            ("/./a", &["a"][..], false),
            ("/.//./a/.", &["a"], true),
            ("/a/..", &[], true),
            ("/a/b/../c", &["a", "c"], false),
            ("/a/b/../../c/..//d/", &["d"], true),
            ("/a/%2e%2E/b", &["b"], false),
            ("/%2e/a/.%2e/%2E./b", &["b"], false),
            // Never above the directory.
            ("/..", &[], true),
            ("/../../etc/passwd", &["etc", "passwd"], false),
            ("/a/../../etc/passwd", &["etc", "passwd"], false),
            ("http://host/../etc", &["etc"], false),
            // What was removed does not count.
            ("/.git/../a", &["a"], false),
            ("/a/../.well-known/b", &[".well-known", "b"], false),
            // Not before the query.
            ("/a?/../b", &["a"], false),
            ("/a;/../b", &["b"], false),
        ] {
            let names = names(target, false).unwrap_or_else(|| panic!("{target} is a path"));
            assert_eq!(
                (&names.segments[..], names.slash),
                (&expected.iter().map(OsString::from).collect::<Vec<_>>()[..], slash),
                "{target}"
            );
        }
        for target in ["/a/../.git/b", "/a/.well-known/../../b/../.env", "/b/../a/.well-known"] {
            assert_eq!(names(target, false), None, "{target}");
        }
    }

    #[test]
    fn hidden_names_are_names_on_request() {
        for target in ["/.git/config", "/a/.env", "/%2egit/config", "/a/.well-known", "/..."] {
            assert_eq!(names(target, false), None, "{target}");
            assert!(names(target, true).is_some(), "{target}");
        }
    }

    #[test]
    fn windows_has_more_than_names() {
        for name in [
            "C:",
            "c:secret",
            "a.txt:stream",
            "a.txt::$DATA",
            "con",
            "CON.txt",
            "nul ",
            "aux .c",
            "com1",
            "COM9.tar.gz",
            "lpt\u{b2}",
            "CONIN$",
            "a.txt.",
            "a.txt ",
            "a*",
            "what?",
            "\u{1}",
        ] {
            assert!(!is_name_on_windows(name.as_bytes()), "{name:?}");
        }
        for name in ["a.txt", "console", "com", "com10", "lpta", "nul_", "é", ".git", "a.con"] {
            assert!(is_name_on_windows(name.as_bytes()), "{name:?}");
        }
        // What makes a UNC path or a device path cannot get into a name at all.
        for target in ["/%5c%5chost%5cshare", "/%5c%5c.%5cCOM1", "//host/share", "/%5c%5c%3f%5cC:"]
        {
            let names = names(target, true).map(|names| names.segments);
            assert!(names.is_none() || names.unwrap() == ["host", "share"], "{target}");
        }
    }

    #[test]
    fn the_way_to_the_slash_stays_on_the_host() {
        for (target, expected) in [
            ("/a", Some("./a/")),
            ("/a/b?c=d&e", Some("./b/?c=d&e")),
            ("/a?", Some("./a/?")),
            ("//host", Some("./host/")),
            ("/x:y", Some("./x:y/")),
            ("http://host/a", Some("./a/")),
            ("/a/", None),
            ("/", None),
            ("/a/.", None),
            ("/a/%2e%2e?b", None),
            ("http://host", None),
        ] {
            assert_eq!(with_slash(target).as_deref(), expected, "{target}");
        }
    }
}
