//! Servers whose handler borrows, and which serve while something else is done.

use crate::client::{Client, PATIENCE};
use bhrh::{Dispatch, Exchange, Handler, Outcome, Server, Timeouts};
use bhrh_tests::way::{Stream, Way};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Everything that it has is somebody else's.
struct App<'a> {
    count: &'a AtomicUsize,
    log: &'a Mutex<Vec<String>>,
    /// `/wait` waits for a message.
    gate: &'a Mutex<Receiver<()>>,
}

impl Handler for App<'_> {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Handled(self.answer(http))
    }

    fn log_message(&self, _: &Exchange<'_>, message: fmt::Arguments<'_>) {
        self.log.lock().expect("no panic").push(message.to_string());
    }
}

impl App<'_> {
    fn answer(&self, http: &mut Exchange<'_>) -> Outcome {
        let count = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        match http.path {
            "/shutdown" => http.server.shutdown(),
            "/wait" => {
                let gate = self.gate.lock().expect("no panic");
                gate.recv_timeout(PATIENCE).expect("a message");
                self.count.fetch_add(10, Ordering::Relaxed);
            }
            _ => {}
        }
        Ok(http.reply(200, "text/plain", count.to_string())?)
    }
}

/// What the handler borrows, and what opens its gate.
macro_rules! borrowed {
    ($count:ident, $log:ident, $open:ident, $app:ident) => {
        let ($count, $log) = (AtomicUsize::new(0), Mutex::default());
        let ($open, gate) = channel();
        let gate = Mutex::new(gate);
        let $app = App { count: &$count, log: &$log, gate: &gate };
    };
}

#[test]
fn a_handler_may_borrow() {
    borrowed!(count, log, _open, app);
    let server = Way::of_this_run().server();
    let address = server.local_addr();
    let texts = server.serve_while(app, |server| {
        assert_eq!(server.server_address(), address);
        let mut clients: Vec<Client> = (0..3).map(|_| Client::connect(&address)).collect();
        clients.iter_mut().map(|client| client.get("/").text().to_owned()).collect::<Vec<_>>()
    });
    assert_eq!(texts.expect("it serves"), ["1", "2", "3"]);
    assert_eq!(count.into_inner(), 3);
    assert!(Stream::connect(&address).is_err());
    let log: Vec<String> = log.into_inner().expect("no panic");
    assert!(log.iter().all(|line| line.starts_with("\"GET / ")), "{log:?}");
}

#[test]
fn a_panic_ends_the_server_too() {
    borrowed!(count, _log, _open, app);
    let server = Way::of_this_run().server();
    let address = server.local_addr();
    let panic = catch_unwind(AssertUnwindSafe(|| {
        server.serve_while(app, |_| {
            Client::connect(&address).get("/");
            panic!("as it was told");
        })
    }));
    assert_eq!(panic.expect_err("it panics").downcast_ref(), Some(&"as it was told"));
    assert!(Stream::connect(&address).is_err());
    assert_eq!(count.into_inner(), 1);
}

#[test]
fn it_can_wait_until_a_method_stops_it() {
    borrowed!(count, _log, _open, app);
    let server = Way::of_this_run().server();
    let address = server.local_addr();
    std::thread::scope(|scope| {
        let client = scope.spawn(|| Client::connect(&address).get("/shutdown").status());
        server.serve_while(app, Server::wait_for_shutdown).expect("it serves");
        assert_eq!(client.join().expect("no panic"), 200);
    });
    assert_eq!(count.into_inner(), 1);
}

/// It borrows, so it cannot be left behind. Its connection is cut all the same, and the log says
/// so.
#[test]
fn a_method_that_outlasts_the_shutdown_is_waited_for() {
    borrowed!(count, log, open, app);
    let timeouts = Timeouts::default().shutdown(Duration::from_millis(100));
    let server = Way::of_this_run().server().timeouts(timeouts);
    let address = server.local_addr();
    let mut client = None;
    std::thread::scope(|scope| {
        server
            .serve_while(app, |_| {
                // Over TLS, connecting takes a server that answers.
                client.insert(Client::connect(&address)).send_get("/wait");
                while count.load(Ordering::Relaxed) == 0 {
                    std::thread::yield_now();
                }
                scope.spawn(|| {
                    let told = |log: &Mutex<Vec<String>>| {
                        let log = log.lock().expect("no panic");
                        log.iter().any(|line| line.contains("1 connection was cut"))
                    };
                    while !told(&log) {
                        std::thread::yield_now();
                    }
                    open.send(()).expect("it is waited for");
                });
            })
            .expect("it serves");
    });
    assert_eq!(count.into_inner(), 11);
}
