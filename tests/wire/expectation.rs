//! `Expect: 100-continue` in all its forms (RFC 9110 section 10.1.1).

use crate::answer::answer;
use crate::play::{Played, assert_refused, play, play_cut, play_on};
use bhrh::{Dispatch, Exchange, Handler, Outcome, Profile};
use std::borrow::Cow;
use std::io::{self, Read, Write};

const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";

fn echo(http: &mut Exchange<'_>) -> io::Result<()> {
    let mut body = Vec::new();
    http.rfile.read_to_end(&mut body)?;
    http.send_response(200);
    http.end_headers()?;
    http.wfile.write_all(&body)
}

fn refuse(http: &mut Exchange<'_>) -> io::Result<()> {
    http.send_response(403);
    http.send_header("Content-Length", 0);
    http.end_headers()
}

/// Plays a head to its end, then the body: a client that waits. Each read brings one of the two.
fn play_waiting(handler: &dyn Handler, head: &str, body: &[u8]) -> Played {
    use crate::play::play_pieces;
    play_pieces(handler, &[head.as_bytes(), body])
}

fn head(length: usize) -> String {
    format!("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: {length}\r\n\r\n")
}

#[test]
fn the_interim_response_comes_when_the_content_is_first_read() {
    let played = play_waiting(&answer(echo), &head(5), b"hello");
    assert!(played.text().starts_with(&format!("{CONTINUE}HTTP/1.1 200 OK\r\n")), "{played:?}");
    assert_eq!(played.response().text(), "hello");
    // Python does not log it either.
    assert_eq!(played.log, ["\"PUT / HTTP/1.1\" 200 -"]);
}

/// RFC 9110 section 10.1.1: a final status that the head alone decides comes at once.
#[test]
fn no_content_is_asked_for_that_nobody_reads() {
    let unread = play_waiting(&answer(refuse), &head(5), b"hello").response();
    assert_eq!((unread.status(), unread.interim().len()), (403, 0));
    // The content may follow all the same, so nothing after it can be told from it.
    assert_eq!(unread.header("Connection"), Some("close"));
    for (method, status) in [("SPAM", 501), ("post", 501)] {
        let head = head(5).replace("PUT", method);
        let response = play_waiting(&NoMethods, &head, b"hello").response();
        assert_eq!((response.status(), response.interim().len()), (status, 0), "{method}");
    }
    // Python asks before it looks for a method.
    let python = play_on(Profile::PYTHON, &answer(refuse), head(5).as_bytes());
    assert_eq!(python.response().interim(), [100]);
}

/// A handler without a method.
struct NoMethods;

impl Handler for NoMethods {
    fn dispatch(&self, _: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Unsupported
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }
}

#[test]
fn the_expectation_has_any_case_and_white_space() {
    // A list (RFC 9110 section 10.1.1), in which empty elements don't count (section 5.6.1.2).
    for value in ["100-CONTINUE", " 100-Continue\t", ", 100-continue,", "100-continue,100-continue"]
    {
        let head = head(1).replace("100-continue", value);
        let played = play_waiting(&answer(echo), &head, b"x");
        assert_eq!(played.response().interim(), [100]);
    }
}

#[test]
fn none_is_sent_where_content_is_here_already() {
    for body in ["h", "hello"] {
        let first = format!("{}{body}", head(5));
        let played = play_waiting(&answer(echo), &first, &b"hello"[body.len()..]);
        assert_eq!(played.response().interim(), [0u16; 0], "{body}");
        assert_eq!(played.response().text(), "hello");
    }
}

#[test]
fn none_is_sent_where_no_content_will_come() {
    let head = "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n";
    assert_eq!(play(&answer(echo), head.as_bytes()).response().interim(), [0u16; 0]);
    assert_eq!(play_waiting(&answer(echo), &self::head(0), b"").response().interim(), [0u16; 0]);
    // Python asks its hook all the same.
    let played = play_on(Profile::PYTHON, &answer(echo), head.as_bytes());
    assert_eq!(played.response().interim(), [100]);
}

#[test]
fn chunked_content_can_be_waited_for_too() {
    let head =
        "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n";
    let played = play_waiting(&answer(echo), head, b"5\r\nhello\r\n0\r\n\r\n");
    assert_eq!(played.response().interim(), [100]);
    assert_eq!(played.response().text(), "hello");
    let whole = format!("{head}5\r\nhello\r\n0\r\n\r\n");
    let at_once = play_waiting(&answer(echo), &whole, b"");
    assert_eq!(at_once.response().interim(), [0u16; 0]);
    assert_eq!(at_once.response().text(), "hello");
}

