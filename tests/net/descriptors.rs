//! A process that has no file descriptor left: accepting rests, says so, and goes on.
#![cfg(unix)]

use crate::app::serve;
use crate::client::{Client, PATIENCE};
use bhrh_tests::way::address_in;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Set in the process that is to run short.
const ROLE: &str = "BHRH_TEST_SHORT_OF_DESCRIPTORS";

/// Kills the process, whatever becomes of the test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_server_without_descriptors_rests_and_serves_again() {
    if std::env::var_os(ROLE).is_some() {
        return run_short();
    }
    // The limit is a process's own, so this test runs itself once more below one.
    let name = "descriptors::a_server_without_descriptors_rests_and_serves_again";
    let mut command = Command::new("sh");
    command.arg("-c").arg("ulimit -n 40 && exec \"$0\" \"$@\"");
    command.arg(std::env::current_exe().expect("a path")).args(["--exact", name, "--nocapture"]);
    command.env(ROLE, "1").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = Killed(command.spawn().expect("sh"));
    let lines = BufReader::new(child.0.stdout.take().expect("piped")).lines();
    let (line_out, line_in) = mpsc::channel();
    thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| line_out.send(line)));
    let next = |what: &str| loop {
        let line = line_in.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("in vain: {what}"));
        if let Some((_, rest)) = line.split_once(what) {
            return rest.to_owned();
        }
    };
    let address = address_in(&next("serving "));

    // The system accepts these; the server cannot take them all.
    let mut clients: Vec<Client> = (0..60).map(|_| Client::connect(&address)).collect();
    clients.iter_mut().for_each(|client| client.send_get("/"));
    next("cannot accept connections");
    // Accepted connections are served all the time.
    assert_eq!(clients[0].response().status(), 200);
    assert_eq!(clients[0].get("/").status(), 200);
    // It neither ends nor spins: a second of this has few lines.
    thread::sleep(Duration::from_secs(1));
    let more = line_in.try_iter().filter(|line| line.contains("cannot accept")).count();
    assert!(more < 100, "{more} complaints in a second");

    // With room again, the others get theirs.
    drop(clients.drain(..30));
    for client in &mut clients {
        assert_eq!(client.response().status(), 200);
    }
    drop(clients);
    assert_eq!(Client::connect(&address).get("/").status(), 200);
}

/// Serves until standard input ends, and tells what the log says.
fn run_short() {
    let served = serve(|server| server.threads(1));
    let mut output = std::io::stdout();
    let _ = writeln!(output, "serving {}", served.address);
    let (mut told, mut ended) = (0, false);
    let (end_out, end_in) = mpsc::channel();
    thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        end_out.send(())
    });
    while !ended {
        ended = end_in.recv_timeout(Duration::from_millis(20)).is_ok();
        let log = served.log();
        for line in &log[told..] {
            let _ = writeln!(output, "{line}");
        }
        told = log.len();
        let _ = output.flush();
    }
}
