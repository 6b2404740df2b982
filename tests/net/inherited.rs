//! Listeners that another program has bound: file descriptors from 3 on, as systemd passes them on.
//! Each test runs itself once more in a process that has them.

use crate::client::Client;
use bhrh::{Endpoint, HttpServer, Peer};
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::process::{Child, Command, Stdio};

/// Set in the process that has the descriptors.
const ROLE: &str = "BHRH_TEST_INHERITS";

/// Runs the test once more with these descriptors, which become numbers 3 and 4.
fn pass_on(test: &str, first: OwnedFd, second: Option<OwnedFd>, names: &str) -> (Child, String) {
    let count = 1 + usize::from(second.is_some());
    let script = format!(
        "exec 3<&0 4>&1 0</dev/null >/dev/null; \
         LISTEN_FDS={count} LISTEN_PID=$$ LISTEN_FDNAMES={names} exec \"$0\" \"$@\""
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script]).arg(std::env::current_exe().expect("a path"));
    command.args(["--exact", test, "--nocapture"]).env(ROLE, "1");
    command.stdin(Stdio::from(first)).stderr(Stdio::piped());
    command.stdout(second.map_or_else(Stdio::null, Stdio::from));
    let mut child = command.spawn().expect("sh");
    let lines = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let mut lines = lines.map(|line| line.expect("a line"));
    (child, lines.find(|line| line.starts_with("found ")).expect("what it has found"))
}

/// What that process does. `false`: this is not that process.
fn is_that_process() -> bool {
    if std::env::var_os(ROLE).is_none() {
        return false;
    }
    let found = match Endpoint::inherited() {
        Ok(found) => found,
        Err(error) => {
            eprintln!("found {:?}: {error}", error.kind());
            return true;
        }
    };
    let listed: Vec<_> = found.iter().map(|endpoint| endpoint.name().unwrap_or("-")).collect();
    eprintln!("found {}", listed.join(" "));
    assert!(Endpoint::inherited().expect("the environment").is_empty(), "they are taken once");
    let app = bhrh::from_fn(|http| {
        http.server.shutdown();
        let text = http.server.server_address().to_string();
        http.reply(200, "text/plain", text)
    });
    HttpServer::at(found).and_then(|server| server.serve_forever(app)).expect("a server");
    true
}

/// Asks the process, which ends then.
fn assert_serves(mut child: Child, address: &Peer) {
    assert_eq!(Client::connect(address).get("/").text(), address.to_string());
    assert!(child.wait().expect("its end").success());
}

#[test]
fn listeners_of_both_kinds_and_their_names() {
    if is_that_process() {
        return;
    }
    let place = tempfile::tempdir().expect("a directory");
    let path = place.path().join("a.sock");
    for turn in 0..2 {
        let tcp = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = Peer::from(tcp.local_addr().expect("an address"));
        let _ = std::fs::remove_file(&path);
        let unix = UnixListener::bind(&path).expect("a path");
        let test = "inherited::listeners_of_both_kinds_and_their_names";
        let (child, found) = pass_on(test, tcp.into(), Some(unix.into()), "web:app");
        assert_eq!(found, "found web app");
        assert_serves(child, [&address, &Peer::unix(&path)][turn]);
        assert!(path.exists(), "it is the service manager's");
    }
}

#[test]
fn names_count_only_if_there_is_one_for_each_socket() {
    if is_that_process() {
        return;
    }
    for (names, expected) in [("", "found -"), ("web:app", "found -"), ("web", "found web")] {
        let tcp = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = Peer::from(tcp.local_addr().expect("an address"));
        let test = "inherited::names_count_only_if_there_is_one_for_each_socket";
        let (child, found) = pass_on(test, tcp.into(), None, names);
        assert_eq!(found, expected, "{names}");
        assert_serves(child, &address);
    }
}

#[test]
fn what_is_no_listener_is_refused_with_its_number_and_name() {
    if is_that_process() {
        return;
    }
    let tcp = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let stream = TcpStream::connect(tcp.local_addr().expect("an address")).expect("a connection");
    let datagrams = UdpSocket::bind("127.0.0.1:0").expect("a free port");
    let file = std::fs::File::open("/dev/null").expect("a file");
    let kind = "is no socket of TCP or of Unix streams";
    for (other, part) in [
        (OwnedFd::from(datagrams), kind),
        (OwnedFd::from(file), kind),
        (OwnedFd::from(stream), "(`Accept=` has to be `no`)"),
    ] {
        let test = "inherited::what_is_no_listener_is_refused_with_its_number_and_name";
        let listener = tcp.try_clone().expect("a second handle");
        let (mut child, found) = pass_on(test, listener.into(), Some(other), "web:other");
        let begin =
            "found InvalidInput: number 1 (\"other\") of the descriptors that were passed on ";
        assert!(found.starts_with(begin) && found.contains(part), "{found}");
        assert!(child.wait().expect("its end").success());
    }
}

#[test]
fn without_a_service_manager_there_are_none() {
    assert!(Endpoint::inherited().expect("the environment").is_empty());
}
