//! The files of `docs/guide/deploy` at work: nginx and HAProxy as they are installed here, with the
//! guide's configuration but for ports and places, in front of a server, over TCP and over a Unix
//! socket; listeners that are passed on as systemd does; and tools that look at HTTPS.
//!
//! `cargo test -p bhrh-tests --features deploy --test deploy`; needs nginx, haproxy, curl, python3,
//! openssl, testssl, h2load and systemd-socket-activate.
#![cfg(unix)]

mod clients;
mod encrypted;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use bhrh::testing::{self, Client};

/// A child process, ended with the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn spawn(command: &mut Command) -> Program {
    Program(command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")))
}

/// The application, and where it listens.
fn app(command: &mut Command) -> (Program, SocketAddr) {
    let mut app = spawn(command.stdout(Stdio::piped()).stderr(Stdio::null()));
    let mut ready = String::new();
    let output = app.0.stdout.take().expect("a pipe");
    BufReader::new(output).read_line(&mut ready).expect("a ready line");
    let address = ready.split(['/', ')']).nth(2).expect("an address");
    (app, address.parse().expect("an address"))
}

/// A port that nobody has at the moment.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("its address").port()
}

fn guide(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/deploy").join(name);
    fs::read_to_string(path).expect("a file of the guide")
}

/// A new directory for a proxy's files.
fn place(name: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&place).expect("a directory");
    place
}

/// Where a proxy finds the application.
#[derive(Clone, Copy)]
enum At<'a> {
    Port(SocketAddr),
    Path(&'a Path),
}

/// The guide's file, with other addresses. A line that is there instead of the one with the port is
/// a comment that names a Unix socket.
fn changed(name: &str, listens: (&str, &str), app: At<'_>) -> String {
    let text = guide(name);
    let (path, has_path) = ("/run/app/app.sock", |line: &str| line.contains("app.sock"));
    let (port, has_port) =
        ("127.0.0.1:8000", |line: &str| line.contains("127.0.0.1:8000") && !line.starts_with('#'));
    for part in [listens.0, path, port] {
        assert!(text.contains(part), "{name} has no {part:?}");
    }
    let line = |line: &str| match app {
        At::Port(address) if has_port(line) => Some(line.replace(port, &address.to_string())),
        At::Path(_) if has_port(line) => None,
        At::Path(at) if has_path(line) => {
            Some(line.replace("# ", "").replace(path, at.to_str().expect("text")))
        }
        _ => Some(line.replace(listens.0, listens.1)),
    };
    text.lines().filter_map(line).map(|line| line + "\n").collect()
}

fn await_answer(address: SocketAddr) -> Client<'static> {
    eventually("the proxy listens", || TcpStream::connect(address).is_ok());
    let client = testing::tcp_client(address);
    eventually("the proxy serves", || client.get("/").send().status() == 200);
    client
}

fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "it does not come about that {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn nginx(name: &str, app: At<'_>) -> (Program, Client<'static>) {
    let port = free_port();
    let proxy = nginx_by(name, &nginx_site(port, app));
    (proxy, await_answer(([127, 0, 0, 1], port).into()))
}

/// The guide's file for nginx, with this port.
fn nginx_site(port: u16, app: At<'_>) -> String {
    let listen = format!("listen 127.0.0.1:{port};");
    format!("http {{\n{}\n}}\n", changed("nginx.conf", ("listen 80;", &listen), app))
}

/// nginx with this configuration, which begins with `http {` or `stream {`.
fn nginx_by(name: &str, configuration: &str) -> Program {
    let place = place(name);
    let at = place.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {at}/{kind};\n"))
        .concat();
    let block =
        configuration.replacen("http {", &format!("http {{ access_log off;\n{temporary}"), 1);
    let whole = format!(
        "daemon off; master_process off; pid {at}/pid; error_log {at}/error.log;\n\
         events {{ }}\n{block}"
    );
    let file = place.join("nginx.conf");
    fs::write(&file, whole).expect("a file");
    let mut command = Command::new("nginx");
    if configuration.starts_with("stream") {
        command.args(["-g", "load_module /usr/lib/nginx/modules/ngx_stream_module.so;"]);
    }
    spawn(command.arg("-e").arg(place.join("error.log")).arg("-c").arg(file))
}

fn haproxy(name: &str, app: At<'_>) -> (Program, Client<'static>) {
    let port = free_port();
    let proxy = haproxy_by(name, &haproxy_site(port, app));
    (proxy, await_answer(([127, 0, 0, 1], port).into()))
}

/// The guide's file for HAProxy, with this port.
fn haproxy_site(port: u16, app: At<'_>) -> String {
    changed("haproxy.cfg", ("bind :80", &format!("bind 127.0.0.1:{port}")), app)
}

fn haproxy_by(name: &str, configuration: &str) -> Program {
    let file = place(name).join("haproxy.cfg");
    fs::write(&file, configuration).expect("a file");
    spawn(Command::new("haproxy").arg("-db").arg("-f").arg(file))
}

