//! Where a response ends: what the handler says, and what is completed (RFC 9112 section 6).

use crate::answer::answer;
use crate::play::{Played, play, play_on};
use bhrh::{Exchange, Profile};
use std::io::{self, Write};

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const HEAD: &[u8] = b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
const OLD: &[u8] = b"GET / HTTP/1.0\r\n\r\n";
const OLD_KEPT: &[u8] = b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
const START: &str = "HTTP/1.1 200 OK\r\nServer: S\r\nDate: D\r\n";

/// Plays to a handler that sends a 200 with these fields and writes these pieces, flushing where
/// a piece is empty.
fn sent(fields: &'static [(&str, &str)], pieces: &'static [&str], input: &[u8]) -> Played {
    play(&answer(move |http: &mut Exchange<'_>| send(http, 200, fields, pieces)), input)
}

fn send(
    http: &mut Exchange<'_>,
    status: u16,
    fields: &[(&str, &str)],
    pieces: &[&str],
) -> io::Result<()> {
    http.send_response(status);
    fields.iter().for_each(|(name, value)| http.send_header(name, *value));
    http.end_headers()?;
    for piece in pieces {
        match piece.is_empty() {
            true => http.wfile.flush()?,
            false => http.wfile.write_all(piece.as_bytes())?,
        }
    }
    Ok(())
}

const TWO: &[(&str, &str)] = &[("Content-Length", "2")];

#[test]
fn what_the_handler_says_is_sent_as_said() {
    assert_eq!(sent(TWO, &["h", "i"], GET).text(), format!("{START}Content-Length: 2\r\n\r\nhi"));
    assert_eq!(
        sent(TWO, &["h", "", "i"], GET).text(),
        format!("{START}Content-Length: 2\r\n\r\nhi")
    );
    assert_eq!(sent(TWO, &["hi"], HEAD).text(), format!("{START}Content-Length: 2\r\n\r\n"));
    let old = format!("{START}Content-Length: 2\r\nConnection: close\r\n\r\nhi");
    assert_eq!(sent(TWO, &["hi"], OLD).text(), old);
    let kept = format!("{START}Content-Length: 2\r\nConnection: keep-alive\r\n\r\nhi");
    assert_eq!(sent(TWO, &["hi"], OLD_KEPT).text(), kept);
}

#[test]
fn a_body_that_is_too_short_closes_and_is_logged() {
    let played = sent(TWO, &["h"], &GET.repeat(2));
    assert_eq!(played.text(), format!("{START}Content-Length: 2\r\n\r\nh"));
    let line = "GET /: the response ended 1 bytes short of its Content-Length of 2";
    assert_eq!(played.log, ["\"GET / HTTP/1.1\" 200 -", line]);
    // To HEAD it is as long as it has to be.
    assert_eq!(sent(TWO, &[], &HEAD.repeat(2)).responses_to(&["HEAD", "HEAD"]).len(), 2);
}

#[test]
fn a_body_that_is_too_long_is_cut_where_it_was_to_end() {
    let swallowing = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.send_header("Content-Length", 2);
        http.end_headers()?;
        let error = http.wfile.write_all(b"hi there").expect_err("too long");
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        assert!(http.wfile.write_all(b"x").is_err());
        http.wfile.write_all(b"")
    });
    let played = play(&swallowing, &GET.repeat(2));
    assert_eq!(played.text(), format!("{START}Content-Length: 2\r\n\r\nhi"));
    assert_eq!(played.log[1], "GET /: the response went on past its Content-Length of 2");
    // An empty write after it changes nothing.
    let swallowing = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.send_header("Content-Length", 2);
        http.end_headers()?;
        http.wfile.write_all(b"hi")?;
        assert!(http.wfile.write_all(b"x").is_err());
        http.wfile.write(b"").map(drop)
    });
    let played = play(&swallowing, &GET.repeat(2));
    assert_eq!(played.text(), format!("{START}Content-Length: 2\r\n\r\nhi"));
    assert_eq!(played.log[1], "GET /: the response went on past its Content-Length of 2");
    // If the handler passes the error on, nothing of its response has been sent.
    let played = sent(TWO, &["hi there"], &GET.repeat(2));
    assert_eq!(played.response().status(), 500);
}

