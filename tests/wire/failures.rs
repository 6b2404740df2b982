//! Methods that fail, panic, say nothing or say too much: a 500 while nothing has left, a cut
//! afterwards, and a log line either way.

use crate::answer::answer;
use crate::play::{Played, play};
use bhrh::{Dispatch, Error, Exchange, Handler, Outcome, base};
use std::borrow::Cow;
use std::io::{self, Write};

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

fn begin(http: &mut Exchange<'_>) -> io::Result<()> {
    http.send_response(200);
    http.end_headers()?;
    http.wfile.write_all(b"begun")
}

fn played(handler: &dyn Handler) -> Played {
    play(handler, &GET.repeat(2))
}

/// Asserts a 500 that closes, and that this line is in the log before its two.
#[track_caller]
fn assert_500(handler: &dyn Handler, line: &str) {
    let played = played(handler);
    let response = played.response();
    assert_eq!((response.status(), response.header("Connection")), (500, Some("close")));
    assert!(!response.text().contains("begun"));
    let own = ["code 500, message Internal Server Error", "\"GET / HTTP/1.1\" 500 -"];
    let at = played.log.len() - 3;
    assert_eq!(played.log[at], line);
    assert_eq!(played.log[at + 1..], own);
}

#[test]
fn an_error_is_a_500() {
    let line = "GET /: the handler failed: no";
    assert_500(&answer(|_: &mut Exchange<'_>| Err::<(), _>("no".to_owned())), line);
    assert_500(&answer(|_: &mut Exchange<'_>| Err::<(), _>("no")), line);
    assert_500(&answer(|_: &mut Exchange<'_>| io::Result::<()>::Err(io::Error::other("no"))), line);
    assert_500(&answer(|_: &mut Exchange<'_>| Outcome::Err("no".into())), line);
    assert_500(
        &answer(|_: &mut Exchange<'_>| {
            Err::<(), Box<dyn std::error::Error + Send + Sync>>("no".into())
        }),
        line,
    );
}

#[test]
fn an_error_takes_the_place_of_an_answer_that_has_not_left() {
    let handler = answer(|http: &mut Exchange<'_>| {
        begin(http)?;
        Outcome::Err("late".into())
    });
    assert_500(&handler, "GET /: the handler failed: late");
    let sized = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.send_header("Content-Length", 5);
        http.end_headers()?;
        http.wfile.write_all(b"begun")?;
        Outcome::Err("late".into())
    });
    assert_500(&sized, "GET /: the handler failed: late");
}

#[test]
fn an_error_chooses_its_status_through_whatever_is_wrapped_around_it() {
    let plain = answer(|_: &mut Exchange<'_>| Outcome::Err(Error::status(404)));
    let wrapped = answer(|_: &mut Exchange<'_>| {
        Err::<(), _>(io::Error::other(Error::status((404, "Not Found"))))
    });
    let twice = answer(|_: &mut Exchange<'_>| {
        Err::<(), _>(io::Error::other(io::Error::other(Error::status(404))))
    });
    let boxed = answer(|_: &mut Exchange<'_>| {
        Err::<(), Box<dyn std::error::Error + Send + Sync>>(Box::new(Error::status(404)))
    });
    let handlers: [&dyn Handler; 4] = [&plain, &wrapped, &twice, &boxed];
    for handler in handlers {
        let played = play(handler, GET);
        assert_eq!(played.response().status(), 404);
        assert_eq!(played.log, ["code 404, message Not Found", "\"GET / HTTP/1.1\" 404 -"]);
    }
    let worded = answer(|_: &mut Exchange<'_>| Outcome::Err(Error::status((410, "Gone", "<why>"))));
    let response = play(&worded, GET).response();
    assert!(response.text().contains("410 - &lt;why&gt;."));
}

#[test]
fn a_status_that_is_no_answer_becomes_a_500() {
    for status in [0, 99, 100, 103, 1000] {
        let handler = answer(move |_: &mut Exchange<'_>| Outcome::Err(Error::status(status)));
        assert_eq!(played(&handler).response().status(), 500, "{status}");
    }
    for status in [204, 304] {
        let handler = answer(move |_: &mut Exchange<'_>| Outcome::Err(Error::status(status)));
        assert_eq!(play(&handler, GET).response().status(), status);
    }
}

#[test]
fn a_panic_is_a_500() {
    let said = answer(|_: &mut Exchange<'_>| -> Outcome { panic!("oh no") });
    assert_500(&said, "GET /: the handler panicked: oh no");
    let formatted = answer(|http: &mut Exchange<'_>| -> Outcome { panic!("oh {}", http.path) });
    assert_500(&formatted, "GET /: the handler panicked: oh /");
    let odd = answer(|_: &mut Exchange<'_>| -> Outcome { std::panic::panic_any(7) });
    assert_500(&odd, "GET /: the handler panicked: of no known type");
    let late = answer(|http: &mut Exchange<'_>| -> Outcome {
        begin(http)?;
        panic!("late")
    });
    assert_500(&late, "GET /: the handler panicked: late");
}

#[test]
fn a_panic_inside_a_displayed_value_is_a_500_too() {
    struct Explosive;
    impl std::fmt::Display for Explosive {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("half")?;
            panic!("bang")
        }
    }
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.send_header("X-Explosive", &Explosive);
    });
    assert_500(&handler, "GET /: the handler panicked: bang");
}

#[test]
fn no_answer_is_a_500() {
    let line = "GET /: the handler failed: it returned without sending a response";
    assert_500(&answer(|_: &mut Exchange<'_>| ()), line);
    let interim = answer(|http: &mut Exchange<'_>| {
        http.send_response_only(103);
        http.end_headers()
    });
    let played = played(&interim);
    assert_eq!((played.response().interim(), played.response().status()), (&[103][..], 500));
    assert_eq!(played.log[0], line);
}

#[test]
fn a_second_answer_is_a_fault() {
    let fault = "send_response: this request has been answered; a second response (201) would be \
                 taken for the answer to the next one";
    let line = format!("GET /: the handler failed: {fault}");
    let passed_on = answer(|http: &mut Exchange<'_>| {
        begin(http)?;
        http.send_response(201);
        http.end_headers()
    });
    assert_500(&passed_on, &line);
    let forgotten = answer(|http: &mut Exchange<'_>| {
        begin(http)?;
        http.send_response(201);
        io::Result::Ok(())
    });
    assert_500(&forgotten, &line);
    let page = answer(|http: &mut Exchange<'_>| {
        begin(http)?;
        http.send_error((201, "Again"))
    });
    assert_500(&page, &line);
    // Ending a head twice is not a second response, but the second call has no head to end.
    let ended = answer(|http: &mut Exchange<'_>| {
        begin(http)?;
        http.end_headers()
    });
    let line = "GET /: the handler failed: end_headers: there is no response to end; call \
                send_response first";
    assert_500(&ended, line);
}

#[test]
fn fields_after_the_end_of_a_head_are_a_fault() {
    // Whether the head is still here, waiting for the length of the body, or not.
    for length in [false, true] {
        let handler = answer(move |http: &mut Exchange<'_>| {
            http.send_response(200);
            if length {
                http.send_header("X-Length", 1);
                http.send_header("Content-Length", 5);
            }
            http.end_headers()?;
            http.wfile.write_all(b"begun")?;
            http.send_header("Content-Length", 3);
            io::Result::Ok(())
        });
        let line = "GET /: the handler failed: send_header: Content-Length came after the head had \
                    been ended";
        assert_500(&handler, line);
    }
}

