//! `bhrh/examples/hello.rs`, the program that README.md prints, and the session printed below it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::program::PATIENCE;

/// The child, ended with the test, and the first line that it writes.
struct Hello(Child, String);

impl Hello {
    /// The program has its port for its own, which another run of this test may have just now.
    fn start() -> Hello {
        let begun = Instant::now();
        loop {
            let mut command = Command::new(env!("CARGO_BIN_EXE_programs-hello"));
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
            let mut child = command.spawn().expect("the program starts");
            let mut line = String::new();
            let log = child.stderr.take().expect("a pipe");
            BufReader::new(log).read_line(&mut line).expect("a line");
            let hello = Hello(child, line);
            if hello.1.starts_with("Serving") {
                return hello;
            }
            let patient = hello.1.contains("in use") && begun.elapsed() < PATIENCE;
            assert!(patient, "the test needs port 8000: {}", hello.1);
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Hello {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The blocks of README.md that show what is printed, less the language on their first lines.
fn printed() -> Vec<&'static str> {
    let blocks = include_str!("../../README.md").split("```text\n").skip(1);
    blocks.filter_map(|block| block.split("```").next()).collect()
}

#[test]
fn the_readme_prints_what_the_program_says() {
    let [ready, session, ..] = printed()[..] else { panic!("no session in README.md") };
    let (command, answer) = session.split_once('\n').expect("a command and its output");
    assert_eq!(command, "$ curl -i http://127.0.0.1:8000/tea");

    let hello = Hello::start();
    assert_eq!(hello.1, ready);
    let mut client = TcpStream::connect("127.0.0.1:8000").expect("it listens");
    client.set_read_timeout(Some(PATIENCE)).expect("a time-out");
    client.write_all(b"GET /tea HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n").expect("it reads");
    // The connection stays open, so the answer's end is known by its length, but for the date's
    // digits that of what is printed.
    let mut bytes = vec![0; answer.replace('\n', "\r\n").len() - "\r\n".len() + "\n".len()];
    client.read_exact(&mut bytes).expect("the answer");
    let text = String::from_utf8(bytes).expect("ASCII").replace("\r\n", "\n");
    let without_date = |text: &str| {
        text.lines().filter(|line| !line.starts_with("Date: ")).collect::<Vec<_>>().join("\n")
    };
    assert!(text.contains("\nDate: "));
    assert_eq!(without_date(&text), without_date(answer));
    let mut more = [0];
    client.set_read_timeout(Some(Duration::from_millis(100))).expect("a time-out");
    let kept = client.read(&mut more).expect_err("nothing more comes, and it does not close");
    assert!(matches!(kept.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut));
}
