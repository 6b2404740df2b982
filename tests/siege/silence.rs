//! Silence is judged only after listening.

use crate::client::{Client, assert_alive};
use bhrh::{HttpServer, Timeouts};
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// Set in the process that serves.
const ROLE: &str = "BHRH_SIEGE_SERVER";

/// How long a client may be silent: more than it takes to connect all of them.
const TIME: Duration = Duration::from_secs(10);

/// More than the events of one wait.
const CLIENTS: usize = 1500;

/// How many clients have a thread each that waits for them, to send and to take.
const ON_THREADS: usize = 10;
const UPLOAD: usize = 200_000;
const LARGE: usize = 32 << 20;

/// Serves until it is killed, and says where. It runs in a process of its own.
fn serve() {
    let mut timeouts = Timeouts::default();
    (timeouts.keep_alive, timeouts.head) = (TIME, TIME);
    (timeouts.body, timeouts.write, timeouts.grace) = (TIME, TIME, TIME);
    let app = bhrh::from_fn(|http| {
        std::io::copy(&mut http.rfile, &mut std::io::sink())?;
        match http.path {
            "/large" => http.reply(200, "text/plain", vec![b'x'; LARGE]),
            _ => http.reply(200, "text/plain", "up"),
        }
    });
    let server = HttpServer::bind("127.0.0.1:0").expect("a port").timeouts(timeouts);
    let mut output = std::io::stdout();
    writeln!(output, "\n{}", server.local_addr()).expect("somebody reads");
    server.threads(1).serve_forever(app).expect("it serves");
}

struct Server(Child);

impl Server {
    fn signal(&self, name: &str) {
        let number = self.0.id().to_string();
        let sent = Command::new("kill").args([&format!("-{name}"), &number]).status();
        assert!(sent.expect("kill").success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn requests_that_came_while_the_process_was_stopped_are_answered() {
    if std::env::var_os(ROLE).is_some() {
        return serve();
    }
    let name = "silence::requests_that_came_while_the_process_was_stopped_are_answered";
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 10000 && exec \"$0\" \"$@\""]);
    command.arg(std::env::current_exe().expect("a path")).args(["--exact", name, "--nocapture"]);
    let mut child = command.env(ROLE, "1").stdout(Stdio::piped()).spawn().expect("a process");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let server = Server(child);
    let address: SocketAddr =
        lines.map_while(Result::ok).find_map(|line| line.parse().ok()).expect("a line");

    let mut clients: Vec<Client> = (0..CLIENTS).map(|_| Client::new(address)).collect();
    for (at, client) in clients.iter_mut().enumerate() {
        match at % 3 {
            0 => {}
            1 => client.send("GET / HTTP/1.1\r\nHo"),
            _ => client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345"),
        }
    }
    let mut uploads: Vec<Client> = (0..ON_THREADS).map(|_| Client::new(address)).collect();
    for client in &mut uploads {
        client.send(format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {UPLOAD}\r\n\r\n"));
        client.send([b'x'; UPLOAD / 2]);
    }
    let mut downloads: Vec<Client> = (0..ON_THREADS).map(|_| Client::new(address)).collect();
    downloads.iter_mut().for_each(|client| client.get("/large"));
    // Their threads wait by now.
    assert_alive(address);
    thread::sleep(Duration::from_millis(500));
    server.signal("STOP");
    // The first wait finds the last clients, and the time of the first ones is over first.
    for (at, client) in clients.iter_mut().enumerate().rev() {
        match at % 3 {
            0 => client.get("/"),
            1 => client.send("st: a\r\n\r\n"),
            _ => client.send("67890"),
        }
    }
    thread::sleep(TIME + Duration::from_secs(2));
    server.signal("CONT");
    for client in &mut clients {
        assert_eq!(client.status(), 200);
    }
    for client in &mut uploads {
        client.send([b'x'; UPLOAD / 2]);
        assert_eq!(client.status(), 200);
    }
    for client in &mut downloads {
        assert_eq!(client.response().1.len(), LARGE);
    }
}
