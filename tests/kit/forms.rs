//! Queries and urlencoded bodies.

use bhrh::testing::{self, Response};
use bhrh::{Error, Exchange, Handler};

use crate::app::app;

fn echo() -> impl Handler {
    app(|http: &mut Exchange<'_>| -> Result<(), Error> {
        let form = match http.command {
            "POST" => http.read_form()?,
            _ => http.query(),
        };
        let all: Vec<_> = form.iter().map(|(name, value)| format!("{name}={value}")).collect();
        Ok(http.reply(200, "text/plain", all.join("|"))?)
    })
}

fn send(content_type: &str, body: &[u8]) -> Response {
    bhrh_tests::request(&echo(), "POST", "/?not=this", &[("Content-Type", content_type)], body)
}

#[test]
fn a_query_is_what_follows_the_first_question_mark() {
    for (path, expected) in [
        ("/", ""),
        ("/?", ""),
        ("/a?b=c", "b=c"),
        ("/a?b=c?d=e&f", "b=c?d=e|f="),
        ("/a?b=%C3%A9+%26&b=2", "b=\u{e9} &|b=2"),
        ("http://a/b?c=d", "c=d"),
    ] {
        assert_eq!(testing::get(&echo(), path).text(), expected, "{path}");
    }
}

/// As the URL standard decodes them.
#[test]
fn a_percent_sign_that_begins_no_escape_stays() {
    for (path, expected) in [
        ("/?q=100%", "q=100%"),
        ("/?100%=%zz&a%4=%41%", "100%=%zz|a%4=A%"),
        ("/a^b?c^=`{}", "c^=`{}"),
    ] {
        assert_eq!(testing::get(&echo(), path).text(), expected, "{path}");
    }
    let response = send("application/x-www-form-urlencoded", b"q=100%&r=%4");
    assert_eq!(response.text(), "q=100%|r=%4");
}

#[test]
fn a_form_is_the_body() {
    let response = send("application/x-www-form-urlencoded; charset=utf-8", b"a=1&b=%0D%0A+x&a=2");
    assert_eq!(response.text(), "a=1|b=\r\n x|a=2");
    assert_eq!(send("application/x-www-form-urlencoded", b"").text(), "");
    assert_eq!(
        send("application/x-www-form-urlencoded", b"a=\xc3\xa9&b=\xff").text(),
        "a=\u{e9}|b=\u{fffd}"
    );
}

#[test]
fn another_type_or_too_much_is_refused() {
    for content_type in ["multipart/form-data; boundary=x", "application/json", "text/plain"] {
        assert_eq!(send(content_type, b"a=1").status(), 415, "{content_type}");
    }
    assert_eq!(bhrh_tests::request(&echo(), "POST", "/", &[], b"a=1").status(), 415);
    let response = send("application/x-www-form-urlencoded", &vec![b'&'; (2 << 20) + 1]);
    assert_eq!(response.status(), 413);
}

#[test]
fn no_body_and_no_type_is_the_empty_form() {
    let response = bhrh_tests::request(&echo(), "POST", "/", &[], b"");
    assert_eq!((response.status(), response.text()), (200, ""));
    assert_eq!(bhrh_tests::request(&echo(), "POST", "/", &[], b"a=b").status(), 415);
    assert_eq!(send("text/plain", b"").status(), 415);
}
