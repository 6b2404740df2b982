//! `send_error`: the page, its escapes, its format, and the codes that have none.

use crate::answer::answer;
use crate::play::{play, play_on};
use bhrh::__internals::{converse, exchange, read_response};
use bhrh::testing::Response;
use bhrh::{Dispatch, Exchange, Handler, Profile, Responses};
use std::borrow::Cow;

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

const PAGE: &str = r#"<!DOCTYPE HTML>
<html lang="en">
    <head>
        <meta charset="utf-8">
        <style type="text/css">
            :root {
                color-scheme: light dark;
            }
        </style>
        <title>Error response</title>
    </head>
    <body>
        <h1>Error response</h1>
        <p>Error code: 404</p>
        <p>Message: Not Found.</p>
        <p>Error code explanation: 404 - Nothing matches the given URI.</p>
    </body>
</html>
"#;

#[test]
fn the_answer_is_pythons_to_the_byte() {
    let handler = answer(|http: &mut Exchange<'_>| http.send_error(404));
    let head = "HTTP/1.1 404 Not Found\r\nServer: S\r\nDate: D\r\nConnection: close\r\n\
                Content-Type: text/html;charset=utf-8\r\nContent-Length: 455\r\n\r\n";
    let played = play_on(Profile::PYTHON, &handler, &GET.repeat(2));
    assert_eq!(played.text(), format!("{head}{PAGE}"));
    assert_eq!(played.log, ["code 404, message Not Found", "\"GET / HTTP/1.1\" 404 -"]);
    // On the strict profile it does not close.
    let head = head.replace("Connection: close\r\n", "");
    assert_eq!(play(&handler, GET).text(), format!("{head}{PAGE}"));
    // HEAD keeps both fields and loses the page.
    assert_eq!(play(&handler, b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").text(), head);
}

#[test]
fn message_and_explanation_are_escaped_in_the_page_only() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_error((400, "<a&b> \"c\" 'd'", String::from("50% <i>")))
    });
    let played = play(&handler, GET);
    let response = played.response();
    assert_eq!(response.reason(), "<a&b> \"c\" 'd'");
    assert!(response.text().contains("<p>Message: &lt;a&amp;b&gt; \"c\" 'd'.</p>"));
    assert!(response.text().contains("<p>Error code explanation: 400 - 50% &lt;i&gt;.</p>"));
    assert_eq!(played.log[0], "code 400, message <a&b> \"c\" 'd'");
}

#[test]
fn a_full_stop_is_one_with_the_pages() {
    let handler = answer(|http: &mut Exchange<'_>| http.send_error((404, "No tea.", "See <b>.")));
    let text = play(&handler, GET).response().text().to_owned();
    assert!(text.contains("<p>Message: No tea.</p>"), "{text}");
    assert!(text.contains("<p>Error code explanation: 404 - See &lt;b&gt;.</p>"), "{text}");
    // Python's page has both.
    let text = play_on(Profile::PYTHON, &handler, GET).response().text().to_owned();
    assert!(text.contains("<p>Message: No tea..</p>"), "{text}");
    assert!(text.contains("<p>Error code explanation: 404 - See &lt;b&gt;..</p>"), "{text}");
}

#[test]
fn text_beyond_latin_1_is_whole_in_the_page() {
    let handler = answer(|http: &mut Exchange<'_>| http.send_error((404, "\u{3a9}\u{e9}")));
    let response = play(&handler, GET).response();
    assert_eq!(response.reason(), "?\u{e9}");
    assert!(response.text().contains("<p>Message: \u{3a9}\u{e9}.</p>"));
    let length = response.header("Content-Length").expect("a length");
    assert_eq!(length, response.body().len().to_string());
}

#[test]
fn a_message_cannot_split_the_response() {
    let handler = answer(|http: &mut Exchange<'_>| http.send_error((404, "a\r\nX: y\r\n\r\nz")));
    let played = play(&handler, GET);
    let response = played.response();
    assert_eq!((response.reason(), response.header("X")), ("a  X: y    z", None));
    assert_eq!(played.log[0], "code 404, message a\\x0d\\x0aX: y\\x0d\\x0a\\x0d\\x0az");
}

#[test]
fn codes_that_are_not_in_the_table_have_question_marks() {
    let handler = answer(|http: &mut Exchange<'_>| http.send_error(499));
    let played = play(&handler, GET);
    assert_eq!((played.response().status(), played.response().reason()), (499, "???"));
    assert_eq!(played.log[0], "code 499, message ???");
}

fn code(status: u16) -> Response {
    let handler = answer(move |http: &mut Exchange<'_>| http.send_error(status));
    play(&handler, GET).response()
}

#[test]
fn codes_without_a_body_have_no_page() {
    for status in [204, 205, 304] {
        let response = code(status);
        assert_eq!((response.status(), response.body()), (status, &b""[..]));
        assert_eq!(response.header("Content-Type"), None);
    }
    assert_ne!(code(200).body(), b"");
}

#[test]
fn an_interim_code_is_no_answer() {
    let handler = answer(|http: &mut Exchange<'_>| http.send_error(103));
    let played = play(&handler, &GET.repeat(2));
    assert_eq!(played.response().interim(), [103]);
    assert_eq!(played.response().status(), 500);
    assert_eq!(
        played.log,
        [
            "code 103, message Early Hints",
            "\"GET / HTTP/1.1\" 103 -",
            "GET /: the handler failed: it returned without sending a response",
            "code 500, message Internal Server Error",
            "\"GET / HTTP/1.1\" 500 -",
        ]
    );
}

#[test]
fn format_and_type_can_be_set_for_one_request() {
    let handler = answer(|http: &mut Exchange<'_>| {
        if http.path == "/own" {
            http.error_message_format = Some("%(code)d|%(code)s|%(message)s|%(explain)s|%%".into());
            http.error_content_type = Some("text/plain".into());
        }
        http.send_error((404, "<no>", "why"))
    });
    let own = play(&handler, b"GET /own HTTP/1.1\r\nHost: a\r\n\r\n").response();
    assert_eq!(own.text(), "404|404|&lt;no&gt;|why|%");
    assert_eq!(own.header("Content-Type"), Some("text/plain"));
    let other = play(&handler, GET).response();
    assert_eq!(other.header("Content-Type"), Some("text/html;charset=utf-8"));
}

#[test]
fn a_format_that_is_none_is_a_fault_of_the_handler() {
    for format in ["%(code)5d", "%(status)s", "100%", "% d", "%(\u{a0}", "%\u{e9}"] {
        let handler = answer(move |http: &mut Exchange<'_>| {
            http.error_message_format = Some(format.into());
            http.send_error(404)
        });
        let played = play(&handler, &GET.repeat(2));
        let response = played.response();
        assert_eq!(response.status(), 500, "{format}");
        assert!(response.text().contains("Internal Server Error"), "{format}");
        assert!(
            played.log.iter().any(|line| line.contains("error_message_format: `%")),
            "{format}"
        );
    }
}

#[test]
fn a_type_that_splits_the_response_is_a_fault_of_the_handler() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.error_content_type = Some("a\r\nX: y".into());
        http.send_error(404)
    });
    let response = play(&handler, &GET.repeat(2)).response();
    assert_eq!((response.status(), response.header("X")), (500, None));
}

/// A handler with its own words for a few codes, and its own page.
struct Worded;

impl Handler for Worded {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        let status = http.path[1..].parse::<u16>().unwrap_or(400);
        Dispatch::Handled(http.send_error(status).map_err(Into::into))
    }

    fn responses(&self) -> Responses<'_> {
        Responses::STANDARD.with(&[(404, "Gone Fishing", "Back at five"), (599, "Odd", "")])
    }

    fn error_message_format(&self) -> Cow<'_, str> {
        "%(code)d %(message)s: %(explain)s\n".into()
    }

    fn error_content_type(&self) -> Cow<'_, str> {
        "text/x-error".into()
    }
}

