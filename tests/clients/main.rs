//! Clients that others have written: WebSockets from Python, Node and curl, directly and through
//! nginx and HAProxy, each with TLS and without; what goes through the example of a forward
//! proxy; and programs that fetch files.
//!
//! `cargo test -p bhrh-tests --features clients --test clients`; needs python3 with `websockets`
//! and `curl_cffi`, node with `ws` and `undici` in `target/node`, curl, git, nginx, haproxy,
//! wget, lftp, pip, apt and go. `.ci/run` installs them.
#![cfg(unix)]

mod files;
mod proxies;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use proxies::{Proxy, certificate, free_port, place, until_up};

/// A child process, ended with the test.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A program of this repository that listens, and its address.
fn program(path: &str, arguments: &[&str]) -> (Program, String) {
    let mut command = Command::new(path);
    command.args(["--bind", "127.0.0.1:0"]).args(arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
    let mut program = Program(child);
    let mut ready = String::new();
    let output = program.0.stdout.take().expect("a pipe");
    BufReader::new(output).read_line(&mut ready).expect("a ready line");
    let address = ready.split(['/', ')']).nth(2).expect("an address").to_owned();
    (program, address)
}

fn echo() -> (Program, String) {
    program(env!("CARGO_BIN_EXE_websocket-echo"), &[])
}

/// Runs a program to its end, which must be a good one. Returns what it printed.
#[track_caller]
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {printed}{complaints}");
    printed
}

/// The script of this folder.
fn script(interpreter: &str, name: &str) -> Command {
    let mut command = Command::new(interpreter);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(name));
    command
}

/// All WebSocket clients, at this address: with a thread for each WebSocket, and without.
#[track_caller]
fn talk(address: &str) {
    talk_to(&format!("ws://{address}/"), None);
    talk_to(&format!("ws://{address}/events"), None);
}

/// The same at a URL. `trusted`: the certificate of the server.
#[track_caller]
fn talk_to(url: &str, trusted: Option<&Path>) {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/node/");
    let script = |interpreter, name| {
        let mut script = script(interpreter, name);
        for variable in ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"] {
            script.envs(trusted.map(|file| (variable, file)));
        }
        script.arg(url);
        script
    };
    run(&mut script("python3", "websockets_client.py"));
    run(&mut script("python3", "curl_client.py"));
    run(script("node", "ws_client.mjs").arg(&modules));
    run(script("node", "undici_client.mjs").arg(&modules));
}

#[test]
fn websocket_clients_directly() {
    let (_echo, address) = echo();
    talk(&address);
}

#[test]
fn websocket_clients_over_tls() {
    let file = certificate(&place("clients-tls"));
    let options = ["--tls-cert", file.to_str().expect("text")];
    let (_echo, address) = program(env!("CARGO_BIN_EXE_websocket-echo"), &options);
    talk_to(&format!("wss://{address}/"), Some(&file));
    talk_to(&format!("wss://{address}/events"), Some(&file));
}

#[test]
fn websocket_clients_at_a_unix_socket() {
    let socket = place("clients-unix").join("s");
    let socket = socket.to_str().expect("text");
    let bind = format!("unix:{socket}");
    let (_echo, _) = program(env!("CARGO_BIN_EXE_websocket-echo"), &["--bind", &bind]);
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/node/");
    for path in ["/", "/events"] {
        let url = format!("ws://localhost{path}");
        run(script("python3", "websockets_client.py").args([&url, socket]));
        run(script("python3", "curl_client.py").args([&url, socket]));
        run(script("node", "ws_client.mjs").arg(format!("ws+unix:{socket}:{path}")).arg(&modules));
        run(script("node", "undici_client.mjs").arg(&url).arg(&modules).arg(socket));
    }
}

/// What was written is seen, also after the file was replaced.
#[test]
fn a_file_is_followed() {
    let file = place("clients-tail").join("log");
    fs::write(&file, "first\n").expect("a file");
    let options = ["--file", file.to_str().expect("text")];
    let (_tail, address) = program(env!("CARGO_BIN_EXE_websocket-tail"), &options);
    run(script("python3", "tail_client.py").arg(format!("ws://{address}/tail")).arg(&file));
}

