//! Fields in both directions: what the getters of `Headers` make of any value, and what a handler
//! can do to a response with any name, value or phrase.

use std::borrow::Cow;

use super::conversations::{Answer, play};
use super::{reference, responses};
use bhrh::{Exchange, Fields, Profile};

/// The first line is a `Content-Type`, the second a field's name, the third its value, the rest a
/// reason phrase.
pub fn check(bytes: &[u8]) {
    let text: String = bytes.iter().copied().map(char::from).collect();
    let mut parts = text.splitn(4, '\n');
    let mut part = || parts.next().unwrap_or_default();
    let (kind, name, value, phrase) = (part(), part(), part(), part());
    parameters_are_found(kind);
    one_response_comes_of_it(name, value, phrase);
    // UTF-8, too: some of it cannot be sent.
    let lossy = String::from_utf8_lossy(bytes);
    one_response_comes_of_it("X-Text", &lossy, &lossy);
}

fn parameters_are_found(value: &str) {
    let mut fields = Fields::default();
    fields.push("Content-Type", value);
    let headers = fields.headers();
    let kind = headers.get_content_type();
    assert!(kind == kind.to_ascii_lowercase() && kind.split('/').count() == 2, "{value:?}");
    let bytes: Vec<u8> = value.chars().map(|c| u8::try_from(c).expect("Latin-1")).collect();
    assert_eq!(headers.get_bytes("content-type").as_deref(), Some(&bytes[..]));
    let charset = headers.get_param("charset").map(|text| text.to_ascii_lowercase());
    assert_eq!(headers.get_content_charset().as_deref(), charset.as_deref(), "{value:?}");
    assert_eq!(headers.get_boundary(), headers.get_param("Boundary"), "{value:?}");
    let Some(parameters) = parameters(&bytes) else { return };
    for (name, _) in &parameters {
        let mut same = parameters.iter().filter(|other| other.0.eq_ignore_ascii_case(name));
        let expected: Option<String> =
            same.next().map(|(_, value)| value.iter().copied().map(char::from).collect());
        let name = String::from_utf8_lossy(name);
        assert_eq!(headers.get_param(&name).map(Cow::into_owned), expected, "{name}: {value:?}");
    }
}

/// The parameters of a media type that is well-formed by RFC 9110 sections 8.3.1 and 5.6.6.
fn parameters(value: &[u8]) -> Option<Vec<(Vec<u8>, Vec<u8>)>> {
    let end = value.iter().position(|byte| matches!(byte, b';' | b' ' | b'\t'));
    let (kind, mut rest) = value.split_at(end.unwrap_or(value.len()));
    let slash = kind.iter().position(|byte| *byte == b'/')?;
    if !reference::is_token(&kind[..slash]) || !reference::is_token(&kind[slash + 1..]) {
        return None;
    }
    let mut found = Vec::new();
    loop {
        rest = reference::trim(rest);
        if rest.is_empty() {
            return Some(found);
        }
        rest = reference::trim(rest.strip_prefix(b";")?);
        if matches!(rest.first(), None | Some(b';')) {
            continue;
        }
        let name = rest.iter().position(|byte| *byte == b'=')?;
        let (name, value) = (&rest[..name], &rest[name + 1..]);
        let (text, after) = match value.first() {
            Some(b'"') => reference::quoted(value)?,
            _ => {
                let end = value.iter().position(|byte| matches!(byte, b';' | b' ' | b'\t'));
                let (text, after) = value.split_at(end.unwrap_or(value.len()));
                if !reference::is_token(text) {
                    return None;
                }
                (text.to_vec(), after)
            }
        };
        if !reference::is_token(name) {
            return None;
        }
        found.push((name.to_vec(), text));
        rest = after;
    }
}

/// The field arrives as it was, or the client is told that something went wrong.
fn one_response_comes_of_it(name: &str, value: &str, phrase: &str) {
    let handler = Answer(|http: &mut Exchange<'_>| {
        http.send_response((200, phrase));
        http.send_header(name, value);
        http.end_headers()
    });
    let request = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let (bytes, _) = play(Profile::STRICT, &handler, &[request]);
    let mut rest = &bytes[..];
    // Fields that are the runtime's own are judged by `tests/properties/handlers.rs`: one may
    // announce more than comes.
    let known = ["server", "date", "connection", "content-length", "transfer-encoding"];
    if known.contains(&name.to_ascii_lowercase().as_str()) {
        return;
    }
    let received = responses::next(&mut rest, b"GET")
        .unwrap_or_else(|error| panic!("{error}: {}", bytes.escape_ascii()));
    assert!(rest.is_empty(), "{}", bytes.escape_ascii());
    if received.status != 200 {
        assert_eq!(received.status, 500, "{}", bytes.escape_ascii());
        return;
    }
    let said: Vec<u8> = phrase
        .chars()
        .map(|c| match u8::try_from(c) {
            Ok(byte) if byte.is_ascii_control() && byte != b'\t' => b' ',
            Ok(byte) => byte,
            Err(_) => b'?',
        })
        .collect();
    // httparse gives out a phrase only if it is ASCII.
    if said.is_ascii() {
        assert_eq!(received.reason, said, "{}", bytes.escape_ascii());
    }
    let names: Vec<String> = received
        .fields
        .iter()
        .map(|field| String::from_utf8_lossy(&field.0).to_ascii_lowercase())
        .filter(|name| !known.contains(&name.as_str()))
        .collect();
    assert_eq!(names, [name.to_ascii_lowercase()], "{}", bytes.escape_ascii());
    let sent: Vec<u8> = value.chars().map(|c| u8::try_from(c).unwrap_or(b'?')).collect();
    let arrived = received.values(name);
    assert_eq!(arrived, [reference::trim(&sent)], "{}", bytes.escape_ascii());
}
