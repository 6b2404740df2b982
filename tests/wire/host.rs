//! `Host`: one, and well-formed (RFC 9112 section 3.2).

use crate::answer::answer;
use crate::play::{assert_refused, play, play_on};
use bhrh::{Exchange, Profile};

fn ok(http: &mut Exchange<'_>) -> std::io::Result<()> {
    http.send_response(200);
    http.end_headers()
}

#[test]
fn http_11_has_exactly_one() {
    assert_refused(b"GET / HTTP/1.1\r\n\r\n", 400, "Missing Host header");
    assert_refused(b"GET / HTTP/1.2\r\nX: y\r\n\r\n", 400, "Missing Host header");
    assert_refused(b"GET http://a/ HTTP/1.1\r\n\r\n", 400, "Missing Host header");
    for version in ["1.0", "1.1"] {
        let two = format!("GET / HTTP/{version}\r\nHost: a\r\nhOST: a\r\n\r\n");
        assert_refused(two.as_bytes(), 400, "More than one Host header");
    }
}

#[test]
fn http_10_may_do_without() {
    assert_eq!(play(&answer(ok), b"GET / HTTP/1.0\r\n\r\n").response().status(), 200);
    assert_eq!(play(&answer(ok), b"GET / HTTP/1.0\r\nHost: a\r\n\r\n").response().status(), 200);
}

#[test]
fn a_malformed_one_is_refused_in_either_version() {
    for host in [
        "",
        "a b",
        "a/b",
        "a?b",
        "u@a",
        ":80",
        "a:b",
        "a:+1",
        "a:65536",
        "a:1:2",
        "[::1",
        "[]",
        "::1",
        "[1.2.3.4]",
        "a\\b",
        "<a>",
        "a%4",
        "a%00b",
        "a%0d%0ab",
        "a,b",
        "a, b",
        "[vx]",
        "[::1]80",
        "[fe80::1%25eth0]",
        "a:-1",
        "a#b",
        "http://a",
    ] {
        let quoted = host.replace('\\', "\\\\");
        for version in ["1.0", "1.1"] {
            let head = format!("GET / HTTP/{version}\r\nHost: {host}\r\n\r\n");
            assert_refused(head.as_bytes(), 400, &format!("Bad Host header ('{quoted}')"));
        }
    }
    assert_refused(b"GET / HTTP/1.1\r\nHost: \xe9\r\n\r\n", 400, "Bad Host header ('\u{e9}')");
}

#[test]
fn names_addresses_and_ports_are_taken() {
    for host in
        ["a", "A.b-c.", "a:", "a:0", "a:65535", "127.0.0.1:80", "[::1]:8000", "[v1.a:b]", "a%2Db"]
    {
        let head = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        assert_eq!(play(&answer(ok), head.as_bytes()).response().status(), 200, "{host}");
    }
}

/// RFC 9112 section 3.2.2: what the target says goes before what `Host` says.
#[test]
fn a_target_in_absolute_form_replaces_it() {
    let telling = |http: &mut Exchange<'_>| {
        let told = format!("{:?} {}", http.headers.get("host"), http.headers.len());
        http.send_response((if http.command == "CONNECT" { 405 } else { 200 }, told));
        http.end_headers()
    };
    for (request, told) in [
        ("GET http://b:80/x HTTP/1.1\r\nX: y\r\nhOST: a\r\n", "Some(\"b:80\") 2"),
        ("GET HTTP://[::1]?x HTTP/1.0\r\nHost: a\r\n", "Some(\"[::1]\") 1"),
        ("GET http://b HTTP/1.0\r\n", "None 0"),
        ("GET /?http://b/ HTTP/1.1\r\nHost: a\r\n", "Some(\"a\") 1"),
        ("CONNECT b:80 HTTP/1.1\r\nHost: a\r\n", "Some(\"a\") 1"),
    ] {
        let input = format!("{request}\r\n");
        let found = play(&answer(telling), input.as_bytes()).response();
        assert_eq!(found.reason(), told, "{request:?}");
        if request.starts_with("GET http") {
            let python = play_on(Profile::PYTHON, &answer(telling), input.as_bytes()).response();
            assert!(!python.reason().contains('b'), "{}", python.reason());
        }
    }
    // One that is missing or malformed is not made good by it.
    assert_refused(b"GET http://a/ HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "Bad Host header ('a b')");
}