#[test]
fn other_expectations_are_not_met() {
    for (value, unmet) in [
        ("100-continues", "100-continues"),
        ("x", "x"),
        ("100-continue, x=y", "x=y"),
        ("x, 100-continue", "x"),
        ("\"100-continue\"", "\"100-continue\""),
    ] {
        let head = format!("GET / HTTP/1.1\r\nHost: a\r\nExpect: {value}\r\n\r\n");
        let quoted = format!("Unknown expectation ('{unmet}')");
        assert_refused(head.as_bytes(), 417, &quoted);
        let lax = play_on(Profile::PYTHON, &answer(refuse), head.as_bytes());
        assert_eq!((lax.response().status(), lax.response().interim().len()), (403, 0));
    }
}

#[test]
fn a_list_of_nothing_expects_nothing() {
    for value in ["", " ,\t,"] {
        let head = format!("GET / HTTP/1.1\r\nHost: a\r\nExpect: {value}\r\n\r\n");
        let response = play(&answer(echo), head.as_bytes()).response();
        assert_eq!((response.status(), response.interim().len()), (200, 0), "{value:?}");
    }
}

#[test]
fn one_expectation_among_several_that_cannot_be_met_is_enough() {
    let request = b"PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nExpect: x\r\n\r\n";
    assert_refused(request, 417, "Unknown expectation ('x')");
}

#[test]
fn http_10_expects_nothing() {
    for value in ["100-continue", "x"] {
        let input = format!("PUT / HTTP/1.0\r\nExpect: {value}\r\nContent-Length: 1\r\n\r\nx");
        let played = play(&answer(echo), input.as_bytes());
        assert_eq!((played.response().status(), played.response().interim().len()), (200, 0));
    }
    let played = play_waiting(&answer(echo).speaking("HTTP/1.0"), &head(1), b"x");
    assert_eq!(played.response().interim(), [0u16; 0]);
}

#[test]
fn a_client_that_was_told_to_go_on_is_read_to_the_end() {
    let input = [head(5).as_bytes(), b"hello", b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"].concat();
    let (first, rest) = input.split_at(head(5).len());
    let asks = answer(|http: &mut Exchange<'_>| -> Outcome {
        if http.command == "PUT" {
            http.send_response_only(100);
            http.end_headers()?;
        }
        Ok(refuse(http)?)
    });
    let played = crate::play::play_pieces(&asks, &[first, rest]);
    let responses = played.responses_to(&["PUT", "GET"]);
    assert_eq!(responses[0].interim(), [100]);
    assert_eq!(responses[0].header("Connection"), None);
}

/// Leaves the decision to the method.
struct Deferring;

impl Handler for Deferring {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Handled(self.run(http).map_err(Into::into))
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }

    fn handle_expect_100(&self, http: &mut Exchange<'_>) -> io::Result<bool> {
        http.continue_on_read();
        Ok(true)
    }
}

impl Deferring {
    fn run(&self, http: &mut Exchange<'_>) -> io::Result<()> {
        match http.path {
            "/refuse" => refuse(http),
            // The head is begun, though not ended, when the content is read.
            "/begun" => {
                http.send_response(200);
                http.send_header("X-Begun", "yes");
                let mut body = Vec::new();
                http.rfile.read_to_end(&mut body)?;
                http.send_header("Content-Length", body.len());
                http.end_headers()?;
                http.wfile.write_all(&body)
            }
            // Too late for an interim response: the final one has been given.
            "/answered" => {
                http.send_response(200);
                http.send_header("Content-Length", 5);
                http.end_headers()?;
                io::copy(&mut http.rfile, &mut http.wfile).map(drop)
            }
            "/always" => {
                http.continue_on_read();
                echo(http)
            }
            _ => echo(http),
        }
    }
}

#[test]
fn a_deferred_100_is_sent_by_the_first_read() {
    let played = play_waiting(&Deferring, &head(5), b"hello");
    assert_eq!(played.text().matches(CONTINUE).count(), 1);
    assert_eq!(played.response().interim(), [100]);
    assert_eq!(played.response().text(), "hello");

    let begun = head(5).replace("PUT /", "PUT /begun");
    let played = play_waiting(&Deferring, &begun, b"hello");
    assert_eq!((played.response().interim(), played.response().text()), (&[100][..], "hello"));
    assert_eq!(played.response().header("X-Begun"), Some("yes"));
}

