//! Code of the user's runs only while the loop is lent, and inside of a catch.

use crate::client::{Client, assert_alive};
use bhrh::{Dispatch, Exchange, Handler, HttpServer, Outcome, RunningServer, Timeouts};
use std::borrow::Cow;
use std::fmt;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// More panics than there are threads.
const MANY: usize = 40;

/// What the hooks do, told from outside.
#[derive(Default)]
struct Mood {
    /// `protocol_version` panics.
    version: AtomicBool,
    /// `log_message` waits until told otherwise.
    log: Mutex<Log>,
    changed: Condvar,
}

#[derive(Default)]
struct Log {
    closed: bool,
    waiting: usize,
}

impl Mood {
    fn log_gate(&self) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.waiting += 1;
        self.changed.notify_all();
        log =
            self.changed.wait_while(log, |log| log.closed).unwrap_or_else(PoisonError::into_inner);
        log.waiting -= 1;
    }

    fn set_log_closed(&self, closed: bool) {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).closed = closed;
        self.changed.notify_all();
    }

    fn until_logs_wait(&self, count: usize) {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        let too_few = |log: &mut Log| log.waiting < count;
        let waited = self.changed.wait_timeout_while(log, crate::PATIENCE, too_few);
        assert!(!waited.unwrap_or_else(PoisonError::into_inner).1.timed_out(), "nobody logs");
    }
}

struct App(Arc<Mood>);

/// Panics with another one when it is dropped, as often as it says.
struct Bomb(usize);

impl Drop for Bomb {
    fn drop(&mut self) {
        if self.0 > 0 {
            panic_any(Bomb(self.0 - 1));
        }
    }
}

impl Handler for App {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Handled(answer(http))
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        assert!(!self.0.version.load(Ordering::Relaxed), "not in the mood");
        "HTTP/1.1".into()
    }

    fn log_message(&self, _: &Exchange<'_>, _: fmt::Arguments<'_>) {
        self.0.log_gate();
    }

    fn log_request(&self, _: &Exchange<'_>, _: u16, _: Option<u64>) {}
}

/// Writes something, and then panics, or fails if it is told so.
struct Half {
    fails: bool,
}

impl fmt::Display for Half {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("/admin/")?;
        assert!(self.fails, "in the middle of a line");
        Err(fmt::Error)
    }
}

fn answer(http: &mut Exchange<'_>) -> Outcome {
    if let Some(depth) = http.path.strip_prefix("/bomb/") {
        panic_any(Bomb(depth.parse().expect("a number")));
    }
    match http.path {
        "/extension" => drop(http.extensions.insert(Bomb(1))),
        "/display/panics" => {
            http.send_response(200);
            let line = AssertUnwindSafe(|| http.send_header("X-Half", &Half { fails: false }));
            catch_unwind(line).expect_err("it panics");
            http.send_header("Content-Length", 2);
            http.end_headers()?;
            http.wfile.write_all(b"up")?;
            return Ok(());
        }
        "/display/fails" => {
            http.send_response(200);
            http.send_header("Location", &Half { fails: true });
            http.send_header("Content-Length", 2);
            http.end_headers()?;
        }
        _ => {}
    }
    match http.path {
        "/large" => http.reply(200, "text/plain", vec![b'x'; 32 << 20])?,
        _ => http.reply(200, "text/plain", "up")?,
    }
    Ok(())
}

fn serve(timeouts: Timeouts) -> (RunningServer, Arc<Mood>) {
    let server = HttpServer::bind("127.0.0.1:0").expect("a port").timeouts(timeouts);
    let mood = Arc::new(Mood::default());
    let app = App(Arc::clone(&mood));
    (server.threads(1).max_threads(4).spawn(app).expect("threads"), mood)
}

