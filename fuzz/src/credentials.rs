//! Basic credentials: what a second decoder finds in `Authorization`, and a challenge that any
//! realm leaves whole.

use super::asked::{answer, seen, values};
use super::conversations::Answer;
use super::reference;
use bhrh::Exchange;

/// The first line is an `Authorization`, the second a realm.
pub fn check(bytes: &[u8]) {
    let values = values(bytes);
    let value = |at: usize| values.get(at).map_or("", |value| value);
    let found = seen("/", &[("Authorization", value(0))], |http| {
        http.basic_auth()
            .map(|it| (it.user(), it.password(), it.matches(&it.user(), &it.password())))
    });
    if let Some(found) = found {
        let expected = credentials(value(0));
        let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let read = found.as_ref().map(|(user, password, _)| (user.clone(), password.clone()));
        let right = expected.as_ref().map(|(user, password)| (told(user), told(password)));
        assert_eq!(read, right, "{:?}", value(0));
        // U+FFFD stands for bytes that no text is equal to.
        if let (Some((.., matches)), Some((user, password))) = (found, expected) {
            let is_text = [user, password].iter().all(|it| std::str::from_utf8(it).is_ok());
            assert_eq!(matches, is_text, "{:?}", value(0));
        }
    }
    let realm: String = bytes.iter().copied().map(char::from).collect();
    let realm = realm.split_once('\n').map_or("", |(_, realm)| realm);
    let handler = Answer(|http: &mut Exchange<'_>| http.demand_basic_auth(realm));
    let response = answer(&handler, "GET", "/", &[]);
    let challenges = response.values("WWW-Authenticate");
    if response.status != 401 {
        assert!(response.status == 500 && challenges.is_empty(), "{realm:?}");
        return;
    }
    let [challenge] = challenges[..] else { panic!("{challenges:?}") };
    let rest = challenge.strip_prefix(b"Basic realm=").expect("a challenge");
    let (told, rest) = reference::quoted(rest).expect("a quoted realm");
    assert_eq!(rest, b", charset=\"UTF-8\"", "{realm:?}");
    let told: String = told.iter().copied().map(char::from).collect();
    assert_eq!(told, realm);
}

/// RFC 7617 section 2.
fn credentials(value: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let value = value.trim_matches([' ', '\t']);
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = base64(encoded.trim_matches([' ', '\t']).as_bytes())?;
    if decoded.iter().any(|byte| *byte < b' ' || *byte == 0x7f) {
        return None;
    }
    let colon = decoded.iter().position(|byte| *byte == b':')?;
    Some((decoded[..colon].to_vec(), decoded[colon + 1..].to_vec()))
}

/// Base64, with its padding or with less of it; no bits left over.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.iter().position(|byte| *byte == b'=').unwrap_or(text.len());
    let (digits, padding) = text.split_at(end);
    let needed = (4 - digits.len() % 4) % 4;
    if needed == 3 || !b"==="[..needed].starts_with(padding) {
        return None;
    }
    let mut bits = Vec::new();
    for digit in digits {
        let number = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits.extend((0..6).rev().map(|at| number >> at & 1));
    }
    let whole = bits.len() / 8 * 8;
    if bits[whole..].contains(&1) {
        return None;
    }
    Some(
        bits[..whole]
            .chunks(8)
            .map(|byte| byte.iter().fold(0, |all, bit| all << 1 | bit))
            .collect(),
    )
}