#[test]
fn a_second_answer_after_flushed_fields_does_not_run_into_the_first() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.flush_headers()?;
        http.send_error(404)
    });
    let played = played(&handler);
    assert_eq!(played.text(), "HTTP/1.1 200 OK\r\nServer: S\r\nDate: D\r\n");
}

#[test]
fn fields_of_an_interim_response_may_be_flushed_too() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response_only(103);
        http.flush_headers()?;
        http.send_header("Link", "x");
        http.end_headers()?;
        if http.path == "/fail" {
            return Outcome::Err("no".into());
        }
        http.send_response(204);
        Ok(http.end_headers()?)
    });
    let start = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 ";
    let text = play(&handler, GET).text();
    assert!(text.starts_with(&format!("{start}204 ")), "{text}");
    let text = play(&handler, b"GET /fail HTTP/1.1\r\nHost: a\r\n\r\n").text();
    assert!(text.starts_with(&format!("{start}500 ")), "{text}");
}

const CHUNKED: &str =
    "HTTP/1.1 200 OK\r\nServer: S\r\nDate: D\r\nTransfer-Encoding: chunked\r\n\r\n";

#[test]
fn what_fails_after_its_head_has_left_is_cut() {
    let failing = answer(|http: &mut Exchange<'_>| {
        begin(http)?;
        http.wfile.flush()?;
        http.wfile.write_all(b"never seen")?;
        Outcome::Err("late".into())
    });
    let panicking = answer(|http: &mut Exchange<'_>| -> io::Result<()> {
        begin(http)?;
        http.wfile.flush()?;
        panic!("late")
    });
    let twice = answer(|http: &mut Exchange<'_>| {
        begin(http)?;
        http.wfile.flush()?;
        http.send_error((201, "late"))
    });
    let handlers: [&dyn Handler; 3] = [&failing, &panicking, &twice];
    for handler in handlers {
        let played = played(handler);
        // No last chunk: the client sees that something is missing.
        assert_eq!(played.text(), format!("{CHUNKED}5\r\nbegun\r\n"));
        assert!(played.log.iter().any(|line| line.contains("late")), "{:?}", played.log);
    }
}

