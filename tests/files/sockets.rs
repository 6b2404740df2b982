//! Files over a socket: what a client sees of one that changes while it is sent, and of one that is
//! large.

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::tree::Tree;
use bhrh::{HttpServer, RunningServer};

/// More than the buffers of both ends of a connection hold.
const LARGE: u64 = 64 << 20;

fn start(tree: &Tree) -> RunningServer {
    let server = HttpServer::bind("127.0.0.1:0").expect("a port");
    server.spawn(tree.files()).expect("a server")
}

/// A client that has asked for `/large.bin` and read some of it.
fn ask(server: &RunningServer) -> (TcpStream, Vec<u8>) {
    let mut client = TcpStream::connect(server.local_addr()).expect("it listens");
    client.set_read_timeout(Some(Duration::from_secs(60))).expect("a time-out");
    client.write_all(b"GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n").expect("it reads");
    let mut begun = vec![0; 1000];
    client.read_exact(&mut begun).expect("a response");
    let text = String::from_utf8_lossy(&begun).into_owned();
    assert!(text.contains(&format!("\r\nContent-Length: {LARGE}\r\n")), "{text}");
    let head = text.find("\r\n\r\n").expect("the end of the head") + 4;
    (client, begun.split_off(head))
}

fn large(tree: &Tree) -> File {
    let file = File::create(tree.path("large.bin")).expect("a file");
    // A hole: no room is taken.
    file.set_len(LARGE).expect("a size");
    file
}

#[test]
fn a_file_that_shrinks_ends_with_the_connection() {
    let tree = Tree::new(&[]);
    let file = large(&tree);
    let server = start(&tree);
    let (mut client, mut body) = ask(&server);
    file.set_len(1000).expect("a size");
    // Nothing is made up for what is missing, and nothing follows it.
    let result = client.read_to_end(&mut body);
    assert!((body.len() as u64) < LARGE, "{result:?}");
    assert!(body.iter().all(|byte| *byte == 0));
    // The server is as well as before.
    let mut another = TcpStream::connect(server.local_addr()).expect("it listens");
    another.write_all(b"GET /large.bin HTTP/1.0\r\n\r\n").expect("it reads");
    let mut text = String::new();
    another.read_to_string(&mut text).expect("a response");
    assert!(text.contains("\r\nContent-Length: 1000\r\n"), "{text}");
}

#[test]
fn a_file_that_grows_is_sent_as_it_was() {
    let tree = Tree::new(&[("after.txt", "after")]);
    let file = large(&tree);
    let server = start(&tree);
    let (mut client, mut body) = ask(&server);
    file.set_len(2 * LARGE).expect("a size");
    let rest = LARGE - body.len() as u64;
    let count = (&mut client).take(rest).read_to_end(&mut body).expect("the body");
    assert_eq!(count as u64, rest);
    // The connection goes on with the next response, right after.
    client.write_all(b"GET /after.txt HTTP/1.0\r\n\r\n").expect("it reads");
    let mut text = String::new();
    client.read_to_string(&mut text).expect("a response");
    assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with("\r\n\r\nafter"), "{text}");
}

/// Linux tells how much memory the process has ever used.
#[cfg(target_os = "linux")]
#[test]
fn a_large_file_is_not_held_in_memory() {
    const HUGE: u64 = 1 << 30;
    let peak = || {
        let status = std::fs::read_to_string("/proc/self/status").expect("procfs");
        let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("a peak");
        line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).expect("a number")
    };
    let tree = Tree::new(&[]);
    let file = File::create(tree.path("huge.bin")).expect("a file");
    file.set_len(HUGE).expect("a size");
    let server = start(&tree);
    let mut client = TcpStream::connect(server.local_addr()).expect("it listens");
    client.write_all(b"GET /huge.bin HTTP/1.0\r\n\r\n").expect("it reads");
    let before = peak();
    let count = std::io::copy(&mut client, &mut std::io::sink()).expect("a response");
    assert!(count > HUGE, "{count}");
    assert!(peak() < before + (256 << 10), "{before} KiB, then {} KiB", peak());
}
