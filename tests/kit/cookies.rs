//! Cookies, read and set, and fields that are added to any response.

use bhrh::__internals::{converse, exchange};
use bhrh::testing::get;
use bhrh::{Cookie, Error, Exchange, Handler, Outcome, http_handler};
use std::io;

use crate::app::{app, ask};

#[test]
fn cookies_as_they_come() {
    let app = app(|http| {
        let all: Vec<String> =
            http.cookies().map(|(name, value)| format!("{name}={value}")).collect();
        let first = http.cookie("a").unwrap_or("none".into());
        http.reply(200, "text/plain", format!("{}|{first}", all.join(",")))
    });
    for (fields, expected) in [
        (&["a=1; b=2"][..], "a=1,b=2|1"),
        (&["a=1;b=2 ;  c = 3"], "a=1,b=2,c=3|1"),
        (&["b=x=y==; a="], "b=x=y==,a=|"),
        (&["a=\"quoted\"; b=\"; c=\"\""], "a=quoted,b=\",c=|quoted"),
        (&["nothing; ; =value; a b=c; A=upper"], "a b=c,A=upper|none"),
        // Names that browsers send, though no server may set them.
        (&["foo[bar]=1; a/b=2; a=3"], "foo[bar]=1,a/b=2,a=3|3"),
        (&["a=first; a=second", "c=other field"], "a=first,a=second,c=other field|first"),
        (&[], "|none"),
    ] {
        let fields: Vec<_> = fields.iter().map(|value| ("Cookie", *value)).collect();
        assert_eq!(ask(&app, "GET", &fields).text(), expected, "{fields:?}");
    }
}

fn set(response: &bhrh::testing::Response) -> Vec<String> {
    response.headers().get_all("Set-Cookie").map(str::to_owned).collect()
}

#[test]
fn cookies_are_set_before_and_after_the_status() {
    let app = app(|http| {
        http.set_cookie(&Cookie::new("a", "1"))?;
        http.send_response(200);
        http.set_cookie(&Cookie::new("b", "2"))?;
        http.send_body("text/plain", "x")
    });
    let expected = ["a=1; Path=/; HttpOnly; SameSite=Lax", "b=2; Path=/; HttpOnly; SameSite=Lax"];
    assert_eq!(set(&get(&app, "/")), expected);
}

#[test]
fn a_cookie_that_cannot_be_sets_nothing_and_says_why() {
    let app = app(|http| http.set_cookie(&Cookie::new("sid", "a\r\nX: y")));
    let response = get(&app, "/");
    assert_eq!((response.status(), set(&response).len()), (500, 0));
    assert!(response.log()[0].contains("set_cookie: \"sid\": the value"), "{:?}", response.log());
}

#[test]
fn an_added_field_survives_an_answer_that_gives_way() {
    let app = app(|http| {
        http.add_header("X-Added", "yes");
        http.send_response(200);
        http.send_header("X-Given-Up", "yes");
        http.end_headers()?;
        Err::<(), Error>(Error::status(409))
    });
    let response = get(&app, "/");
    assert_eq!(response.status(), 409);
    assert_eq!((response.header("X-Added"), response.header("X-Given-Up")), (Some("yes"), None));
}

#[test]
fn an_added_field_is_the_final_responses() {
    let app = app(|http| {
        http.add_header("X-Added", "yes");
        http.send_response_only(103);
        http.end_headers()?;
        http.reply(200, "text/plain", "")
    });
    let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let (bytes, _) = converse(&app, request, bhrh::Profile::STRICT);
    let text = String::from_utf8(bytes).expect("text");
    let (interim, rest) = text.split_once("\r\n\r\n").expect("an interim response");
    assert!(interim.starts_with("HTTP/1.1 103 "), "{text}");
    assert_eq!((interim.contains("X-Added"), rest.matches("X-Added").count()), (false, 1));
}

#[test]
fn a_bad_added_field_fails_as_a_bad_sent_one() {
    let app = app(|http| {
        http.add_header("X-Added", "a\r\nX: y");
        http.reply(200, "text/plain", "")
    });
    let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let (bytes, log) = converse(&app, request, bhrh::Profile::STRICT);
    assert!(bytes.starts_with(b"HTTP/1.1 500 "), "{}", bytes.escape_ascii());
    assert!(!bytes.windows(4).any(|window| window == b"X: y"));
    assert!(log[1].contains("X-Added"), "{log:?}");
}

struct Outer<H>(H);

#[http_handler(protocol_version = "HTTP/1.1")]
impl<H: Handler> Outer<H> {
    fn handle_one_request(&self, http: &mut Exchange) -> Outcome {
        http.add_header("X-Outer", 1);
        http.pass_to(&self.0)
    }
}

#[test]
fn what_middleware_adds_the_inner_answer_has() {
    let inner = app(|http| -> io::Result<()> {
        http.add_header("X-Inner", 2);
        http.send_error(404)
    });
    let response = get(&Outer(inner), "/");
    assert_eq!((response.header("X-Outer"), response.header("X-Inner")), (Some("1"), Some("2")));
}

#[test]
fn what_scripts_set_is_utf_8() {
    let app = app(|http| {
        let value = http.cookie("caf\u{e9}").unwrap_or("none".into());
        http.reply(200, "text/plain", value.into_owned())
    });
    for (name, value, expected) in [
        (&b"caf\xc3\xa9"[..], &b"\xe2\x82\xac 5"[..], "\u{20ac} 5"),
        // Of no UTF-8, each byte is a character.
        (b"caf\xe9", b"\xa3 5", "\u{a3} 5"),
        (b"caf\xc3\xa9", b"\xff", "\u{ff}"),
    ] {
        let request = [b"GET / HTTP/1.1\r\nHost: a\r\nCookie: ", name, b"=", value, b"\r\n\r\n"];
        let response = exchange(&app, &request.concat());
        assert_eq!(response.text(), expected, "{value:?}");
    }
}
