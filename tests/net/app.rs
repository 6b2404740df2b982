//! The application that these tests are served by, and what they know of its insides.

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Read, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bhrh::{Dispatch, Exchange, Handler, HttpServer, Outcome, Peer, RunningServer};
use bhrh_tests::way::Way;

use crate::client::{Client, PATIENCE};

/// What tests and handlers share.
#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    log: Vec<String>,
    open: bool,
    waiting: usize,
    most_waiting: usize,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the state is so.
    fn wait_until(&self, what: &str, so: impl Fn(&State) -> bool) {
        let state = self.state();
        let (state, late) = self
            .changed
            .wait_timeout_while(state, PATIENCE, |state| !so(state))
            .unwrap_or_else(PoisonError::into_inner);
        assert!(!late.timed_out(), "in vain: {what}; the log says {:#?}", state.log);
    }
}

/// A server of the application.
pub(crate) struct Served {
    running: Option<RunningServer>,
    shared: Arc<Shared>,
    pub(crate) address: Peer,
}

/// Serves the application by the way of this run, with whatever settings.
pub(crate) fn serve(set: impl FnOnce(HttpServer) -> HttpServer) -> Served {
    serve_by(Way::of_this_run(), set)
}

/// The same by this way, for a test that is about what only this way has.
pub(crate) fn serve_by(way: Way, set: impl FnOnce(HttpServer) -> HttpServer) -> Served {
    let server = way.server();
    let shared = Arc::new(Shared::default());
    let running = set(server).spawn(App(Arc::clone(&shared))).expect("threads");
    let address = running.local_addr();
    Served { address, running: Some(running), shared }
}

impl Served {
    pub(crate) fn connect(&self) -> Client {
        Client::connect(&self.address)
    }

    /// Asserts that a new client is served.
    pub(crate) fn assert_alive(&self) {
        let response = self.connect().get("/");
        assert_eq!((response.status(), response.text()), (200, "GET /\n"));
    }

    /// Lets all methods go on that wait at the gate.
    pub(crate) fn open_the_gate(&self) {
        self.shared.state().open = true;
        self.shared.changed.notify_all();
    }

    /// Waits until `count` methods wait at the gate.
    pub(crate) fn until_waiting(&self, count: usize) {
        self.shared.wait_until("methods at the gate", |state| state.waiting >= count);
    }

    /// How many methods have waited at the gate at the same time.
    pub(crate) fn most_waiting(&self) -> usize {
        self.shared.state().most_waiting
    }

    /// Waits until a line of the log has this in it.
    pub(crate) fn until_logged(&self, part: &str) {
        let has = |state: &State| state.log.iter().any(|line| line.contains(part));
        self.shared.wait_until(part, has);
    }

    pub(crate) fn log(&self) -> Vec<String> {
        self.shared.state().log.clone()
    }

    pub(crate) fn shutdown(&self) {
        if let Some(running) = &self.running {
            running.shutdown();
        }
    }

    pub(crate) fn join(mut self) -> io::Result<()> {
        self.running.take().map_or(Ok(()), RunningServer::join)
    }
}

/// What opens the gate of a server that is no longer at hand.
pub(crate) fn release(served: &Served) -> impl FnOnce() + use<> {
    let shared = Arc::clone(&served.shared);
    move || {
        shared.state().open = true;
        shared.changed.notify_all();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.open_the_gate();
    }
}

/// Answers by path.
struct App(Arc<Shared>);

impl Handler for App {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Handled(self.run(http))
    }

    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }

    fn version_string<'s>(&'s self, http: &'s Exchange<'_>) -> Cow<'s, str> {
        assert!(http.path != "/panic/version", "no version");
        "net".into()
    }

    fn log_message(&self, _: &Exchange<'_>, message: fmt::Arguments<'_>) {
        self.0.state().log.push(message.to_string());
        self.0.changed.notify_all();
    }

    fn log_debug(&self, http: &Exchange<'_>, message: fmt::Arguments<'_>) {
        self.log_message(http, message);
    }
}

impl App {
    fn run(&self, http: &mut Exchange<'_>) -> Outcome {
        match http.path {
            "/panic" => panic!("as asked"),
            "/fail" => return Err("as asked".into()),
            "/full" => return Err(io::Error::from(io::ErrorKind::StorageFull).into()),
            "/full-midway" => {
                http.send_response(200);
                http.end_headers()?;
                http.wfile.write_all(b"some")?;
                http.wfile.flush()?;
                return Err(io::Error::from(io::ErrorKind::StorageFull).into());
            }
            "/until-gone" => return self.until_gone(http),
            "/refuse" => return Ok(http.send_error(413)?),
            "/shutdown" => http.server.shutdown(),
            "/gate" => self.wait_at_the_gate(),
            "/slow" => std::thread::sleep(Duration::from_millis(30)),
            _ => {}
        }
        if http.path == "/body" {
            let mut body = Vec::new();
            http.rfile.read_to_end(&mut body)?;
            http.send_response(200);
            http.end_headers()?;
            return Ok(http.wfile.write_all(&body)?);
        }
        http.send_response(200);
        match http.path.strip_prefix("/bytes/").and_then(|count| count.parse::<usize>().ok()) {
            Some(count) => {
                http.send_header("Content-Length", count);
                http.end_headers()?;
                let piece = [b'x'; 10_000];
                for from in (0..count).step_by(piece.len()) {
                    http.wfile.write_all(&piece[..piece.len().min(count - from)])?;
                }
            }
            None => {
                http.end_headers()?;
                writeln!(http.wfile, "{} {}", http.command, http.path)?;
            }
        }
        if http.path == "/flush-and-gate" {
            http.wfile.flush()?;
            self.wait_at_the_gate();
        }
        Ok(())
    }

    /// Works until nobody wants the result, and sends it all the same.
    fn until_gone(&self, http: &mut Exchange<'_>) -> Outcome {
        assert!(!http.client_gone(), "it is still there");
        self.log_message(http, format_args!("at work"));
        while !http.client_gone() {
            std::thread::sleep(Duration::from_millis(1));
        }
        self.log_message(http, format_args!("noticed"));
        http.send_response(200);
        http.end_headers()?;
        Ok(http.wfile.write_all(b"all the same")?)
    }

    fn wait_at_the_gate(&self) {
        let mut state = self.0.state();
        state.waiting += 1;
        state.most_waiting = state.most_waiting.max(state.waiting);
        self.0.changed.notify_all();
        while !state.open {
            state = self.0.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting -= 1;
    }
}