#[test]
fn a_deferred_100_is_not_sent_where_it_is_of_no_use() {
    let refused = play_waiting(&Deferring, &head(5).replace("PUT /", "PUT /refuse"), b"");
    assert_eq!((refused.response().status(), refused.response().interim().len()), (403, 0));

    let here = play_waiting(&Deferring, &format!("{}h", head(5)), b"ello");
    assert_eq!((here.response().text(), here.response().interim().len()), ("hello", 0));

    let answered = play_waiting(&Deferring, &head(5).replace("PUT /", "PUT /answered"), b"hello");
    assert_eq!((answered.response().text(), answered.response().interim().len()), ("hello", 0));
}

#[test]
fn nobody_gets_a_100_who_did_not_ask() {
    for head in [
        "PUT /always HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
        "PUT /always HTTP/1.0\r\nContent-Length: 5\r\n\r\n",
        "PUT /always HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
    ] {
        let played = play_waiting(&Deferring, head, b"hello");
        assert_eq!((played.response().text(), played.response().interim().len()), ("hello", 0));
    }
}

#[test]
fn whoever_was_refused_is_not_waited_for() {
    // The content may come or not: only the client knows, so nothing after the head is a request.
    let smuggled = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    let request = head(smuggled.len()).replace("PUT /", "PUT /refuse");
    let played = play_waiting(&Deferring, &request, smuggled);
    assert_eq!(played.response().header("Connection"), Some("close"));
    // Content that is here all the same is read past, and the connection goes on.
    for body in ["hello", "h"] {
        let first = format!("{}{body}", head(5).replace("PUT /", "PUT /refuse"));
        let rest = format!("{}GET /refuse HTTP/1.1\r\nHost: a\r\n\r\n", &"hello"[body.len()..]);
        let played = play_waiting(&Deferring, &first, rest.as_bytes());
        assert_eq!(played.responses_to(&["PUT", "GET"]).len(), 2);
    }
    let chunked = "PUT /refuse HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\
                   Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n";
    let played = play_waiting(&Deferring, &chunked.repeat(2), b"");
    assert_eq!(played.responses_to(&["PUT", "PUT"]).len(), 2);
}

/// Answers expectations in ways of its own.
struct Judging;

impl Handler for Judging {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Handled(echo(http).map_err(Into::into))
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }

    fn handle_expect_100(&self, http: &mut Exchange<'_>) -> io::Result<bool> {
        match http.path {
            "/page" => http.send_error((413, "Too much")).map(|()| false),
            "/no" => Ok(false),
            "/fail" => Err(io::Error::other("no judge")),
            "/panic" => panic!("no judge"),
            _ => bhrh::base::handle_expect_100(http),
        }
    }
}

#[test]
fn a_hook_that_refuses_ends_the_request() {
    for (path, status) in [("/page", 413), ("/no", 417), ("/fail", 500), ("/panic", 500)] {
        let request = head(5).replace("PUT /", &format!("PUT {path}"));
        let played = play_cut(&Judging, request.as_bytes());
        assert_eq!(played.response().status(), status, "{path}");
        assert_eq!(played.response().interim(), [0u16; 0], "{path}");
        assert_eq!(played.response().header("Connection"), Some("close"), "{path}");
    }
    assert_eq!(play_waiting(&Judging, &head(1), b"x").response().interim(), [100]);
}

/// Sends an interim response of its own.
#[test]
fn early_hints_go_before_the_answer_and_only_to_those_who_know_them() {
    let hints = answer(|http: &mut Exchange<'_>| -> Outcome {
        http.send_response_only((103, "Early Hints"));
        http.send_header("Link", "</a.css>; rel=preload");
        http.end_headers()?;
        Ok(refuse(http)?)
    });
    let new = play(&hints, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!((new.response().interim(), new.response().status()), (&[103][..], 403));
    let expected = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 403 ";
    assert!(new.text().starts_with(expected), "{}", new.text());
    let old = play(&hints, b"GET / HTTP/1.0\r\n\r\n");
    assert!(old.text().starts_with("HTTP/1.1 403 "), "{}", old.text());
}
