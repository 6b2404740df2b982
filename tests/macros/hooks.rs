use crate::request;
use bhrh::{Error, Exchange, Handler, http_handler};
use std::fmt;
use std::io;
use std::sync::Mutex;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Notes which of its hooks ran.
#[derive(Default)]
struct Noting {
    seen: Mutex<Vec<String>>,
}

#[http_handler]
impl Noting {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        self.note("do_GET");
        http.send_response(200);
        http.send_header("Content-Length", 0);
        http.end_headers()
    }

    fn handle_one_request(&self, http: &mut Exchange) -> Result<(), Error> {
        self.note("before");
        let outcome = http.dispatch();
        self.note("after");
        outcome
    }

    fn send_error(
        &self,
        http: &mut Exchange,
        code: u16,
        message: Option<&str>,
        explain: Option<&str>,
    ) -> io::Result<()> {
        self.note(&format!("error {code}"));
        bhrh::base::send_error(http, code, message, explain)
    }

    fn end_headers(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_header("X-Every", "time");
        bhrh::base::end_headers(http)
    }

    fn version_string(&self, http: &Exchange) -> String {
        format!("Noting {}", http.command)
    }

    fn date_time_string(&self, timestamp: Option<SystemTime>) -> &'static str {
        if timestamp.is_some() { "then" } else { "now" }
    }

    fn log_request(&self, _: &Exchange, code: u16, _: Option<u64>) {
        self.note(&format!("request {code}"));
    }

    fn log_error(&self, _: &Exchange, _: fmt::Arguments) {}

    fn note(&self, what: &str) {
        self.seen.lock().expect("no panic").push(what.to_owned());
    }

    fn notes(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().expect("no panic"))
    }
}

#[test]
fn overrides_run_in_the_place_of_the_originals() {
    let app = Noting::default();
    let response = request(&app, "GET");
    assert_eq!(app.notes(), ["before", "do_GET", "request 200", "after"]);
    assert_eq!(response.header("X-Every"), Some("time"));
    assert_eq!(response.header("Server"), Some("Noting GET"));

    assert_eq!(request(&app, "BREW").status(), 501);
    assert_eq!(app.notes(), ["before", "error 501", "request 501", "after"]);

    let handler: &dyn Handler = &app;
    assert_eq!(handler.date_time_string(Some(UNIX_EPOCH)), "then");
    assert!(!handler.wants_log_access());
}

#[derive(Default)]
struct Access {
    lines: Mutex<Vec<u16>>,
}

#[http_handler]
impl Access {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_response(204);
        http.end_headers()
    }

    fn log_access(&self, _: &Exchange, code: u16, _: u64, _: Duration) {
        self.lines.lock().expect("no panic").push(code);
    }

    fn log_message(&self, _: &Exchange, _: fmt::Arguments) {
        panic!("`log_request` is silent beside `log_access`");
    }
}

#[test]
fn log_access_is_the_only_line_of_a_request() {
    let app = Access::default();
    assert!(app.wants_log_access());
    assert_eq!(request(&app, "GET").status(), 204);
    assert_eq!(*app.lines.lock().expect("no panic"), [204]);
}
