//! A process that has no file descriptor left: connections that wait make room for new ones, the
//! log says so, and the server goes on.
#![cfg(unix)]

use crate::app::serve_by;
use crate::client::{Client, PATIENCE};
use bhrh::Peer;
use bhrh_tests::way::Way;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// Set in the process that is to run short.
const ROLE: &str = "BHRH_TEST_SHORT_OF_DESCRIPTORS";

/// A server in a process of its own.
struct Short {
    process: Child,
    lines: Receiver<String>,
    address: Peer,
}

impl Drop for Short {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Short {
    /// Runs this program's test of this name once more, in a process that a shell has limited:
    /// there it serves. `None`: this is that process.
    fn serve(name: &str, limit: &str, way: Way) -> Option<Short> {
        if std::env::var_os(ROLE).is_some() {
            serve_and_tell(way);
            return None;
        }
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("{limit} && exec \"$0\" \"$@\""));
        command.arg(std::env::current_exe().expect("a path"));
        command.args(["--exact", &format!("descriptors::{name}"), "--nocapture"]);
        command.env(ROLE, "1").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("sh");
        let read = BufReader::new(process.stdout.take().expect("piped")).lines();
        let (line_out, lines) = mpsc::channel();
        thread::spawn(move || read.map_while(Result::ok).try_for_each(|line| line_out.send(line)));
        let mut short = Short { process, lines, address: Peer::unix("") };
        short.address = way.address_in(&short.next("serving "));
        Some(short)
    }

    /// What follows this in the first line that has it.
    fn next(&self, what: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("in vain: {what}"));
            if let Some((_, rest)) = line.split_once(what) {
                return rest.to_owned();
            }
        }
    }
}

/// Serves until standard input ends, and tells what the log says.
fn serve_and_tell(way: Way) {
    let served = serve_by(way, |server| server.threads(2));
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

#[test]
fn a_server_without_descriptors_serves_everyone_in_turn() {
    let name = "a_server_without_descriptors_serves_everyone_in_turn";
    let Some(short) = Short::serve(name, "ulimit -n 40", Way::of_this_run()) else { return };
    // The system accepts these; the server cannot hold them all. Each asks at once, and gives way
    // to the next when it has been answered.
    let ask = || {
        let mut client = Client::connect(&short.address);
        let _ = client.try_send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        client
    };
    let answered = |mut client: Client| {
        for _ in 0..20 {
            match client.try_response() {
                Ok(response) => {
                    assert_eq!(response.status(), 200);
                    return client;
                }
                // This process was held up between connecting and asking, so that the connection
                // seemed to wait for nothing.
                Err(_) => client = ask(),
            }
        }
        panic!("a client has asked twenty times in vain");
    };
    let clients: Vec<Client> = (0..100).map(|_| ask()).collect();
    short.next("cannot accept connections");
    let mut clients: Vec<Client> = clients.into_iter().map(answered).collect();
    // The client that came last has waited for the shortest time.
    assert_eq!(clients[99].get("/").status(), 200);
    let closed =
        clients.iter_mut().map(|client| usize::from(client.has_something())).sum::<usize>();
    assert!(closed >= 60, "{closed} of 100 were closed, with room for less than 40");
    // The log is not full of it.
    let more = short.lines.try_iter().filter(|line| line.contains("cannot accept")).count();
    assert!(more < 5, "{more} complaints");
    drop(clients);
    assert_eq!(Client::connect(&short.address).get("/").status(), 200);
}

/// The usual 1024 are not told: each start would have that line.
#[cfg(target_os = "linux")]
#[test]
fn a_server_with_few_descriptors_says_so_at_its_start() {
    let name = "a_server_with_few_descriptors_says_so_at_its_start";
    for (limit, said) in [
        ("ulimit -n 64", Some("this process may have 64 files open (up to 64 by `ulimit -n`)")),
        ("ulimit -n 300", None),
    ] {
        let Some(short) = Short::serve(name, limit, Way::of_this_run()) else { return };
        assert_eq!(Client::connect(&short.address).get("/").status(), 200);
        let mut lines = std::iter::repeat_with(|| short.next(""));
        let first = lines.find(|line| !line.is_empty()).expect("a line of the log");
        match said {
            Some(said) => assert!(first.contains(said), "{first}"),
            None => assert!(first.contains("\"GET / HTTP/1.1\" 200"), "{first}"),
        }
    }
}

/// Whatever somebody else holds, and however. (Only IP has addresses.)
#[cfg(target_os = "linux")]
#[test]
fn a_client_with_few_connections_keeps_them() {
    let name = "a_client_with_few_connections_keeps_them";
    let Some(short) = Short::serve(name, "ulimit -n 60", Way::Tcp) else { return };
    let polite = || Client::connect_from([127, 0, 0, 9], &short.address);
    let mut kept = polite();
    assert_eq!(kept.get("/").status(), 200);
    let mut others = Vec::new();
    let beginnings =
        ["", "GET / HTTP/1.1\r\n", "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n"];
    for begin in beginnings {
        for _ in 0..8 {
            for _ in 0..10 {
                let mut other = Client::connect(&short.address);
                other.send(begin);
                others.push(other);
            }
            assert_eq!(polite().get("/").status(), 200);
            assert_eq!(kept.get("/").status(), 200);
        }
    }
    let line = short.next("cannot accept connections: ");
    assert!(line.contains("; this process may have 60 files open (up to 60"), "{line}");
}

/// By the feature `descriptors`.
#[test]
fn a_server_raises_its_limit() {
    let name = "a_server_raises_its_limit";
    let Some(short) = Short::serve(name, "ulimit -S -n 40", Way::of_this_run()) else { return };
    let mut clients: Vec<Client> = (0..100).map(|_| Client::connect(&short.address)).collect();
    for _ in 0..2 {
        for client in &mut clients {
            assert_eq!(client.get("/").status(), 200);
        }
    }
}
