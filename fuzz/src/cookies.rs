//! Cookies: those of a request are what a second reader finds, and one that is set is one field,
//! and comes back as it was.

use super::asked::{answer, seen, values};
use super::conversations::Answer;
use super::reference::trim;
use bhrh::{Cookie, Exchange};

/// The first line is a `Cookie`, the second the name of one to set, the third its value, the fourth
/// its path, the fifth its domain.
pub fn check(bytes: &[u8]) {
    let values = values(bytes);
    let value = |at: usize| values.get(at).map_or("", |value| value);
    let owned = |http: &Exchange<'_>| -> Vec<(String, String)> {
        http.cookies().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
    };
    if let Some(found) = seen("/", &[("Cookie", value(0))], owned) {
        assert_eq!(found, cookies(value(0)), "{:?}", value(0));
    }
    // Raw, so that control characters are tried, too.
    let raw: String = bytes.iter().copied().map(char::from).collect();
    let mut raw = raw.splitn(5, '\n').skip(1);
    let mut next = || raw.next().unwrap_or_default();
    let (name, text, path, domain) = (next(), next(), next(), next());
    let mut cookie = Cookie::new(name, text).path(path);
    if !domain.is_empty() {
        cookie = cookie.domain(domain);
    }
    let handler = Answer(|http: &mut Exchange<'_>| {
        let set = http.set_cookie(&cookie).is_ok();
        http.send_response(if set { 200 } else { 400 });
        http.send_header("Content-Length", 0);
        http.end_headers()
    });
    let response = answer(&handler, "GET", "/", &[]);
    let set = response.values("Set-Cookie");
    assert_eq!(set.len(), usize::from(response.status == 200), "{cookie:?}");
    let Some(field) = set.first() else { return };
    let pieces: Vec<&[u8]> = field.split(|byte| *byte == b';').map(trim).collect();
    // A browser sees the attributes that were meant, and no others.
    let names: Vec<String> = pieces[1..]
        .iter()
        .map(|piece| piece.split(|byte| *byte == b'=').next().unwrap_or_default())
        .map(|name| String::from_utf8_lossy(name).to_ascii_lowercase())
        .collect();
    let known = ["path", "domain", "httponly", "samesite"];
    assert!(names.iter().all(|name| known.contains(&&**name)), "{names:?}: {cookie:?}");
    assert_eq!(names.len(), known.len() - usize::from(domain.is_empty()), "{cookie:?}");
    let pair: String = pieces[0].iter().copied().map(char::from).collect();
    let back = seen("/", &[("Cookie", &pair)], owned).expect("what was sent can be sent back");
    assert_eq!(back, [(name.to_owned(), text.to_owned())], "{cookie:?}");
}

fn cookies(value: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for pair in value.split(';') {
        let Some((name, value)) = pair.split_once('=') else { continue };
        let (name, mut value) = (trimmed(name), trimmed(value));
        if name.is_empty() || name.chars().any(|c| c.is_control()) {
            continue;
        }
        if value.len() > 1 && value.starts_with('"') && value.ends_with('"') {
            value = value[1..value.len() - 1].to_owned();
        }
        found.push((utf8(&name), utf8(&value)));
    }
    found
}

fn trimmed(text: &str) -> String {
    text.trim_matches([' ', '\t']).to_owned()
}

/// The text that UTF-8 makes of its bytes, if they are UTF-8.
fn utf8(text: &str) -> String {
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(c).expect("Latin-1")).collect();
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
