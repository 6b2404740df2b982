//! `stop_on_signals`, by the example that shows it.
#![cfg(unix)]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

/// The example as a child process.
struct Program {
    child: Child,
    output: BufReader<ChildStdout>,
    log: BufReader<ChildStderr>,
    address: SocketAddr,
}

impl Program {
    fn start(options: &[&str]) -> Program {
        Program::of(Command::new(env!("CARGO_BIN_EXE_signals-shutdown")), options)
    }

    fn of(mut command: Command, options: &[&str]) -> Program {
        command.args(["--bind", "127.0.0.1:0"]).args(options);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        let log = BufReader::new(child.stderr.take().expect("a pipe"));
        let ready = line(&mut output);
        let url = ready.split(['/', ')']).nth(2).expect("an address");
        let address = url.parse().expect("an address");
        Program { child, output, log, address }
    }

    /// A client whose request runs.
    fn ask(&mut self) -> TcpStream {
        let mut client = TcpStream::connect(self.address).expect("it listens");
        client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").expect("it reads");
        let said = line(&mut self.log);
        assert!(said.contains("working for"), "{said}");
        client
    }

    fn signal(&self, name: &str) {
        self.signal_to(&self.child.id().to_string(), name);
    }

    fn signal_to(&self, process: &str, name: &str) {
        let status = Command::new("kill").args(["-s", name, process]).status();
        assert!(status.expect("there is a kill").success());
    }

    /// Waits until the server has noticed a signal.
    fn await_refusal(&self) {
        while TcpStream::connect(self.address).is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn end(mut self) -> (ExitStatus, String, String) {
        let (mut output, mut log) = (String::new(), String::new());
        self.output.read_to_string(&mut output).expect("text");
        self.log.read_to_string(&mut log).expect("text");
        (self.child.wait().expect("an exit status"), output, log)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn line(reader: &mut impl BufRead) -> String {
    let mut line = String::new();
    reader.read_line(&mut line).expect("a line");
    line
}

fn rest(mut client: TcpStream) -> io::Result<String> {
    let mut rest = String::new();
    client.read_to_string(&mut rest)?;
    Ok(rest)
}

#[test]
fn a_signal_lets_running_requests_finish() {
    for signal in ["TERM", "INT"] {
        let mut program = Program::start(&["--work", "1"]);
        let clients = [program.ask(), program.ask()];
        program.signal(signal);
        for client in clients {
            let response = rest(client).expect("a response");
            assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
            assert!(response.contains("\r\nConnection: close\r\n"), "{response}");
            assert!(response.ends_with("\r\n\r\nDone.\n"), "{response}");
        }
        let (status, output, log) = program.end();
        assert_eq!(status.code(), Some(0), "{log}");
        assert_eq!(output, "All requests have been answered.\n");
    }
}

#[test]
fn a_second_signal_ends_the_process_at_once() {
    const SIGINT: i32 = 2;
    let mut program = Program::start(&["--work", "600"]);
    let _client = program.ask();
    program.signal("TERM");
    program.await_refusal();
    program.signal("INT");
    let (status, output, _) = program.end();
    assert_eq!(status.signal(), Some(SIGINT));
    assert_eq!(output, "");
}

/// The first process of a container, which the system spares a signal's default action.
#[cfg(target_os = "linux")]
#[test]
fn a_second_signal_ends_a_containers_first_process_too() {
    let unshare = || {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--pid", "--fork", "--kill-child"]);
        command
    };
    let made = unshare().arg("true").output().expect("unshare, of util-linux");
    assert!(
        made.status.success(),
        "this test needs a namespace of processes, which this system does not give to this user: \
         allow user namespaces (sysctl user.max_user_namespaces, \
         kernel.apparmor_restrict_unprivileged_userns), or run it as root: {}",
        String::from_utf8_lossy(&made.stderr)
    );
    let mut command = unshare();
    command.arg(env!("CARGO_BIN_EXE_signals-shutdown"));
    let mut program = Program::of(command, &["--work", "600"]);
    let _client = program.ask();
    let outer = program.child.id();
    let children = format!("/proc/{outer}/task/{outer}/children");
    let first = std::fs::read_to_string(children).expect("its children");
    program.signal_to(first.trim(), "TERM");
    program.await_refusal();
    program.signal_to(first.trim(), "TERM");
    let (status, output, log) = program.end();
    assert_eq!((status.code(), output.as_str()), (Some(128 + 15), ""), "{log}");
}

/// Neither the server nor the process waits for the reader of the log.
#[test]
fn a_log_that_nobody_reads_does_not_hold_it_up() {
    let mut program = Program::start(&["--work", "0"]);
    let mut client = TcpStream::connect(program.address).expect("it listens");
    let request = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "x".repeat(8 << 10));
    // More than a pipe holds.
    for _ in 0..40 {
        client.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        while !answer.ends_with("Done.\n") {
            let mut bytes = [0; 1024];
            let count = client.read(&mut bytes).expect("it answers");
            assert!(count > 0, "{answer}");
            answer.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    }
    program.signal("TERM");
    for _ in 0..400 {
        if let Some(status) = program.child.try_wait().expect("a status") {
            return assert_eq!(status.code(), Some(0));
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("it goes on for twenty seconds");
}

#[test]
fn an_idle_connection_does_not_hold_it_up() {
    let program = Program::start(&[]);
    let idle = TcpStream::connect(program.address).expect("it listens");
    program.signal("TERM");
    let (status, _, log) = program.end();
    assert_eq!(status.code(), Some(0), "{log}");
    assert_eq!(rest(idle).expect("a clean end"), "");
}

#[test]
fn patience_has_an_end() {
    let mut program = Program::start(&["--work", "600", "--patience", "1"]);
    let client = program.ask();
    program.signal("TERM");
    let (status, output, log) = program.end();
    assert_eq!((status.code(), output.as_str()), (Some(1), ""));
    assert!(log.contains("1 connection was cut"), "{log}");
    assert!(matches!(rest(client).as_deref(), Ok("") | Err(_)));
}
