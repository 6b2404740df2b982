//! What a server costs while nothing happens, told by the system of a server in a process of its
//! own: the example that the benchmark measures.

use crate::client::Client;
use bhrh::Peer;
use bhrh_tests::way::{Way, address_in};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

struct Program {
    child: Child,
    address: Peer,
}

impl Program {
    fn start() -> Program {
        let mut command = Command::new(env!("CARGO_BIN_EXE_engine-bench"));
        command.args(["--bind", &Way::of_this_run().address(), "--threads", "2"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut ready = String::new();
        let output = child.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut ready).expect("a ready line");
        Program { address: address_in(&ready), child }
    }

    fn client(&self) -> Client {
        Client::connect(&self.address)
    }

    fn place(&self, name: &str) -> PathBuf {
        format!("/proc/{}/{name}", self.child.id()).into()
    }

    fn threads(&self) -> usize {
        fs::read_dir(self.place("task")).expect("its threads").count()
    }

    /// How many files it has open, sockets included.
    fn files(&self) -> usize {
        fs::read_dir(self.place("fd")).expect("its files").count()
    }

    /// How often its threads have gone to sleep.
    fn sleeps(&self) -> usize {
        let threads = fs::read_dir(self.place("task")).expect("its threads");
        let sleeps = threads.map(|thread| {
            let status = thread.expect("a thread").path().join("status");
            let status = fs::read_to_string(status).expect("a thread that stays");
            let count =
                status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
            count.expect("a count").trim().parse::<usize>().expect("a number")
        });
        sleeps.sum()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Tries until it holds; only something that is never true fails.
fn eventually(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..400 {
        if holds() {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("not in twenty seconds: {what}");
}

#[test]
fn idle_connections_use_no_threads() {
    let program = Program::start();
    assert_eq!(program.client().ask("/plaintext"), "Hello, World!");
    let mut clients: Vec<Client> = (0..200).map(|_| program.client()).collect();
    for client in clients.iter_mut().take(100) {
        assert_eq!(client.ask("/plaintext"), "Hello, World!");
    }
    // The program's own, two loops, the monitor, and some that a busy machine may have it start.
    let threads = program.threads();
    assert!(threads <= 8, "{threads} threads");
}

#[test]
fn an_idle_server_never_wakes() {
    let program = Program::start();
    let mut clients: Vec<Client> = (0..50).map(|_| program.client()).collect();
    for client in &mut clients {
        assert_eq!(client.ask("/plaintext"), "Hello, World!");
    }
    // Some part of a second in which hardly anything happens is enough: if something had to,
    // it would happen in all of them.
    eventually("a rest", || {
        let before = program.sleeps();
        thread::sleep(Duration::from_millis(500));
        program.sleeps() - before <= 2
    });
}

#[test]
fn connections_that_have_gone_leave_no_socket_open() {
    let program = Program::start();
    assert_eq!(program.client().ask("/plaintext"), "Hello, World!");
    let before = program.files();
    for index in 0..300 {
        let mut client = program.client();
        match index % 3 {
            0 => {}
            1 => client.send("GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n"),
            _ => assert_eq!(client.ask("/plaintext"), "Hello, World!"),
        }
    }
    eventually("as many files as before", || program.files() <= before);
}

#[test]
fn threads_that_are_not_needed_end() {
    let program = Program::start();
    let mut clients: Vec<Client> = (0..30).map(|_| program.client()).collect();
    for client in &mut clients {
        client.get("/sleep/300");
    }
    eventually("a thread for each", || program.threads() >= 30);
    for client in &mut clients {
        assert_eq!(client.answer(), "ok");
    }
    // A spare thread waits ten seconds for something to do.
    thread::sleep(Duration::from_secs(8));
    // The program's own, two loops, the monitor, and one that stays for the next method that
    // blocks.
    eventually("few threads", || program.threads() <= 5);
    thread::sleep(Duration::from_secs(1));
    assert_eq!(program.threads(), 5);
}
