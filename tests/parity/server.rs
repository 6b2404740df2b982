//! A server as a child process: its address from its ready line, its log from stderr.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use crate::case::Options;

/// Far more than anything here takes: reached only when something hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
    log: Receiver<Vec<u8>>,
    marks: u32,
}

impl Server {
    pub(crate) fn reference(options: Options) -> Self {
        Self::start(with_options(python("reference.py"), options))
    }

    pub(crate) fn twin(options: Options) -> Self {
        Self::start(with_options(twin(), options))
    }

    /// Starts `command` and waits for its ready line, which must be Python's to the letter.
    pub(crate) fn start(mut command: Command) -> Self {
        command.args(["--bind", "127.0.0.1:0"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let log = lines_of(child.stderr.take().expect("stderr is piped"));
        let mut ready = String::new();
        let stdout = child.stdout.take().expect("stdout is piped");
        BufReader::new(stdout).read_line(&mut ready).expect("a ready line");
        let Some(address) = address_in(&ready) else {
            let _ = child.kill();
            let said: Vec<String> =
                log.iter().map(|line| String::from_utf8_lossy(&line).into_owned()).collect();
            panic!("{command:?}: no ready line but {ready:?}, and {}", said.concat());
        };
        Self { child, address, log, marks: 0 }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// All lines logged since the last call.
    ///
    /// A bad request of our own marks the end, so nothing is awaited for a guessed time.
    pub(crate) fn log_so_far(&mut self) -> Vec<Vec<u8>> {
        self.marks += 1;
        let mark = format!("MARK-{}", self.marks);
        if let Err(error) = self.send_mark(&mark) {
            panic!("the server does not answer any more: {error}");
        }
        let last = format!("\"{mark}\" 400 -\n").into_bytes();
        let mut lines = Vec::new();
        loop {
            match self.log.recv_timeout(PATIENCE) {
                Ok(line) if line.ends_with(&last) => break,
                Ok(line) => lines.push(line),
                Err(RecvTimeoutError::Timeout) => panic!("{mark} was not logged after {lines:?}"),
                Err(RecvTimeoutError::Disconnected) => panic!("the server ended after {lines:?}"),
            }
        }
        let announced = lines.pop().unwrap_or_default();
        let expected = format!("code 400, message Bad request syntax ('{mark}')\n");
        assert!(announced.ends_with(expected.as_bytes()), "{}", announced.escape_ascii());
        lines
    }

    fn send_mark(&self, mark: &str) -> io::Result<()> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(format!("{mark}\r\n").as_bytes())?;
        stream.read_to_end(&mut Vec::new()).map(|_| ())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `python3` with one of the scripts beside this file.
pub(crate) fn python(script: &str) -> Command {
    python_at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("parity").join(script))
}

/// `python3` with any script.
pub(crate) fn python_at(script: &Path) -> Command {
    let mut command = Command::new("python3");
    // Log lines are UTF-8 whatever the locale; no cache is left in the source tree.
    command.env("PYTHONUTF8", "1").env("PYTHONDONTWRITEBYTECODE", "1").arg(script);
    command
}

/// `examples/twin`, which this crate builds as a binary of its own.
pub(crate) fn twin() -> Command {
    Command::new(twin_path())
}

pub(crate) fn twin_path() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_parity-twin"))
}

fn with_options(mut command: Command, options: Options) -> Command {
    command.args(["--handler", options.handler, "--protocol", options.protocol]);
    command.args(options.more);
    command
}

fn address_in(ready: &str) -> Option<SocketAddr> {
    let (_, rest) = ready.split_once(" (http://")?;
    let address: SocketAddr = rest.strip_suffix("/) ...\n")?.parse().ok()?;
    let (ip, port) = (address.ip(), address.port());
    let exact = format!("Serving HTTP on {ip} port {port} (http://{address}/) ...\n");
    (ready == exact).then_some(address)
}

fn lines_of(stream: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut line = Vec::new();
        while stream.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            if sender.send(std::mem::take(&mut line)).is_err() {
                break;
            }
        }
    });
    receiver
}