#[test]
fn a_length_is_filled_in_when_the_handler_returns() {
    assert_eq!(sent(&[], &["h", "i"], GET).text(), format!("{START}Content-Length: 2\r\n\r\nhi"));
    assert_eq!(sent(&[], &[], GET).text(), format!("{START}Content-Length: 0\r\n\r\n"));
    let old = format!("{START}Content-Length: 2\r\nConnection: close\r\n\r\nhi");
    assert_eq!(sent(&[], &["hi"], OLD).text(), old);
    let kept = format!("{START}Content-Length: 2\r\nConnection: keep-alive\r\n\r\nhi");
    assert_eq!(sent(&[], &["hi"], OLD_KEPT).text(), kept);
}

#[test]
fn chunks_begin_when_the_handler_flushes() {
    let chunked = format!("{START}Transfer-Encoding: chunked\r\n\r\n");
    let text = format!("{chunked}1\r\nh\r\n1\r\ni\r\n0\r\n\r\n");
    assert_eq!(sent(&[], &["h", "", "i"], GET).text(), text);
    assert_eq!(sent(&[], &["", "hi"], GET).text(), format!("{chunked}2\r\nhi\r\n0\r\n\r\n"));
    assert_eq!(sent(&[], &["", ""], GET).text(), format!("{chunked}0\r\n\r\n"));
    // To whom chunks mean nothing, the end of the connection is the end of the body.
    let old = format!("{START}Connection: close\r\n\r\nhi");
    assert_eq!(sent(&[], &["h", "", "i"], OLD).text(), old);
    assert_eq!(sent(&[], &["h", "", "i"], &OLD_KEPT.repeat(2)).text(), old);
}

#[test]
fn chunks_begin_when_too_much_is_held_back() {
    for (length, chunked) in [(16 << 10, false), ((16 << 10) + 1, true), (100_000, true)] {
        let handler = answer(move |http: &mut Exchange<'_>| {
            http.send_response(200);
            http.end_headers()?;
            (0..length).try_for_each(|at: usize| http.wfile.write_all(&[b'a' + (at % 26) as u8]))
        });
        let played = play(&handler, &GET.repeat(2));
        for response in played.responses_to(&["GET", "GET"]) {
            assert_eq!(response.header("Transfer-Encoding").is_some(), chunked, "{length}");
            assert_eq!(response.header("Content-Length").is_some(), !chunked, "{length}");
            let body = response.body();
            assert!(body.len() == length && body[length - 1] == b'a' + ((length - 1) % 26) as u8);
        }
        let response = play(&handler, OLD).response();
        assert_eq!(response.header("Transfer-Encoding"), None);
        assert_eq!(response.body().len(), length);
        let head = format!("{START}Content-Length: {length}\r\n\r\n");
        assert_eq!(play(&handler, HEAD).text(), head);
    }
}

#[test]
fn one_large_write_is_one_chunk() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.end_headers()?;
        http.wfile.write_all(&[b'x'; 70_000])
    });
    let text = play(&handler, GET).text();
    let head = format!("{START}Transfer-Encoding: chunked\r\n\r\n11170\r\nxxx");
    assert!(text.starts_with(&head) && text.ends_with("xxx\r\n0\r\n\r\n"));
}

