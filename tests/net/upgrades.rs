//! Connections that go on with another protocol, over sockets: two threads at once, clocks, counts,
//! and the end.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use bhrh::{Exchange, HttpServer, Limits, Peer, RunningServer, Timeouts, Upgraded, http_handler};
use bhrh_tests::way::{Stream, Way};

use crate::client::{Client, PATIENCE};

struct App;

#[http_handler(protocol_version = "HTTP/1.1", log_format = bhrh::LogFormat::Quiet)]
impl App {
    #[route("GET /echo")]
    fn echo(&self, http: &mut Exchange) -> io::Result<()> {
        let stream = http.upgrade("raw")?;
        io::copy(&mut &stream, &mut &stream)?;
        Ok(())
    }

    /// Sends and receives at once, in two threads.
    #[route("GET /both")]
    fn both(&self, http: &mut Exchange) -> io::Result<()> {
        let stream = http.upgrade("raw")?;
        let other = stream.clone();
        thread::spawn(move || -> io::Result<()> {
            for number in 0..MUCH / 1024 {
                (&other).write_all(&[number as u8; 1024])?;
            }
            other.finish()
        });
        thread::spawn(move || {
            let received = io::copy(&mut &stream, &mut io::sink()).unwrap_or(0);
            RECEIVED.fetch_add(received, std::sync::atomic::Ordering::SeqCst);
        });
        Ok(())
    }

    /// Reads until the end, in a thread of its own, which says how that ended.
    #[route("GET /wait")]
    fn wait(&self, http: &mut Exchange) -> io::Result<()> {
        let stream = http.upgrade("raw")?;
        thread::spawn(move || wait(&stream));
        Ok(())
    }

    /// The same in the method.
    #[route("GET /wait-here")]
    fn wait_here(&self, http: &mut Exchange) -> io::Result<()> {
        wait(&http.upgrade("raw")?);
        Ok(())
    }

    #[route("GET /timeouts")]
    fn timeouts(&self, http: &mut Exchange) -> io::Result<()> {
        let stream = http.upgrade("raw")?;
        stream.set_read_timeout(Some(Duration::from_millis(50)))?;
        let read = (&stream).read(&mut [0]).unwrap_err().kind();
        stream.set_write_timeout(Some(Duration::from_millis(50)))?;
        let write = loop {
            if let Err(error) = (&stream).write(&[b'x'; 65536]) {
                break error.kind();
            }
        };
        assert_eq!((read, write), (io::ErrorKind::TimedOut, io::ErrorKind::TimedOut));
        TIMED_OUT.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok(())
    }

    #[route("GET /")]
    fn page(&self, http: &mut Exchange) -> io::Result<()> {
        http.reply(200, "text/plain", "page")
    }

    fn do_CONNECT(&self, http: &mut Exchange) -> io::Result<()> {
        let upstream = TcpStream::connect(http.path)?;
        http.tunnel()?.relay(upstream, Duration::from_millis(400))?;
        Ok(())
    }
}

const MUCH: usize = 20 << 20;
static RECEIVED: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
static TIMED_OUT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);

fn wait(stream: &Upgraded) {
    let mut noticed = false;
    stream.set_read_timeout(Some(Duration::from_millis(20))).expect("an option");
    let end = loop {
        match (&*stream).read(&mut [0; 100]) {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                if stream.is_shutting_down() && !noticed {
                    noticed = true;
                    let _ = (&*stream).write_all(b"noticed\n");
                }
            }
            end => break end,
        }
    };
    drop(end);
}

fn server(change: impl FnOnce(HttpServer) -> HttpServer) -> RunningServer {
    change(Way::of_this_run().server()).spawn(App).expect("a server")
}

fn connect(server: &Peer) -> Stream {
    let stream = Stream::connect(server).expect("a connection");
    stream.set_patience(PATIENCE);
    stream
}

/// A connection that has been switched.
fn switched(server: &Peer, path: &str, early: &str) -> Stream {
    let stream = connect(server);
    let fields = "Host: a\r\nConnection: Upgrade\r\nUpgrade: raw\r\n";
    write!(&stream, "GET {path} HTTP/1.1\r\n{fields}\r\n{early}").expect("it is taken");
    assert!(head(&stream).starts_with("HTTP/1.1 101 "));
    stream
}

fn head(mut stream: impl Read) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).expect("a head");
        head.push(byte[0]);
    }
    String::from_utf8(head).expect("text")
}

