//! What a handler passes on from one client must not become a response, or a script, to another.

use std::io::{self, Write};

use crate::play::converse;
use bhrh::__internals::read_response;
use bhrh::{Exchange, http_handler};

struct App(fn(&mut Exchange<'_>) -> io::Result<()>);

#[http_handler(protocol_version = "HTTP/1.1")]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        (self.0)(http)
    }

    fn do_HEAD(&self, http: &mut Exchange) -> io::Result<()> {
        (self.0)(http)
    }
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

fn bytes(run: fn(&mut Exchange<'_>) -> io::Result<()>, input: &[u8]) -> Vec<u8> {
    converse(App(run), input)
}

/// Asserts that nothing comes of it but one error page.
#[track_caller]
fn assert_500(run: fn(&mut Exchange<'_>) -> io::Result<()>) {
    let bytes = bytes(run, GET);
    let mut rest = &bytes[..];
    let response = read_response(&mut rest, false).expect("a response");
    assert_eq!(response.status(), 500, "{}", bytes.escape_ascii());
    assert!(response.header("X-Forged").is_none() && rest.is_empty(), "{}", bytes.escape_ascii());
}

/// tiny_http CVE-2026-66753, hyper CVE-2017-18587 (RUSTSEC-2017-0002), CPython gh-142533.
/// Defence: `ResponseHead::field`, `splits`.
#[test]
fn a_line_end_in_a_value() {
    assert_500(|http| {
        http.send_response(200);
        http.send_header("X", "y\r\nX-Forged: yes");
        http.end_headers()
    });
    assert_500(|http| {
        http.send_response(200);
        http.send_header("X", "y\nX-Forged: yes");
        http.end_headers()
    });
    assert_500(|http| {
        http.send_response(200);
        http.send_header("X", format_args!("y{}X-Forged: yes", '\r'));
        http.end_headers()
    });
}

/// The same in a name. Defence: `ResponseHead::field`, `is_token`.
#[test]
fn a_line_end_in_a_name() {
    assert_500(|http| {
        http.send_response(200);
        http.send_header("X: y\r\nX-Forged", "yes");
        http.end_headers()
    });
}

/// Node.js CVE-2016-2216 and CVE-2018-12116: characters that become CR and LF when only their
/// lowest byte is kept. Defence: `ValueSink::write_str`.
#[test]
fn a_character_whose_lowest_byte_is_a_line_end() {
    assert_500(|http| {
        http.send_response(200);
        http.send_header("X", "y\u{10d}\u{10a}X-Forged: yes");
        http.end_headers()
    });
}

/// Node.js CVE-2016-5325, CPython gh-150679. Defence: `ResponseHead::status_line`.
#[test]
fn a_line_end_in_a_reason_phrase() {
    for run in [
        |http: &mut Exchange<'_>| {
            http.send_response((200, "OK\r\nX-Forged: yes"));
            http.end_headers()
        },
        |http: &mut Exchange<'_>| http.send_error((404, "No\r\nX-Forged: yes")),
        |http: &mut Exchange<'_>| {
            http.send_response((200, "OK\u{10d}\u{10a}X-Forged: yes"));
            http.end_headers()
        },
    ] {
        let bytes = bytes(run, GET);
        let mut rest = &bytes[..];
        let response = read_response(&mut rest, false).expect("a response");
        assert_eq!(response.header("X-Forged"), None, "{}", bytes.escape_ascii());
        assert!(rest.is_empty());
    }
}

/// Response splitting by framing: two lengths, or a length and chunks. Defence:
/// `ResponseHead::notice`; `Output::end_head`.
#[test]
fn a_framing_that_contradicts_itself() {
    assert_500(|http| {
        http.send_response(200);
        http.send_header("Content-Length", 0);
        http.send_header("Content-Length", 50);
        http.end_headers()
    });
    assert_500(|http| {
        http.send_response(200);
        http.send_header("Content-Length", 0);
        http.send_header("Transfer-Encoding", "chunked");
        http.end_headers()
    });
}

/// Response queue poisoning: what goes past the announced length would be the next response.
/// Defence: `Output::write_counted`.
#[test]
fn a_body_longer_than_its_length() {
    let run = |http: &mut Exchange<'_>| {
        http.send_response(200);
        http.send_header("Content-Length", 2);
        http.end_headers()?;
        let _ = http.wfile.write_all(b"okHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Ok(())
    };
    let bytes = bytes(run, &GET.repeat(2));
    let mut rest = &bytes[..];
    assert_eq!(read_response(&mut rest, false).expect("a response").text(), "ok");
    assert!(rest.is_empty(), "{}", bytes.escape_ascii());
}

/// The same with the body of a response that has none (as in oxhttp's answers to HEAD). Defence:
/// `framing::is_bodiless`.
#[test]
fn a_body_that_must_not_be() {
    let forged = |http: &mut Exchange<'_>| {
        http.send_response(if http.command == "HEAD" { 200 } else { 304 });
        http.end_headers()?;
        let _ =
            http.wfile.write_all(b"HTTP/1.1 200 OK\r\nX-Forged: yes\r\nContent-Length: 0\r\n\r\n");
        Ok(())
    };
    for method in ["HEAD", "GET"] {
        let request = format!("{method} / HTTP/1.1\r\nHost: a\r\n\r\n");
        let bytes = bytes(forged, request.as_bytes());
        let forged = bytes.windows(8).any(|window| window == b"X-Forged");
        assert!(!forged, "{}", bytes.escape_ascii());
    }
}

/// Reflected script in an error page (CPython's `test_html_escape_on_error`).
/// Defence: `page::fill`, `HtmlEscape`.
#[test]
fn a_script_in_an_error_page() {
    let request = b"<script>alert(1)</script> / HTTP/1.1\r\nHost: a\r\n\r\n";
    let bytes = bytes(|http| http.send_error(404), request);
    let mut rest = &bytes[..];
    let page = read_response(&mut rest, false).expect("a response");
    assert!(!page.text().contains("<script"), "{}", page.text());
    assert!(page.text().contains("&lt;script&gt;"), "{}", page.text());
}
