//! A log that nobody reads: stderr is a pipe, and it is full. (A paused terminal and a full journal
//! are the same to a server.) Each server is a process of its own, since stderr is a process's.

use crate::PATIENCE;
use crate::client::Client;
use bhrh::{Exchange, LogOverflow, Peer, Timeouts, http_handler};
use bhrh_tests::way::Way;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Set in the process that is to serve: what it does when its log is full.
const ROLE: &str = "BHRH_TEST_FULL_LOG";

/// More than the pipe, what is being written, and what waits.
const ENOUGH: usize = 400;

/// A line of the log is as long as this, and a bit.
const LONG: usize = 8 << 10;

struct Logs;

#[http_handler(protocol_version = "HTTP/1.1")]
impl Logs {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        if http.path == "/end" {
            http.server.shutdown();
        }
        http.reply(200, "text/plain", "ok")
    }
}

/// Serves in this process until it is told to end. Nothing is shown of it but its log.
fn serve(overflow: &str) {
    let overflow = if overflow == "wait" { LogOverflow::Wait } else { LogOverflow::Drop };
    let mut timeouts = Timeouts::default();
    timeouts.shutdown = PATIENCE / 4;
    let server = Way::of_this_run().server().threads(2);
    let server = server.timeouts(timeouts).log_overflow(overflow).spawn(Logs).expect("a server");
    writeln!(io::stdout(), "\nserving {}", server.local_addr()).expect("a reader");
    server.join().expect("an end in time");
}

/// A server in a process of its own, which is killed when the test is over, however that ends.
struct Program {
    child: Child,
    /// The end of the pipe that nobody reads yet.
    log: Option<ChildStderr>,
    address: Peer,
}

/// Lines of a pipe, read by a thread of their own, so that a test which waits for one that never
/// comes fails after a while.
struct Lines(Receiver<String>);

impl Lines {
    fn of(pipe: impl Read + Send + 'static) -> Lines {
        let (sender, lines) = channel();
        thread::spawn(move || {
            // To the end, whether the test still looks or not: the process must not be held up.
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Lines(lines)
    }

    fn next(&self) -> String {
        self.0.recv_timeout(PATIENCE).expect("a line")
    }
}

impl Program {
    /// Runs the test of this name once more, in a process that serves.
    fn start(test: &str, overflow: &str) -> Program {
        let mut command = Command::new(std::env::current_exe().expect("a path"));
        command.args(["--exact", test, "--nocapture"]).env(ROLE, overflow);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("this program");
        let lines = Lines::of(child.stdout.take().expect("a pipe"));
        let address = Peer::unix("");
        let mut program = Program { log: child.stderr.take(), child, address };
        program.address = loop {
            if let Some(address) = lines.next().strip_prefix("serving ") {
                break Way::of_this_run().address_in(address);
            }
        };
        program
    }

    fn client(&self) -> Client {
        Client::connect(&self.address)
    }

    /// Somebody reads the log from now on.
    fn read_log(&mut self) -> Lines {
        Lines::of(self.log.take().expect("a pipe that nobody reads"))
    }

    /// How it ends, which it has to do in time.
    fn end(mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().expect("a status") {
                return status;
            }
            thread::sleep(Duration::from_millis(20));
        }
        panic!("it goes on");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn path(at: usize) -> String {
    format!("/{at}/{}", "x".repeat(LONG))
}

/// Which request a line of the log is of, or `None` if it is of another kind.
fn request_of(line: &str) -> Option<usize> {
    line.split_once("\"GET /")?.1.split('/').next()?.parse().ok()
}

#[test]
fn requests_go_on_and_what_is_missing_is_counted() {
    if let Ok(overflow) = std::env::var(ROLE) {
        return serve(&overflow);
    }
    let test = "full_log::requests_go_on_and_what_is_missing_is_counted";
    let mut program = Program::start(test, "drop");
    let mut client = program.client();
    for at in 0..ENOUGH {
        assert_eq!(client.ask(&path(at)), "ok", "request {at}");
    }
    // Somebody looks at last. A response may leave before its line is handed on, so lines may come
    // behind the gap as well.
    let log = program.read_log();
    let (mut next, mut missing) = (0, 0);
    while next < ENOUGH {
        let line = log.next();
        if let Some(at) = request_of(&line) {
            assert_eq!(at, next, "{missing} are missing so far");
            next += 1;
        } else {
            let count = line.split("] ").nth(1).and_then(|rest| rest.split(' ').next());
            let count: usize = count.and_then(|count| count.parse().ok()).expect("a number");
            assert!(line.contains(" log lines were dropped"), "{line}");
            assert!(count > 0);
            missing += count;
            next += count;
        }
    }
    assert_eq!(next, ENOUGH);
    assert!(missing > 0);
    // What comes now is logged as ever.
    assert_eq!(client.ask(&path(ENOUGH)), "ok");
    assert_eq!(request_of(&log.next()), Some(ENOUGH));
}

#[test]
fn the_end_comes_in_time() {
    if let Ok(overflow) = std::env::var(ROLE) {
        return serve(&overflow);
    }
    for overflow in ["drop", "wait"] {
        let program = Program::start("full_log::the_end_comes_in_time", overflow);
        let mut client = program.client();
        if overflow == "drop" {
            (0..ENOUGH).for_each(|at| assert_eq!(client.ask(&path(at)), "ok"));
        } else {
            // Methods that wait for room are let go.
            let asking = thread::spawn(move || {
                let request = |at| format!("GET {} HTTP/1.1\r\nHost: a\r\n\r\n", path(at));
                (0..ENOUGH).try_for_each(|at| client.stream.write_all(request(at).as_bytes()))
            });
            thread::sleep(Duration::from_secs(1));
            drop(asking);
        }
        program.client().get("/end");
        assert!(program.end().success(), "{overflow}");
    }
}

#[test]
fn or_they_wait_and_nothing_is_missing() {
    if let Ok(overflow) = std::env::var(ROLE) {
        return serve(&overflow);
    }
    let mut program = Program::start("full_log::or_they_wait_and_nothing_is_missing", "wait");
    let mut client = program.client();
    let asking = thread::spawn(move || {
        for at in 0..ENOUGH {
            assert_eq!(client.ask(&path(at)), "ok");
        }
    });
    thread::sleep(Duration::from_secs(1));
    assert!(!asking.is_finished());
    let log = program.read_log();
    for at in 0..ENOUGH {
        assert_eq!(request_of(&log.next()), Some(at));
    }
    asking.join().expect("answers");
}
