//! Clients that dawdle on purpose, a thousand at a time: in their heads, in their bodies, in taking
//! what they asked for. There are few threads, and a normal client is served all the same.

use crate::app::serve;
use crate::client::Client;
#[cfg(unix)]
use crate::own_process::in_a_process_of_its_own;
use bhrh::Timeouts;
use std::thread;
use std::time::Duration;

/// How many dawdle. Each takes two descriptors of this process.
const CROWD: usize = 1000;

/// A thousand clients that have sent this, and then send this piece now and then; normal ones
/// meanwhile.
#[cfg(unix)]
fn a_thousand(test: &str, begin: &str, piece: &str) {
    in_a_process_of_its_own(&format!("dawdlers::{test}"), "ulimit -n 2500", || {
        let served = serve(|server| server.threads(1).max_threads(16));
        let mut crowd: Vec<Client> = (0..CROWD).map(|_| served.connect()).collect();
        for client in &mut crowd {
            client.send(begin);
        }
        for _ in 0..5 {
            served.assert_alive();
            for client in &mut crowd {
                // Some have been given up, as they should be.
                let _ = client.try_send(piece.as_bytes());
            }
        }
        let mut normal = served.connect();
        (0..20).for_each(|_| assert_eq!(normal.get("/").status(), 200));
    });
}

#[cfg(unix)]
#[test]
fn a_thousand_slow_heads_keep_nobody_waiting() {
    let test = "a_thousand_slow_heads_keep_nobody_waiting";
    a_thousand(test, "GET / HTTP/1.1\r\nHost: a\r\nX: y", "y");
}

#[cfg(unix)]
#[test]
fn a_thousand_slow_bodies_keep_nobody_waiting() {
    let test = "a_thousand_slow_bodies_keep_nobody_waiting";
    a_thousand(test, "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\nx", "x");
}

/// Too long to be collected by the loop: each wants a thread.
#[cfg(unix)]
#[test]
fn a_thousand_slow_uploads_keep_nobody_waiting() {
    let test = "a_thousand_slow_uploads_keep_nobody_waiting";
    a_thousand(test, "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\nx", "x");
}

/// Each wants a thread likewise, since nothing is taken of the answer.
#[cfg(unix)]
#[test]
fn a_thousand_slow_readers_keep_nobody_waiting() {
    let test = "a_thousand_slow_readers_keep_nobody_waiting";
    a_thousand(test, "GET /bytes/20000000 HTTP/1.1\r\nHost: a\r\n\r\n", "");
}

/// Gaps are allowed for long; it is the rate that is not kept.
fn strict() -> Timeouts {
    let mut timeouts = Timeouts::default();
    timeouts.grace = Duration::from_millis(300);
    timeouts.write_rate = u32::MAX;
    timeouts
}

#[test]
fn a_body_that_drips_gets_a_408() {
    let served = serve(|server| server.timeouts(strict()));
    for length in [5_000, 5_000_000] {
        let mut client = served.connect();
        client.send(format!("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"));
        // A byte now and then would do if only gaps were looked at.
        while client.try_send(b"x").is_ok() && !client.has_something() {
            thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(client.response().status(), 408, "{length}");
        assert!(client.rest().is_empty());
    }
}

#[test]
fn a_body_that_is_fast_enough_may_pause() {
    let mut timeouts = strict();
    timeouts.body_rate = 1;
    let served = serve(|server| server.timeouts(timeouts));
    for length in [5_000, 500_000] {
        let mut client = served.connect();
        client.send(format!("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"));
        served.assert_alive();
        for _ in 0..5 {
            client.send("x".repeat(length / 5));
            thread::sleep(Duration::from_millis(150));
        }
        assert_eq!(client.response().body().len(), length);
    }
}

#[test]
fn an_answer_that_is_taken_byte_by_byte_is_cut() {
    let served = serve(|server| server.timeouts(strict()));
    let length = 50_000_000;
    let mut client = served.connect();
    client.send_get(&format!("/bytes/{length}"));
    client.taste();
    served.until_logged("Request timed out");
    assert!(client.rest().len() < length);

    // The same where the answers are the loop's to send.
    let mut client = served.connect();
    let _ = client.try_send(&b"GET /bytes/15000 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2000));
    thread::sleep(Duration::from_millis(900));
    assert!(client.rest().len() < 2000 * 15_000);
    served.assert_alive();
}
