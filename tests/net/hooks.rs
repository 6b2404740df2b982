//! A panic in every hook and setting: one client sees it, nobody else does.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use bhrh::{Dispatch, Exchange, Handler, LogFormat, Outcome, Responses, base};
use bhrh_tests::way::Way;

use crate::client::Client;

/// Which hook panics, as a place in [`HOOKS`]; beyond it, none.
static FAULTY: AtomicUsize = AtomicUsize::new(usize::MAX);

static LOG: Mutex<Vec<String>> = Mutex::new(Vec::new());

const HOOKS: [&str; 22] = [
    "server_version",
    "sys_version",
    "protocol_version",
    "default_request_version",
    "error_message_format",
    "error_content_type",
    "responses",
    "log_format",
    "version_string",
    "address_string",
    "date_time_string",
    "log_date_time_string",
    "log_message",
    "log_request",
    "log_error",
    "log_access",
    "wants_log_access",
    "request_id",
    "handle_expect_100",
    "handle_one_request",
    "send_error",
    "end_headers",
];

fn maybe(hook: &str) {
    let faulty = HOOKS.get(FAULTY.load(Ordering::Relaxed));
    assert!(faulty != Some(&hook), "in {hook}");
}

/// Calls the original of every hook, except for the one that panics.
struct Faulty;

impl Handler for Faulty {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        let outcome = match http.path {
            "/error" => http.send_error(404),
            _ => {
                http.send_response(200);
                http.send_header("Content-Length", 0);
                http.end_headers()
            }
        };
        Dispatch::Handled(outcome.map_err(Into::into))
    }

    fn server_version(&self) -> Cow<'_, str> {
        maybe("server_version");
        "Faulty/1".into()
    }

    fn sys_version(&self) -> Cow<'_, str> {
        maybe("sys_version");
        "".into()
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        maybe("protocol_version");
        "HTTP/1.1".into()
    }

    fn default_request_version(&self) -> Cow<'_, str> {
        maybe("default_request_version");
        "HTTP/0.9".into()
    }

    fn error_message_format(&self) -> Cow<'_, str> {
        maybe("error_message_format");
        "%(code)d".into()
    }

    fn error_content_type(&self) -> Cow<'_, str> {
        maybe("error_content_type");
        "text/plain".into()
    }

    fn responses(&self) -> Responses<'_> {
        maybe("responses");
        Responses::STANDARD
    }

    fn log_format(&self) -> LogFormat {
        maybe("log_format");
        LogFormat::default()
    }

    fn version_string<'s>(&'s self, http: &'s Exchange<'_>) -> Cow<'s, str> {
        maybe("version_string");
        base::version_string(http)
    }

    fn address_string<'s>(&'s self, http: &'s Exchange<'_>) -> Cow<'s, str> {
        maybe("address_string");
        base::address_string(http)
    }

    fn date_time_string(&self, timestamp: Option<SystemTime>) -> Cow<'_, str> {
        maybe("date_time_string");
        base::date_time_string(timestamp)
    }

    fn date(&self) -> Option<Cow<'_, str>> {
        Some(self.date_time_string(None))
    }

    fn log_date_time_string<'s>(&'s self, http: &'s Exchange<'_>) -> Cow<'s, str> {
        maybe("log_date_time_string");
        base::log_date_time_string(http)
    }

    fn log_message(&self, http: &Exchange<'_>, message: fmt::Arguments<'_>) {
        maybe("log_message");
        // What the original asks, without its output.
        let (address, time) = (http.address_string(), http.log_date_time_string());
        let line = format!("{address} {time} {message}");
        LOG.lock().expect("nothing fails under it").push(line);
    }

    fn log_request(&self, http: &Exchange<'_>, code: u16, size: Option<u64>) {
        maybe("log_request");
        base::log_request(http, code, size);
    }

    fn log_error(&self, http: &Exchange<'_>, message: fmt::Arguments<'_>) {
        maybe("log_error");
        base::log_error(http, message);
    }

    fn log_access(&self, http: &Exchange<'_>, code: u16, size: u64, duration: Duration) {
        maybe("log_access");
        base::log_access(http, code, size, duration);
    }

    fn wants_log_access(&self) -> bool {
        maybe("wants_log_access");
        // With it, `log_request` is not asked.
        let faulty = HOOKS.get(FAULTY.load(Ordering::Relaxed));
        faulty.is_some_and(|hook| ["log_access", "log_format"].contains(hook))
    }

    fn request_id<'s>(&'s self, http: &'s Exchange<'_>) -> Option<Cow<'s, str>> {
        maybe("request_id");
        Some(base::request_id(http).into())
    }

    fn handle_expect_100(&self, http: &mut Exchange<'_>) -> io::Result<bool> {
        maybe("handle_expect_100");
        base::handle_expect_100(http)
    }

    fn handle_one_request(&self, http: &mut Exchange<'_>) -> Outcome {
        maybe("handle_one_request");
        base::handle_one_request(http)
    }

    fn send_error(
        &self,
        http: &mut Exchange<'_>,
        code: u16,
        message: Option<&str>,
        explain: Option<&str>,
    ) -> io::Result<()> {
        maybe("send_error");
        base::send_error(http, code, message, explain)
    }

    fn end_headers(&self, http: &mut Exchange<'_>) -> io::Result<()> {
        maybe("end_headers");
        base::end_headers(http)
    }
}

#[test]
fn a_panic_in_any_hook_costs_one_answer_and_leaves_a_line() {
    let server = Way::of_this_run().server().threads(1).max_threads(3);
    let running = server.spawn(Faulty).expect("threads");
    let connect = || Client::connect(running.local_addr());
    let requests = [
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /error HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%\r\n\r\n",
        "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
    ];
    for (at, hook) in HOOKS.iter().enumerate() {
        let mut answers = Vec::new();
        FAULTY.store(at, Ordering::Relaxed);
        LOG.lock().expect("nothing fails under it").clear();
        for request in requests {
            let mut client = connect();
            client.send(request);
            client.finish();
            answers.extend(client.rest());
        }
        FAULTY.store(usize::MAX, Ordering::Relaxed);
        assert_eq!(connect().get("/").status(), 200, "after {hook}");
        let told = LOG.lock().expect("nothing fails under it").join("\n");
        // A log that cannot be written cannot tell so, and does not take the answer with it.
        let mute = ["log_message", "address_string", "log_date_time_string", "log_error"];
        if !mute.contains(hook) {
            assert!(told.contains(&format!("panicked: in {hook}")), "{hook}: {told}");
        }
        // These two are asked when the answer has gone.
        if !["log_access", "log_format"].contains(hook) {
            let answers = String::from_utf8_lossy(&answers);
            assert!(answers.contains(" 500 "), "{hook}: {answers}");
        }
    }
    running.shutdown();
    running.join().expect("nothing was left behind");
}
