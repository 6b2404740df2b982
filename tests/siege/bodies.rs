//! A driver never waits for a client, and no thread is spent on one after its method has returned.

use crate::client::{Client, assert_alive};
use bhrh::{Exchange, HttpServer, RunningServer, Timeouts, http_handler};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

const LARGE: usize = 32 << 20;

/// The method that sleeps has slept.
static HAS_SLEPT: AtomicBool = AtomicBool::new(false);

struct App;

#[http_handler(protocol_version = "HTTP/1.1")]
impl App {
    /// Reads no body.
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        match http.path {
            "/sleep" => {
                thread::sleep(Duration::from_secs(5));
                HAS_SLEPT.store(true, Ordering::Relaxed);
                http.reply(200, "text/plain", "slept")
            }
            "/large" => http.reply(200, "text/plain", vec![b'x'; LARGE]),
            _ => http.reply(200, "text/plain", "up"),
        }
    }

    /// Reads its body.
    fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
        let count = io::copy(&mut http.rfile, &mut io::sink())?;
        http.reply(200, "text/plain", count.to_string())
    }
}

fn serve(set: impl FnOnce(HttpServer) -> HttpServer) -> RunningServer {
    let server = HttpServer::bind("127.0.0.1:0").expect("a port").threads(1).max_threads(3);
    set(server).spawn(App).expect("threads")
}

/// As the attacker of the default settings does it, just above the least rate.
fn drip(client: &mut Client) {
    let _ = client.try_send_now([b'x'; 600]);
}

#[test]
fn uploads_just_above_the_rate_hold_no_loop() {
    let running = serve(|server| server);
    let mut uploads: Vec<Client> = (0..12).map(|_| Client::new(running.local_addr())).collect();
    for (at, upload) in uploads.iter_mut().enumerate() {
        upload.send(format!("POST /{at} HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n"));
    }
    let mut kept = Client::new(running.local_addr());
    for _ in 0..20 {
        uploads.iter_mut().for_each(drip);
        assert_alive(running.local_addr());
        kept.get("/");
        assert_eq!(kept.status(), 200);
        thread::sleep(Duration::from_millis(50));
    }
}

/// No request waits for a thread. It is the monitor that wants one, for the loop.
#[test]
fn a_method_that_blocks_in_place_gets_the_thread_of_a_slow_client() {
    let running = serve(|server| server);
    let mut uploads: Vec<Client> = (0..2).map(|_| Client::new(running.local_addr())).collect();
    for upload in &mut uploads {
        upload.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
    }
    for _ in 0..5 {
        uploads.iter_mut().for_each(drip);
        assert_alive(running.local_addr());
        thread::sleep(Duration::from_millis(50));
    }
    let mut blocking = Client::new(running.local_addr());
    blocking.get("/sleep");
    thread::sleep(Duration::from_millis(50));
    uploads.iter_mut().for_each(drip);
    let mut quick = Client::new(running.local_addr());
    quick.get("/");
    assert_eq!(quick.status(), 200);
    assert!(!HAS_SLEPT.load(Ordering::Relaxed), "its loop stood still");
}

/// While all threads wait for slow clients, an upload of somebody else gets one of theirs.
#[test]
fn a_thread_is_taken_from_the_client_that_keeps_most_of_them_waiting() {
    let running = serve(|server| server);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let mut uploads: Vec<Client> = (0..8).map(|_| Client::new(running.local_addr())).collect();
        for upload in &mut uploads {
            upload.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
        }
        scope.spawn(|| {
            let mut uploads = uploads;
            while !over.load(Ordering::Relaxed) {
                uploads.iter_mut().for_each(drip);
                thread::sleep(Duration::from_millis(20));
            }
        });
        for _ in 0..3 {
            let mut other = Client::from_address([127, 0, 0, 9], running.local_addr());
            other.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
            other.send([b'y'; 100_000]);
            assert_eq!(other.response().1, "100000");
        }
        over.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_request_that_needs_a_thread_in_vain_gets_a_503() {
    let timeouts = Timeouts::default().thread(Duration::from_millis(300));
    let running = serve(|server| server.timeouts(timeouts));
    let mut uploads: Vec<Client> = (0..10).map(|_| Client::new(running.local_addr())).collect();
    for upload in &mut uploads {
        upload.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    }
    // They all end: with a thread that was taken from them, or without ever having one.
    let mut statuses: Vec<u16> = uploads.iter_mut().map(Client::status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    assert!(statuses.contains(&503) && statuses.iter().all(|status| [408, 503].contains(status)));
    assert_alive(running.local_addr());
}

#[test]
fn readers_that_are_slow_and_steady_hold_no_loop() {
    let running = serve(|server| server);
    let mut readers: Vec<Client> = (0..8).map(|_| Client::new(running.local_addr())).collect();
    readers.iter_mut().for_each(|reader| reader.get("/large"));
    for _ in 0..20 {
        readers.iter_mut().for_each(Client::taste);
        assert_alive(running.local_addr());
        thread::sleep(Duration::from_millis(20));
    }
}

/// The answer comes at once, and the connection goes on behind the body, whenever that comes.
#[test]
fn a_body_that_nobody_reads_is_dropped_by_the_loop() {
    let running = serve(|server| server);
    let mut clients: Vec<Client> = (0..30).map(|_| Client::new(running.local_addr())).collect();
    for (at, client) in clients.iter_mut().enumerate() {
        let framing = match at % 3 {
            0 => "Content-Length: 200000",
            1 => "Content-Length: 70000\r\nX-Why: more than is collected",
            _ => "Transfer-Encoding: chunked",
        };
        client.send(format!("GET /{at} HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n"));
    }
    for client in &mut clients {
        assert_eq!(client.status(), 200);
    }
    assert_alive(running.local_addr());
    for (at, client) in clients.iter_mut().enumerate() {
        match at % 3 {
            0 => client.send([b'x'; 200_000]),
            1 => client.send([b'x'; 70_000]),
            _ => client.send("5\r\nhello\r\n"),
        }
    }
    for (at, client) in clients.iter_mut().enumerate() {
        if at % 3 == 2 {
            client.send("6\r\n, body\r\n0\r\nTrailer: x\r\n\r\n");
        }
        client.get("/next");
        assert_eq!(client.status(), 200, "{at}");
    }
    running.shutdown();
    running.join().expect("nothing was cut");
}

#[test]
fn a_body_that_nobody_reads_and_that_never_comes_closes_its_connection() {
    let timeouts = Timeouts::default().body(Duration::from_millis(300));
    let running = serve(|server| server.timeouts(timeouts));
    let mut client = Client::new(running.local_addr());
    client.send("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\nonly this");
    let rest = client.rest();
    assert!(rest.starts_with("HTTP/1.1 200 OK\r\n") && rest.ends_with("up"), "{rest}");
    // More than may be dropped.
    let mut client = Client::new(running.local_addr());
    client.send("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    assert_eq!(client.status(), 200);
    while client.try_send(format!("10000\r\n{}\r\n", "x".repeat(0x10000))) {}
    assert_alive(running.local_addr());
}
