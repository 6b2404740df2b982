//! What the log says, and when: Python's lines in Python's order.

use crate::answer::answer;
use crate::play::{play, play_on};
use bhrh::__internals::converse;
use bhrh::{Dispatch, Exchange, Handler, Profile, base};
use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use std::sync::Mutex;
use std::time::Duration;

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn lines_have_pythons_form() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.end_headers()
    });
    let (_, log) = converse(&handler, GET, Profile::STRICT);
    let line = log[0].strip_prefix("127.0.0.1 - - [").expect("the client's address");
    let (time, message) = line.split_at(20);
    assert_eq!(message, "] \"GET / HTTP/1.1\" 200 -");
    // `22/Nov/2026 16:47:12`
    let shape: String = time.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let (day, rest) = shape.split_at(3);
    assert_eq!((day, &rest[3..]), ("00/", "/0000 00:00:00"));
    let months =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    assert!(months.contains(&&rest[..3]));
}

#[test]
fn no_client_forges_a_line() {
    let handler = answer(|http: &mut Exchange<'_>| http.send_error((404, http.path.to_owned())));
    let input = b"GET /\x1b[31m\\\xe9\x85\xff HTTP/1.1\r\nHost: a\r\n\r\n";
    // 0x85 is white space to Python.
    let line = "\"GET /\\x1b[31m\\\\\u{e9}\\x85\u{ff} HTTP/1.1\" 400 -";
    assert_eq!(play_on(Profile::PYTHON, &handler, input).log[1], line);
    let input = b"GET /\x1b\\\x7f\xe9 HTTP/1.1\r\nHost: a\r\n\r\n";
    let log = play_on(Profile::PYTHON, &handler, input).log;
    assert_eq!(log[0], "code 404, message /\\x1b\\\\\\x7f\u{e9}");
    assert_eq!(log[1], "\"GET /\\x1b\\\\\\x7f\u{e9} HTTP/1.1\" 404 -");
}

#[test]
fn the_request_is_logged_when_its_answer_begins() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.log_message(format_args!("before\t{}\n", 1));
        http.send_response(200);
        http.log_error(format_args!("after"));
        http.end_headers()?;
        http.log_request(201);
        http.log_request((202, 512));
        http.wfile.write_all(b"x")?;
        http.log_message(format_args!(""));
        io::Result::Ok(())
    });
    let lines = [
        "before\\x091\\x0a",
        "\"GET / HTTP/1.1\" 200 -",
        "after",
        "\"GET / HTTP/1.1\" 201 -",
        "\"GET / HTTP/1.1\" 202 512",
        "",
    ];
    assert_eq!(play(&handler, GET).log, lines);
}

#[test]
fn interim_and_bare_answers_are_not_logged() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response_only(103);
        http.end_headers()?;
        http.send_response_only(200);
        http.end_headers()
    });
    assert!(play(&handler, GET).log.is_empty());
}

#[test]
fn the_request_line_is_logged_as_it_came() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.end_headers()
    });
    let input = b"GET //a/../b?%41 HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_eq!(play(&handler, input).log, ["\"GET //a/../b?%41 HTTP/1.1\" 200 -"]);
    let python = play_on(Profile::PYTHON, &handler, b"  GET   /x\t\tHTTP/1.1 \r\n\r\n");
    assert_eq!(python.log, ["\"  GET   /x\\x09\\x09HTTP/1.1 \" 200 -"]);
}

/// Keeps an access log.
#[derive(Default)]
struct Accounting {
    rows: Mutex<Vec<(u16, u64)>>,
}

impl Handler for Accounting {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Handled(self.run(http).map_err(Into::into))
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }

    fn error_message_format(&self) -> Cow<'_, str> {
        "%(code)d\n".into()
    }

    fn wants_log_access(&self) -> bool {
        true
    }

    fn log_request(&self, _: &Exchange<'_>, _: u16, _: Option<u64>) {}

    fn log_access(&self, http: &Exchange<'_>, code: u16, size: u64, duration: Duration) {
        assert!(duration < Duration::from_secs(600));
        self.rows.lock().expect("no panic under the lock").push((code, size));
        if http.path == "/shown" {
            base::log_access(http, code, size, Duration::from_micros(1234));
        }
    }

    fn log_error(&self, _: &Exchange<'_>, _: fmt::Arguments<'_>) {}
}

impl Accounting {
    fn run(&self, http: &mut Exchange<'_>) -> io::Result<()> {
        let body = if http.path == "/long" { vec![b'x'; 50_000] } else { b"hello".to_vec() };
        match http.path {
            "/nothing" => return Ok(()),
            "/fail" => return Err(io::Error::other("no")),
            "/404" => return http.send_error(404),
            _ => http.send_response(200),
        }
        if http.path == "/short" {
            http.send_header("Content-Length", 9);
        }
        http.end_headers()?;
        if http.path == "/chunked" {
            http.wfile.flush()?;
        }
        http.wfile.write_all(&body)?;
        if http.path == "/cut" {
            http.wfile.flush()?;
            return Err(io::Error::other("no"));
        }
        Ok(())
    }
}

#[test]
fn every_answer_is_in_the_access_log_with_the_size_of_its_body() {
    for (path, row) in [
        ("/", (200, 5)),
        ("/chunked", (200, 5)),
        ("/long", (200, 50_000)),
        ("/404", (404, 4)),
        ("/fail", (500, 4)),
        ("/nothing", (500, 4)),
        ("/short", (200, 5)),
        ("/cut", (200, 5)),
        ("/%", (400, 4)),
    ] {
        let handler = Accounting::default();
        let input = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        let (_, log) = converse(&handler, input.as_bytes(), Profile::STRICT);
        assert_eq!(handler.rows.into_inner().expect("no panic"), [row], "{path}");
        assert!(log.is_empty(), "{path}: {log:?}");
    }
    let handler = Accounting::default();
    let played = play(&handler, b"GET /shown HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(played.log, ["\"GET /shown HTTP/1.1\" 200 5 1.2ms"]);
}
