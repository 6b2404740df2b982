//! What a handler puts into fields and phrases arrives as it was, or not at all.

use crate::conversations::{Answer, play};
use crate::strategies::config;
use bhrh::__internals::read_response;
use bhrh::testing::Response;
use bhrh::{Exchange, Profile};
use proptest::collection::vec;
use proptest::prelude::*;

fn one_response(handler: &dyn bhrh::Handler) -> Response {
    let get = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let (bytes, _) = play(Profile::STRICT, handler, &[get]);
    let mut rest = &bytes[..];
    let response = read_response(&mut rest, false);
    assert!(rest.is_empty(), "{}", bytes.escape_ascii());
    response.unwrap_or_else(|| panic!("{}", bytes.escape_ascii()))
}

fn text() -> impl Strategy<Value = String> {
    let some = prop_oneof![
        6 => (0x20..0x7fu8).prop_map(char::from),
        2 => any::<u8>().prop_map(char::from),
        1 => any::<char>(),
    ];
    vec(some, 0..20).prop_map(String::from_iter)
}

fn may_be_sent(value: &str) -> bool {
    value.chars().all(|c| (!c.is_ascii_control() || c == '\t') && u32::from(c) < 256)
}

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn values_arrive_or_are_refused(value in text()) {
        let handler = Answer(|http: &mut Exchange<'_>| {
            http.send_response(200);
            http.send_header("X-Value", &value);
            http.end_headers()
        });
        let response = one_response(&handler);
        match may_be_sent(&value) {
            true => prop_assert_eq!(response.header("X-Value"), Some(value.trim_matches([' ', '\t']))),
            false => prop_assert_eq!((response.status(), response.header("X-Value")), (500, None)),
        }
    }

    #[test]
    fn names_arrive_or_are_refused(name in text()) {
        let handler = Answer(|http: &mut Exchange<'_>| {
            http.send_response(200);
            http.send_header(&name, "x");
            http.end_headers()
        });
        let token = !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c));
        let response = one_response(&handler);
        prop_assert_eq!(response.header(&name).is_some(), token);
        prop_assert_eq!(response.status(), if token { 200 } else { 500 });
    }

    #[test]
    fn phrases_and_pages_split_nothing(message in text(), explain in text()) {
        let handler = Answer(|http: &mut Exchange<'_>| http.send_error((404, &*message, &*explain)));
        let response = one_response(&handler);
        prop_assert_eq!(response.status(), 404);
        prop_assert_eq!(response.headers().len(), 5);
        // No markup but the page's own.
        prop_assert_eq!(response.text().matches('<').count(), bhrh::base::ERROR_MESSAGE_FORMAT.matches('<').count());
    }

    #[test]
    fn a_requests_values_arrive_too(bytes in vec(any::<u8>(), 0..30)) {
        let allowed = |byte: &u8| *byte >= b' ' && *byte != 0x7f || *byte == b'\t';
        let value: Vec<u8> = bytes.into_iter().filter(allowed).collect();
        let handler = Answer(|http: &mut Exchange<'_>| {
            http.send_response(200);
            http.send_header("X-Back", http.headers.get("X-Value").unwrap_or("absent"));
            http.end_headers()
        });
        let request = [b"GET / HTTP/1.1\r\nHost: a\r\nX-Value:", &value[..], b"\r\n\r\n"].concat();
        let (bytes, _) = play(Profile::STRICT, &handler, &[&request]);
        let start = bytes.windows(8).position(|window| window == b"X-Back: ").expect("the field") + 8;
        let end = start + bytes[start..].iter().position(|byte| *byte == b'\r').expect("a line end");
        let trimmed = value.trim_ascii();
        prop_assert_eq!(&bytes[start..end], trimmed);
    }
}
