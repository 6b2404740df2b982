//! Queries: `Exchange::query` and the parameters of a route are what a second decoder finds.

use super::asked::{answer, seen};
use bhrh::{Exchange, http_handler};
use std::io;

/// A handler with parameters: their values are the answer.
struct Routed;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Routed {
    #[route("GET /")]
    fn all(
        &self,
        http: &mut Exchange,
        #[query] a: Option<&str>,
        #[query] b: Vec<&str>,
        #[query] n: Option<i32>,
    ) -> io::Result<()> {
        http.reply(200, "text/plain", format!("{a:?} {b:?} {n:?}"))
    }
}

/// The input is what follows the question mark, in the characters that a target may have.
pub fn check(bytes: &[u8]) {
    let query: String =
        bytes.iter().filter(|byte| byte.is_ascii_graphic()).copied().map(char::from).collect();
    let target = format!("/?{query}");
    let pairs = pairs(query.as_bytes());
    let found = seen(&target, &[], |http| {
        let pairs = http.query();
        let pairs = pairs.iter().map(|(name, value)| (name.into_owned(), value.into_owned()));
        pairs.collect::<Vec<_>>()
    });
    let Some(found) = found else { return };
    assert_eq!(found, pairs, "{query}");
    let named = |name: &'static str| pairs.iter().filter(move |pair| pair.0 == name);
    let numbers: Vec<Option<i32>> = named("n").map(|pair| pair.1.parse().ok()).collect();
    let response = answer(&Routed, "GET", &target, &[]);
    if named("a").count() > 1 || numbers.len() > 1 || numbers.contains(&None) {
        assert_eq!(response.status, 400, "{query}");
        return;
    }
    let a = named("a").map(|pair| &*pair.1).next();
    let b: Vec<&str> = named("b").map(|pair| &*pair.1).collect();
    let n = numbers.first().copied().flatten();
    let expected = format!("{a:?} {b:?} {n:?}");
    assert_eq!(String::from_utf8_lossy(&response.content), expected, "{query}");
}

/// What the URL standard calls the parser of `application/x-www-form-urlencoded`.
fn pairs(query: &[u8]) -> Vec<(String, String)> {
    let pieces = query.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty());
    let pair = |piece: &[u8]| {
        let mut halves = piece.splitn(2, |byte| *byte == b'=');
        let mut half = || decoded(halves.next().unwrap_or_default());
        (half(), half())
    };
    pieces.map(pair).collect()
}

fn decoded(mut text: &[u8]) -> String {
    let mut bytes = Vec::new();
    loop {
        text = match text {
            [] => return String::from_utf8_lossy(&bytes).into_owned(),
            [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digits = [*high, *low];
                let digits = std::str::from_utf8(&digits).expect("they are digits");
                bytes.push(u8::from_str_radix(digits, 16).expect("they are digits"));
                rest
            }
            [b'+', rest @ ..] => {
                bytes.push(b' ');
                rest
            }
            [byte, rest @ ..] => {
                bytes.push(*byte);
                rest
            }
        }
    }
}