fn rest(mut stream: impl Read) -> Vec<u8> {
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    rest
}

/// The status of a page, unless the server closes the connection without an answer.
fn page(server: &Peer) -> Option<u16> {
    let mut client = Client::connect(server);
    client.try_send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").ok()?;
    client.try_response().ok().map(|response| response.status())
}

/// Waits until something holds.
fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "never: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_came_early_comes_first() {
    let server = server(|server| server);
    let stream = switched(&server.local_addr(), "/echo", "early ");
    (&stream).write_all(b"late").expect("it is taken");
    stream.finish().expect("an end");
    assert_eq!(rest(&stream), b"early late");
}

#[test]
fn two_threads_move_20_megabytes_each_way_at_once() {
    let server = server(|server| server.threads(1));
    let stream = switched(&server.local_addr(), "/both", "");
    let sending = stream.try_clone().expect("a handle");
    let sender = thread::spawn(move || {
        (&sending).write_all(&vec![b'x'; MUCH]).expect("it is taken");
        sending.finish().expect("an end");
    });
    let received = rest(&stream);
    assert_eq!(received.len(), MUCH);
    assert!(received.chunks(1024).enumerate().all(|(at, chunk)| chunk[0] == at as u8));
    sender.join().expect("it is sent");
    let all = || RECEIVED.load(std::sync::atomic::Ordering::SeqCst) == MUCH as u64;
    until("the server has it", all);
}

#[test]
fn each_half_has_its_time() {
    let server = server(|server| server);
    let stream = switched(&server.local_addr(), "/timeouts", "");
    until("both time out", || TIMED_OUT.load(std::sync::atomic::Ordering::SeqCst) == 1);
    drop(stream);
}

#[test]
fn it_counts_among_the_connections_until_it_has_gone() {
    let mut limits = Limits::default();
    limits.connections = 1;
    for path in ["/wait", "/wait-here"] {
        let server = server(|server| server.limits(limits));
        let address = server.local_addr();
        let stream = switched(&address, path, "");
        assert_eq!(page(&address), Some(503), "{path}");
        drop(stream);
        until("its place is free", || page(&address) == Some(200));
    }
}

#[test]
fn methods_that_keep_connections_do_not_hold_up_the_loop() {
    let server = server(|server| server.threads(1).max_threads(4));
    let address = server.local_addr();
    let kept: Vec<_> = (0..3).map(|_| switched(&address, "/wait-here", "")).collect();
    assert_eq!(page(&address), Some(200));
    // There is no thread for another: it waits for one, or is told so.
    drop(kept);
    until("threads are back", || {
        let stream = connect(&address);
        let fields = "Host: a\r\nConnection: Upgrade\r\nUpgrade: raw\r\n";
        write!(&stream, "GET /echo HTTP/1.1\r\n{fields}\r\n").expect("it is taken");
        head(&stream).starts_with("HTTP/1.1 101 ")
    });
}

#[test]
fn without_a_thread_there_is_a_503_and_no_half_switch() {
    let server = server(|server| server.threads(1).max_threads(2));
    let address = server.local_addr();
    let kept = switched(&address, "/wait-here", "");
    let stream = connect(&address);
    let fields = "Host: a\r\nConnection: Upgrade\r\nUpgrade: raw\r\n";
    write!(&stream, "GET /echo HTTP/1.1\r\n{fields}\r\n").expect("it is taken");
    assert!(head(&stream).starts_with("HTTP/1.1 503 "));
    assert_eq!(page(&address), Some(200));
    drop(kept);
}

#[test]
fn a_shutdown_waits_for_it_and_cuts_it_at_the_deadline() {
    for path in ["/wait", "/wait-here"] {
        let mut timeouts = Timeouts::default();
        timeouts.shutdown = Duration::from_secs(2);
        let server = server(|server| server.timeouts(timeouts));
        let stream = switched(&server.local_addr(), path, "");
        let (done, joined) = mpsc::channel();
        server.shutdown();
        thread::spawn(move || done.send(server.join()));
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line).expect("a line");
        assert_eq!(line, "noticed\n", "{path}: it is told");
        assert!(joined.try_recv().is_err(), "{path}: join waits");
        let result = joined.recv_timeout(PATIENCE).expect("join returns");
        let error = result.expect_err("something was cut");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert!(error.to_string().starts_with("1 connection was cut"), "{path}: {error}");
        assert!(rest(&stream).is_empty());
    }
}

