//! Chunks that the handler makes itself, as Python's scripts do: passed on once they are seen to
//! be chunks.

use crate::answer::answer;
use crate::play::{Played, play, play_on};
use bhrh::{Exchange, Handler, Profile};
use std::io::{self, Write};

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// A handler that writes these pieces, and does not care whether they are taken.
fn writing(pieces: &'static [&'static str]) -> impl Handler {
    answer(move |http: &mut Exchange<'_>| {
        begin(http)?;
        for piece in pieces {
            let _ = http.wfile.write_all(piece.as_bytes());
        }
        io::Result::Ok(())
    })
}

fn begin(http: &mut Exchange<'_>) -> io::Result<()> {
    http.send_response_only(200);
    http.send_header("Transfer-Encoding", "chunked");
    http.end_headers()
}

const HEAD: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

#[test]
fn valid_ones_pass_as_they_are_however_they_are_written() {
    for pieces in [
        &["5\r\nhello\r\n0\r\n\r\n"][..],
        &["5\r\n", "hello", "\r\n", "0\r\n\r\n"],
        &["5", "\r", "\nhe", "llo\r", "\n0\r\n", "\r\n"],
        &["5;x=y\r\nhello\r\n0\r\nTrailer: z\r\n\r\n"],
        &["0", "", "\r\n\r\n"],
        &["00005\r\nhello\r\n", "000\r\n\r\n"],
    ] {
        let played = play(&writing(pieces), &GET.repeat(2));
        assert_eq!(played.text(), format!("{HEAD}{}", pieces.concat()).repeat(2));
        assert!(played.log.is_empty());
    }
}

fn assert_cut(played: &Played, sent: &str) {
    assert_eq!(played.text(), format!("{HEAD}{sent}"));
    let line = "GET /: the response said chunked, but what was written are no chunks";
    assert_eq!(played.log, [line]);
}

#[test]
fn what_is_no_chunk_is_not_sent_and_nothing_after_it() {
    for (pieces, sent) in [
        (&["hello"][..], "hello"),
        (&["hello\r\n"], ""),
        (&["5\nhello\r\n"], ""),
        (&["5\r\nhello\r\n", "5\r\nhelloworld", "0\r\n\r\n"], "5\r\nhello\r\n"),
        // A lost piece must not go unnoticed between two good ones.
        (&["5\r\nhello\r\n", "oops\r\n", "0\r\n\r\n"], "5\r\nhello\r\n"),
        (&["-1\r\n", "0\r\n\r\n"], ""),
    ] {
        assert_cut(&play(&writing(pieces), &GET.repeat(2)), sent);
    }
}

#[test]
fn chunks_without_an_end_are_not_given_one() {
    for (pieces, sent) in [
        (&[][..], ""),
        (&["5\r\nhello\r\n"], "5\r\nhello\r\n"),
        (&["5\r\nhello\r\n0\r\n"], "5\r\nhello\r\n0\r\n"),
        (&["5\r\nhel"], "5\r\nhel"),
    ] {
        assert_cut(&play(&writing(pieces), &GET.repeat(2)), sent);
    }
}

#[test]
fn nothing_follows_the_end() {
    let pieces = &["5\r\nhello\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n"];
    assert_cut(&play(&writing(pieces), &GET.repeat(2)), pieces[0]);
    // A write is taken as a whole or not at all.
    assert_cut(&play(&writing(&["0\r\n\r\nx"]), &GET.repeat(2)), "");
}

#[test]
fn an_http_10_client_does_not_get_them() {
    let input = b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    let played = play(&writing(&["0\r\n\r\n"]), input);
    assert_eq!(played.response().status(), 500);
    let fault = "GET /: the handler failed: send_header: Transfer-Encoding cannot be sent to an \
                 HTTP/1.0 client; leave the framing to the server";
    assert_eq!(played.log[0], fault);
    // Python sends what it is told to.
    let played = play_on(Profile::PYTHON, &writing(&["0\r\n\r\n"]), input);
    assert_eq!(played.text(), format!("{HEAD}0\r\n\r\n"));
}

#[test]
fn another_coding_ends_with_the_connection() {
    let handler = answer(|http: &mut Exchange<'_>| {
        http.send_response_only(200);
        http.send_header("Transfer-Encoding", "gzip");
        http.end_headers()?;
        http.wfile.write_all(b"pretend")
    });
    let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nConnection: close\r\n\r\npretend";
    assert_eq!(play(&handler, &GET.repeat(2)).text(), text);
}

#[test]
fn large_chunks_pass_too() {
    let handler = answer(|http: &mut Exchange<'_>| {
        begin(http)?;
        for _ in 0..3 {
            http.wfile.write_all(b"11170\r\n")?;
            http.wfile.write_all(&[b'x'; 70_000])?;
            http.wfile.write_all(b"\r\n")?;
        }
        http.wfile.write_all(b"0\r\n\r\n")
    });
    for response in play(&handler, &GET.repeat(2)).responses_to(&["GET", "GET"]) {
        assert_eq!(response.body().len(), 210_000);
    }
}

#[test]
fn two_codings_over_one_are_refused_with_an_error() {
    for fields in [&["chunked", "chunked"][..], &["chunked, chunked"]] {
        let handler = answer(move |http: &mut Exchange<'_>| {
            http.send_response(200);
            for coding in fields {
                http.send_header("Transfer-Encoding", coding);
            }
            http.end_headers()
        });
        let played = play(&handler, GET);
        assert_eq!(played.response().status(), 500);
        assert!(played.log[1].contains("more than one Transfer-Encoding"), "{:?}", played.log);
    }
}
