//! One request, and what its method makes of it.

use super::conversations::{Answer, play};
use super::responses::{self, Received};
use bhrh::{Exchange, Profile};
use std::io::Write;
use std::sync::Mutex;

/// The lines of an input, as the values of fields: one character is one byte, and none of them is a
/// control character.
pub(crate) fn values(bytes: &[u8]) -> Vec<String> {
    let texts = bytes.split(|byte| *byte == b'\n').map(|line| {
        let shown = line.iter().filter(|byte| !byte.is_ascii_control());
        shown.copied().map(char::from).collect()
    });
    texts.collect()
}

/// What the method `look` makes of a request with these fields. `None`: it is refused before.
pub(crate) fn seen<T: Send>(
    target: &str,
    fields: &[(&str, &str)],
    look: impl Fn(&Exchange<'_>) -> T + Send + Sync,
) -> Option<T> {
    let seen = Mutex::new(None);
    let method = Answer(|http: &mut Exchange<'_>| {
        *seen.lock().expect("nothing fails under it") = Some(look(http));
        http.send_response(204);
        http.end_headers()
    });
    answer(&method, "GET", target, fields);
    seen.into_inner().expect("nothing fails under it")
}

/// The only response to a request with these fields.
pub(crate) fn answer(
    handler: &dyn bhrh::Handler,
    method: &str,
    target: &str,
    fields: &[(&str, &str)],
) -> Received {
    let mut request = Vec::new();
    let mut put = |text: &str| {
        request.extend(text.chars().map(|c| u8::try_from(c).expect("one byte is one character")));
    };
    put(&format!("{method} {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"));
    fields.iter().for_each(|(name, value)| put(&format!("{name}: {value}\r\n")));
    request.write_all(b"\r\n").expect("memory does not fail");
    let (bytes, _) = play(Profile::STRICT, handler, &[&request]);
    let mut rest = &bytes[..];
    let response = responses::next(&mut rest, method.as_bytes());
    let response = response.unwrap_or_else(|error| panic!("{error}: {}", bytes.escape_ascii()));
    assert!(rest.is_empty(), "{}", bytes.escape_ascii());
    response
}
