//! How servers end: gracefully, from wherever they are told to, and in the end in any case.

use crate::app::{App, Served};
use crate::client::Client;
use bhrh::{HttpServer, Peer, Timeouts};
use bhrh_tests::way::{Stream, Way};
use std::io::ErrorKind;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

fn impatient(server: HttpServer) -> HttpServer {
    let mut timeouts = Timeouts::default();
    timeouts.shutdown = Duration::from_millis(300);
    server.timeouts(timeouts)
}

fn assert_last(client: &mut Client, expected: &str) {
    let (head, content) = client.response();
    assert_eq!(content, expected);
    assert!(head.contains("\r\nConnection: close\r\n"), "{head}");
}

/// Waits until the server has noticed that it is to end.
fn await_refusal(address: &Peer) {
    while Stream::connect(address).is_ok() {
        thread::sleep(Duration::from_millis(10));
    }
}

fn assert_closed(clients: impl IntoIterator<Item = Client>) {
    for client in clients {
        assert_eq!(client.rest().expect("a clean end"), "");
    }
}

#[test]
fn running_requests_are_finished_and_idle_connections_closed() {
    let served = Served::new(|server| server.threads(2));
    let mut idle = served.clients(20);
    for client in &mut idle {
        assert_eq!(client.ask("/first"), "/first");
    }
    let untouched = served.clients(5);
    let mut running = served.clients(5);
    for client in &mut running {
        client.get("/wait");
    }
    served.gate.await_inside(5);
    served.server().shutdown();
    assert_closed(idle.into_iter().chain(untouched));
    served.gate.open();
    for client in &mut running {
        assert_last(client, "/wait");
    }
    assert_closed(running);
    served.join().expect("nothing was cut");
}

#[test]
fn a_thread_that_stays_with_its_connection_holds_nothing_up() {
    let served = Served::new(|server| server);
    let mut clients = served.clients(10);
    // The first ones only make it known that they take long.
    for _ in 0..3 {
        clients.iter_mut().for_each(|client| client.get("/nap100"));
        for client in &mut clients {
            client.answer();
        }
    }
    served.server().shutdown();
    assert_closed(clients);
    served.join().expect("nothing was cut");
}

#[test]
fn no_connection_is_accepted_any_more() {
    let served = Served::new(|server| server);
    let address = served.server().local_addr();
    let mut running = served.client();
    running.get("/wait");
    served.gate.await_inside(1);
    served.server().shutdown();
    await_refusal(&address);
    served.gate.open();
    assert_last(&mut running, "/wait");
    served.join().expect("nothing was cut");
}

#[test]
fn a_request_that_is_under_way_is_answered() {
    let served = Served::new(|server| server);
    let mut running = served.client();
    running.get("/wait");
    served.gate.await_inside(1);
    let mut head = served.client();
    head.send("GET /half HTTP/1.1\r\nHo");
    let mut small = served.client();
    small.announce("/", 6);
    small.send("abc");
    let mut large = served.client();
    large.announce("/", 1 << 20);
    large.send("abc");
    assert_eq!(served.client().ask("/all-of-that-has-come"), "/all-of-that-has-come");
    served.server().shutdown();
    running.send("GET /too-late HTTP/1.1\r\nHost: a\r\n\r\n");
    served.gate.open();
    assert_last(&mut running, "/wait");
    head.send("st: a\r\n\r\n");
    assert_last(&mut head, "/half");
    small.send("def");
    assert_last(&mut small, "6");
    large.send(vec![b'x'; (1 << 20) - 3]);
    assert_last(&mut large, &(1 << 20).to_string());
    assert_closed([head, small, large, running]);
    served.join().expect("nothing was cut");
}

#[test]
fn a_handler_can_end_its_server() {
    let server = Way::of_this_run().server();
    let address = server.local_addr();
    let serving = thread::spawn(move || server.serve_forever(App::default()));
    let mut client = Client::connect(address);
    assert_eq!(client.ask("/first"), "/first");
    client.get("/shutdown");
    assert_last(&mut client, "/shutdown");
    assert_closed([client]);
    serving.join().expect("no panic").expect("nothing was cut");
}

