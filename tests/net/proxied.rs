//! Endpoints whose connections begin with a header of the PROXY protocol.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bhrh::{Endpoint, EndpointLimits, Exchange, HttpServer, Limits, Peer, RunningServer, Timeouts};
use bhrh::{Trusted, http_handler};

use crate::client::Client;

struct App;

#[http_handler(protocol_version = "HTTP/1.1")]
impl App {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        let text = format!("{} {} {}", http.client_address, http.peer(), http.secured());
        http.reply(200, "text/plain", text)
    }
}

fn endpoint() -> Endpoint {
    Endpoint::tcp("127.0.0.1:0").expect("a free port").proxied(Trusted::loopback())
}

fn serve(endpoint: Endpoint) -> (RunningServer, Peer) {
    started(HttpServer::at([endpoint]).expect("an endpoint"))
}

fn started(server: HttpServer) -> (RunningServer, Peer) {
    let running = server.spawn(App).expect("threads");
    let address = running.local_addr();
    (running, address)
}

const V1: &[u8] = b"PROXY TCP4 203.0.113.7 198.51.100.1 49152 80\r\n";
const V2: &[u8] = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0C\xCB\0\x71\x07\xC6\x33\x64\x01\xC0\0\0\x50";
const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// Version 2, with the field for SSL.
fn secured() -> Vec<u8> {
    let mut header = [V2, &[0x20, 0, 5, 1, 0, 0, 0, 0]].concat();
    header[15] += 8;
    header
}

#[test]
fn the_header_names_the_client() {
    let (_server, address) = serve(endpoint());
    const CLIENT: &str = "203.0.113.7:49152 203.0.113.7:49152 false";
    for header in [V1, V2] {
        let mut client = Client::connect(&address);
        client.send([header, GET].concat());
        assert_eq!(client.response().text(), CLIENT);
        // It is there once, and the connection goes on.
        assert_eq!(client.get("/").text(), CLIENT);
        client.send(V1);
        assert_eq!(client.response().status(), 400);
    }
    let mut client = Client::connect(&address);
    client.send([&secured()[..], GET].concat());
    assert_eq!(client.response().text(), "203.0.113.7:49152 203.0.113.7:49152 true");
}

#[test]
fn a_proxy_that_names_nobody_is_the_client_itself() {
    let (_server, address) = serve(endpoint());
    let local = b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0";
    for header in [&b"PROXY UNKNOWN\r\n"[..], local, b"\r\n\r\n\0\r\nQUIT\n\x21\0\0\x01x"] {
        let mut client = Client::connect(&address);
        client.send([header, GET].concat());
        let text = client.response().text().to_owned();
        assert!(text.starts_with("127.0.0.1:") && text.ends_with(" false"), "{text}");
    }
}

#[test]
fn a_header_may_come_in_any_pieces() {
    let (_server, address) = serve(endpoint());
    for header in [V1, V2, &secured()] {
        let input = [header, GET].concat();
        for step in [1, 11, 47] {
            let mut client = Client::connect(&address);
            for piece in input.chunks(step) {
                client.send(piece);
                if step > 1 {
                    std::thread::sleep(Duration::from_millis(2));
                }
            }
            let text = client.response().text().to_owned();
            assert!(text.starts_with("203.0.113.7:49152 "), "{text}");
        }
    }
}

#[test]
fn a_long_header_is_read_to_its_end() {
    let (_server, address) = serve(endpoint());
    let mut header = [V2, &[0xE0, 0x0F, 0xF1], &[0; 4081]].concat();
    header[14..16].copy_from_slice(&4096_u16.to_be_bytes());
    assert_eq!(header.len(), 4112);
    let mut client = Client::connect(&address);
    client.send([&header[..], GET].concat());
    assert!(client.response().text().starts_with("203.0.113.7:49152 "));
}

/// A handler whose log can be looked at.
#[derive(Default)]
struct Logged(Mutex<Vec<String>>);

