//! Hooks that panic or fail: in both cases the client gets a response, earlier responses stay
//! whole, and no later request is served.

use crate::play::{Played, play, play_on};
use bhrh::{Dispatch, Exchange, Handler, Outcome, Profile, Responses, base};
use std::borrow::Cow;
use std::fmt;
use std::io;
use std::time::SystemTime;

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// One hook panics; the method answers 200, fails or says 404 by path.
struct Spoiled(&'static str);

impl Spoiled {
    fn spoil(&self, hook: &str) {
        assert!(self.0 != hook, "spoiled");
    }
}

impl Handler for Spoiled {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        self.spoil("dispatch");
        Dispatch::Handled(match http.path {
            "/404" => http.send_error(404).map_err(Into::into),
            "/fail" => Outcome::Err("no".into()),
            _ => {
                http.send_response(200);
                http.end_headers().map_err(Into::into)
            }
        })
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }

    fn server_version(&self) -> Cow<'_, str> {
        self.spoil("server_version");
        "S".into()
    }

    fn sys_version(&self) -> Cow<'_, str> {
        self.spoil("sys_version");
        "T".into()
    }

    fn error_message_format(&self) -> Cow<'_, str> {
        self.spoil("error_message_format");
        "%(code)d".into()
    }

    fn error_content_type(&self) -> Cow<'_, str> {
        self.spoil("error_content_type");
        "text/plain".into()
    }

    fn responses(&self) -> Responses<'_> {
        self.spoil("responses");
        Responses::STANDARD
    }

    fn version_string<'s>(&'s self, http: &'s Exchange<'_>) -> Cow<'s, str> {
        self.spoil("version_string");
        base::version_string(http)
    }

    fn address_string<'s>(&'s self, http: &'s Exchange<'_>) -> Cow<'s, str> {
        self.spoil("address_string");
        base::address_string(http)
    }

    fn date_time_string(&self, _: Option<SystemTime>) -> Cow<'_, str> {
        self.spoil("date_time_string");
        "D".into()
    }

    fn date(&self) -> Option<Cow<'_, str>> {
        Some(self.date_time_string(None))
    }

    fn log_date_time_string<'s>(&'s self, http: &'s Exchange<'_>) -> Cow<'s, str> {
        self.spoil("log_date_time_string");
        base::log_date_time_string(http)
    }

    fn log_message(&self, http: &Exchange<'_>, message: fmt::Arguments<'_>) {
        self.spoil("log_message");
        base::log_message(http, message);
    }

    fn log_request(&self, http: &Exchange<'_>, code: u16, size: Option<u64>) {
        self.spoil("log_request");
        base::log_request(http, code, size);
    }

    fn log_error(&self, http: &Exchange<'_>, message: fmt::Arguments<'_>) {
        self.spoil("log_error");
        base::log_error(http, message);
    }

    fn handle_one_request(&self, http: &mut Exchange<'_>) -> Outcome {
        self.spoil("handle_one_request");
        base::handle_one_request(http)
    }

    fn send_error(
        &self,
        http: &mut Exchange<'_>,
        code: u16,
        message: Option<&str>,
        explain: Option<&str>,
    ) -> io::Result<()> {
        self.spoil("send_error");
        base::send_error(http, code, message, explain)
    }

    fn end_headers(&self, http: &mut Exchange<'_>) -> io::Result<()> {
        self.spoil("end_headers");
        base::end_headers(http)
    }
}

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").into_bytes()
}

/// The status of the one answer, which has to be complete and to close.
fn status(played: &Played) -> u16 {
    let response = played.response();
    assert_eq!(response.header("Connection"), Some("close"), "{played:?}");
    response.status()
}

#[test]
fn whatever_hook_panics_the_client_gets_a_complete_500() {
    // Those that a plain 200 has need of.
    for hook in [
        "dispatch",
        "handle_one_request",
        "server_version",
        "sys_version",
        "version_string",
        "address_string",
        "date_time_string",
        "log_date_time_string",
        "log_message",
        "log_request",
        "responses",
        "end_headers",
    ] {
        let played = play(&Spoiled(hook), &[GET, GET].concat());
        assert_eq!(status(&played), 500, "{hook}");
    }
    // The others matter to error pages alone.
    for hook in ["send_error", "log_error", "error_message_format", "error_content_type"] {
        let played = play(&Spoiled(hook), &[GET, &get("/404"), GET].concat());
        let responses = played.responses_to(&["GET", "GET"]);
        assert_eq!((responses[0].status(), responses[1].status()), (200, 500), "{hook}");
        assert_eq!(responses[1].header("Connection"), Some("close"), "{hook}");
        for path in ["/fail", "/%"] {
            assert_eq!(status(&play(&Spoiled(hook), &get(path))), 500, "{hook} {path}");
        }
    }
}

