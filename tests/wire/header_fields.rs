//! Field lines: what is refused and what arrives (RFC 9112 section 5).

use crate::answer::answer;
use crate::play::{assert_refused, play};
use bhrh::{Exchange, Fields, Headers};
use std::io::{self, Write};

#[track_caller]
fn refused(line: &[u8], message: &str) {
    // A field with a fault is refused wherever it stands among the others.
    for (before, after) in [("Host: a\r\n", ""), ("", "Host: a\r\n")] {
        let head = [b"GET / HTTP/1.1\r\n", before.as_bytes(), line, after.as_bytes(), b"\r\n"];
        assert_refused(&head.concat(), 400, message);
    }
}

#[test]
fn malformed_lines_are_refused_and_named() {
    refused(b"X\r\n", "Malformed header line ('X')");
    refused(b"X : y\r\n", "Malformed header line ('X : y')");
    refused(b"X\t: y\r\n", "Malformed header line ('X\\t: y')");
    refused(b": y\r\n", "Malformed header line (': y')");
    refused(b"X Y: z\r\n", "Malformed header line ('X Y: z')");
    refused(b"X(@): z\r\n", "Malformed header line ('X(@): z')");
    refused(b"X\xe9: z\r\n", "Malformed header line ('X\u{e9}: z')");
    refused(b"X\x01: z\r\n", "Malformed header line ('X\\x01: z')");
}

#[test]
fn characters_that_could_end_a_line_elsewhere_are_refused() {
    refused(b"X: a\rb\r\n", "CR without LF in the header");
    refused(b"X: a\r\r\n", "CR without LF in the header");
    refused(b"X: a\nY: b\r\n", "Line ends in LF without CR");
    refused(b"X: a\0b\r\n", "NUL in the header");
    refused(b"X\0: b\r\n", "NUL in the header");
    refused(b"X: a\x0bb\r\n", "Control character in header X");
    refused(b"X: a\x7fb\r\n", "Control character in header X");
    refused(b"X: \x1b[31m\r\n", "Control character in header X");
}

/// RFC 9110 section 8.3: readers that handle the error do so differently.
#[test]
fn a_content_type_is_said_once() {
    for (first, second) in [("a/b", "c/d"), ("a/b", "a/b"), ("", "a/b")] {
        let fields = format!("Content-Type: {first}\r\nX: y\r\ncontent-type: {second}\r\n");
        refused(fields.as_bytes(), "More than one Content-Type header");
    }
}

#[test]
fn folded_lines_are_refused() {
    assert_refused(b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400, "Folded header line");
    assert_refused(b"GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n", 400, "Folded header line");
    let first = b"GET / HTTP/1.1\r\n Host: a\r\n\r\n";
    assert_refused(first, 400, "Malformed header line (' Host: a')");
}

#[test]
fn the_first_of_several_faults_is_the_one_reported() {
    let head = b"GET / HTTP/1.1\r\nX\r\nContent-Length: x\r\nY: \0\r\n\r\n";
    assert_refused(head, 400, "Malformed header line ('X')");
}

fn echoing(http: &mut Exchange<'_>) -> io::Result<()> {
    http.send_response(200);
    http.end_headers()?;
    for (name, value) in http.headers.iter() {
        let value: Vec<u8> = value.chars().map(|c| u8::try_from(c).expect("Latin-1")).collect();
        writeln!(http.wfile, "{name}={}", value.escape_ascii())?;
    }
    Ok(())
}

#[test]
fn fields_keep_their_case_their_order_and_their_duplicates() {
    let head = b"GET / HTTP/1.1\r\nHOST: a\r\nx-B: 2\r\nX-a: 1\r\nX-B: 3\r\n\r\n";
    assert_eq!(play(&answer(echoing), head).response().text(), "HOST=a\nx-B=2\nX-a=1\nX-B=3\n");
}

#[test]
fn values_lose_the_white_space_around_them_and_nothing_else() {
    let head =
        b"GET / HTTP/1.1\r\nHost: \t a \t\r\nX:\r\nY: \t\r\nZ:a  b\tc,\"d\"\r\nW: \xff\x80\r\n\r\n";
    let text = "Host=a\nX=\nY=\nZ=a  b\\tc,\\\"d\\\"\nW=\\xff\\x80\n";
    assert_eq!(play(&answer(echoing), head).response().text(), text);
}

#[test]
fn names_are_found_whatever_their_case() {
    let handler = answer(|http: &mut Exchange<'_>| {
        assert_eq!(http.headers.get("x-tag"), Some("one"));
        assert_eq!(http.headers.get_all("X-TAG").collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(http.headers.get("X-Ta"), None);
        assert_eq!(http.headers.get("X-Tags"), None);
        assert_eq!(http.headers.get_bytes("X-Utf").as_deref(), Some("\u{e9}".as_bytes()));
        assert_eq!(http.headers.get("X-Utf"), Some("\u{c3}\u{a9}"));
        assert!(http.headers.contains("HOST") && !http.headers.contains(""));
        assert_eq!(http.headers.keys().count(), http.headers.len());
        http.send_error(204)
    });
    let head = "GET / HTTP/1.1\r\nHost: a\r\nX-Tag: one\r\nx-tag: two\r\nX-Utf: \u{e9}\r\n\r\n";
    assert_eq!(play(&handler, head.as_bytes()).response().status(), 204);
}

/// A type of a user's own: the counterpart of Python's `MessageClass`.
struct Trace {
    id: u64,
    fields: Fields,
}

impl TryFrom<Headers<'_>> for Trace {
    type Error = std::num::ParseIntError;

    fn try_from(headers: Headers<'_>) -> Result<Trace, Self::Error> {
        let mut fields = Fields::default();
        headers.iter().for_each(|(name, value)| fields.push(name, value));
        Ok(Trace { id: headers.get("X-Trace").unwrap_or_default().parse()?, fields })
    }
}

#[test]
fn fields_can_be_made_into_a_type_of_ones_own() {
    let handler =
        answer(|http: &mut Exchange<'_>| -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
            let trace: Trace = http.headers.try_into()?;
            assert_eq!(trace.fields.headers().get("host"), Some("a"));
            http.send_response((200, format!("trace {}", trace.id)));
            Ok(http.end_headers()?)
        });
    let good = play(&handler, b"GET / HTTP/1.1\r\nHost: a\r\nX-Trace: 7\r\n\r\n");
    assert_eq!(good.response().reason(), "trace 7");
    let bad = play(&handler, b"GET / HTTP/1.1\r\nHost: a\r\nX-Trace: x\r\n\r\n");
    assert_eq!(bad.response().status(), 500);
    assert_eq!(bad.log[0], "GET /: the handler failed: invalid digit found in string");
}
