//! Clients that dawdle hold no thread: there are as few as can be in these tests.

use crate::app::Served;
use bhrh::Timeouts;
use std::io::Read;
use std::time::Duration;

#[test]
fn a_small_body_that_drips_holds_no_thread() {
    let served = Served::new(|server| server.max_threads(1));
    let mut dripping = served.clients(20);
    for client in &mut dripping {
        client.announce("/", 5);
    }
    let mut quick = served.client();
    for piece in ["a", "b", "c", "d", "e"] {
        assert_eq!(quick.ask("/quick"), "/quick");
        for client in &mut dripping {
            client.send(piece);
        }
    }
    for client in &mut dripping {
        assert_eq!(client.answer(), "5");
    }
}

#[test]
fn a_head_that_drips_holds_no_thread() {
    let served = Served::new(|server| server.max_threads(1));
    let mut dripping = served.clients(20);
    let mut quick = served.client();
    for piece in ["G", "ET /drop", "s HTTP/1.1\r", "\nHost: a\r\n", "\r", "\n"] {
        for client in &mut dripping {
            client.send(piece);
        }
        assert_eq!(quick.ask("/quick"), "/quick");
    }
    for client in &mut dripping {
        assert_eq!(client.answer(), "/drops");
    }
}

#[test]
fn a_body_that_never_ends_is_given_up() {
    let mut timeouts = Timeouts::default();
    timeouts.body = Duration::from_millis(300);
    // Collected by the loop, and read by the handler.
    for length in [5, 1 << 20] {
        let served = Served::new(|server| server.timeouts(timeouts));
        let mut client = served.client();
        client.announce("/", length);
        client.send("abc");
        let rest = client.rest().expect("an answer");
        assert!(rest.starts_with("HTTP/1.1 408 "), "{length}: {rest}");
        assert!(rest.contains("\r\nConnection: close\r\n"), "{length}: {rest}");
    }
}

#[test]
fn a_head_that_never_ends_is_given_up() {
    let mut timeouts = Timeouts::default();
    timeouts.head = Duration::from_millis(300);
    let served = Served::new(|server| server.timeouts(timeouts));
    let mut client = served.client();
    assert_eq!(client.ask("/first"), "/first");
    client.send("GET / HTTP/1.1\r\nHost");
    let rest = client.rest().expect("an answer");
    assert!(rest.starts_with("HTTP/1.1 408 "), "{rest}");
}

#[test]
fn a_connection_that_says_nothing_is_closed_without_a_word() {
    let mut timeouts = Timeouts::default();
    timeouts.keep_alive = Duration::from_millis(300);
    let served = Served::new(|server| server.timeouts(timeouts));
    assert_eq!(served.client().rest().expect("a clean end"), "");

    let mut quick = served.client();
    assert_eq!(quick.ask("/quick"), "/quick");
    assert_eq!(quick.rest().expect("a clean end"), "");

    // One that was away from its loop for longer than that.
    let mut slow = served.client();
    slow.get("/wait");
    served.gate.await_inside(1);
    std::thread::sleep(timeouts.keep_alive * 2);
    served.gate.open();
    assert_eq!(slow.answer(), "/wait");
    assert_eq!(slow.ask("/after"), "/after");
    assert_eq!(slow.rest().expect("a clean end"), "");
}

#[test]
fn a_client_that_takes_nothing_is_given_up() {
    let mut timeouts = Timeouts::default();
    timeouts.write = Duration::from_millis(300);
    let served = Served::new(|server| server.timeouts(timeouts).max_threads(1));
    let mut client = served.client();
    client.get(&format!("/large/{}", 32 << 20));
    // A thread waits for it, until it does not.
    served.gate.await_untaken(1);
    let mut quick = served.client();
    assert_eq!(quick.ask("/quick"), "/quick");
    let mut received = 0;
    let mut bytes = vec![0; 1 << 16];
    while let Ok(1..) = client.stream.read(&mut bytes).inspect(|count| received += count) {}
    assert!(received < 32 << 20, "it was cut");
}