/// A refusal asks `protocol_version` where no method runs.
#[test]
fn a_setting_that_panics_in_a_refusal_costs_that_connection() {
    let mut timeouts = Timeouts::default();
    timeouts.head = Duration::from_millis(100);
    let (running, mood) = serve(timeouts);
    mood.version.store(true, Ordering::Relaxed);
    for _ in 0..MANY {
        let mut client = Client::new(running.local_addr());
        client.send("GET / HTTP/1.1\r\nHo");
        let rest = client.rest();
        assert!(rest.is_empty() || rest.starts_with("HTTP/1.1 500 "), "{rest}");
    }
    mood.version.store(false, Ordering::Relaxed);
    assert_alive(running.local_addr());
    running.shutdown();
    running.join().expect("every connection is accounted for");
}

/// What a panic throws runs code of the user's when it is dropped.
#[test]
fn a_payload_that_panics_when_it_is_dropped_costs_that_request() {
    let (running, _) = serve(Timeouts::default());
    for depth in 0..4 {
        for _ in 0..MANY {
            let mut client = Client::new(running.local_addr());
            client.get(&format!("/bomb/{depth}"));
            assert_eq!(client.status(), 500, "at depth {depth}");
        }
    }
    assert_alive(running.local_addr());
    running.shutdown();
    running.join().expect("every connection is accounted for");
}

#[test]
fn a_line_that_was_not_ended_never_leaves() {
    let (running, _) = serve(Timeouts::default());
    let mut client = Client::new(running.local_addr());
    client.get("/display/panics");
    let (head, content) = client.response();
    assert!(!head.contains("X-Half") && !head.contains("/admin"), "{head}");
    assert_eq!(content, "up");
    client.get("/display/fails");
    let (head, _) = client.response();
    assert!(head.starts_with("HTTP/1.1 500 ") && !head.contains("/admin"), "{head}");
}

/// An extension's `Drop` panics when everything has been answered.
#[test]
fn the_end_of_an_exchange_takes_no_answer_with_it() {
    let (running, _) = serve(Timeouts::default());
    let mut client = Client::new(running.local_addr());
    let paths = ["/", "/", "/extension", "/"];
    let requests = paths.map(|path| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
    client.send(requests.concat());
    for path in paths {
        assert_eq!(client.status(), 200, "{path}");
    }
}

/// The log is told of an answer that is not taken, and the handler's log takes its time.
#[test]
fn a_log_that_waits_holds_up_no_loop() {
    let mut timeouts = Timeouts::default();
    timeouts.write = Duration::from_millis(100);
    let (running, mood) = serve(timeouts);
    mood.set_log_closed(true);
    // Its answers lie with the loop: they are many, and small.
    let mut client = Client::new(running.local_addr());
    let requests = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5000);
    while client.try_send_now(&requests) {}
    mood.until_logs_wait(1);
    for _ in 0..20 {
        assert_alive(running.local_addr());
    }
    mood.set_log_closed(false);
    running.shutdown();
    running.join().expect("nothing else was cut");
}

/// Hooks that block in refusals take every thread. Further refusals go on without them.
#[test]
fn hooks_that_block_in_refusals_hold_up_no_loop() {
    let mut timeouts = Timeouts::default();
    timeouts.head = Duration::from_millis(100);
    timeouts.thread = Duration::from_millis(300);
    let (running, mood) = serve(timeouts);
    mood.set_log_closed(true);
    let half = || {
        let mut client = Client::new(running.local_addr());
        client.send("GET / HTTP/1.1\r\nHo");
        client
    };
    // One thread drives the loop, so three are held, one after another.
    let held: Vec<Client> = (1..=3)
        .map(|count| {
            let client = half();
            mood.until_logs_wait(count);
            assert_alive(running.local_addr());
            client
        })
        .collect();
    for _ in 0..3 {
        let mut late = half();
        let mut bad = Client::new(running.local_addr());
        bad.send("GET / HTTP/1.1\r\n\r\n");
        assert_alive(running.local_addr());
        assert_eq!(late.status(), 408);
        // It has waited for a thread.
        assert_eq!(bad.status(), 503);
    }
    assert_alive(running.local_addr());
    mood.set_log_closed(false);
    for mut client in held {
        assert_eq!(client.status(), 408);
    }
    running.shutdown();
    running.join().expect("nothing was cut");
}
