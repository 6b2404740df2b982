//! The handler's `log_format`: at most one line per request, whether the handler or the server
//! writes it, and one line whatever the client sends.

use bhrh::__internals::converse;
use bhrh::{Exchange, Handler, LogFormat, Outcome, Profile, http_handler};
use std::io::{self, Write};

struct App(LogFormat);

#[http_handler(protocol_version = "HTTP/1.1", log_format = self.0)]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        if http.path == "/fail" {
            return Err(io::Error::other("no"));
        }
        http.send_response(200);
        http.end_headers()?;
        http.wfile.write_all(b"hello")
    }

    fn log_date_time_string(&self, _: &Exchange) -> &'static str {
        "then"
    }
}

/// The log of these requests, on the profile that lets most of them through.
fn log(handler: &dyn Handler, requests: &[u8]) -> Vec<String> {
    converse(handler, requests, Profile::PYTHON).1
}

/// The same of one request with this target and these fields, its duration left out.
fn line(format: LogFormat, target: &str, fields: &str) -> String {
    let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
    let mut log = log(&App(format), request.as_bytes());
    assert_eq!(log.len(), 1, "{log:?}");
    log.remove(0)
}

/// A line of Apache's without its time, whose form it checks.
fn untimed(line: &str) -> String {
    let (before, rest) = line.split_once('[').expect("a time");
    let (time, after) = rest.split_once(']').expect("its end");
    // `22/Nov/2026:16:47:12 +0100`
    let shape: String = time.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!((&shape[..3], &shape[6..20]), ("00/", "/0000:00:00:00"), "{time}");
    assert!(["+0000", "-0000"].contains(&&shape[21..]), "{time}");
    format!("{before}[]{after}")
}

#[test]
fn timed_lines_have_the_size_and_the_duration() {
    let line = line(LogFormat::Timed, "/", "");
    let rest = line.strip_prefix("127.0.0.1 - - [then] \"GET / HTTP/1.1\" 200 5 ").expect(&line);
    let milliseconds: f64 = rest.strip_suffix("ms").expect(rest).parse().expect(rest);
    assert!(milliseconds >= 0.0);
}

#[test]
fn quiet_is_silent_about_answers_and_not_about_errors() {
    let quiet = App(LogFormat::Quiet);
    assert!(log(&quiet, b"GET / HTTP/1.1\r\n\r\n").is_empty());
    let unknown = log(&quiet, b"BREW / HTTP/1.1\r\n\r\n");
    assert_eq!(unknown, ["127.0.0.1 - - [then] code 501, message Unsupported method ('BREW')"]);
    assert_eq!(
        log(&quiet, b"GET /fail HTTP/1.1\r\n\r\n"),
        [
            "127.0.0.1 - - [then] GET /fail: the handler failed: no",
            "127.0.0.1 - - [then] code 500, message Internal Server Error",
        ]
    );
}

#[test]
fn the_combined_format_is_apaches() {
    let combined = |target: &str, fields: &str| untimed(&line(LogFormat::Combined, target, fields));
    assert_eq!(combined("/", ""), r#"127.0.0.1 - - [] "GET / HTTP/1.1" 200 5 "-" "-""#);
    assert_eq!(
        combined("/a?b", "Referer: http://a/\r\nUser-Agent: curl/8 (x; y)\r\n"),
        r#"127.0.0.1 - - [] "GET /a?b HTTP/1.1" 200 5 "http://a/" "curl/8 (x; y)""#
    );
    for (credentials, user) in [
        // `Aladdin:open sesame`, `:x`, `a b"\n:x`, no colon, no base64, another scheme.
        ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin"),
        ("basic  QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin"),
        ("Basic Ong=", "\"\""),
        ("Basic YSBiIgo6eA==", r#"a\x20b\"\n"#),
        ("Basic YQ==", "-"),
        ("Basic ???", "-"),
        ("Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "-"),
    ] {
        let line = combined("/", &format!("Authorization: {credentials}\r\n"));
        assert!(line.starts_with(&format!("127.0.0.1 - {user} []")), "{line}");
    }
}

#[test]
fn an_error_is_in_the_combined_log_too() {
    let log = log(&App(LogFormat::Combined), b"GET /fail HTTP/1.1\r\n\r\n");
    assert_eq!(log[0], "127.0.0.1 - - [then] GET /fail: the handler failed: no");
    assert_eq!(log[1], "127.0.0.1 - - [then] code 500, message Internal Server Error");
    let line = untimed(&log[2]);
    let start = r#"127.0.0.1 - - [] "GET /fail HTTP/1.1" 500 "#;
    assert!(line.starts_with(start) && line.ends_with(r#" "-" "-""#), "{line}");
    assert_eq!(log.len(), 3);
}

/// Every byte, in each place that a client can put it.
#[test]
fn no_byte_breaks_a_line() {
    for byte in 0..=255u8 {
        let byte = [byte];
        for (before, after) in [
            (&b"GET /"[..], &b" HTTP/1.1\r\n\r\n"[..]),
            (b"GET / HTTP/1.1\r\nUser-Agent: a", b"b\r\n\r\n"),
            (b"GET / HTTP/1.1\r\nReferer: a", b"b\r\n\r\n"),
            (b"G", b"T / HTTP/1.1\r\n\r\n"),
        ] {
            let request = [before, &byte, after].concat();
            for format in [LogFormat::Python, LogFormat::Timed, LogFormat::Combined] {
                for line in log(&App(format), &request) {
                    let printable = line.chars().all(|c| !c.is_control());
                    assert!(printable && line.starts_with("127.0.0.1 "), "{byte:?}: {line:?}");
                    if line.ends_with('"') {
                        let bare = line.replace(r"\\", "").replace("\\\"", "");
                        assert_eq!(bare.matches('"').count(), 6, "{byte:?}: {line}");
                        assert!(line.is_ascii(), "{byte:?}: {line}");
                    }
                }
            }
        }
    }
}

/// A handler around [`App`].
struct Around(App, LogFormat);

#[http_handler(protocol_version = "HTTP/1.1", log_format = self.1)]
impl Around {
    fn handle_one_request(&self, http: &mut Exchange) -> Outcome {
        http.pass_to(&self.0)
    }
}

#[test]
fn a_request_that_is_passed_on_has_one_line() {
    use LogFormat::{Combined, Python, Quiet, Timed};
    for (outer, inner, mark) in [
        (Python, Python, "200 -"),
        // The inner handler's line would be the outer one's business.
        (Python, Timed, "200 -"),
        (Timed, Python, "ms"),
        (Combined, Timed, "\"-\""),
        (Quiet, Combined, "200 -"),
    ] {
        let log = log(&Around(App(inner), outer), b"GET / HTTP/1.1\r\n\r\n");
        assert!(log.len() == 1 && log[0].ends_with(mark), "{outer:?} around {inner:?}: {log:?}");
    }
    assert!(log(&Around(App(Quiet), Python), b"GET / HTTP/1.1\r\n\r\n").is_empty());
}