#[test]
fn a_failure_does_not_touch_the_answers_before_it() {
    let handler = answer(|http: &mut Exchange<'_>| {
        begin(http)?;
        match http.path {
            "/fail" => Outcome::Err("no".into()),
            "/panic" => panic!("no"),
            _ => Ok(()),
        }
    });
    for path in ["/fail", "/panic"] {
        let bad = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        let played = play(&handler, [&GET.repeat(3), bad.as_bytes(), GET].concat().as_slice());
        let responses = played.responses_to(&["GET"; 4]);
        let found: Vec<u16> = responses.iter().map(|response| response.status()).collect();
        assert_eq!(found, [200, 200, 200, 500]);
        assert_eq!(responses[2].text(), "begun");
    }
}

#[test]
fn an_error_page_for_head_has_no_body() {
    let handler = answer(|_: &mut Exchange<'_>| Outcome::Err("no".into()));
    let played = play(&handler, b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(played.responses_to(&["HEAD"])[0].status(), 500);
    assert!(played.text().ends_with("\r\n\r\n"));
}

#[test]
fn whoever_owns_the_stream_is_told_of_a_cut() {
    let cut = answer(|http: &mut Exchange<'_>| -> io::Result<()> {
        begin(http)?;
        http.wfile.flush()?;
        Err(io::Error::other("no more"))
    });
    let mut stream = io::Cursor::new(GET.to_vec());
    let outcome = bhrh::handle(&cut, &mut stream, ([127, 0, 0, 1], 1));
    assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
}

#[test]
fn an_error_page_that_fails_like_the_method_is_logged_once() {
    struct Same;

    impl Handler for Same {
        fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
            Dispatch::Handled(http.send_error(404).map_err(Into::into))
        }

        fn send_error(
            &self,
            _: &mut Exchange<'_>,
            _: u16,
            _: Option<&str>,
            _: Option<&str>,
        ) -> io::Result<()> {
            Err(io::Error::other("no page"))
        }
    }

    let played = play(&Same, b"GET / HTTP/1.0\r\n\r\n");
    assert_eq!(played.response().status(), 500);
    let about = played.log.iter().filter(|line| line.contains("no page"));
    assert_eq!(about.count(), 1, "{:?}", played.log);
}

/// Handlers whose hooks fail, from the first of them that an error page asks to the last.
#[derive(Clone, Copy, PartialEq)]
enum Fails {
    LogError,
    LogRequest,
    VersionString,
}

impl Fails {
    fn here(self, hook: Fails) {
        assert!(self != hook, "hook");
    }
}

impl Handler for Fails {
    fn dispatch(&self, _: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Handled(Outcome::Err("no".into()))
    }

    fn request_id<'s>(&'s self, _: &'s Exchange<'_>) -> Option<Cow<'s, str>> {
        Some("an-id".into())
    }

    fn log_error(&self, http: &Exchange<'_>, message: std::fmt::Arguments<'_>) {
        self.here(Fails::LogError);
        base::log_error(http, message);
    }

    fn log_request(&self, http: &Exchange<'_>, code: u16, size: Option<u64>) {
        base::log_request(http, code, size);
        self.here(Fails::LogRequest);
    }

    fn version_string<'s>(&'s self, http: &'s Exchange<'_>) -> Cow<'s, str> {
        self.here(Fails::VersionString);
        base::version_string(http)
    }
}

#[test]
fn a_request_has_one_line_and_its_id_however_many_pages_fail() {
    for handler in [Fails::LogError, Fails::LogRequest, Fails::VersionString] {
        let played = play(&handler, b"GET / HTTP/1.0\r\n\r\n");
        let response = played.response();
        assert_eq!((response.status(), response.header("X-Request-Id")), (500, Some("an-id")));
        let lines = played.log.iter().filter(|line| line.contains("\"GET / HTTP/1.0\" 500 -"));
        assert_eq!(lines.count(), 1, "{:?}", played.log);
    }
}
