//! `set_deadline`: however lively the client is, the request ends.

use crate::app::Served;
use std::thread;
use std::time::{Duration, Instant};

#[test]
fn a_deadline_ends_reading_from_a_client_that_drips() {
    let served = Served::new(|server| server);
    let mut client = served.client();
    client.announce("/hasty", 1 << 20);
    let mut drip = client.stream.try_clone().expect("a second handle");
    let dripping = thread::spawn(move || {
        while std::io::Write::write_all(&mut drip, b"x").is_ok() {
            thread::sleep(Duration::from_millis(10));
        }
    });
    let (head, _) = client.response();
    assert!(head.starts_with("HTTP/1.1 408 "), "{head}");
    drop(client);
    dripping.join().expect("it ends when the connection does");
}

#[test]
fn a_deadline_ends_writing_to_a_client_that_takes_nothing() {
    let served = Served::new(|server| server);
    let mut client = served.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    client.get("/wait");
    // The handler opens the gate when it has seen the error.
    let mut waiting = served.client();
    assert_eq!(waiting.ask("/wait"), "/wait");
    // What it sent before is cut off, and the request behind it is not answered.
    let rest = client.rest();
    assert!(rest.as_ref().map_or(true, |rest| !rest.contains("/wait")), "{rest:?}");
}

#[test]
fn a_deadline_can_be_lifted() {
    let served = Served::new(|server| server);
    let mut client = served.client();
    client.announce("/relieved", 1 << 20);
    thread::sleep(Duration::from_millis(50));
    client.send(vec![b'x'; 1 << 20]);
    assert_eq!(client.answer(), (1 << 20).to_string());
}

#[test]
fn a_deadline_is_its_requests_own() {
    let served = Served::new(|server| server);
    let mut client = served.client();
    // In one go, so that both are served in one go.
    client.send(
        "PUT /hasty HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc\
         PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n",
    );
    assert_eq!(client.answer(), "3");
    thread::sleep(Duration::from_millis(400));
    client.send(vec![b'x'; 1_000_000]);
    assert_eq!(client.answer(), "1000000");
}

#[test]
fn a_deadline_is_not_moved_by_what_comes_before_it() {
    let served = Served::new(|server| server);
    let mut client = served.client();
    let began = Instant::now();
    client.announce("/patient", 1 << 20);
    thread::sleep(Duration::from_millis(1800));
    client.send("abc");
    let (head, _) = client.response();
    assert!(head.starts_with("HTTP/1.1 408 "), "{head}");
    // It has two seconds; had it begun anew, it would take almost four.
    assert!(began.elapsed() < Duration::from_millis(3500), "{:?}", began.elapsed());
}
