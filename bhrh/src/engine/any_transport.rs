//! A server on a transport that nothing but [`net`](crate::net) knows: whatever the engine does to
//! a connection, it does to its channel.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::endpoint::EndpointSettings;
use super::pool::{Pool, Settings};
use super::threads::Threads;
use crate::exchange::Exchange;
use crate::handler::from_fn::from_fn;
use crate::logging::LogOverflow;
use crate::net::listener::{Listener, Listening};
use crate::net::scrambled::{Scrambled, scramble};
use crate::settings::{Limits, Profile, Timeouts};

/// More than the system's buffers take.
const LARGE: usize = 16 << 20;

fn answer(http: &mut Exchange<'_>) -> io::Result<()> {
    match http.path {
        "/upload" => {
            let mut body = Vec::new();
            http.rfile.read_to_end(&mut body)?;
            http.reply(200, "text/plain", body.len().to_string())
        }
        // What is written leaves while the method sleeps, by the hand of the monitor.
        "/late" => {
            http.send_response(200);
            http.end_headers()?;
            http.wfile.write_all(b"first")?;
            thread::sleep(Duration::from_millis(600));
            http.wfile.write_all(b", second")
        }
        "/large" => http.reply(200, "application/octet-stream", vec![b'x'; LARGE]),
        _ => http.reply(200, "text/plain", "hello"),
    }
}

fn server() -> (Pool<'static>, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let open = Arc::new(|socket| Scrambled::from(socket).into());
    let listener = Listener::new(Listening::Tcp(listener), open).unwrap();
    let listeners = vec![listener];
    let proxied = None;
    let endpoint = EndpointSettings {
        listeners,
        address: address.into(),
        limits: None,
        trusted: None,
        proxied,
    };
    let settings = Settings {
        profile: Profile::STRICT,
        limits: Limits::default(),
        timeouts: Timeouts::default(),
        threads: 1,
        max_threads: 4,
        log_overflow: LogOverflow::Drop,
    };
    let handler = Arc::new(from_fn(answer));
    (Pool::start(vec![endpoint], handler, settings, &Threads::free()).unwrap(), address)
}

/// A client of that transport.
struct Client(TcpStream);

impl Client {
    fn send(&mut self, text: &str) {
        let mut bytes = text.as_bytes().to_vec();
        scramble(&mut bytes);
        self.0.write_all(&bytes).unwrap();
    }

    /// What comes until the text is there.
    fn receive_until(&mut self, end: &str) -> String {
        let mut received = Vec::new();
        let mut byte = [0];
        while !received.ends_with(end.as_bytes()) && self.0.read(&mut byte).unwrap() == 1 {
            scramble(&mut byte);
            received.push(byte[0]);
        }
        String::from_utf8(received).unwrap()
    }

    fn receive_all(&mut self) -> Vec<u8> {
        let mut received = Vec::new();
        self.0.read_to_end(&mut received).unwrap();
        scramble(&mut received);
        received
    }
}

#[test]
fn a_transport_is_nobodys_business_but_its_own() {
    let (pool, address) = server();
    let connect = || Client(TcpStream::connect(address).unwrap());

    let mut client = connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    for _ in 0..2 {
        assert!(client.receive_until("hello").starts_with("HTTP/1.1 200 OK\r\n"));
    }

    // A body that is waited for: by the loop, by a thread that blocks.
    for length in [1000, 200_000] {
        client
            .send(&format!("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"));
        thread::sleep(Duration::from_millis(30));
        client.send(&"y".repeat(length));
        assert!(client.receive_until(&format!("\r\n\r\n{length}")).contains("200 OK"));
    }

    // The connection is kept, so that the chunks of this answer have to be found.
    client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(client.receive_until("first").contains("200 OK"));
    client.receive_until(", second");
    client.receive_until("0\r\n\r\n");

    // More than the client takes at once; then a close that lingers.
    client.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    thread::sleep(Duration::from_millis(100));
    let large = client.receive_all();
    assert!(large.len() > LARGE && large.ends_with(b"xxxx"), "{} bytes", large.len());

    // What is refused is refused in the transport's way, too.
    let mut client = connect();
    client.send("no request\r\n\r\n");
    assert!(client.receive_all().starts_with(b"HTTP/1.1 400 "));

    pool.stop();
    assert_eq!(pool.join().expect("another thread").complaint(), None);
}
