//! The end: from outside, from a method, by dropping the handle, and with somebody in the way.

use crate::app::serve;
use crate::client::Client;
use bhrh::{Dispatch, Exchange, Handler, Timeouts};
use bhrh_tests::way::{Stream, Way};
use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

#[test]
fn the_handle_ends_the_server_and_idle_connections() {
    let served = serve(|server| server);
    let address = served.address.clone();
    let (fresh, mut used) = (served.connect(), served.connect());
    assert_eq!(used.get("/").status(), 200);
    served.shutdown();
    served.shutdown();
    served.join().expect("nothing to cut");
    assert!(fresh.rest().is_empty() && used.rest().is_empty());
    assert!(Stream::connect(&address).is_err(), "still listening");
}

#[test]
fn a_method_ends_the_server_and_is_answered() {
    let served = serve(|server| server);
    let mut client = served.connect();
    let response = client.get("/shutdown");
    assert_eq!((response.status(), response.header("Connection")), (200, Some("close")));
    assert!(client.rest().is_empty());
    served.join().expect("nothing to cut");
}

#[test]
fn serve_forever_returns_when_a_method_says_so() {
    struct Once;

    impl Handler for Once {
        fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
            assert!(!http.server.is_shutting_down());
            http.server.shutdown();
            assert!(http.server.is_shutting_down());
            Dispatch::Handled(http.send_error(404).map_err(Into::into))
        }

        fn log_message(&self, _: &Exchange<'_>, _: std::fmt::Arguments<'_>) {}
    }

    let server = Way::of_this_run().server();
    let address = server.local_addr();
    let (done, ended) = mpsc::channel();
    thread::spawn(move || done.send(server.serve_forever(Once)));
    assert_eq!(Client::connect(address).get("/").status(), 404);
    let result = ended.recv_timeout(crate::client::PATIENCE).expect("it returns");
    result.expect("nothing to cut");
}

#[test]
fn dropping_the_handle_ends_the_server() {
    let served = serve(|server| server);
    let address = served.address.clone();
    served.assert_alive();
    drop(served);
    assert!(Stream::connect(&address).is_err(), "still listening");
}

#[test]
fn running_requests_are_answered_and_told_to_go() {
    let served = serve(|server| server);
    let mut clients: Vec<_> = (0..3).map(|_| served.connect()).collect();
    clients.iter_mut().for_each(|client| client.send_get("/gate"));
    served.until_waiting(3);
    served.shutdown();
    served.open_the_gate();
    for mut client in clients {
        let response = client.response();
        assert_eq!((response.status(), response.header("Connection")), (200, Some("close")));
        assert!(client.rest().is_empty());
    }
    served.join().expect("nothing to cut");
}

#[test]
fn a_method_that_is_stuck_does_not_hold_up_the_end() {
    for threads in [1, 2] {
        let mut timeouts = Timeouts::default();
        timeouts.shutdown = Duration::from_millis(200);
        let served = serve(|server| server.timeouts(timeouts).threads(threads));
        let (gate, mut client) = (served.connect(), served.connect());
        client.send_get("/gate");
        served.until_waiting(1);
        served.shutdown();
        // The method itself cannot be ended; the gate opens when the test ends.
        let release = crate::app::release(&served);
        let error = served.join().expect_err("somebody was cut");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(error.to_string().contains("cut"), "{error}");
        release();
        assert!(gate.rest().is_empty());
    }
}

#[test]
fn half_a_request_does_not_hold_up_the_end_for_long() {
    let mut timeouts = Timeouts::default();
    timeouts.shutdown = Duration::from_millis(500);
    let served = serve(|server| server.timeouts(timeouts));
    let mut client = served.connect();
    client.send("GET / HTTP/1.1\r\n");
    served.assert_alive();
    served.shutdown();
    let outcome = served.join();
    assert!(outcome.is_err(), "it was cut, and that is to be told");
    client.rest();
}

/// Sends its log through a channel.
struct Tells(mpsc::Sender<String>);

impl Handler for Tells {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        if http.path == "/shutdown" {
            http.server.shutdown();
        }
        Dispatch::Handled(http.send_error(404).map_err(Into::into))
    }

    fn log_message(&self, _: &Exchange<'_>, message: std::fmt::Arguments<'_>) {
        let _ = self.0.send(message.to_string());
    }
}

fn spawn_one_that_tells() -> (bhrh::RunningServer, mpsc::Receiver<String>) {
    let (told, log) = mpsc::channel();
    let server = Way::of_this_run().server();
    (server.spawn(Tells(told)).expect("threads"), log)
}

#[test]
fn a_handle_that_is_dropped_before_anybody_came_says_so() {
    let (server, log) = spawn_one_that_tells();
    let address = server.local_addr();
    drop(server);
    let line = log.recv_timeout(crate::client::PATIENCE).expect("a line");
    let begin = format!("the server at {address} is stopped before anybody has connected, since");
    assert!(line.starts_with(&begin), "{line}");

    // After a call of `shutdown`, the handle says nothing.
    let (server, log) = spawn_one_that_tells();
    server.shutdown();
    drop(server);
    assert_eq!(log.iter().collect::<Vec<_>>(), [""; 0]);
    let (server, log) = spawn_one_that_tells();
    server.shutdown();
    server.join().expect("nothing to cut");
    assert_eq!(log.iter().collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn a_detached_server_runs_until_it_is_told_to_stop() {
    let (running, log) = spawn_one_that_tells();
    let address = running.local_addr();
    let server = running.detach().expect("a thread");
    assert_eq!(Client::connect(&address).get("/").status(), 404);
    let idle = Client::connect(&address);
    assert_eq!(server.server_address(), address);
    server.shutdown();
    assert!(idle.rest().is_empty());
    // Its threads end, and with the last of them the handler is dropped.
    let lines: Vec<String> = log.iter().collect();
    assert!(lines.iter().all(|line| line.contains("404")), "{lines:?}");

    let (running, log) = spawn_one_that_tells();
    let address = running.local_addr();
    running.detach().expect("a thread");
    assert_eq!(Client::connect(address).get("/shutdown").status(), 404);
    assert_eq!(log.iter().count(), 2);
}