/// All WebSocket clients, through a proxy.
#[track_caller]
fn talk_through(proxy: &Proxy, pem: &Path) {
    talk(&format!("127.0.0.1:{}", proxy.plain));
    // TLS ends at the proxy.
    talk_to(&format!("wss://127.0.0.1:{}/events", proxy.secured), Some(pem));
}

#[test]
fn websocket_clients_through_nginx() {
    let ((_echo, address), place) = (echo(), place("clients-nginx"));
    let pem = certificate(&place);
    talk_through(&proxies::nginx(&place, &address, &pem), &pem);
}

#[test]
fn websocket_clients_through_haproxy() {
    let ((_echo, address), place) = (echo(), place("clients-haproxy"));
    let pem = certificate(&place);
    talk_through(&proxies::haproxy(&place, &address, &pem), &pem);
}

#[test]
fn curl_git_and_python_through_the_forward_proxy() {
    let place = place("clients-proxy");
    fs::write(place.join("page.txt"), "a page\n").expect("a file");
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(&place).args(["-c", "user.name=a", "-c", "user.email=a@b.example"]);
        run(git.args(arguments))
    };
    git(&["init", "-q", "work"]);
    git(&["-C", "work", "commit", "-q", "--allow-empty", "-m", "hello"]);
    git(&["clone", "-q", "--bare", "work", "repository.git"]);
    git(&["-C", "repository.git", "update-server-info"]);
    let mut serve = Command::new(env!("CARGO_BIN_EXE_files-serve"));
    let port = free_port().to_string();
    serve.args(["--bind", "127.0.0.1", &port, "--directory"]).arg(&place);
    let _serve = Program(serve.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("serve"));
    until_up(port.parse().expect("a number"));
    let page = format!("http://127.0.0.1:{port}/page.txt");

    let bin = env!("CARGO_BIN_EXE_programs-forward-proxy");
    let (_proxy, address) = program(bin, &["--private", "--allow", "127.0.0.1"]);
    let proxy = format!("http://{address}");
    // By an absolute target, and by CONNECT.
    for tunnel in [&[][..], &["--proxytunnel"]] {
        let mut curl = Command::new("curl");
        curl.args(["-sSf", "--max-time", "20", "-x", &proxy]).args(tunnel).arg(&page);
        assert_eq!(run(&mut curl), "a page\n");
    }
    let repository = format!("http://127.0.0.1:{port}/repository.git");
    git(&["-c", &format!("http.proxy={proxy}"), "clone", "-q", &repository, "copy"]);
    assert!(git(&["-C", "copy", "log", "--oneline"]).ends_with(" hello\n"));
    // For https, git asks for a tunnel.
    let file = certificate(&place);
    let file = file.to_str().expect("text");
    let folder = place.to_str().expect("text");
    let options = ["--tls-cert", file, "--tls-key", file, "--directory", folder];
    let (_secured, secured) = program(env!("CARGO_BIN_EXE_files-serve"), &options);
    let repository = format!("https://{secured}/repository.git");
    let mut clone = Command::new("git");
    // The variable, since a machine may have set it, and it goes before what is configured.
    clone.current_dir(&place).env("GIT_SSL_CAINFO", file);
    clone.args(["-c", &format!("http.proxy={proxy}"), "clone", "-q", &repository, "secured"]);
    run(&mut clone);
    assert!(git(&["-C", "secured", "log", "--oneline"]).ends_with(" hello\n"));
    run(script("python3", "proxy_client.py").args([&address, &format!("127.0.0.1:{port}")]));

    // What is not on the list, and what is not public.
    let (_strict, strict) = program(bin, &["--allow", "example.org"]);
    let (_public, public) = program(bin, &[]);
    for proxy in [strict, public] {
        for tunnel in [&[][..], &["--proxytunnel"]] {
            let mut curl = Command::new("curl");
            curl.args(["-s", "-o", "/dev/null", "--max-time", "20", "-x", &proxy]).args(tunnel);
            curl.args(["-w", "%{http_code} %{http_connect}", &page]);
            let output = curl.output().expect("curl");
            let codes = String::from_utf8_lossy(&output.stdout);
            assert!(codes.contains("403"), "{proxy}: {codes}");
        }
    }
}

/// Two pages of the chat, which one browser has open.
#[test]
fn two_guests_of_the_chat() {
    let (_chat, address) = program(env!("CARGO_BIN_EXE_websocket-chat"), &[]);
    run(script("python3", "chat_client.py").arg(format!("ws://{address}/chat")));
}
