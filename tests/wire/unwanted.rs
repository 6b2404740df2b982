//! What comes and nobody here wants: other protocols, tunnels, reflections, options that name
//! fields; and settings of a handler's that would spoil every response.

use crate::answer::answer;
use crate::play::{play, play_on};
use bhrh::{Dispatch, Error, Exchange, Handler, Profile};
use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::time::SystemTime;

/// Says what it was asked and what came with it.
fn telling(http: &mut Exchange<'_>) -> io::Result<()> {
    let mut body = String::new();
    http.rfile.read_to_string(&mut body)?;
    http.send_response(200);
    http.end_headers()?;
    write!(http.wfile, "{} {} {body}", http.command, http.headers.len())
}

fn text(input: &str) -> String {
    play(&answer(telling), input.as_bytes()).response().text().to_owned()
}

/// RFC 9110 section 7.8: a server may ignore it, and then the request is one like any other.
#[test]
fn upgrades_are_not_heard() {
    for fields in [
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 999\r\n",
        "Connection: upgrade\r\nUpgrade: TLS/1.0\r\n",
        "Upgrade: foo/2, bar\r\n",
    ] {
        let count = fields.matches("\r\n").count();
        let head = format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        assert_eq!(text(&head), format!("GET {} ", count + 1), "{fields}");
        let post = format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}Content-Length: 5\r\n\r\nhello");
        assert_eq!(text(&post), format!("POST {} hello", count + 2), "{fields}");
    }
}

/// RFC 9110 section 7.6.1 tells intermediaries to remove the fields that `Connection` names. A
/// server is not an intermediary: without `Host` or `Content-Length`, it would read another
/// message.
#[test]
fn options_that_name_a_field_remove_nothing() {
    for option in ["Host", "Content-Length", "content-length, host, X"] {
        let head = format!(
            "POST / HTTP/1.1\r\nHost: a\r\nConnection: {option}\r\nX: y\r\nContent-Length: 5\r\n\r\n"
        );
        assert_eq!(text(&format!("{head}hello")), "POST 4 hello", "{option}");
    }
    let chunked = "POST / HTTP/1.1\r\nHost: a\r\nConnection: Transfer-Encoding\r\n\
                   Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    assert_eq!(text(chunked), "POST 3 hello");
}

/// A handler without a method.
struct Nothing;

impl Handler for Nothing {
    fn dispatch(&self, _: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Unsupported
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }
}

const NEXT: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// RFC 9110 section 9.3.6: only a 2xx makes a tunnel. What follows any other answer is either a
/// request or, after a close, nothing.
#[test]
fn a_refused_connect_is_no_tunnel() {
    let connect = format!("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n{NEXT}");
    let refused = play(&Nothing, connect.as_bytes()).response();
    // The tunnel's bytes may be on their way already, and are no requests.
    assert_eq!((refused.status(), refused.header("Connection")), (501, Some("close")));
    let fails = answer(|_: &mut Exchange<'_>| io::Result::Err(Error::status(403).into()));
    let refused = play(&fails, connect.as_bytes()).response();
    assert_eq!((refused.status(), refused.header("Connection")), (403, Some("close")));
    let own = answer(|http: &mut Exchange<'_>| {
        http.send_response(if http.command == "CONNECT" { 405 } else { 200 });
        http.end_headers()
    });
    let played = play(&own, connect.as_bytes());
    let found: Vec<u16> =
        played.responses_to(&["CONNECT", "GET"]).iter().map(|one| one.status()).collect();
    assert_eq!(found, [405, 200]);
}

/// RFC 9110 section 9.3.6: a 2xx makes a tunnel, and here is nobody who tunnels.
#[test]
fn connect_is_not_answered_with_success() {
    let connect = format!("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n{NEXT}");
    for code in [200, 204, 299] {
        let own = answer(move |http: &mut Exchange<'_>| {
            http.send_response(code);
            http.end_headers()?;
            http.wfile.write_all(b"hi")
        });
        let played = play(&own, connect.as_bytes());
        let refused = played.response();
        assert_eq!((refused.status(), refused.header("Connection")), (500, Some("close")));
        let fault = format!(
            "CONNECT a:443: the handler failed: send_response: {code} to CONNECT turns the \
             connection into a tunnel: call `tunnel` instead"
        );
        assert_eq!(played.log[0], fault);
    }
}