#[http_handler]
impl Logged {
    fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
        http.send_error(404)
    }

    fn log_message(&self, http: &Exchange, message: std::fmt::Arguments) {
        let line = format!("{} {message}", http.address_string());
        self.0.lock().expect("nobody panics").push(line);
    }

    fn log_debug(&self, http: &Exchange, message: std::fmt::Arguments) {
        self.log_message(http, format_args!("debug: {message}"));
    }
}

#[test]
fn without_a_good_header_the_connection_closes() {
    for (input, expected) in [
        (GET, " closed: the connection begins with no PROXY header (byte 0)"),
        (
            b"PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n",
            " closed: the port that it came to is no number from 0 to 65535 (byte 28)",
        ),
        // Its time is over.
        (&V2[..13], "127.0.0.1 debug: Connection timed out: its PROXY header has not come"),
    ] {
        let handler = Arc::new(Logged::default());
        let server = HttpServer::at([endpoint()]).expect("an endpoint");
        let server = server.timeouts(Timeouts::default().handshake(Duration::from_millis(200)));
        let server = server.spawn(Arc::clone(&handler)).expect("threads");
        // A client that says nothing is closed without a word.
        let mut silent = Client::connect(server.local_addr());
        silent.finish();
        assert_eq!(silent.rest(), b"");
        let mut client = Client::connect(server.local_addr());
        client.send(input);
        assert_eq!(client.rest(), b"", "{}", input.escape_ascii());
        let began = Instant::now();
        let log = || handler.0.lock().expect("nobody panics").clone();
        while log().is_empty() {
            assert!(began.elapsed() < Duration::from_secs(15), "not logged: {expected}");
            std::thread::sleep(Duration::from_millis(5));
        }
        server.shutdown();
        server.join().expect("nothing is left");
        assert!(log().len() == 1 && log()[0].ends_with(expected), "{:#?}", log());
    }
}

/// Of many the log hears at once, and then how many they were.
#[test]
fn the_log_is_not_flooded() {
    let handler = Arc::new(Logged::default());
    let server = HttpServer::at([endpoint()]).expect("an endpoint");
    let server = server.spawn(Arc::clone(&handler)).expect("threads");
    let began = Instant::now();
    let log = || handler.0.lock().expect("nobody panics").clone();
    let mut count = 0;
    while log().len() < 2 {
        assert!(began.elapsed() < Duration::from_secs(15), "{:#?}", log());
        let mut client = Client::connect(server.local_addr());
        let _ = client.try_send(GET);
        assert_eq!(client.rest(), b"");
        count += 1;
    }
    assert!(count > 2, "each was logged");
    assert!(log()[0].contains(" PROXY protocol: connection of 127.0.0.1:"), "{:#?}", log());
    assert!(log()[1].contains(" connections closed, the last of 127.0.0.1:"), "{:#?}", log());
}

#[cfg(target_os = "linux")]
#[test]
fn only_trusted_peers_may_come() {
    let proxies = Trusted::networks(["127.0.0.2"]).expect("an address");
    let (_server, address) =
        serve(Endpoint::tcp("127.0.0.1:0").expect("a free port").proxied(proxies));
    let mut stranger = Client::connect(&address);
    let _ = stranger.try_send(&[V1, GET].concat());
    assert_eq!(stranger.rest(), b"");
    let mut proxy = Client::connect_from([127, 0, 0, 2], &address);
    proxy.send([V1, GET].concat());
    assert!(proxy.response().text().starts_with("203.0.113.7:49152 "));
}

#[test]
fn a_header_is_looked_for_nowhere_else() {
    let others = Endpoint::tcp("127.0.0.1:0").expect("a free port");
    let server = HttpServer::at([others]).expect("an endpoint").trusts(Trusted::loopback());
    let (_server, address) = started(server);
    for header in [V1, V2] {
        let mut client = Client::connect(&address);
        client.send([header, GET].concat());
        let answer = client.rest();
        assert!(answer.starts_with(b"HTTP/1.") && answer[8..].starts_with(b" 400"), "{answer:?}");
    }
}

