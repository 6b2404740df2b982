//! How much of a body is taken: 413, where it is told beforehand and where it turns out.

use crate::answer::answer;
use crate::play::{Played, play, play_within};
use bhrh::{Exchange, Handler, Limits};
use std::io::{self, BufRead, Read, Write};

fn collect(http: &mut Exchange<'_>) -> io::Result<()> {
    let body = http.read_body()?;
    assert!(http.read_body()?.is_empty(), "nothing is left");
    respond(http, &body)
}

fn stream(http: &mut Exchange<'_>) -> io::Result<()> {
    let mut body = Vec::new();
    http.rfile.read_to_end(&mut body)?;
    respond(http, &body)
}

fn respond(http: &mut Exchange<'_>, body: &[u8]) -> io::Result<()> {
    http.send_response(200);
    http.end_headers()?;
    http.wfile.write_all(body)
}

fn counted(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

fn chunked(body: &str) -> Vec<u8> {
    let chunks: String = body.chars().map(|byte| format!("1\r\n{byte}\r\n")).collect();
    format!("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n")
        .into_bytes()
}

fn collected(most: u64) -> Limits {
    let mut limits = Limits::default();
    limits.collected_body = most;
    limits
}

fn any(most: u64) -> Limits {
    let mut limits = Limits::default();
    limits.body = most;
    limits
}

#[track_caller]
fn assert_413(played: &Played, limit: u64) {
    assert_refused(played, limit, Some("close"));
}

#[track_caller]
fn assert_refused(played: &Played, limit: u64, connection: Option<&str>) {
    let response = played.response();
    assert_eq!((response.status(), response.reason()), (413, "Content Too Large"));
    assert_eq!(response.header("Connection"), connection);
    let told = format!("413 - the limit is {limit} bytes of content.");
    assert!(response.text().contains(&told), "{}", response.text());
    // A refusal is the client's fault: one line for the error, one for the request.
    assert_eq!(played.log[0], "code 413, message Content Too Large");
    assert_eq!(played.log.len(), 2, "{:?}", played.log);
}

#[test]
fn what_fits_is_collected_in_either_framing() {
    assert_eq!(play(&answer(collect), &counted("hello")).response().text(), "hello");
    assert_eq!(play(&answer(collect), &chunked("hello")).response().text(), "hello");
    let none = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_eq!(play(&answer(collect), none).response().body(), b"");
    for request in [counted("hello"), chunked("hello")] {
        let played = play_within(collected(5), &answer(collect), &request);
        assert_eq!(played.response().text(), "hello");
    }
}

/// Nothing stands against the connection: the rest is short enough to be dropped.
#[test]
fn what_does_not_fit_is_refused_with_413() {
    for request in [counted("hello"), chunked("hello")] {
        assert_refused(&play_within(collected(4), &answer(collect), &request), 4, None);
        assert_refused(&play_within(collected(0), &answer(collect), &request), 0, None);
    }
}

#[test]
fn what_was_read_before_does_not_count() {
    let handler = answer(|http| {
        let mut line = String::new();
        http.rfile.read_line(&mut line)?;
        let rest = http.read_body()?;
        respond(http, &rest)
    });
    for request in [counted("first\nrest"), chunked("first\nrest")] {
        assert_eq!(play_within(collected(4), &handler, &request).response().text(), "rest");
        assert_refused(&play_within(collected(3), &handler, &request), 3, None);
    }
}

#[test]
fn a_bound_on_all_bodies_holds_for_streams_too() {
    for handler in [&answer(stream) as &dyn Handler, &answer(collect)] {
        for request in [counted("hello"), chunked("hello")] {
            let played = play_within(any(5), handler, &request);
            assert_eq!(played.response().text(), "hello");
            assert_413(&play_within(any(4), handler, &request), 4);
        }
    }
}

#[test]
fn an_announced_length_is_refused_before_the_method_runs() {
    let never = answer(|_| -> io::Result<()> { panic!("it ran") });
    assert_413(&play_within(any(4), &never, &counted("hello")), 4);
    // RFC 9110 section 10.1.1: the final status instead of 100, so that nothing is sent in vain.
    let request =
        b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    let mut limits = any(4);
    limits.collected_body = 4;
    let played = play_within(limits, &never, request);
    assert_413(&played, 4);
    assert!(played.response().interim().is_empty());
}