/// RFC 9110 section 8.6 and RFC 9112 section 6.1: neither length nor coding in a 2xx to CONNECT.
/// Python's profile lets it through, and what comes after it is nobody's request.
#[test]
fn on_the_python_profile_a_tunnel_has_no_framing_and_ends_with_the_connection() {
    let connect = format!("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n{NEXT}");
    let fields: [&[(&str, &str)]; 3] =
        [&[], &[("Content-Length", "2")], &[("Transfer-Encoding", "chunked")]];
    for fields in fields {
        for early in [false, true] {
            let own = answer(move |http: &mut Exchange<'_>| {
                http.send_response((200, "Go"));
                fields.iter().for_each(|(name, value)| http.send_header(name, *value));
                if early {
                    http.flush_headers()?;
                }
                http.end_headers()?;
                http.wfile.write_all(b"raw")
            });
            let played = play_on(Profile::PYTHON, &own, connect.as_bytes());
            assert_eq!(played.text(), "HTTP/1.1 200 Go\r\nServer: S\r\nDate: D\r\n\r\nraw");
            assert_eq!(played.log, ["\"CONNECT a:443 HTTP/1.1\" 200 -"]);
        }
    }
}

/// Likewise another protocol: a relay writes what the other server said, past the head.
#[test]
fn on_the_python_profile_101_is_an_answer_and_the_last() {
    let own = answer(|http: &mut Exchange<'_>| {
        http.send_response((101, "Go"));
        http.send_header("Upgrade", "raw");
        http.end_headers()?;
        http.wfile.write_all(b"raw")
    });
    let played = play_on(Profile::PYTHON, &own, NEXT.repeat(2).as_bytes());
    let expected = "HTTP/1.1 101 Go\r\nServer: S\r\nDate: D\r\nUpgrade: raw\r\n\r\nraw";
    assert_eq!(played.text(), expected);
    assert_eq!(played.log, ["\"GET / HTTP/1.1\" 101 -"]);
}

/// RFC 9110 section 9.3.8: a request that comes back shows what a browser keeps from scripts.
#[test]
fn trace_reflects_nothing() {
    let trace = "TRACE / HTTP/1.1\r\nHost: a\r\nCookie: secret\r\n\r\n";
    let played = play(&Nothing, trace.as_bytes());
    assert_eq!(played.response().status(), 501);
    assert!(!played.text().contains("secret"), "{played:?}");
}

/// RFC 9110 section 6.6.1: an origin server with a clock sends it with every 2xx, 3xx and 4xx.
#[test]
fn every_answer_says_when_and_by_whom() {
    let handler = answer(|http: &mut Exchange<'_>| -> io::Result<()> {
        match http.path {
            "/fail" => Err(io::Error::other("no disk")),
            "/panic" => panic!("out of words"),
            "/nothing" => Ok(()),
            "/304" => {
                http.send_response(304);
                http.end_headers()
            }
            "/error" => http.send_error(404),
            _ => {
                http.send_response(200);
                http.end_headers()
            }
        }
    });
    for line in [
        "GET / HTTP/1.1",
        "HEAD / HTTP/1.1",
        "GET /304 HTTP/1.1",
        "GET /error HTTP/1.1",
        "GET /fail HTTP/1.1",
        "GET /panic HTTP/1.1",
        "GET /nothing HTTP/1.1",
        "GET / HTTP/2.0",
        "GET  / HTTP/1.1",
        "GET",
        "GET / HTTP/1.0",
    ] {
        let input = format!("{line}\r\nHost: a\r\n\r\n");
        let command = line.split(' ').next().unwrap_or_default();
        let response = play(&handler, input.as_bytes()).responses_to(&[command]).remove(0);
        for (name, value) in [("Server", "S"), ("Date", "D")] {
            let said: Vec<&str> = response.headers().get_all(name).collect();
            assert_eq!(said, [value], "{line}: {name}");
        }
    }
}

/// Settings that a handler has read from somewhere it should not have.
struct Spoilt;

const SPOILT: &str = "x\r\nX-Split: y\r\n\r\nHTTP/1.1 200 OK\r\n\0";

impl Handler for Spoilt {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        if http.path == "/error" {
            return Dispatch::Handled(Ok(()));
        }
        http.send_response((200, SPOILT));
        Dispatch::Handled(http.end_headers().map_err(Into::into))
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        SPOILT.into()
    }

    fn version_string<'s>(&'s self, _: &'s Exchange<'_>) -> Cow<'s, str> {
        SPOILT.into()
    }

    fn date_time_string(&self, _: Option<SystemTime>) -> Cow<'_, str> {
        SPOILT.into()
    }

    fn date(&self) -> Option<Cow<'_, str>> {
        Some(self.date_time_string(None))
    }
}

#[test]
fn no_setting_of_a_handlers_splits_a_response() {
    for path in ["/", "/error"] {
        let input = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        let played = play(&Spoilt, input.as_bytes());
        let text = played.text();
        assert!(text.starts_with("HTTP/1.1 "), "{text:?}");
        assert!(!text.contains("\r\nX-Split") && !text.contains('\0'), "{text:?}");
        assert_eq!(played.response().headers().get("X-Split"), None);
    }
}
