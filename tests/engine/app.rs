//! The handlers that all tests here share.

use crate::PATIENCE;
use crate::client::Client;
use bhrh::{Exchange, HttpServer, RunningServer, http_handler};
use bhrh_tests::way::Way;
use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What handlers wait for, and who is inside.
#[derive(Default)]
pub(crate) struct Gate {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    open: bool,
    inside: usize,
    most_inside: usize,
    /// How many large answers were not taken.
    untaken: usize,
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn open(&self) {
        self.state().open = true;
        self.changed.notify_all();
    }

    pub(crate) fn pass(&self) {
        let mut state = self.state();
        state.inside += 1;
        state.most_inside = state.most_inside.max(state.inside);
        self.changed.notify_all();
        state = self
            .changed
            .wait_while(state, |state| !state.open)
            .unwrap_or_else(PoisonError::into_inner);
        state.inside -= 1;
    }

    /// Waits until `count` handlers are waiting.
    pub(crate) fn await_inside(&self, count: usize) {
        let state = self.state();
        let (state, waited) = self
            .changed
            .wait_timeout_while(state, PATIENCE, |state| state.inside < count)
            .unwrap_or_else(PoisonError::into_inner);
        let inside = state.inside;
        drop(state);
        assert!(!waited.timed_out(), "{inside} of {count} handlers run");
    }

    /// Waits until this many large answers were not taken.
    pub(crate) fn await_untaken(&self, count: usize) {
        let waited =
            self.changed.wait_timeout_while(self.state(), PATIENCE, |state| state.untaken < count);
        assert!(!waited.unwrap_or_else(PoisonError::into_inner).1.timed_out(), "all are taken");
    }

    pub(crate) fn most_inside(&self) -> usize {
        self.state().most_inside
    }
}

#[derive(Default)]
pub(crate) struct App {
    pub(crate) gate: Arc<Gate>,
}

#[http_handler(protocol_version = "HTTP/1.1")]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let path = http.path;
        match path.split('/').nth(1).unwrap_or("") {
            // The last is of the same kind as `/`.
            wait if wait.starts_with("wait") || wait == "?wait" => self.gate.pass(),
            "shutdown" => http.server.shutdown(),
            "thread" => return answer_thread(http),
            nap if nap.starts_with("nap") => {
                let milliseconds = nap[3..].parse().expect("a number");
                thread::sleep(Duration::from_millis(milliseconds));
                return answer_thread(http);
            }
            "large" => {
                let length = path.rsplit('/').next().and_then(|text| text.parse().ok());
                return answer(http, &vec![b'x'; length.unwrap_or(1 << 20)]).inspect_err(|_| {
                    self.gate.state().untaken += 1;
                    self.gate.changed.notify_all();
                });
            }
            _ => {}
        }
        answer(http, path.as_bytes())
    }

    /// Answers with how much has come.
    fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
        match http.path {
            // Only the client can end this.
            "/endless" => http.set_deadline(None),
            "/hasty" => http.set_deadline(Some(Duration::from_millis(200))),
            "/patient" => http.set_deadline(Some(Duration::from_secs(2))),
            "/relieved" => {
                http.set_deadline(Some(Duration::from_millis(1)));
                http.set_deadline(None);
            }
            _ => {}
        }
        let count = io::copy(&mut http.rfile, &mut io::sink())?;
        answer(http, count.to_string().as_bytes())
    }

    /// Says with which error writing without end fails.
    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        let began = Instant::now();
        http.set_deadline(Some(Duration::from_millis(200)));
        http.send_response(200);
        http.end_headers()?;
        let error = loop {
            if let Err(error) = http.wfile.write_all(&[b'x'; 1 << 16]) {
                break error;
            }
        };
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(began.elapsed() >= Duration::from_millis(200));
        self.gate.open();
        Err(error)
    }

    fn log_request(&self, _: &Exchange, _: u16, _: Option<u64>) {}

    fn log_error(&self, _: &Exchange, _: std::fmt::Arguments<'_>) {}
}

pub(crate) fn answer(http: &mut Exchange, content: &[u8]) -> io::Result<()> {
    http.send_response(200);
    http.send_header("Content-Length", content.len());
    http.end_headers()?;
    http.wfile.write_all(content)
}

/// Answers with the thread that runs this.
fn answer_thread(http: &mut Exchange) -> io::Result<()> {
    let thread = format!("{:?}", thread::current().id());
    answer(http, thread.as_bytes())
}

/// A server of this app, and the gate of its handlers.
pub(crate) struct Served {
    server: Option<RunningServer>,
    pub(crate) gate: Arc<Gate>,
}

impl Served {
    /// With one event loop, unless `set_up` says otherwise.
    pub(crate) fn new(set_up: impl FnOnce(HttpServer) -> HttpServer) -> Served {
        Served::by(Way::of_this_run(), set_up)
    }

    /// The same, reached this way.
    pub(crate) fn by(way: Way, set_up: impl FnOnce(HttpServer) -> HttpServer) -> Served {
        let app = App::default();
        let gate = Arc::clone(&app.gate);
        let server = way.server().threads(1);
        Served { server: Some(set_up(server).spawn(app).expect("a server")), gate }
    }

    pub(crate) fn server(&self) -> &RunningServer {
        self.server.as_ref().expect("it runs until it is joined")
    }

    pub(crate) fn client(&self) -> Client {
        Client::connect(self.server().local_addr())
    }

    pub(crate) fn clients(&self, count: usize) -> Vec<Client> {
        (0..count).map(|_| self.client()).collect()
    }

    pub(crate) fn join(mut self) -> io::Result<()> {
        self.take().join()
    }

    /// The handle, for a test that wants to drop it.
    pub(crate) fn take(&mut self) -> RunningServer {
        self.server.take().expect("it is taken once")
    }
}

impl Drop for Served {
    /// A test that fails must not wait for handlers that wait for it.
    fn drop(&mut self) {
        self.gate.open();
    }
}
