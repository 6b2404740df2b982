//! Bounds on connections and on what comes after the last response: the answer always arrives.

use crate::app::{Served, serve, serve_by};
use crate::client::Client;
use bhrh::{Limits, Timeouts};
use bhrh_tests::way::Way;
use std::thread;
use std::time::Duration;

fn within(set: impl Fn(&mut Limits)) -> Served {
    let mut limits = Limits::default();
    set(&mut limits);
    serve(|server| server.limits(limits))
}

/// Waits until a new client is served: what has gone is noticed soon, but not at once.
fn until_served(served: &Served) -> Client {
    for _ in 0..500 {
        let mut client = served.connect();
        client.send_get("/");
        match client.response().status() {
            200 => return client,
            other => assert_eq!(other, 503),
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("no seat became free");
}

/// The same after a flood: while its clients are not all forgotten, the next one may be closed
/// without an answer, even before it has asked.
fn until_served_after_a_flood(served: &Served) {
    for _ in 0..500 {
        let mut client = served.connect();
        let asked = client.try_send(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        let answer = client.rest();
        if answer.starts_with(b"HTTP/1.1 200 ") {
            return asked.expect("an answer to what was sent");
        }
        let text = String::from_utf8_lossy(&answer);
        assert!(text.is_empty() || text.starts_with("HTTP/1.1 503 "), "{text}");
        thread::sleep(Duration::from_millis(10));
    }
    panic!("no seat became free");
}

#[test]
fn the_last_request_of_a_connection_is_told_so() {
    let served = within(|limits| limits.requests_per_connection = 3);
    let mut client = served.connect();
    for last in [false, false, true] {
        let response = client.get("/");
        assert_eq!(response.status(), 200);
        assert_eq!(response.header("Connection"), last.then_some("close"));
    }
    assert!(client.rest().is_empty());
    // Those behind it in a pipeline are not run, and do not cost the answers before them.
    let mut client = served.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1000));
    (0..3).for_each(|_| assert_eq!(client.response().status(), 200));
    assert!(client.rest().is_empty());
    assert_eq!(served.log().len(), 6);
}

#[test]
fn connections_beyond_the_bound_get_a_503() {
    let served = within(|limits| limits.connections = 2);
    let (mut first, mut second) = (served.connect(), served.connect());
    assert_eq!((first.get("/").status(), second.get("/").status()), (200, 200));
    for asks in [false, true] {
        let mut third = served.connect();
        if asks {
            third.send_get("/");
        }
        let response = third.response();
        assert_eq!((response.status(), response.reason()), (503, "Service Unavailable"));
        assert_eq!(response.header("Connection"), Some("close"));
        assert!(response.text().contains("2 connections already"), "{}", response.text());
        assert!(third.rest().is_empty());
    }
    assert!(served.log().contains(&"code 503, message Service Unavailable".to_owned()));
    // The two are as they were, and one that leaves makes room.
    assert_eq!((first.get("/").status(), second.get("/").status()), (200, 200));
    drop(first);
    let mut fourth = until_served(&served);
    assert_eq!((second.get("/").status(), fourth.get("/").status()), (200, 200));
}

#[test]
fn a_flood_beyond_the_bound_is_turned_away_and_forgotten() {
    let served = within(|limits| limits.connections = 1);
    let mut guest = served.connect();
    assert_eq!(guest.get("/").status(), 200);
    // More than are told so at a time, and nobody of them leaves by himself.
    let flood: Vec<Client> = (0..400).map(|_| served.connect()).collect();
    served.until_logged("closed without an answer");
    assert_eq!(guest.get("/").status(), 200);
    let answered = flood.into_iter().map(Client::rest).filter(|bytes| !bytes.is_empty());
    assert!(answered.map(|bytes| assert!(bytes.starts_with(b"HTTP/1.1 503 "))).count() > 0);
    drop(guest);
    until_served_after_a_flood(&served);
}

#[cfg(target_os = "linux")]
#[test]
fn one_address_has_no_more_than_its_share() {
    // Whatever the way of this run is: only IP has addresses.
    let mut limits = Limits::default();
    limits.connections_per_address = 2;
    let served = serve_by(Way::Tcp, |server| server.limits(limits));
    let (mut first, mut second) = (served.connect(), served.connect());
    assert_eq!((first.get("/").status(), second.get("/").status()), (200, 200));
    let mut third = served.connect();
    let response = third.response();
    assert_eq!(response.status(), 503);
    assert!(response.text().contains("2 connections from this address"), "{}", response.text());
    let mut other = Client::connect_from([127, 0, 0, 2], &served.address);
    assert_eq!(other.get("/").status(), 200);
    drop(first);
    until_served(&served);
}

#[test]
fn a_refusal_arrives_however_much_the_client_sends() {
    let served = within(|limits| limits.body = 1000);
    let mut client = served.connect();
    let length = 30_000_000;
    client.send(format!("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"));
    // It looks at the answer only when everything has been sent, as simple clients do.
    for _ in 0..length / 100_000 {
        client.send([b'x'; 100_000]);
    }
    client.finish();
    assert_eq!(client.response().status(), 413);
    assert!(client.rest().is_empty());
}

#[test]
fn a_client_that_never_stops_sending_is_closed_in_bytes_or_in_time() {
    let mut limits = Limits::default();
    limits.lingering = 1 << 20;
    let by_bytes = serve(|server| server.limits(limits));
    let mut timeouts = Timeouts::default();
    timeouts.linger = Duration::from_millis(300);
    limits.lingering = u64::MAX;
    let by_time = serve(|server| server.limits(limits).timeouts(timeouts));
    for served in [by_bytes, by_time] {
        let mut client = served.connect();
        client.send_get("/refuse");
        assert_eq!(client.response().status(), 413);
        while client.try_send(&[b'x'; 10_000]).is_ok() {
            thread::sleep(Duration::from_millis(1));
        }
        served.assert_alive();
    }
}

#[test]
fn a_lingering_client_holds_no_thread_and_no_shutdown() {
    let served = serve(|server| server.max_threads(1));
    let mut lingering: Vec<Client> = (0..20).map(|_| served.connect()).collect();
    for client in &mut lingering {
        client.send_get("/refuse");
        assert_eq!(client.response().status(), 413);
    }
    served.assert_alive();
    served.shutdown();
    served.join().expect("they were not waited for to the end");
}