#[test]
fn a_handler_has_words_of_its_own() {
    for (path, text) in [
        ("404", "404 Gone Fishing: Back at five\n"),
        ("599", "599 Odd: \n"),
        ("410", "410 Gone: URI no longer exists and has been permanently removed\n"),
    ] {
        let response = bhrh::testing::get(&Worded, &format!("/{path}"));
        assert_eq!(response.text(), text);
        assert_eq!(response.header("Content-Type"), Some("text/x-error"));
    }
    // What is refused before any method runs is told in its words too.
    let refused = exchange(&Worded, b"FUBAR\r\n\r\n");
    assert!(refused.text().starts_with("400 Bad request syntax ('FUBAR'): "), "{}", refused.text());
}

#[test]
fn commands_without_a_method_get_a_501_that_quotes_them() {
    struct None;
    impl Handler for None {
        fn dispatch(&self, _: &mut Exchange<'_>) -> Dispatch {
            Dispatch::Unsupported
        }
    }
    let played = play(&None, b"BREW / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(played.response().reason(), "Unsupported method ('BREW')");
    assert_eq!(played.log[0], "code 501, message Unsupported method ('BREW')");
}

/// Notes which version an override of `send_error` finds.
struct Versions;

impl Handler for Versions {
    fn dispatch(&self, _: &mut Exchange<'_>) -> Dispatch {
        Dispatch::NotFound
    }

    fn default_request_version(&self) -> Cow<'_, str> {
        "HTTP/0.9".into()
    }

    fn send_error(
        &self,
        http: &mut Exchange<'_>,
        code: u16,
        _: Option<&str>,
        _: Option<&str>,
    ) -> std::io::Result<()> {
        let found = format!("{}:{}", http.request_version, http.requestline);
        http.reply(code, "text/plain", found)
    }
}

/// As in Python: what is not known is the default, and after a 414 nothing is.
#[test]
fn an_override_finds_the_version_that_python_finds() {
    let too_long = format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(70_000));
    for (input, status, found) in [
        ("GET\r\n\r\n", 400, "HTTP/0.9:GET"),
        ("GET / FUBAR\r\n\r\n", 400, "HTTP/0.9:GET / FUBAR"),
        ("GET / HTTP/2.0\r\n\r\n", 505, "HTTP/0.9:GET / HTTP/2.0"),
        ("POST /\r\n\r\n", 400, "HTTP/0.9:POST /"),
        ("GET / HTTP/1.0\r\nX\r\n\r\n", 400, "HTTP/1.0:GET / HTTP/1.0"),
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 404, "HTTP/1.1:GET / HTTP/1.1"),
        (&too_long, 414, ":"),
    ] {
        for profile in [Profile::STRICT, Profile::PYTHON] {
            let (bytes, _) = converse(&Versions, input.as_bytes(), profile);
            let response = read_response(&mut &*bytes, false).expect("an answer in full");
            assert_eq!((response.status(), response.text()), (status, found), "{input:.30}");
        }
    }
}
