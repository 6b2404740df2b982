//! An example as a child process, and clients of it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use bhrh::__internals::read_response;
use bhrh::testing::Response;

/// How long anything may take that has to happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The child, ended with the test.
pub(crate) struct Program {
    child: Child,
    pub(crate) address: SocketAddr,
    /// The line with the address.
    pub(crate) ready: String,
}

impl Program {
    pub(crate) fn start(path: &str, options: &[&str]) -> Program {
        let mut command = Command::new(path);
        command.args(["--bind", "127.0.0.1:0"]).args(options);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program starts");
        let mut ready = String::new();
        let output = child.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut ready).expect("a ready line");
        let address = ready.split(['/', ')']).nth(2).expect("an address");
        let address = address.parse().expect("an address");
        Program { child, address, ready }
    }

    /// A connection on which these bytes were sent.
    pub(crate) fn send(&self, bytes: &[u8]) -> TcpStream {
        let mut client = TcpStream::connect(self.address).expect("it listens");
        client.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        client.write_all(bytes).expect("it reads");
        client
    }

    /// The answer to a request, after which the connection has to close.
    pub(crate) fn ask(&self, method: &str, path: &str, rest: &[u8]) -> Response {
        let head = format!("{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n");
        let mut client = self.send(&[head.as_bytes(), rest].concat());
        let mut bytes = Vec::new();
        client.read_to_end(&mut bytes).expect("it closes");
        let read = read_response(&mut &bytes[..], method == "HEAD");
        read.unwrap_or_else(|| panic!("no response: {}", bytes.escape_ascii()))
    }

    /// The most memory that it has had so far, in KiB.
    #[cfg(target_os = "linux")]
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("the status of the process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
