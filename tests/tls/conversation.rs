//! Whatever the engine does to a connection, it does to an encrypted one as well.

use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

use super::client::{VERSIONS, Version, config};
use super::{Authority, Client, LARGE, server, server_with};

#[test]
fn everything_goes_through_both_versions() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    assert!(server.url().starts_with("https://127.0.0.1:"));
    for version in VERSIONS {
        let config = config(authority.roots(), version, None);
        let mut client = Client::connect(&server, &config);
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        client.send([request, request].concat());
        for _ in 0..2 {
            assert!(client.receive_until("hello").starts_with("HTTP/1.1 200 OK\r\n"));
        }

        // A body that is waited for: by the loop, by a thread that blocks.
        for length in [1000, 200_000] {
            client.send(format!(
                "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"
            ));
            thread::sleep(Duration::from_millis(30));
            client.send("y".repeat(length));
            let sum = length as u64 * u64::from(b'y');
            assert!(client.response().ends_with(&format!("\r\n\r\n{length} {sum}")));
        }

        // The connection is kept, so that the chunks of this answer have to be found.
        client.send("GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
        assert!(client.receive_until("first").contains("200 OK"));
        client.receive_until(", second");
        client.receive_until("0\r\n\r\n");

        // More than the client takes at once; then a close that lingers.
        client.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        thread::sleep(Duration::from_millis(100));
        let (large, ended) = client.rest();
        assert!(large.len() > LARGE && large.ends_with(b"xxxx"), "{} bytes", large.len());
        ended.unwrap();

        // What is refused is refused inside.
        let mut client = Client::connect(&server, &config);
        client.send("no request\r\n\r\n");
        let (refusal, ended) = client.rest();
        assert!(refusal.starts_with(b"HTTP/1.1 400 "));
        ended.unwrap();
    }
    server.shutdown();
    server.join().unwrap();
}

#[test]
fn content_of_any_size_comes_and_goes_unchanged() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    for version in VERSIONS {
        let mut client = Client::connect(&server, &config(authority.roots(), version, None));
        client.shake_hands().unwrap();
        for size in [0, 1, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 1_000_000, 5_000_003] {
            let body: Vec<u8> = (0..size).map(|n: u32| (n % 251) as u8).collect();
            client
                .send(format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n"));
            // Both ways at once: one has to give the other room.
            let (mut sent, mut received) = (0, Vec::new());
            client.stream.set_nonblocking(true).unwrap();
            while sent < body.len() || client.tls.wants_write() {
                let part = &body[sent..body.len().min(sent + 30_000)];
                if !client.tls.wants_write() {
                    sent += client.tls.writer().write(part).unwrap();
                }
                let _ = client.tls.write_tls(&mut client.stream);
                if client.tls.read_tls(&mut client.stream).is_ok() {
                    client.tls.process_new_packets().unwrap();
                    let mut piece = vec![0; 1 << 20];
                    while let Ok(count @ 1..) = client.tls.reader().read(&mut piece) {
                        received.extend_from_slice(&piece[..count]);
                    }
                }
            }
            client.stream.set_nonblocking(false).unwrap();
            let mut stream = rustls::Stream::new(&mut client.tls, &mut client.stream);
            let mut piece = vec![0; 1 << 16];
            loop {
                let head = received.windows(4).position(|four| four == b"\r\n\r\n");
                if head.is_some_and(|at| received.len() - at - 4 >= body.len()) {
                    break;
                }
                let count = stream.read(&mut piece).unwrap();
                received.extend_from_slice(&piece[..count]);
            }
            assert!(received.ends_with(&body), "{size} bytes");
        }
    }
}

#[test]
fn another_protocol_reads_and_writes_at_once() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    for version in VERSIONS {
        let mut client = Client::connect(&server, &config(authority.roots(), version, None));
        let fields = "Host: a\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n";
        client.send(format!("GET /switch HTTP/1.1\r\n{fields}"));
        assert!(client.receive_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
        // The server writes meanwhile, and nobody reads that.
        for _ in 0..400 {
            client.send([b'r'; 10_000]);
        }
        let (said, ended) = client.rest();
        assert_eq!(said.len(), 4_000_003);
        assert!(said.ends_with(b"wyes"));
        ended.unwrap();
    }
}

