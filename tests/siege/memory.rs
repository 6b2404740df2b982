//! What connections hold while they wait is bounded as a sum, and who holds the most pays.

use crate::PATIENCE;
use crate::client::{Client, assert_alive};
use bhrh::{Dispatch, Exchange, Handler, HttpServer, Limits, Outcome, RunningServer};
use std::borrow::Cow;
use std::sync::{Arc, Mutex};
use std::time::Instant;

const BOUND: usize = 1 << 20;

/// More than the bound, in pieces that are allowed each.
const ATTACKERS: usize = 40;
const PIECE: usize = 60_000;

/// Answers when the request's body has come, and keeps its log.
struct App(Arc<Mutex<Vec<String>>>);

impl Handler for App {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Handled(answer(http))
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }

    fn log_message(&self, _: &Exchange<'_>, message: std::fmt::Arguments<'_>) {
        self.0.lock().expect("no panic").push(message.to_string());
    }
}

fn answer(http: &mut Exchange<'_>) -> Outcome {
    let body = http.read_body()?;
    match http.path {
        // The head alone gathers in the loop, whatever its length.
        "/more" => {
            http.send_response(200);
            http.send_header("X", "x".repeat(1000));
            http.send_header("Content-Length", 0);
            http.end_headers()?;
        }
        _ => http.reply(200, "text/plain", body.len().to_string())?,
    }
    Ok(())
}

fn serve(threads: usize, bound: usize) -> (RunningServer, Arc<Mutex<Vec<String>>>) {
    let log = Arc::new(Mutex::new(Vec::new()));
    let server = HttpServer::bind("127.0.0.1:0").expect("a port");
    let server = server.limits(Limits::default().waiting_memory(bound)).threads(threads);
    (server.spawn(App(Arc::clone(&log))).expect("threads"), log)
}

/// One client sends as much as all may hold and more, another a little. The second is served, and
/// so are those of the first whose part is left.
fn attack(threads: usize, begin: &str, end: &str) {
    let (running, log) = serve(threads, BOUND);
    let mut small = Client::from_address([127, 0, 0, 9], running.local_addr());
    let (begin_small, rest) = begin.split_at(begin.len() - 10);
    small.send(begin_small);
    let mut large: Vec<Client> =
        (0..ATTACKERS).map(|_| Client::new(running.local_addr())).collect();
    for client in &mut large {
        client.send(begin);
        // One after the other, so that nothing is refused that is still being sent.
        assert_alive(running.local_addr());
    }
    small.send(rest.to_owned() + end);
    assert_eq!(small.status(), 200);
    let mut answers = [0, 0];
    for client in &mut large {
        client.try_send(end);
        match client.status() {
            200 => answers[0] += 1,
            503 => answers[1] += 1,
            status => panic!("{status}"),
        }
    }
    // Each holds its part, and what its buffer has beyond.
    let [served, refused] = answers;
    assert!(served >= BOUND / PIECE / 4, "{served} of {ATTACKERS}");
    assert!(served <= BOUND / PIECE, "{served} of {ATTACKERS}");
    let log = log.lock().expect("no panic");
    let told = |line: &&String| line.contains("503, message Out of memory for unfinished requests");
    assert_eq!(log.iter().filter(told).count(), refused);
}

#[test]
fn half_heads_hold_no_more_than_the_bound() {
    let head = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}", "x".repeat(PIECE));
    attack(1, &head, "\r\n\r\n");
    attack(3, &head, "\r\n\r\n");
}

#[test]
fn half_bodies_hold_no_more_than_the_bound() {
    let length = PIECE + 1;
    let body = "x".repeat(PIECE);
    let request = format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{body}");
    attack(1, &request, "x");
    attack(3, &request, "x");
}

/// Clients that keep asking and take no answer. No thread waits for them.
#[test]
fn answers_that_are_not_taken_hold_no_more_than_the_bound() {
    let (running, log) = serve(1, 100_000);
    let requests = "GET /more HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5000);
    let mut clients: Vec<Client> = (0..10).map(|_| Client::new(running.local_addr())).collect();
    for client in &mut clients {
        while client.try_send_now(&requests) {}
    }
    let is_cut = || {
        let log = log.lock().expect("no panic");
        log.iter().any(|line| line.contains("Out of memory for an answer that is not taken"))
    };
    let began = Instant::now();
    while !is_cut() {
        assert!(began.elapsed() < PATIENCE, "nobody is cut");
        assert_alive(running.local_addr());
    }
}
