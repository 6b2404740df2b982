//! What the Python profile forgives, one leniency at a time, and what no profile does.

use crate::answer::answer;
use crate::play::{assert_refused, assert_refused_on, play_cut_on, play_on};
use bhrh::__internals::{Leniency, forgive};
use bhrh::{Exchange, Profile};
use std::io::{self, Write};

fn telling(http: &mut Exchange<'_>) -> io::Result<()> {
    http.send_response(200);
    http.end_headers()?;
    write!(http.wfile, "{}|{}|{}", http.command, http.path, http.request_version)?;
    http.headers.iter().try_for_each(|(name, value)| write!(http.wfile, "|{name}={value:?}"))
}

/// What is told of a request that this one leniency lets pass and `STRICT` does not.
fn told(forgive: impl Fn(&mut Profile), input: &str) -> String {
    let bytes: Vec<u8> = input.chars().map(|c| u8::try_from(c).expect("Latin-1")).collect();
    let mut profile = Profile::STRICT;
    let strict = play_cut_on(profile, &answer(telling), &bytes).response();
    assert_eq!(
        (strict.status() / 100, strict.header("Connection")),
        (4, Some("close")),
        "{input:?}"
    );
    forgive(&mut profile);
    let response = play_on(profile, &answer(telling), &bytes).response();
    assert_eq!(response.status(), 200, "{input:?}: {}", response.reason());
    let python = play_on(Profile::PYTHON, &answer(telling), &bytes);
    assert!(python.bytes.ends_with(response.body()), "{input:?}: {}", python.text());
    response.text().to_owned()
}