#[test]
fn a_client_that_takes_its_answer_slowly_gets_all_of_it() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    for (version, path, size) in
        [(Version::Tls12, "/drip", 4_000_000), (Version::Tls13, "/large", LARGE)]
    {
        let mut client = Client::connect(&server, &config(authority.roots(), version, None));
        client.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
        let mut all = Vec::new();
        let mut piece = vec![0; 100_000];
        let mut stream = rustls::Stream::new(&mut client.tls, &mut client.stream);
        for round in 0.. {
            if round < 30 {
                thread::sleep(Duration::from_millis(5));
            }
            match stream.read(&mut piece).unwrap() {
                0 => break,
                count => all.extend_from_slice(&piece[..count]),
            }
        }
        let head = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        assert_eq!(all.len() - head - 4, size);
    }
}

#[test]
fn requests_that_arrive_while_another_runs_are_answered() {
    // What a method takes from the socket by asking whether the client is there must not be lost.
    let authority = Authority::new("authority");
    let server = server(&authority);
    for version in VERSIONS {
        let mut client = Client::connect(&server, &config(authority.roots(), version, None));
        client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
        thread::sleep(Duration::from_millis(100));
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        client.receive_until("still there");
        client.receive_until("hello");
        // A body and the next request in one record.
        client.send(
            "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\nHost: \
             a\r\n\r\n",
        );
        client.receive_until("3 294");
        client.receive_until("hello");
    }
}

#[test]
fn a_method_sees_that_its_client_has_gone() {
    let authority = Authority::new("authority");
    let server = server(&authority);
    for version in VERSIONS {
        for says_goodbye in [true, false] {
            let mut client = Client::connect(&server, &config(authority.roots(), version, None));
            client.send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
            thread::sleep(Duration::from_millis(50));
            match says_goodbye {
                true => {
                    client.tls.send_close_notify();
                    client.tls.write_tls(&mut client.stream).unwrap();
                }
                false => client.stream.shutdown(std::net::Shutdown::Write).unwrap(),
            }
            // It still gets an answer.
            client.receive_until("gone");
        }
    }
}

#[test]
fn a_record_that_trickles_is_a_head_that_trickles() {
    let authority = Authority::new("authority");
    let server = server_with(&authority, |server| {
        server.timeouts(bhrh::Timeouts::default().head(Duration::from_millis(500)))
    });
    let mut client = Client::connect(&server, &config(authority.roots(), Version::Tls13, None));
    assert!(client.get("/").ends_with("hello"));
    client.tls.writer().write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let mut record = Vec::new();
    client.tls.write_tls(&mut record).unwrap();
    let began = std::time::Instant::now();
    for byte in record.iter().take(50) {
        if client.stream.write_all(&[*byte]).is_err() {
            break;
        }
        thread::sleep(Duration::from_millis(30));
    }
    let (answer, _) = client.rest();
    assert!(answer.starts_with(b"HTTP/1.1 408 "), "{}", String::from_utf8_lossy(&answer));
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_body_that_trickles_counts_byte_by_byte() {
    // A record is worth nothing before its last byte has come, and a rate must not mind.
    let authority = Authority::new("authority");
    let server = server_with(&authority, |server| {
        let timeouts = bhrh::Timeouts::default()
            .body(Duration::from_millis(400))
            .grace(Duration::from_millis(400))
            .body_rate(2000);
        server.timeouts(timeouts)
    });
    for (length, is_quick) in [(9000, true), (200_000, true), (9000, false), (200_000, false)] {
        let config = config(authority.roots(), Version::Tls13, None);
        let mut client = Client::connect(&server, &config);
        client
            .send(format!("POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"));
        let sent = 9000.min(length);
        client.tls.writer().write_all(&vec![b'x'; sent]).unwrap();
        let mut record = Vec::new();
        while client.tls.wants_write() {
            client.tls.write_tls(&mut record).unwrap();
        }
        let (piece, pause) = if is_quick { (400, 50) } else { (20, 50) };
        let mut is_taken = true;
        for piece in record.chunks(piece).take(60) {
            is_taken &= client.stream.write_all(piece).is_ok();
            thread::sleep(Duration::from_millis(pause));
        }
        if !is_quick {
            let (answer, _) = client.rest();
            let text = String::from_utf8_lossy(&answer);
            assert!(!is_taken || text.is_empty() || text.contains(" 408 "), "{text}");
            continue;
        }
        for _ in 1..length / 9000 {
            client.send(vec![b'x'; 9000]);
        }
        client.send(vec![b'x'; length - 9000 * (length / 9000)]);
        assert!(client.response().contains("200 OK"));
    }
}