/// What either proxy has to let through.
fn serves(client: Client<'static>, address: SocketAddr) {
    let direct = testing::tcp_client(address);
    let count = |index: usize| -> u64 {
        let counts = direct.get("/counts").send();
        counts.text().split(' ').nth(index).and_then(|count| count.parse().ok()).expect("a count")
    };

    // One connection to the server for requests that follow one another.
    let forged = |path| client.get(path).header("X-Forwarded-For", "6.6.6.6");
    let replies = client.pipeline([forged("/1"), forged("/2"), forged("/3")]);
    let words: Vec<Vec<&str>> =
        replies.iter().map(|reply| reply.text().split(' ').collect()).collect();
    assert_eq!(words[0][0], words[1][0]);
    assert_eq!(words[1][0], words[2][0]);
    // The client's address is the proxy's word, and each request has a name.
    assert_eq!(words[0][1], "127.0.0.1");
    assert!(words[0][2].len() >= 32 && words[0][2] != words[1][2], "{words:?}");
    assert_eq!(replies[0].header("X-Request-Id"), Some(words[0][2]));

    let large = vec![b'x'; 20 << 20];
    assert_eq!(client.put("/").body(large.clone()).send().text(), large.len().to_string());
    let chunks = large[..1 << 20].chunks(100_000);
    assert_eq!(client.put("/").chunked(chunks).send().text(), (1 << 20).to_string());
    let waited = client.put("/").body("abc").expect_continue().send();
    assert_eq!((waited.interim(), waited.text()), (&[100][..], "3"));
    assert_eq!(client.head("/").send().body(), b"");

    // A client that goes is noticed, through the proxy.
    let gone = count(1);
    let request = client.get("/stream").to_bytes();
    let mut leaving = TcpStream::connect(via(client)).expect("a connection");
    leaving.write_all(&request).expect("a request");
    leaving.read_exact(&mut [0; 200]).expect("the beginning of a stream");
    drop(leaving);
    eventually("the method learns that the client has gone", || count(1) > gone);
}

/// The address that a client asks.
fn via(client: Client<'_>) -> SocketAddr {
    let shown = format!("{client:?}");
    shown.trim_start_matches("Client(").trim_end_matches(')').parse().expect("an address")
}

#[test]
fn behind_nginx() {
    let (_app, address) = app(&mut Command::new(env!("CARGO_BIN_EXE_deploy-app")));
    let (_proxy, client) = nginx("nginx", At::Port(address));
    serves(client, address);
}

/// The application at a port and at a Unix socket, and the directory of that.
fn app_at_a_path() -> (Program, SocketAddr, tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("app.sock");
    let (app, address) = app(Command::new(env!("CARGO_BIN_EXE_deploy-app")).arg(&path));
    (app, address, directory, path)
}

#[test]
fn behind_nginx_at_a_unix_socket() {
    let (_app, address, _directory, path) = app_at_a_path();
    let (_proxy, client) = nginx("nginx-unix", At::Path(&path));
    assert!(client.get("/").send().text().starts_with("unix: 127.0.0.1 "));
    serves(client, address);
}

#[test]
fn behind_haproxy_at_a_unix_socket() {
    let (_app, address, _directory, path) = app_at_a_path();
    let (_proxy, client) = haproxy("haproxy-unix", At::Path(&path));
    assert!(client.get("/").send().text().starts_with("unix: 127.0.0.1 "));
    serves(client, address);
    let checks = || testing::tcp_client(address).get("/counts").send().text().to_owned();
    eventually("HAProxy asks for the health", || !checks().starts_with("0 "));
}

#[test]
fn curl_and_python_at_a_unix_socket() {
    const PYTHON: &str = "
import http.client, socket, sys
class Connection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(sys.argv[1])
connection = Connection('localhost')
for body in b'a' * 3, b'b' * 3000000:
    connection.request('PUT', '/', body)
    print(int(connection.getresponse().read()))
";
    let (_app, _, _directory, path) = app_at_a_path();
    let mut python = Command::new("python3");
    let output = python.args(["-c", PYTHON]).arg(&path).output().expect("python3");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "3\n3000000\n", "{output:?}");
    let mut curl = Command::new("curl");
    curl.args(["-sS", "--fail", "--unix-socket"]).arg(&path);
    let output = curl.args(["http://a/healthz", "http://a/healthz"]).output().expect("curl");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "ok\nok\n", "{output:?}");
}

/// systemd's own program for trying out what it does with a `.socket` unit: it listens, and starts
/// the program when somebody connects.
#[test]
fn started_by_systemd_when_somebody_connects() {
    let directory = tempfile::tempdir().expect("a directory");
    let (path, port) = (directory.path().join("app.sock"), free_port());
    let mut systemd = Command::new("systemd-socket-activate");
    systemd.arg(format!("--listen=127.0.0.1:{port}")).arg("--listen").arg(&path);
    systemd.args(["--fdname=web:app", env!("CARGO_BIN_EXE_deploy-app")]);
    let _app = spawn(systemd.stdout(Stdio::null()).stderr(Stdio::null()));
    eventually("systemd listens", || path.exists());
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let client = await_answer(address);
    assert_eq!(client.get("/healthz").send().text(), "ok\n");
    let mut curl = Command::new("curl");
    let curl = curl.args(["-sS", "--unix-socket"]).arg(&path).arg("http://a/").output();
    assert!(curl.expect("curl").stdout.starts_with(b"unix: - "));
}

#[test]
fn behind_haproxy() {
    let (_app, address) = app(&mut Command::new(env!("CARGO_BIN_EXE_deploy-app")));
    let (_proxy, client) = haproxy("haproxy", At::Port(address));
    serves(client, address);
    let checks = || testing::tcp_client(address).get("/counts").send().text().to_owned();
    eventually("HAProxy asks for the health", || !checks().starts_with("0 "));
}

/// As systemd does: the listener is file descriptor 3, and the environment says so.
#[test]
fn with_a_listener_that_was_passed_on() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let bound = listener.local_addr().expect("its address");
    let mut shell = Command::new("sh");
    let start = "exec 3<&0 0</dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec \"$0\"";
    shell.args(["-c", start, env!("CARGO_BIN_EXE_deploy-app")]);
    shell.stdin(Stdio::from(std::os::fd::OwnedFd::from(listener)));
    let (_app, address) = app(&mut shell);
    assert_eq!(address, bound);
    assert_eq!(testing::tcp_client(address).get("/healthz").send().text(), "ok\n");
}
