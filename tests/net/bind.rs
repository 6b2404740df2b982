//! Where a server listens, and what it says where it cannot.

use crate::client::Client;
use bhrh::{Dispatch, Exchange, Handler, HttpServer, Limits, Peer};
use std::borrow::Cow;
use std::io::{self, Cursor};
use std::net::{SocketAddr, TcpListener};

/// Tells where it is.
struct Here;

impl Handler for Here {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        let (server, port) = (http.server.server_address(), http.server.server_port());
        assert_eq!(server.port(), Some(port));
        assert_eq!(http.server.server_name(), server.host().to_string());
        http.send_response((200, format!("port {port} for {}", http.client_address.host())));
        Dispatch::Handled(http.end_headers().map_err(Into::into))
    }

    fn log_message(&self, _: &Exchange<'_>, _: std::fmt::Arguments<'_>) {}
}

#[test]
fn a_name_is_served_on_all_its_addresses() {
    let server = HttpServer::bind("localhost:0").expect("a free port");
    let addresses: Vec<Peer> = server.local_addrs().collect();
    let running = server.spawn(Here).expect("threads");
    assert_eq!(running.local_addr(), addresses[0]);
    assert_eq!(running.url(), format!("http://{}/", addresses[0]));
    for address in addresses {
        let response = Client::connect(&address).get("/");
        let port = address.port().expect("TCP");
        assert_eq!(response.reason(), format!("port {port} for {}", address.host()));
    }
}

#[test]
fn a_listener_can_be_brought_along() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    let running = HttpServer::from_listener(listener).expect("an address").spawn(Here);
    assert_eq!(Client::connect(Peer::from(address)).get("/").status(), 200);
    drop(running);
}

#[test]
fn every_address_of_the_machine_can_be_meant() {
    let server = HttpServer::bind("0.0.0.0:0").expect("a free port");
    let port = server.local_addr().port().expect("TCP");
    let running = server.spawn(Here).expect("threads");
    assert_eq!(Client::connect(Peer::from(([127, 0, 0, 1], port))).get("/").status(), 200);
    running.shutdown();
    running.join().expect("the end is found from any address");
}

/// A listener for both versions of IP has clients of IPv4 under mapped addresses.
#[test]
fn a_client_of_ipv4_has_an_address_of_ipv4_wherever_it_comes_in() {
    // There are machines without IPv6.
    let Ok(server) = HttpServer::bind("[::]:0") else { return };
    let mut limits = Limits::default();
    limits.connections_per_address = 1;
    let port = server.local_addr().port().expect("TCP");
    let running = server.limits(limits).spawn(Here).expect("threads");
    let mut client = Client::connect(Peer::from(([127, 0, 0, 1], port)));
    // It is one client, however often it comes.
    let mut second = Client::connect(Peer::from(([127, 0, 0, 1], port)));
    second.send_get("/");
    assert_eq!(second.response().status(), 503);
    assert_eq!(client.get("/").reason(), format!("port {port} for 127.0.0.1"));
    let mut other = Client::connect(Peer::from(([0, 0, 0, 0, 0, 0, 0, 1], port)));
    assert_eq!(other.get("/").reason(), format!("port {port} for ::1"));
    drop(running);
    let mapped: SocketAddr = "[::ffff:192.0.2.1]:80".parse().expect("an address");
    let mut stream = Cursor::new(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec());
    bhrh::handle(&Here, &mut stream, mapped).expect("memory does not fail");
    let written = String::from_utf8_lossy(stream.get_ref()).into_owned();
    assert!(written.contains(" for 192.0.2.1\r\n"), "{written}");
}

/// `fe80::1%lo`: an address of a link, and the link's name.
#[cfg(target_os = "linux")]
#[test]
fn the_zone_of_an_address_may_have_a_name() {
    // It is understood, though the machine has no such address.
    let error = HttpServer::bind("[fe80::b:a:d%lo]:0").expect_err("nobody has it");
    assert_eq!(error.kind(), io::ErrorKind::AddrNotAvailable, "{error}");
    let interfaces = std::fs::read_to_string("/proc/net/if_inet6").unwrap_or_default();
    for line in interfaces.lines().filter(|line| line.starts_with("fe80")) {
        let (digits, zone) = (&line[..32], line.split_whitespace().last().expect("a name"));
        let groups: Vec<&str> = (0..8).map(|at| &digits[at * 4..at * 4 + 4]).collect();
        let address = format!("[{}%{zone}]:0", groups.join(":"));
        let bound = HttpServer::bind(&*address);
        assert!(bound.is_ok(), "{address}: {bound:?}");
    }
}

#[test]
fn an_address_that_is_taken_is_named_with_the_remedy() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("bound");
    let error = HttpServer::bind(address).expect_err("taken");
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    let text = error.to_string();
    assert!(text.contains(&address.to_string()) && text.contains("port 0"), "{text}");
    let error = bhrh::serve(address, Here).expect_err("taken");
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
}

#[test]
fn other_addresses_that_cannot_be_had_are_named_too() {
    for (address, part) in [
        ("8000", "HOST:PORT"),
        ("127.0.0.1", "HOST:PORT"),
        ("127.0.0.1:eighty", "HOST:PORT"),
        ("192.0.2.1:8000", "0.0.0.0"),
    ] {
        let error = HttpServer::bind(address).expect_err("no such address");
        let text = error.to_string();
        assert!(text.contains(address) && text.contains(part), "{text}");
    }
}

#[test]
fn a_setting_that_would_serve_nobody_is_named_when_the_server_starts() {
    let (mut timeouts, mut limits) = (bhrh::Timeouts::default(), bhrh::Limits::default());
    timeouts.write = std::time::Duration::ZERO;
    limits.head = 0;
    let server = || HttpServer::bind("127.0.0.1:0").expect("a free port");
    for (server, name) in [
        (server().timeouts(timeouts), "Timeouts::write"),
        (server().limits(limits), "Limits::head"),
    ] {
        let error = server.spawn(Here).expect_err("nobody could be served");
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn times_without_end_and_sizes_without_bound_are_served() {
    let mut timeouts = bhrh::Timeouts::default();
    let never = std::time::Duration::MAX;
    (timeouts.head, timeouts.keep_alive, timeouts.body) = (never, never, never);
    (timeouts.write, timeouts.shutdown) = (never, never);
    let served = crate::app::serve(|server| server.timeouts(timeouts));
    let mut client = served.connect();
    client.send("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    served.assert_alive();
    client.send([b'x'; 100_000]);
    assert_eq!(client.response().body().len(), 100_000);
    drop(client);
    served.shutdown();
    served.join().expect("nothing to cut");
}

#[test]
fn a_page_that_cannot_be_filled_in_is_seen_when_the_server_starts() {
    struct Wrong;
    impl Handler for Wrong {
        fn dispatch(&self, _: &mut Exchange<'_>) -> Dispatch {
            Dispatch::Unsupported
        }
        fn error_message_format(&self) -> Cow<'_, str> {
            "%(reason)s".into()
        }
    }
    let server = HttpServer::bind("127.0.0.1:0").expect("a free port");
    let error = server.spawn(Wrong).expect_err("no format");
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    assert!(error.to_string().contains("`%(reason)s`"), "{error}");
}
