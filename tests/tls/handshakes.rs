//! Handshakes hold no loop and no thread, have one deadline, and there is a bound on their number.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use bhrh::{Endpoint, EndpointLimits, HttpServer, Limits, Timeouts, Trusted};

use super::client::{VERSIONS, Version, config, connect};
use super::{Authority, Client, answer, server, server_with};

/// What a client says first.
fn greeting(authority: &Authority) -> Vec<u8> {
    let config = config(authority.roots(), Version::Tls13, None);
    let name = "localhost".try_into().unwrap();
    let mut tls = rustls::ClientConnection::new(config, name).unwrap();
    let mut bytes = Vec::new();
    tls.write_tls(&mut bytes).unwrap();
    bytes
}

/// Whether the server ends this connection within some time.
fn ends(stream: &mut TcpStream, within: Duration) -> bool {
    stream.set_read_timeout(Some(within)).unwrap();
    let mut piece = [0; 4096];
    loop {
        match stream.read(&mut piece) {
            Ok(0) => return true,
            Ok(_) => {}
            Err(error) => return error.kind() == io::ErrorKind::ConnectionReset,
        }
    }
}

#[test]
fn a_handshake_may_come_byte_by_byte() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    for version in VERSIONS {
        let mut client = Client::connect(&server, &config(authority.roots(), version, None));
        while client.tls.is_handshaking() {
            let mut bytes = Vec::new();
            while client.tls.wants_write() {
                client.tls.write_tls(&mut bytes).unwrap();
            }
            for byte in bytes {
                client.stream.write_all(&[byte]).unwrap();
            }
            if client.tls.is_handshaking() && client.tls.wants_read() {
                client.tls.read_tls(&mut client.stream).unwrap();
                client.tls.process_new_packets().unwrap();
            }
        }
        assert!(client.get("/").ends_with("hello"));
    }
}

#[test]
fn one_deadline_ends_a_handshake_whatever_comes() {
    let authority = Authority::new("authority");
    let server = server_with(&authority, |server| {
        server.timeouts(Timeouts::default().handshake(Duration::from_millis(500)))
    });
    let began = Instant::now();
    let mut silent = connect(&server);
    let mut stuck = connect(&server);
    let greeting = greeting(&authority);
    stuck.write_all(&greeting[..100]).unwrap();
    let mut half = connect(&server);
    half.write_all(&greeting).unwrap();
    // A byte at a time renews nothing.
    let mut slow = connect(&server);
    for byte in &greeting {
        if slow.write_all(&[*byte]).is_err() {
            break;
        }
        thread::sleep(Duration::from_millis(10));
        if began.elapsed() > Duration::from_secs(2) {
            break;
        }
    }
    assert!(began.elapsed() < Duration::from_secs(2), "it is served for ever");
    for mut stream in [silent.try_clone().unwrap(), stuck, half, slow] {
        assert!(ends(&mut stream, Duration::from_secs(5)));
    }
    assert!(silent.read(&mut [0]).is_ok_and(|count| count == 0));
    // A client that is through has other clocks.
    let mut client = Client::connect(&server, &config(authority.roots(), Version::Tls13, None));
    client.shake_hands().unwrap();
    thread::sleep(Duration::from_millis(700));
    assert!(client.get("/").ends_with("hello"));
}

#[test]
fn many_stuck_handshakes_keep_nobody_waiting() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    let greeting = greeting(&authority);
    let stuck: Vec<_> = (0..300)
        .map(|at| {
            let mut stream = connect(&server);
            stream.write_all(&greeting[..at * greeting.len() / 300]).unwrap();
            stream
        })
        .collect();
    let config = config(authority.roots(), Version::Tls13, None);
    let began = Instant::now();
    for _ in 0..20 {
        assert!(Client::connect(&server, &config).get("/").ends_with("hello"));
    }
    let took = began.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?}");
    drop(stuck);
}