#[test]
fn dropping_the_handle_ends_it_gracefully() {
    let mut served = Served::new(|server| server);
    let address = served.server().local_addr();
    let mut idle = served.client();
    assert_eq!(idle.ask("/first"), "/first");
    let mut running = served.client();
    running.get("/wait");
    served.gate.await_inside(1);
    let server = served.take();
    let dropping = thread::spawn(move || drop(server));
    await_refusal(&address);
    served.gate.open();
    dropping.join().expect("no panic");
    assert_last(&mut running, "/wait");
    assert_closed([running, idle]);
}

#[test]
fn a_connection_that_lingers_does_not_hold_it_up_for_long() {
    let served = Served::new(|server| server.max_threads(1));
    let mut lingering = served.clients(3);
    for client in &mut lingering {
        client.send("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
        let (head, _) = client.response();
        assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
    }
    served.server().shutdown();
    served.join().expect("nothing was cut");
    assert_closed(lingering);
}

#[test]
fn what_is_left_to_be_sent_is_sent() {
    const LARGE: usize = 32 << 20;
    let served = Served::new(|server| server);
    let mut client = served.client();
    client.get(&format!("/large/{LARGE}"));
    assert_eq!(served.client().ask("/after-it"), "/after-it");
    served.server().shutdown();
    assert_eq!(client.answer().len(), LARGE);
    assert_closed([client]);
    served.join().expect("nothing was cut");
}

#[test]
fn in_the_end_what_still_runs_is_cut() {
    let served = Served::new(|server| impatient(server).threads(2));
    let mut running = served.clients(3);
    for client in &mut running {
        client.get("/wait");
    }
    served.gate.await_inside(3);
    let mut half = served.client();
    half.send("GET / HT");
    let mut upload = served.client();
    upload.announce("/endless", 1 << 20);
    assert_eq!(served.client().ask("/all-of-that-has-come"), "/all-of-that-has-come");
    served.server().shutdown();
    let gate = Arc::clone(&served.gate);
    let error = served.join().expect_err("they outlast it");
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    assert!(error.to_string().starts_with("5 connections were cut"), "{error}");
    gate.open();
    // Whether they see an end or a reset, it is over for them.
    assert!(half.rest().map_or(true, |rest| rest.is_empty()));
    drop(upload);
    for client in running {
        let _ = client.rest();
    }
}

#[test]
fn a_loop_whose_threads_are_all_stuck_is_given_up() {
    // Nobody is left who could shake hands with the last client.
    let way = Way::of_this_run().unencrypted();
    let served = Served::by(way, |server| impatient(server).max_threads(2));
    // What is known to be quick runs on the loop, even while all threads block.
    let mut client = served.client();
    client.ask("/nap20");
    client.ask("/");
    let mut stuck = served.clients(2);
    stuck.iter_mut().for_each(|client| client.get("/?wait"));
    served.gate.await_inside(2);
    let mut waiting = served.client();
    waiting.get("/never");
    served.server().shutdown();
    let gate = Arc::clone(&served.gate);
    let error = served.join().expect_err("it is stuck");
    assert!(error.to_string().contains("1 event loop was held up"), "{error}");
    // The thread ends when its handler does, and nothing is left open.
    gate.open();
    assert!(waiting.rest().map_or(true, |rest| rest.is_empty()));
    for client in stuck {
        let _ = client.rest();
    }
}

#[test]
fn servers_come_and_go() {
    for round in 0..50 {
        let served = Served::new(|server| server.threads(1 + round % 3));
        let mut clients = served.clients(round % 5);
        for client in &mut clients {
            client.get("/quick");
        }
        served.server().shutdown();
        // Each is answered or, if it came too late, told so by a close or a reset.
        for client in clients {
            let rest = client.rest();
            let fine =
                rest.as_ref().map_or(true, |text| text.is_empty() || text.ends_with("/quick"));
            assert!(fine, "{rest:?}");
        }
        served.join().expect("nothing was cut");
    }
}