#[test]
fn a_header_has_its_time_and_no_byte_renews_it() {
    let time = Duration::from_millis(400);
    let server = HttpServer::at([endpoint()]).expect("an endpoint");
    let (_server, address) = started(server.timeouts(Timeouts::default().handshake(time)));
    let (began, mut silent, mut slow) =
        (Instant::now(), Client::connect(&address), Client::connect(&address));
    for byte in V1.chunks(1) {
        if slow.try_send(byte).is_err() || slow.has_something() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(began.elapsed() >= time, "it was closed after {:?}", began.elapsed());
    assert!(began.elapsed() < Duration::from_secs(2), "it took {:?}", began.elapsed());
    assert_eq!((slow.rest(), silent.has_something()), (Vec::new(), true));
    // One in time is served.
    let mut good = Client::connect(&address);
    good.send([V1, GET].concat());
    assert_eq!(good.response().status(), 200);
}

#[test]
fn limits_per_address_count_the_clients() {
    let limits = EndpointLimits::default().connections_per_address(2);
    let server = HttpServer::at([endpoint().limits(limits)]).expect("an endpoint");
    let (_server, address) = started(server.limits(Limits::default().connections_per_address(3)));
    let from = |client: u8| {
        let header = format!("PROXY TCP4 203.0.113.{client} 198.51.100.1 49152 80\r\n");
        let mut connection = Client::connect(&address);
        connection.send([header.as_bytes(), GET].concat());
        let status = connection.response().status();
        (connection, status)
    };
    let clients: Vec<_> = [1, 1, 1, 2, 3, 4].map(from).into();
    let statuses: Vec<u16> = clients.iter().map(|(_, status)| *status).collect();
    assert_eq!(statuses, [200, 200, 503, 200, 200, 200]);
    drop(clients);
    let began = Instant::now();
    while from(1).1 != 200 {
        assert!(began.elapsed() < Duration::from_secs(15), "its seats stay taken");
    }
}

#[test]
fn fields_are_believed_from_the_client_that_the_header_names() {
    let trusted = Trusted::networks(["203.0.113.7"]).expect("an address");
    let server = HttpServer::at([endpoint()]).expect("an endpoint").trusts(trusted);
    let (_server, address) = started(server);
    let fields = "X-Forwarded-For: 192.0.2.9\r\nX-Forwarded-Proto: https\r\n";
    for (proxy, expected) in [
        ("203.0.113.7", "192.0.2.9:0 203.0.113.7:5 true"),
        ("203.0.113.8", "203.0.113.8:5 203.0.113.8:5 false"),
    ] {
        let mut client = Client::connect(&address);
        client.send(format!("PROXY TCP4 {proxy} 198.51.100.1 5 80\r\n"));
        client.send(format!("GET / HTTP/1.1\r\nHost: a\r\n{fields}\r\n"));
        assert_eq!(client.response().text(), expected);
    }
}

#[test]
fn a_shutdown_does_not_wait_for_headers() {
    let (server, address) = serve(endpoint());
    let mut half = Client::connect(&address);
    half.send(&V1[..20]);
    let mut served = Client::connect(&address);
    served.send([V1, GET].concat());
    assert_eq!(served.response().status(), 200);
    let began = Instant::now();
    server.shutdown();
    server.join().expect("nothing is cut");
    assert!(began.elapsed() < Duration::from_secs(5), "it took {:?}", began.elapsed());
    assert_eq!(half.rest(), b"");
}

#[test]
fn an_endpoint_that_nobody_could_reach_is_refused() {
    let endpoint = Endpoint::tcp("127.0.0.1:0").expect("a free port").proxied(Trusted::default());
    let error = HttpServer::at([endpoint]).expect_err("nobody is trusted");
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
}

#[cfg(unix)]
#[test]
fn a_proxy_may_come_over_a_unix_socket() {
    let path = std::env::temp_dir().join(format!("bhrh-proxied-{}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let listener = std::os::unix::net::UnixListener::bind(&path).expect("a path");
    let endpoint = Endpoint::from(listener).proxied(Trusted::default().and_unix());
    let _server = HttpServer::at([endpoint]).expect("an endpoint").spawn(App).expect("threads");
    let mut client = Client::connect_unix(&path);
    client.send([V1, GET].concat());
    assert!(client.response().text().starts_with("203.0.113.7:49152 "));
    let _ = std::fs::remove_file(&path);
}