#[test]
fn each_leniency_stands_alone() {
    let host = |p: &mut Profile| forgive(p, Leniency::MissingHost);
    assert_eq!(told(host, "GET / HTTP/1.1\r\n\r\n"), "GET|/|HTTP/1.1");
    assert_eq!(told(host, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"), "GET|/|HTTP/1.1|Host=\"a b\"");

    let lf = |p: &mut Profile| p.bare_lf = true;
    let expected = "GET|/|HTTP/1.1|Host=\"a\"|X=\"y\"";
    assert_eq!(told(lf, "GET / HTTP/1.1\nHost: a\r\nX: y\n\n"), expected);
    assert_eq!(told(lf, "GET / HTTP/1.1\r\nHost: a\nX: y\n\r\n"), expected);

    let method = |p: &mut Profile| forgive(p, Leniency::NonTokenMethod);
    assert_eq!(told(method, "G(\u{e9}T / HTTP/1.0\r\n\r\n"), "G(\u{e9}T|/|HTTP/1.0");

    let space = |p: &mut Profile| forgive(p, Leniency::LineWhitespace);
    assert_eq!(told(space, " GET  \t/ \x0b HTTP/1.0 \r\n\r\n"), "GET|/|HTTP/1.0");
    assert_eq!(told(space, "GET\u{a0}/\u{85}HTTP/1.0\r\n\r\n"), "GET|/|HTTP/1.0");

    let version = |p: &mut Profile| forgive(p, Leniency::LaxVersion);
    assert_eq!(told(version, "GET / HTTP/001.00\r\n\r\n"), "GET|/|HTTP/001.00");

    let control = |p: &mut Profile| forgive(p, Leniency::ControlInValue);
    assert_eq!(
        told(control, "GET / HTTP/1.0\r\nX: \x01\x7f\r\n\r\n"),
        "GET|/|HTTP/1.0|X=\"\\u{1}\\u{7f}\""
    );

    let target = |p: &mut Profile| p.lax_target = true;
    assert_eq!(told(target, "GET a{b}#%zz HTTP/1.0\r\n\r\n"), "GET|a{b}#%zz|HTTP/1.0");
    assert_eq!(told(target, "GET /a%0D%0Ab HTTP/1.0\r\n\r\n"), "GET|/a%0D%0Ab|HTTP/1.0");

    let https = |p: &mut Profile| p.https_target = true;
    assert_eq!(
        told(https, "GET https://a/x HTTP/1.0\r\nHost: a\r\n\r\n"),
        "GET|https://a/x|HTTP/1.0|Host=\"a\""
    );

    let length = |p: &mut Profile| forgive(p, Leniency::LaxLength);
    let padded = "GET / HTTP/1.0\r\nContent-Length: 00\r\nContent-Length: 0\r\n\r\n";
    let expected = "GET|/|HTTP/1.0|Content-Length=\"00\"|Content-Length=\"0\"";
    assert_eq!(told(length, padded), expected);

    let kind = |p: &mut Profile| forgive(p, Leniency::LaxType);
    assert_eq!(
        told(kind, "GET / HTTP/1.0\r\nContent-Type: a/b\r\ncontent-type: c/d\r\n\r\n"),
        "GET|/|HTTP/1.0|Content-Type=\"a/b\"|content-type=\"c/d\""
    );

    let underscore = |p: &mut Profile| forgive(p, Leniency::UnderscoredFraming);
    assert_eq!(
        told(underscore, "GET / HTTP/1.0\r\nContent_Length: 9\r\n\r\n"),
        "GET|/|HTTP/1.0|Content_Length=\"9\""
    );

    let ascii = |p: &mut Profile| p.non_ascii_target = true;
    assert_eq!(
        told(ascii, "GET /caf\u{e9}?\u{ff} HTTP/1.0\r\n\r\n"),
        "GET|/caf\u{e9}?\u{ff}|HTTP/1.0"
    );
}

#[test]
fn folded_lines_are_joined_by_one_space_and_never_by_a_line_end() {
    let fold = |p: &mut Profile| forgive(p, Leniency::ObsFold);
    for (lines, value) in [
        ("X: a\r\n b\r\n", "a b"),
        ("X: a\r\n\t \tb\r\n \r\n c\r\n", "a b c"),
        ("X:\r\n a\r\n", "a"),
        ("X: a,\r\n  b: c\r\n", "a, b: c"),
        ("X:\r\n \r\n", ""),
    ] {
        let input = format!("GET / HTTP/1.0\r\nA: b\r\n{lines}Y: z\r\n\r\n");
        let expected = format!("GET|/|HTTP/1.0|A=\"b\"|X={value:?}|Y=\"z\"");
        assert_eq!(told(fold, &input), expected);
    }
    let mut profile = Profile::STRICT;
    forgive(&mut profile, Leniency::ObsFold);
    let first = b"GET / HTTP/1.0\r\n A: b\r\n\r\n";
    assert_refused_on(profile, first, 400, "Malformed header line (' A: b')");
}

#[test]
fn a_folded_framing_field_means_what_it_says_after_the_fold() {
    let input = b"POST / HTTP/1.1\r\nContent-Length:\r\n 5\r\n\r\nhelloGET / HTTP/1.1\r\n\r\n";
    let played =
        play_on(Profile::PYTHON, &answer(|http: &mut Exchange<'_>| http.send_response(204)), input);
    assert_eq!(played.responses_to(&["POST", "GET"]).len(), 2);
    let input = b"POST / HTTP/1.1\r\nContent-Length: 5\r\n 5\r\n\r\nhello";
    assert_refused_on(Profile::PYTHON, input, 400, "Bad Content-Length ('5 5')");
}

#[test]
fn white_space_at_the_end_of_a_value_is_python_s_to_keep() {
    let input = b"GET / HTTP/1.0\r\nX: \ta \t\r\n\r\n";
    let python = play_on(Profile::PYTHON, &answer(telling), input);
    assert!(python.text().ends_with("|X=\"a \\t\""), "{}", python.text());
    let strict = play_on(Profile::STRICT, &answer(telling), input);
    assert!(strict.text().ends_with("|X=\"a\""), "{}", strict.text());
}

#[test]
fn a_head_that_the_end_cuts_off_may_count_as_complete() {
    for input in ["GET / HTTP/1.0\r\nX: y\r\n", "GET / HTTP/1.0\r\nX: y", "GET / HTTP/1.0"] {
        let played = play_cut_on(Profile::PYTHON, &answer(telling), input.as_bytes());
        assert!(played.text().contains("\r\n\r\nGET|/|HTTP/1.0"), "{input:?}: {}", played.text());
    }
}

#[test]
fn an_empty_line_ends_a_connection_of_pythons_without_a_word() {
    for input in ["\r\n", "\n", " \t\r\n", "\r\r\n", "\r\nGET / HTTP/1.0\r\n\r\n"] {
        let played = play_on(Profile::PYTHON, &answer(telling), input.as_bytes());
        assert!(played.bytes.is_empty() && played.log.is_empty(), "{played:?}");
    }
}

#[test]
fn http_09_is_served_with_a_body_and_nothing_else() {
    for input in ["GET /x\r\n", "GET /x\n", "  GET \t /x  \r\n"] {
        let played = play_on(Profile::PYTHON, &answer(telling), input.as_bytes());
        assert_eq!(played.text(), "GET|/x|HTTP/0.9");
        assert_eq!(played.log.len(), 1);
    }
    // With a version of its own it has fields, too.
    let played = play_on(Profile::PYTHON, &answer(telling), b"GET /x HTTP/0.9\r\nX: y\r\n\r\n");
    assert_eq!(played.text(), "GET|/x|HTTP/0.9|X=\"y\"");
    let page = answer(|http: &mut Exchange<'_>| http.send_error(404));
    let played = play_on(Profile::PYTHON, &page, b"GET /x\r\n");
    assert!(played.text().starts_with("<!DOCTYPE HTML>"), "{}", played.text());
    let silent = answer(|_: &mut Exchange<'_>| ());
    assert_eq!(play_on(Profile::PYTHON, &silent, b"GET /x\r\n").text(), "");
    let failing = answer(|_: &mut Exchange<'_>| Err::<(), _>("no"));
    let played = play_on(Profile::PYTHON, &failing, b"GET /x\r\n");
    assert!(played.text().contains("Internal Server Error"), "{}", played.text());
    let other = play_on(Profile::PYTHON, &answer(telling), b"GET / HTTP/0.5\r\n\r\n");
    assert!(other.text().starts_with("HTTP/1.1 200 OK\r\n"), "{}", other.text());
}

#[test]
fn http_09_has_no_body_for_head() {
    let page = answer(|http: &mut Exchange<'_>| http.send_error(404));
    let input = b"HEAD /x HTTP/0.9\r\n\r\n";
    assert_eq!(play_on(Profile::PYTHON, &page, input).text(), "");
    assert_eq!(play_on(Profile::PYTHON, &answer(telling), input).text(), "");
}

#[test]
fn on_strict_http_09_is_told_so_in_full() {
    assert_refused(b"GET /\r\n", 400, "Bad request syntax ('GET /')");
    assert_refused(b"GET / HTTP/0.9\r\n\r\n", 505, "Invalid HTTP version (0.9)");
}

#[test]
fn what_two_readers_could_take_differently_no_profile_lets_pass() {
    let python = |input: &str, message: &str| {
        assert_refused_on(Profile::PYTHON, input.as_bytes(), 400, message);
    };
    let start = "POST / HTTP/1.1\r\n";
    python(&format!("{start}X: a\rY: b\r\n\r\n"), "CR without LF in the header");
    python(&format!("{start}X: a\0b\r\n\r\n"), "NUL in the header");
    python(&format!("{start}X : a\r\n\r\n"), "Malformed header line ('X : a')");
    python(&format!("{start}X\r\n\r\n"), "Malformed header line ('X')");
    python(&format!("{start}: a\r\n\r\n"), "Malformed header line (': a')");
    python(&format!("{start}X(@): a\r\n\r\n"), "Malformed header line ('X(@): a')");
    python(&format!("{start}Content-Length: +5\r\n\r\n"), "Bad Content-Length ('+5')");
    let differing = format!("{start}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello");
    python(&differing, "Differing Content-Length headers");
    let both = format!("{start}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    python(&both, "Both Content-Length and Transfer-Encoding");
    python("GET /\0 HTTP/1.1\r\n\r\n", "NUL in the header");
}
