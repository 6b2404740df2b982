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

/// Two million numbers.
fn numbers() -> Vec<u8> {
    (0..2_u32 << 20).flat_map(u32::to_le_bytes).collect()
}

fn asking(server: &RunningServer, requests: &str) -> TcpStream {
    let mut client = TcpStream::connect(server.local_addr()).expect("it listens");
    client.set_read_timeout(Some(Duration::from_secs(60))).expect("a time-out");
    client.write_all(requests.as_bytes()).expect("it reads");
    client
}

/// One response with a `Content-Length`: its head and its content.
fn response(client: &mut TcpStream) -> (String, Vec<u8>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte).expect("a head");
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).expect("text");
    let length = head.split("Content-Length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
    let length: usize = length.and_then(|text| text.parse().ok()).expect("a length");
    let mut content = vec![0; length];
    client.read_exact(&mut content).expect("all of it");
    (head, content)
}

#[test]
fn slow_downloads_keep_no_thread() {
    let tree = Tree::new(&[("after.txt", "after")]);
    let numbers = numbers();
    tree.write("numbers", &numbers);
    let server = HttpServer::bind("127.0.0.1:0").expect("a port");
    let server = server.threads(1).max_threads(2).spawn(tree.files()).expect("a server");
    let get = |path, field| format!("GET {path} HTTP/1.1\r\nHost: a\r\n{field}\r\n");
    let whole = get("/numbers", "") + &get("/after.txt", "");
    let part = get("/numbers", "Range: bytes=1000-8000999\r\n") + &get("/after.txt", "");
    let mut clients: Vec<_> =
        (0..15).map(|at| asking(&server, if at % 3 == 0 { &part } else { &whole })).collect();
    // There are fewer threads than that, and a quick client gets its answer.
    let (head, content) = response(&mut asking(&server, &get("/after.txt", "")));
    assert!(head.starts_with("HTTP/1.1 200 ") && content == b"after", "{head}");
    for client in &mut clients {
        let (head, content) = response(client);
        if head.starts_with("HTTP/1.1 206 ") {
            assert!(content == numbers[1000..8_001_000], "{head}");
        } else {
            assert!(head.starts_with("HTTP/1.1 200 ") && content == numbers, "{head}");
        }
        // What was asked for next comes next.
        assert_eq!(response(client).1, b"after");
    }
}

/// Serves a large file, and goes on.
struct Afterwards(bhrh::files::Files);

#[bhrh::http_handler(protocol_version = "HTTP/1.1")]
impl Afterwards {
    #[route("GET /deadline/large.bin")]
    fn late(&self, http: &mut bhrh::Exchange) -> std::io::Result<()> {
        http.set_deadline(Some(Duration::from_millis(300)));
        self.0.serve_path(http, "/large.bin")
    }

    #[route("GET /error/large.bin")]
    fn failing(&self, http: &mut bhrh::Exchange) -> std::io::Result<()> {
        self.0.serve_path(http, "/large.bin")?;
        Err(std::io::Error::other("afterwards"))
    }

    #[route("GET /more/large.bin")]
    fn too_much(&self, http: &mut bhrh::Exchange) -> std::io::Result<()> {
        self.0.serve_path(http, "/large.bin")?;
        let refused = http.wfile.write_all(b"more than was announced");
        assert_eq!(refused.expect_err("full").kind(), std::io::ErrorKind::InvalidInput);
        Ok(())
    }

    #[route("GET /close/large.bin")]
    fn closing(&self, http: &mut bhrh::Exchange) -> std::io::Result<()> {
        self.0.serve_path(http, "/large.bin")?;
        http.close_connection = true;
        Ok(())
    }
}

#[test]
fn what_a_method_does_after_a_large_file_counts() {
    let tree = Tree::new(&[]);
    large(&tree);
    let server = HttpServer::bind("127.0.0.1:0").expect("a port");
    let server = server.spawn(Afterwards(tree.files())).expect("a server");
    let read = |case, pause| {
        let request = format!("GET /{case}/large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
        let mut client = asking(&server, &request);
        std::thread::sleep(pause);
        let mut received = Vec::new();
        // It may be reset in the end.
        let _ = client.read_to_end(&mut received);
        let head = received.windows(4).position(|four| four == b"\r\n\r\n").map_or(0, |at| at + 4);
        (received.len() - head) as u64
    };
    assert!(read("deadline", Duration::from_secs(1)) < LARGE);
    assert!(read("error", Duration::ZERO) < LARGE);
    assert_eq!(read("more", Duration::ZERO), LARGE);
    assert_eq!(read("close", Duration::ZERO), LARGE);
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
