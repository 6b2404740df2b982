//! Time-outs: each phase has its own, and a slow client costs nobody but itself.

use crate::app::{Served, serve};
use bhrh::{HttpServer, Timeouts};
use std::thread;
use std::time::{Duration, Instant};

const SHORT: Duration = Duration::from_millis(200);

fn with(set: impl Fn(&mut Timeouts)) -> Served {
    let mut timeouts = Timeouts::default();
    set(&mut timeouts);
    serve(|server: HttpServer| server.timeouts(timeouts))
}

#[test]
fn idle_connections_are_closed_without_a_word() {
    let served = with(|timeouts| timeouts.keep_alive = SHORT);
    assert!(served.connect().rest().is_empty());
    let mut client = served.connect();
    assert_eq!(client.get("/").status(), 200);
    assert!(client.rest().is_empty());
    assert_eq!(served.log(), ["\"GET / HTTP/1.1\" 200 -"]);
}

/// RFC 9112 section 2.2: a line end too many after a body is not the beginning of a request.
#[test]
fn a_stray_line_end_is_no_request_begun() {
    let served = with(|timeouts| (timeouts.head, timeouts.keep_alive) = (SHORT, 3 * SHORT));
    for stray in ["\r\n", "\r"] {
        let mut client = served.connect();
        client.send(format!("GET / HTTP/1.1\r\nHost: a\r\n\r\n{stray}"));
        assert_eq!(client.response().status(), 200);
        assert!(client.rest().is_empty(), "{stray:?}");
    }
}

#[test]
fn a_head_that_takes_too_long_gets_a_408() {
    let served = with(|timeouts| timeouts.head = SHORT);
    for sent in ["G", "GET / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: y"] {
        let mut client = served.connect();
        client.send(sent);
        let response = client.response();
        assert_eq!((response.status(), response.reason()), (408, "Request Timeout"), "{sent:?}");
        assert_eq!(response.header("Connection"), Some("close"));
        assert!(client.rest().is_empty());
    }
    assert_eq!(served.log()[..2], ["code 408, message Request Timeout", "\"\" 408 -"]);
}

#[test]
fn a_drip_does_not_prolong_the_time_for_a_head() {
    let served = with(|timeouts| timeouts.head = SHORT);
    let mut client = served.connect();
    client.send("GET / HTTP/1.1\r\n");
    // Until the server has had enough, which each byte might have put off.
    while client.try_send(b"X: y\r\n").is_ok() && served.log().is_empty() {
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(client.response().status(), 408);
}

#[test]
fn a_body_that_stalls_gets_a_408_whether_it_is_small_or_large() {
    let served = with(|timeouts| timeouts.body = SHORT);
    for length in [100, 1_000_000] {
        let mut client = served.connect();
        client.send(format!(
            "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\nsome"
        ));
        let response = client.response();
        assert_eq!((response.status(), response.reason()), (408, "Request Timeout"), "{length}");
        assert!(client.rest().is_empty());
        served.until_logged("\"POST /body HTTP/1.1\" 408");
    }
    served.assert_alive();
}

#[test]
fn an_answer_that_nobody_takes_is_cut() {
    let served = with(|timeouts| timeouts.write = SHORT);
    let length = 50_000_000;
    let mut client = served.connect();
    client.send_get(&format!("/bytes/{length}"));
    // Not read: the sockets are full long before that much has gone.
    served.until_logged("Request timed out");
    assert!(client.rest().len() < length);
    served.assert_alive();
}

#[test]
fn answers_left_to_the_loop_are_cut_as_well() {
    let served = with(|timeouts| timeouts.write = SHORT);
    let mut client = served.connect();
    // Each answer is gathered whole; what the client does not take is the loop's to send.
    let _ = client.try_send(&b"GET /bytes/15000 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2000));
    thread::sleep(SHORT * 3);
    assert!(client.rest().len() < 2000 * 15_000);
    served.assert_alive();
}

/// Asks again and again without reading, each time for what the system may take at once: then it
/// is the loop that waits for the client, and no method.
#[test]
fn the_log_tells_of_an_answer_that_the_loop_has_cut() {
    let served = with(|timeouts| timeouts.write = SHORT);
    let lines = |with: &str| served.log().iter().filter(|line| line.contains(with)).count();
    while lines("its answer is not taken") == 0 {
        // A method may be the one that waits for the client: that is another line, and another try.
        let before = lines("timed out");
        let mut client = served.connect();
        while client.try_send(b"GET /bytes/30000 HTTP/1.1\r\nHost: a\r\n\r\n").is_ok()
            && lines("timed out") == before
        {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

#[test]
fn slow_clients_do_not_keep_others_waiting() {
    let served = serve(|server| server.threads(1).max_threads(4));
    let mut slow = Vec::new();
    for at in 0..40 {
        let mut client = served.connect();
        client.send(match at % 3 {
            0 => "GET / HTTP/1.1\r\nHost: a\r\nX: ",
            1 => "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nhalf",
            _ => "",
        });
        slow.push(client);
    }
    for _ in 0..20 {
        served.assert_alive();
    }
    for (at, client) in slow.iter_mut().enumerate() {
        client.send(match at % 3 {
            0 => "y\r\n\r\n".to_owned(),
            1 => "x".repeat(46),
            _ => "GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        });
        assert_eq!(client.response().status(), 200);
    }
}

#[test]
fn a_time_is_each_requests_own() {
    // Every piece ends one head and begins the next: between two pieces there is never a time
    // without an unfinished head, yet none of them takes long.
    let served = with(|timeouts| {
        (timeouts.head, timeouts.keep_alive) = (Duration::from_millis(1500), SHORT);
    });
    let mut client = served.connect();
    let began = Instant::now();
    let mut count = 0;
    client.send("GET / HTTP/1.1\r\n");
    while began.elapsed() < Duration::from_millis(2500) {
        client.send("Host: a\r\n\r\nGET / HTTP/1.1\r\n");
        assert_eq!(client.response().status(), 200, "after {count} requests");
        count += 1;
        thread::sleep(Duration::from_millis(50));
    }
}

/// The server itself was held up, and the client was in time.
#[test]
fn what_came_in_time_is_heard_however_late() {
    const TIME: Duration = Duration::from_secs(2);
    let mut timeouts = Timeouts::default();
    (timeouts.keep_alive, timeouts.head) = (TIME, TIME);
    let served = serve(|server| server.timeouts(timeouts).threads(1).max_threads(1));
    let (mut idle, mut begun, mut busy) = (served.connect(), served.connect(), served.connect());
    assert_eq!(idle.get("/").status(), 200);
    begun.send("GET / HTTP/1.1\r\n");
    busy.send_get("/gate");
    served.until_waiting(1);
    idle.send_get("/");
    begun.send("Host: a\r\n\r\n");
    thread::sleep(TIME + SHORT);
    served.open_the_gate();
    for mut client in [busy, idle, begun] {
        assert_eq!(client.response().status(), 200);
    }
}

#[test]
fn a_connection_that_is_busy_is_not_idle() {
    let served = with(|timeouts| timeouts.keep_alive = Duration::from_millis(700));
    let mut client = served.connect();
    let began = Instant::now();
    // Enough requests at once that other connections get their turn in between.
    let requests = "GET /bytes/500 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(400);
    client.send(&requests);
    while began.elapsed() < Duration::from_millis(1500) {
        client.send(&requests);
        for _ in 0..400 {
            assert_eq!(client.response().status(), 200);
        }
    }
}