#[test]
fn beyond_their_bound_handshakes_do_not_begin() {
    let authority = Authority::new("authority");
    let server = server_with(&authority, |server| server.limits(Limits::default().handshakes(3)));
    let config = config(authority.roots(), Version::Tls13, None);
    // A client that is through does not count.
    let mut through = Client::connect(&server, &config);
    through.shake_hands().unwrap();
    assert!(through.get("/").ends_with("hello"));
    let mut waiting: Vec<_> = (0..3).map(|_| connect(&server)).collect();
    thread::sleep(Duration::from_millis(200));
    assert!(ends(&mut connect(&server), Duration::from_secs(5)));
    assert!(!ends(&mut waiting[0], Duration::from_millis(100)));
    assert!(through.get("/").ends_with("hello"));
    waiting.pop();
    // It takes a moment until the server has noticed.
    let began = Instant::now();
    while Client::connect(&server, &config).shake_hands().is_err() {
        assert!(began.elapsed() < Duration::from_secs(5));
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn an_endpoint_may_have_a_bound_of_its_own() {
    let authority = Authority::new("authority");
    let tls = authority.issue(&["localhost"]).tls();
    let endpoint = || Endpoint::tcp("127.0.0.1:0").unwrap().tls(tls.clone());
    let limits = EndpointLimits::default().handshakes(1);
    let server = HttpServer::at([endpoint().limits(limits), endpoint()]).unwrap();
    let other = server.local_addrs().nth(1).and_then(|address| address.socket_addr()).unwrap();
    let server = server.spawn(bhrh::from_fn(answer)).unwrap();
    let config = config(authority.roots(), Version::Tls13, None);
    let _stuck = connect(&server);
    thread::sleep(Duration::from_millis(200));
    assert!(ends(&mut connect(&server), Duration::from_secs(5)));
    assert!(Client::connect_to(other, &config).get("/").ends_with("hello"));
}

#[test]
fn plain_http_is_told_what_to_speak() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    for request in ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "POST /upload HTTP/1.1\r\n", "x"] {
        let mut stream = connect(&server);
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 400 Bad Request\r\n"));
        assert!(head.contains(&format!("Content-Length: {}", body.len())));
        assert_eq!(body, "This port speaks HTTPS: the URL begins with https://\n");
    }
}

#[test]
fn a_target_may_name_https_where_it_is_spoken() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    let config = config(authority.roots(), Version::Tls13, None);
    let mut client = Client::connect(&server, &config);
    assert!(client.get("https://a/").ends_with("hello"));
    // The head comes in pieces, and another request follows.
    for piece in ["GET HTTPS://a/ HTTP/1.1\r\n", "Host: ", "a\r\n", "\r\n"] {
        client.send(piece);
        thread::sleep(Duration::from_millis(20));
    }
    assert!(client.response().ends_with("hello"));
    assert!(client.get("/who").contains("true TLSv1.3"));
    // Other rules for targets hold as well.
    client.send("GET https://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(client.response().starts_with("HTTP/1.1 400 "));
}

#[test]
fn what_is_neither_is_refused_by_an_alert() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    for noise in [
        &b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"[..],
        b"\x80\x2E\x01\x00\x02",
        &[0; 100],
        &[0xFF; 5],
    ] {
        let mut stream = connect(&server);
        stream.write_all(noise).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert!(!answer.is_empty(), "{noise:?}");
        // An alert, and it is fatal.
        assert_eq!((answer[0], answer.len(), answer[5]), (21, 7, 2), "{answer:?}");
    }
    let config = config(authority.roots(), Version::Tls13, None);
    assert!(Client::connect(&server, &config).get("/").ends_with("hello"));
}

#[test]
fn a_client_that_is_turned_away_is_told_so_inside() {
    let authority = Authority::new("authority");
    let server = server_with(&authority, |server| server.limits(Limits::default().connections(1)));
    let config = config(authority.roots(), Version::Tls13, None);
    let mut first = Client::connect(&server, &config);
    assert!(first.get("/").ends_with("hello"));
    let mut second = Client::connect(&server, &config);
    second.shake_hands().unwrap();
    let (answer, ended) = second.rest();
    assert!(answer.starts_with(b"HTTP/1.1 503 "));
    ended.unwrap();
}

/// Whom the proxy speaks for is known before the handshake, and what the client is told comes
/// after.
#[test]
fn so_is_a_client_behind_a_proxy() {
    let authority = Authority::new("authority");
    let endpoint = Endpoint::tcp("127.0.0.1:0").unwrap().tls(authority.issue(&["localhost"]).tls());
    let endpoint = endpoint.proxied(Trusted::loopback());
    let limits = Limits::default().connections_per_address(1);
    let server = HttpServer::at([endpoint]).unwrap().limits(limits);
    let server = server.spawn(bhrh::from_fn(answer)).unwrap();
    let config = config(authority.roots(), Version::Tls13, None);
    let from = |client: u8| {
        let mut connection = Client::connect(&server, &config);
        let header = format!("PROXY TCP4 192.0.2.{client} 192.0.2.99 50000 443\r\n");
        connection.stream.write_all(header.as_bytes()).unwrap();
        connection
    };
    let mut first = from(1);
    assert!(first.get("/").ends_with("hello"));
    let mut second = from(1);
    second.shake_hands().unwrap();
    let (answer, ended) = second.rest();
    assert!(answer.starts_with(b"HTTP/1.1 503 "), "{}", String::from_utf8_lossy(&answer));
    ended.unwrap();
    assert!(from(2).get("/").ends_with("hello"));
}

#[test]
fn a_shutdown_does_not_wait_for_handshakes() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    let mut stuck = connect(&server);
    stuck.write_all(&greeting(&authority)[..50]).unwrap();
    thread::sleep(Duration::from_millis(50));
    let began = Instant::now();
    server.shutdown();
    server.join().unwrap();
    assert!(began.elapsed() < Duration::from_secs(5));
    assert!(ends(&mut stuck, Duration::from_secs(1)));
}