#[test]
fn a_panic_in_a_hook_is_logged_if_the_log_still_works() {
    for (hook, path) in [("end_headers", "/"), ("responses", "/"), ("send_error", "/404")] {
        let played = play(&Spoiled(hook), &get(path));
        let line = format!("GET {path}: the handler panicked: spoiled");
        assert!(played.log.contains(&line), "{hook}: {:?}", played.log);
    }
    // A page for a request that was refused fails like any other.
    let played = play(&Spoiled("send_error"), b"FUBAR\r\n\r\n");
    assert!(played.log[0].ends_with(": the handler panicked: spoiled"), "{:?}", played.log);
}

#[test]
fn a_spoiled_hook_is_no_way_to_serve_http_09() {
    for hook in ["send_error", "end_headers", "log_message"] {
        let played = play_on(Profile::PYTHON, &Spoiled(hook), b"GET /404\r\n");
        assert!(!played.bytes.starts_with(b"HTTP/"), "{hook}: {}", played.text());
    }
}

/// Its hooks return errors.
struct Failing(&'static str);

impl Handler for Failing {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        http.send_response(200);
        Dispatch::Handled(http.end_headers().map_err(Into::into))
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }

    fn date_time_string(&self, _: Option<SystemTime>) -> Cow<'_, str> {
        "D".into()
    }

    fn date(&self) -> Option<Cow<'_, str>> {
        Some(self.date_time_string(None))
    }

    fn handle_one_request(&self, http: &mut Exchange<'_>) -> Outcome {
        match self.0 {
            "handle_one_request" | "send_error" => Err("no".into()),
            "silent" => Ok(()),
            _ => http.dispatch(),
        }
    }

    fn send_error(
        &self,
        http: &mut Exchange<'_>,
        code: u16,
        message: Option<&str>,
        explain: Option<&str>,
    ) -> io::Result<()> {
        match self.0 {
            "send_error" => Err(io::Error::other("no page")),
            "silent" => Ok(()),
            _ => base::send_error(http, code, message, explain),
        }
    }

    fn end_headers(&self, http: &mut Exchange<'_>) -> io::Result<()> {
        match self.0 {
            "end_headers" => return Err(io::Error::other("no")),
            "bad field" => http.send_header("X-Bad", "\n"),
            _ => {}
        }
        base::end_headers(http)
    }
}

#[test]
fn whatever_hook_fails_the_client_gets_a_complete_500() {
    for hook in ["handle_one_request", "send_error", "silent", "end_headers", "bad field"] {
        let played = play(&Failing(hook), &[GET, GET].concat());
        assert_eq!(status(&played), 500, "{hook}");
        assert!(!played.log.is_empty(), "{hook}");
        let refused = play(&Failing(hook), b"FUBAR\r\n\r\n");
        let expected = if hook == "handle_one_request" { 400 } else { 500 };
        assert_eq!(status(&refused), expected, "{hook}");
    }
    let named = play(&Failing("bad field"), GET);
    assert!(named.log.iter().any(|line| line.contains("X-Bad")), "{:?}", named.log);
}

/// Uses the connection inside of hooks.
struct Busy;

impl Handler for Busy {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        http.send_response(200);
        Dispatch::Handled(http.end_headers().map_err(Into::into))
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }

    fn log_message(&self, http: &Exchange<'_>, message: fmt::Arguments<'_>) {
        // Everything that a log line could want to know.
        let told = format!("{http:?} {:?} {}", http.rfile, http.rfile.trailers().headers().len());
        assert!(told.contains("Exchange"));
        let strings = [http.version_string(), http.date_time_string(None), http.address_string()];
        assert!(strings.iter().all(|string| !string.is_empty()));
        base::log_message(http, message);
    }

    fn end_headers(&self, http: &mut Exchange<'_>) -> io::Result<()> {
        use std::io::{BufRead, Read, Write};
        http.rfile.fill_buf()?;
        let mut body = String::new();
        http.rfile.read_to_string(&mut body)?;
        http.send_header("X-Body", body);
        http.wfile.flush()?;
        base::end_headers(http)?;
        http.wfile.write_all(b"from a hook")
    }
}

#[test]
fn hooks_may_read_write_and_look_at_everything() {
    let input = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    let played = play(&Busy, &input.repeat(2));
    for response in played.responses_to(&["POST", "POST"]) {
        assert_eq!((response.header("X-Body"), response.text()), (Some("hello"), "from a hook"));
    }
}
