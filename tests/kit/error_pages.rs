//! Error pages in the form that the client prefers.

use bhrh::__internals::{converse, exchange};
use bhrh::testing::Response;
use bhrh::{Exchange, Profile, http_handler, negotiate};
use std::io;

use crate::app::ask;

struct Api;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Api {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_error((404, "No <\"user\">", "Ask\nagain"))
    }

    fn do_HEAD(&self, http: &mut Exchange) -> io::Result<()> {
        self.do_GET(http)
    }

    fn do_DELETE(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_error(204)
    }

    fn send_error(
        &self,
        http: &mut Exchange,
        code: u16,
        message: Option<&str>,
        explain: Option<&str>,
    ) -> io::Result<()> {
        negotiate::send_error(http, code, message, explain)
    }
}

const PROBLEM: &str = r#"{"title":"No <\"user\">","status":404,"detail":"Ask\nagain"}"#;

fn accept(value: &str) -> Response {
    ask(&Api, "GET", &[("Accept", value)])
}

#[test]
fn the_form_is_the_clients() {
    let firefox = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for (value, content_type, begins) in [
        (firefox, "text/html;charset=utf-8", "<!DOCTYPE HTML>"),
        ("*/*", "text/html;charset=utf-8", "<!DOCTYPE HTML>"),
        ("image/png", "text/html;charset=utf-8", "<!DOCTYPE HTML>"),
        ("application/json", "application/json", PROBLEM),
        ("application/problem+json, application/json", "application/problem+json", PROBLEM),
        ("application/*", "application/problem+json", PROBLEM),
        ("text/plain", "text/plain;charset=utf-8", "404 No <\"user\">\nAsk\nagain\n"),
        ("text/html;q=0.1, text/plain;q=0.2", "text/plain;charset=utf-8", "404 "),
    ] {
        let response = accept(value);
        assert_eq!(response.header("Content-Type"), Some(content_type), "{value}");
        assert!(response.text().starts_with(begins), "{value}: {}", response.text());
        assert_eq!(response.header("Vary"), Some("Accept"));
        assert_eq!(response.header("Connection"), None);
        assert!(response.log()[0].contains("code 404, message No <\"user\">"));
    }
    assert!(ask(&Api, "GET", &[]).text().starts_with("<!DOCTYPE HTML>"));
}

#[test]
fn the_runtimes_own_errors_take_it_too() {
    let request = b"NONE / HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n";
    let response = exchange(&Api, request);
    assert_eq!(response.status(), 501);
    assert!(response.text().starts_with(r#"{"title":"Unsupported method ('NONE')","status":501"#));

    // No field of a head that is refused counts, so this one says nothing of what it accepts.
    let refused = b"GET / HTTP/1.1\r\nAccept: application/json\r\n\r\n";
    let (bytes, _) = converse(&Api, refused, Profile::STRICT);
    assert!(bytes.starts_with(b"HTTP/1.1 400 Missing Host header\r\n"));
}

#[test]
fn no_body_where_there_is_none() {
    let json = [("Accept", "application/json")];
    let head = ask(&Api, "HEAD", &json);
    assert_eq!(head.header("Content-Type"), Some("application/json"));
    assert_eq!(head.header("Content-Length"), Some(&*PROBLEM.len().to_string()));
    let none = ask(&Api, "DELETE", &json);
    assert_eq!((none.status(), none.header("Content-Type")), (204, None));
}