#[test]
fn a_shutdown_that_it_does_not_outlast_is_clean() {
    let server = server(|server| server);
    let stream = switched(&server.local_addr(), "/wait", "");
    let (done, joined) = mpsc::channel();
    server.shutdown();
    thread::spawn(move || done.send(server.join()));
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line).expect("a line");
    drop(stream);
    joined.recv_timeout(PATIENCE).expect("join returns").expect("nothing was cut");
}

/// A tunnel to a listener of this test's: the client's end, and the upstream's.
fn tunnel(server: &RunningServer) -> (Stream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let upstream = listener.local_addr().expect("an address");
    let stream = connect(&server.local_addr());
    write!(&stream, "CONNECT {upstream} HTTP/1.1\r\nHost: {upstream}\r\n\r\nearly").expect("sent");
    assert!(head(&stream).starts_with("HTTP/1.1 200 "));
    let (upstream, _) = listener.accept().expect("a connection");
    upstream.set_read_timeout(Some(PATIENCE)).expect("an option");
    (stream, upstream)
}

#[test]
fn a_relay_passes_each_end_on_and_nothing_is_lost() {
    let server = server(|server| server);
    let (client, upstream) = tunnel(&server);
    (&client).write_all(b" and late").expect("sent");
    client.finish().expect("an end");
    assert_eq!(rest(&upstream), b"early and late");
    // The other way still goes.
    (&upstream).write_all(&[b'x'; 300_000]).expect("sent");
    drop(upstream);
    assert_eq!(rest(&client).len(), 300_000);
}

#[test]
fn a_relay_is_idle_only_if_nothing_moves_either_way() {
    let server = server(|server| server);
    let (client, upstream) = tunnel(&server);
    (&upstream).read_exact(&mut [0; 5]).expect("what came early");
    for _ in 0..10 {
        thread::sleep(Duration::from_millis(100));
        (&upstream).write_all(b"x").expect("it is open");
        (&client).read_exact(&mut [0]).expect("it is open");
    }
    assert!(rest(&client).is_empty() && rest(&upstream).is_empty(), "both are closed");
}

#[test]
fn a_relay_goes_on_while_one_way_is_stuck_and_the_other_moves() {
    let server = server(|server| server);
    let (client, upstream) = tunnel(&server);
    // The client takes nothing of what the upstream sends, and sends by itself.
    let filler = upstream.try_clone().expect("a second handle");
    filler.set_write_timeout(Some(PATIENCE)).expect("an option");
    let filling = thread::spawn(move || (&filler).write_all(&vec![b'x'; MUCH]));
    (&upstream).read_exact(&mut [0; 5]).expect("what came early");
    for _ in 0..12 {
        thread::sleep(Duration::from_millis(100));
        (&client).write_all(b"y").expect("it is open");
        (&upstream).read_exact(&mut [0]).expect("it is open");
    }
    let mut taken = vec![0; MUCH];
    (&client).read_exact(&mut taken).expect("all of it comes in the end");
    filling.join().expect("it ends").expect("it is sent");
}

#[test]
fn an_idle_relay_fails_with_timed_out_and_a_clock_of_zero_closes_too() {
    let (sender, results) = mpsc::channel();
    for idle in [Duration::from_millis(100), Duration::ZERO] {
        let sender = sender.clone();
        let app = bhrh::from_fn(move |http| {
            let upstream = TcpStream::connect(http.path)?;
            let result = http.tunnel()?.relay(upstream, idle);
            sender.send(result.map_err(|error| error.kind())).map_err(io::Error::other)
        });
        let server = Way::of_this_run().server().spawn(app).expect("a server");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let client = connect(&server.local_addr());
        write!(&client, "CONNECT {address} HTTP/1.1\r\nHost: {address}\r\n\r\n").expect("sent");
        let (upstream, _) = listener.accept().expect("a connection");
        upstream.set_read_timeout(Some(PATIENCE)).expect("an option");
        assert!(rest(&upstream).is_empty());
        let kind = match idle.is_zero() {
            true => io::ErrorKind::InvalidInput,
            false => io::ErrorKind::TimedOut,
        };
        assert_eq!(results.recv_timeout(PATIENCE).expect("a result"), Err(kind));
        drop(client);
    }
}