#[test]
fn head_is_answered_like_get_without_the_body() {
    assert_eq!(sent(&[], &["h", "i"], HEAD).text(), format!("{START}Content-Length: 2\r\n\r\n"));
    // What GET would have had here is not known, so nothing is said.
    assert_eq!(sent(&[], &[], HEAD).text(), format!("{START}\r\n"));
    assert_eq!(sent(&[], &["h", "", "i"], HEAD).text(), format!("{START}\r\n"));
    let chunked: &[(&str, &str)] = &[("Transfer-Encoding", "chunked")];
    let text = format!("{START}Transfer-Encoding: chunked\r\n\r\n");
    assert_eq!(sent(chunked, &["2\r\nhi\r\n0\r\n\r\n"], HEAD).text(), text);
    for pieces in [&["hi"][..], &[], &["h", "", "i"]] {
        let two = HEAD.repeat(2);
        let handler = answer(move |http: &mut Exchange<'_>| send(http, 200, &[], pieces));
        assert_eq!(play(&handler, &two).responses_to(&["HEAD", "HEAD"]).len(), 2);
    }
}

#[test]
fn some_statuses_have_no_body_whatever_is_written() {
    for (status, fields) in [(204, ""), (205, "Content-Length: 0\r\n"), (304, "")] {
        let handler =
            answer(move |http: &mut Exchange<'_>| send(http, status, &[], &["hi", "", "x"]));
        let played = play(&handler, &GET.repeat(2));
        let phrase = bhrh::Responses::STANDARD.get(status).expect("a standard status").0;
        let one = format!("HTTP/1.1 {status} {phrase}\r\nServer: S\r\nDate: D\r\n{fields}\r\n");
        assert_eq!(played.text(), one.repeat(2));
    }
}

#[test]
fn fields_that_a_status_forbids_are_left_out() {
    // RFC 9110 section 8.6: no length with 1xx and 204; with 304 it is that of the 200.
    for (status, expected) in [
        (204, "HTTP/1.1 204 No Content\r\nServer: S\r\nDate: D\r\n\r\n"),
        (205, "HTTP/1.1 205 Reset Content\r\nServer: S\r\nDate: D\r\nContent-Length: 0\r\n\r\n"),
        (304, "HTTP/1.1 304 Not Modified\r\nServer: S\r\nDate: D\r\nContent-Length: 2\r\n\r\n"),
    ] {
        let handler = answer(move |http: &mut Exchange<'_>| send(http, status, TWO, &["hi"]));
        assert_eq!(play(&handler, GET).text(), expected);
        let python = play_on(Profile::PYTHON, &handler, GET);
        assert!(python.text().ends_with("Content-Length: 2\r\n\r\n"), "{}", python.text());
    }
}

#[test]
fn the_python_profile_completes_nothing() {
    let unframed = answer(|http: &mut Exchange<'_>| send(http, 200, &[], &["h", "", "i"]));
    // The body ends with the connection, so there is no second answer.
    let played = play_on(Profile::PYTHON, &unframed, &GET.repeat(2));
    assert_eq!(played.text(), format!("{START}\r\nhi"));
    let sized = answer(|http: &mut Exchange<'_>| send(http, 200, TWO, &["hi"]));
    let played = play_on(Profile::PYTHON, &sized, &GET.repeat(2));
    assert_eq!(played.text(), format!("{START}Content-Length: 2\r\n\r\nhi").repeat(2));
}

#[test]
fn an_answer_of_http_10_has_no_chunks() {
    let handler = answer(|http: &mut Exchange<'_>| send(http, 200, &[], &["h", "", "i"]));
    let played = play(&handler.speaking("HTTP/1.0"), &GET.repeat(2));
    let start = START.replace("HTTP/1.1", "HTTP/1.0");
    assert_eq!(played.text(), format!("{start}Connection: close\r\n\r\nhi"));
}

#[test]
fn framing_that_left_with_the_first_fields_is_not_forgotten() {
    for (name, value, body) in
        [("Transfer-Encoding", "chunked", "2\r\nhi\r\n0\r\n\r\n"), ("Content-Length", "2", "hi")]
    {
        let handler = answer(move |http: &mut Exchange<'_>| {
            http.send_response(200);
            http.send_header(name, value);
            http.flush_headers()?;
            http.send_header("X-Late", "yes");
            http.end_headers()?;
            http.wfile.write_all(body.as_bytes())
        });
        let text = format!("{START}{name}: {value}\r\nX-Late: yes\r\n\r\n{body}");
        assert_eq!(play(&handler, GET).text(), text);
        let text = format!("{START}{name}: {value}\r\nX-Late: yes\r\n\r\n");
        assert_eq!(play(&handler, HEAD).text(), text);
    }
    let both = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.send_header("Content-Length", 2);
        http.flush_headers()?;
        http.send_header("Transfer-Encoding", "chunked");
        http.end_headers()
    });
    assert!(!play(&both, GET).text().contains("chunked"));
}

#[test]
fn flush_headers_sends_what_there_is_and_settles_what_is_open() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.end_headers()?;
        http.flush_headers()?;
        http.wfile.write_all(b"hi")
    });
    let text = format!("{START}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
    assert_eq!(play(&handler, GET).text(), text);
}

#[test]
fn the_body_may_begin_before_the_head_was_ended() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response(200);
        http.send_header("Content-Length", 2);
        http.wfile.write_all(b"hi")
    });
    assert_eq!(play(&handler, GET).text(), format!("{START}Content-Length: 2\r\n\r\nhi"));
    let never = answer(|http: &mut Exchange<'_>| http.send_response(200));
    assert_eq!(play(&never, GET).text(), format!("{START}Content-Length: 0\r\n\r\n"));
}
