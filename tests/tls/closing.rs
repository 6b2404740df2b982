//! `close_notify` says that all that was sent is complete. So it comes before every clean close,
//! and never after a response that was cut.

use std::io::Read;
use std::thread;
use std::time::Duration;

use bhrh::Timeouts;

use super::client::{VERSIONS, Version, config};
use super::{Authority, Client, LARGE, server, server_with};

#[test]
fn a_clean_close_says_so() {
    let authority = Authority::new("authority");
    let server = server_with(&authority, |server| {
        server.timeouts(Timeouts::default().keep_alive(Duration::from_millis(300)))
    });
    for version in VERSIONS {
        let config = config(authority.roots(), version, None);
        for request in [
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
            "GET / HTTP/1.0\r\n\r\n",
            // It is idle for too long.
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "",
        ] {
            let mut client = Client::connect(&server, &config);
            client.shake_hands().unwrap();
            client.send(request);
            let (_, ended) = client.rest();
            ended.unwrap_or_else(|error| panic!("{version:?} {request:?}: {error}"));
        }
    }
}

#[test]
fn a_response_that_is_cut_ends_without_a_word() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    for version in VERSIONS {
        let config = config(authority.roots(), version, None);
        let mut client = Client::connect(&server, &config);
        client.send("GET /cut HTTP/1.1\r\nHost: a\r\n\r\n");
        let (_, ended) = client.rest();
        assert!(ended.is_err());
    }
}

/// The words leave with the last bytes, however slowly those are taken.
#[test]
fn a_large_response_is_whole_when_its_end_is_said() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    for version in VERSIONS {
        for pause in [0, 300] {
            let config = config(authority.roots(), version, None);
            let mut client = Client::connect(&server, &config);
            client.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            thread::sleep(Duration::from_millis(pause));
            let (answer, ended) = client.rest();
            ended.unwrap_or_else(|error| panic!("{version:?}: {error}"));
            let head = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
            assert_eq!(answer.len() - head, LARGE, "{version:?}");
        }
    }
}

#[test]
fn a_client_that_says_goodbye_first_is_answered_and_greeted() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    for version in VERSIONS {
        let config = config(authority.roots(), version, None);
        let mut client = Client::connect(&server, &config);
        client.send("GET /sleep HTTP/1.1\r\nHost: a\r\n\r\n");
        client.tls.send_close_notify();
        client.tls.write_tls(&mut client.stream).unwrap();
        let (answer, ended) = client.rest();
        let text = String::from_utf8_lossy(&answer);
        assert!(text.ends_with("slept"), "{version:?} {text:?} {ended:?}");
        ended.unwrap();
    }
}

#[test]
fn a_client_that_breaks_the_protocol_gets_an_alert() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    let mut client = Client::connect(&server, &config(authority.roots(), Version::Tls13, None));
    assert!(client.get("/").ends_with("hello"));
    // A record that was changed on the way.
    client.tls.refresh_traffic_keys().unwrap();
    let mut record = Vec::new();
    while client.tls.wants_write() {
        client.tls.write_tls(&mut record).unwrap();
    }
    *record.last_mut().unwrap() ^= 1;
    use std::io::Write;
    client.stream.write_all(&record).unwrap();
    let (_, ended) = client.rest();
    let error = ended.unwrap_err().to_string();
    assert!(error.contains("BadRecordMac"), "{error}");
}

#[test]
fn requests_go_on_after_new_keys() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    let mut client = Client::connect(&server, &config(authority.roots(), Version::Tls13, None));
    client.shake_hands().unwrap();
    for _ in 0..3 {
        client.tls.refresh_traffic_keys().unwrap();
        assert!(client.get("/").ends_with("hello"));
    }
    // New keys while a thread waits for a body.
    client.send("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    thread::sleep(Duration::from_millis(50));
    client.tls.refresh_traffic_keys().unwrap();
    client.send(vec![b'x'; 100_000]);
    assert!(client.response().contains("200 OK"));
    let mut rest = [0; 1];
    client.stream.set_nonblocking(true).unwrap();
    assert!(client.stream.read(&mut rest).is_err());
}
