//! `join` returns when the handler has been released; what is cut at its deadline is cut.

use crate::client::Client;
use bhrh::{Dispatch, Exchange, Handler, HttpServer, Outcome, RunningServer, Timeouts};
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What a test may look at beside the answers.
#[derive(Default)]
struct Seen {
    dropped: AtomicBool,
    inside: AtomicUsize,
    write_error: Mutex<Option<io::Error>>,
}

struct App {
    seen: Arc<Seen>,
    /// Methods at `/wait` wait for as many messages.
    gate: Mutex<Receiver<()>>,
    own: Arc<Mutex<Option<RunningServer>>>,
}

impl Drop for App {
    fn drop(&mut self) {
        // A flush, for instance, takes its time.
        thread::sleep(Duration::from_millis(20));
        self.seen.dropped.store(true, Ordering::Relaxed);
    }
}

impl Handler for App {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Handled(self.answer(http))
    }

    fn log_message(&self, _: &Exchange<'_>, _: std::fmt::Arguments<'_>) {}
}

impl App {
    fn answer(&self, http: &mut Exchange<'_>) -> Outcome {
        match http.path {
            "/wait" => {
                self.seen.inside.fetch_add(1, Ordering::Relaxed);
                self.gate.lock().expect("no panic").recv().expect("a message");
            }
            "/join" => {
                let own = self.own.lock().expect("no panic").take().expect("it is there");
                let error = own.join().expect_err("it would wait for itself");
                return Ok(http.reply(200, "text/plain", format!("{:?}", error.kind()))?);
            }
            "/endless" => {
                http.send_response(200);
                http.end_headers()?;
                let error = loop {
                    if let Err(error) = http.wfile.write_all(&[b'x'; 1 << 16]) {
                        break error;
                    }
                };
                *self.seen.write_error.lock().expect("no panic") = Some(error);
                return Ok(());
            }
            _ => {}
        }
        Ok(http.reply(200, "text/plain", "up")?)
    }
}

struct Served {
    running: RunningServer,
    seen: Arc<Seen>,
    gate: Sender<()>,
    own: Arc<Mutex<Option<RunningServer>>>,
}

fn serve(timeouts: Timeouts, max_threads: usize) -> Served {
    let (seen, own, (gate, receiver)) = (Arc::default(), Arc::default(), channel());
    let app = App { seen: Arc::clone(&seen), gate: Mutex::new(receiver), own: Arc::clone(&own) };
    let server = HttpServer::bind("127.0.0.1:0").expect("a port").timeouts(timeouts);
    let running = server.threads(1).max_threads(max_threads).spawn(app).expect("threads");
    Served { running, seen, gate, own }
}

#[test]
fn the_handler_has_been_dropped_when_join_returns() {
    for _ in 0..20 {
        let Served { running, seen, .. } = serve(Timeouts::default(), 4);
        let mut client = Client::new(running.local_addr());
        client.get("/");
        assert_eq!(client.status(), 200);
        running.shutdown();
        running.join().expect("nothing was cut");
        assert!(seen.dropped.load(Ordering::Relaxed));
    }
}

#[test]
fn a_method_that_joins_its_own_server_is_told_so() {
    let Served { running, seen, own, .. } = serve(Timeouts::default(), 4);
    let mut client = Client::new(running.local_addr());
    *own.lock().expect("no panic") = Some(running);
    client.get("/join");
    assert_eq!(client.response().1, "Deadlock");
    // The handle was dropped, so the server ends by itself.
    assert_eq!(client.rest(), "");
    while !seen.dropped.load(Ordering::Relaxed) {
        thread::yield_now();
    }
}

#[test]
fn what_is_cut_sends_no_more_and_ends_in_a_reset() {
    let timeouts = Timeouts::default().shutdown(Duration::from_millis(100));
    let Served { running, seen, .. } = serve(timeouts, 4);
    let address = running.local_addr().socket_addr().expect("an IP address");
    let mut client = TcpStream::connect(address).expect("a connection");
    // Its end is the end of the connection.
    client.write_all(b"GET /endless HTTP/1.0\r\n\r\n").expect("it is taken");
    client.read_exact(&mut [0]).expect("the method has begun");
    let reader = thread::spawn(move || client.read_to_end(&mut Vec::new()));
    running.shutdown();
    let error = running.join().expect_err("it is cut");
    assert!(error.to_string().starts_with("1 connection was cut"), "{error}");
    let end = reader.join().expect("no panic").expect_err("it looks complete");
    assert_eq!(end.kind(), io::ErrorKind::ConnectionReset);
    while seen.write_error.lock().expect("no panic").is_none() {
        thread::yield_now();
    }
}

/// The only thread for methods is busy, so what arrives waits when the shutdown begins: for that
/// thread, in its connection, or in the system's queue.
#[test]
fn requests_that_the_system_has_accepted_are_answered() {
    let Served { running, seen, gate, .. } = serve(Timeouts::default(), 2);
    let mut busy = Client::new(running.local_addr());
    busy.get("/wait");
    while seen.inside.load(Ordering::Relaxed) < 1 {
        thread::yield_now();
    }
    let mut late: Vec<Client> = (0..50).map(|_| Client::new(running.local_addr())).collect();
    late.iter_mut().for_each(|client| client.get("/"));
    running.shutdown();
    gate.send(()).expect("it is waited for");
    for client in late.iter_mut().chain([&mut busy]) {
        assert_eq!(client.status(), 200);
    }
    running.join().expect("nothing was cut");
}
