//! `reply`, `send_body`, `redirect`.

use bhrh::testing::get;
use std::io;

use crate::app::{app, ask};

#[test]
fn head_gets_the_fields_of_get_and_no_body() {
    let app = app(|http| http.reply((200, "Fine"), "text/plain", "hello"));
    let (get, head) = (ask(&app, "GET", &[]), ask(&app, "HEAD", &[]));
    assert_eq!((get.reason(), get.text()), ("Fine", "hello"));
    assert_eq!(head.body(), b"");
    let fields = |response: &bhrh::testing::Response| -> Vec<_> {
        let fields = response.headers().iter().filter(|field| field.0 != "Date");
        fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    };
    assert_eq!(fields(&get), fields(&head));
    assert_eq!(head.header("Content-Length"), Some("5"));
}

#[test]
fn a_status_without_a_body_has_neither_type_nor_length() {
    for (status, length) in [(204, None), (205, Some("0")), (304, None)] {
        let response = get(&app(move |http| http.reply(status, "text/plain", "lost")), "/");
        assert_eq!((response.status(), response.body()), (status, &b""[..]));
        assert_eq!(response.header("Content-Type"), None);
        assert_eq!(response.header("Content-Length"), length);
    }
}

#[test]
fn an_empty_body_has_a_length() {
    let response = get(&app(|http| http.reply(200, "text/plain", [])), "/");
    assert_eq!(response.header("Content-Length"), Some("0"));
}

#[test]
fn two_answers_are_one_too_many() {
    let app = app(|http| {
        http.reply(200, "text/plain", "first")?;
        let error = http.reply(200, "text/plain", "second").expect_err("answered twice");
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        Ok::<(), io::Error>(())
    });
    assert_eq!(get(&app, "/").text(), "first");
}

#[test]
fn a_content_type_that_would_split_the_response_fails() {
    let response = get(&app(|http| http.reply(200, "text/plain\r\nX: y", "a")), "/");
    assert_eq!((response.status(), response.header("X")), (500, None));
    assert!(response.log()[1].contains("Content-Type"), "{:?}", response.log());
}

#[test]
fn redirects() {
    for status in [301, 302, 303, 307, 308] {
        let response = get(&app(move |http| http.redirect(status, "/a b?c=d")), "/");
        assert_eq!((response.status(), response.text()), (status, ""));
        assert_eq!(response.header("Location"), Some("/a%20b?c=d"));
        assert_eq!(response.header("Content-Length"), Some("0"));
    }
}

#[test]
fn what_is_no_redirect_sends_nothing() {
    for (status, location) in [(200, "/"), (304, "/"), (303, "/\r\nX: y"), (303, "")] {
        let response = get(&app(move |http| http.redirect(status, location)), "/");
        assert_eq!(response.status(), 500, "{status} {location:?}");
        assert_eq!((response.header("Location"), response.header("X")), (None, None));
        assert!(response.log()[0].contains("redirect: "), "{:?}", response.log());
    }
}

#[test]
fn fields_of_ones_own_stand_between_status_and_body() {
    let app = app(|http| {
        http.send_response(201);
        http.send_header("X-Own", 1);
        http.send_body("text/plain", "made")
    });
    let response = get(&app, "/");
    assert_eq!((response.status(), response.header("X-Own")), (201, Some("1")));
    assert_eq!(response.text(), "made");
}
