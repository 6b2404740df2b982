//! Another protocol over TLS: what TLS has to say itself leaves while the method only reads, and
//! the end of the connection says that all was sent.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use bhrh::websocket::{Message, Options, Sender};
use bhrh::{Exchange, HttpServer, RunningServer, Upgraded};

use super::client::{PATIENCE, VERSIONS, Version, config};
use super::{Authority, Client, LARGE};

/// A client of a server whose method gets the connection.
fn switched(
    version: Version,
    method: impl Fn(Upgraded) -> io::Result<()> + Send + Sync + 'static,
) -> (RunningServer, Client) {
    let authority = Authority::new("authority");
    let app = bhrh::from_fn(move |http: &mut Exchange| method(http.upgrade("raw")?));
    let tls = authority.issue(&["localhost"]).tls();
    let server = HttpServer::bind("127.0.0.1:0").unwrap().tls(tls).spawn(app).unwrap();
    let mut client = Client::connect(&server, &config(authority.roots(), version, None));
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n");
    assert!(client.receive_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
    (server, client)
}

impl Client {
    /// What is ready to be sent.
    fn records(&mut self) -> Vec<u8> {
        let mut records = Vec::new();
        while self.tls.wants_write() {
            self.tls.write_tls(&mut records).unwrap();
        }
        records
    }

    fn ask_for_new_keys(&mut self) {
        self.tls.refresh_traffic_keys().unwrap();
        let records = self.records();
        self.stream.write_all(&records).unwrap();
    }

    /// Waits for a record without content: the answer.
    fn get_new_keys(&mut self) {
        self.tls.read_tls(&mut self.stream).expect("the server answers");
        assert_eq!(self.tls.process_new_packets().unwrap().plaintext_bytes_to_read(), 0);
    }
}

#[test]
fn new_keys_are_answered_while_the_method_only_reads() {
    let (_server, mut client) = switched(Version::Tls13, |mut stream| {
        let mut said = [0; 8];
        stream.read_exact(&mut said)?;
        stream.write_all(&said)
    });
    for part in ["", "abcd", "", "efgh"] {
        // Also right behind content.
        client.tls.writer().write_all(part.as_bytes()).unwrap();
        client.ask_for_new_keys();
        if part != "efgh" {
            client.get_new_keys();
        }
    }
    let (said, ended) = client.rest();
    assert_eq!(said, b"abcdefgh");
    ended.unwrap();
}

#[test]
fn a_client_that_takes_nothing_holds_up_no_reader() {
    let (sender, heard) = mpsc::channel();
    let (_server, mut client) = switched(Version::Tls13, move |stream| {
        let writer = stream.clone();
        let writing = thread::spawn(move || (&writer).write_all(&vec![b'x'; LARGE]));
        for _ in 0..100 {
            (&stream).read_exact(&mut [0; 1000])?;
        }
        sender.send(()).map_err(io::Error::other)?;
        // The protocol is broken now.
        assert_eq!((&stream).read(&mut [0]).unwrap_err().kind(), io::ErrorKind::InvalidData);
        sender.send(()).map_err(io::Error::other)?;
        let _ = writing.join().expect("it does not panic");
        Ok(())
    });
    // The writer is stuck.
    thread::sleep(Duration::from_millis(300));
    for _ in 0..100 {
        client.tls.writer().write_all(&[b'y'; 1000]).unwrap();
        client.ask_for_new_keys();
    }
    heard.recv_timeout(PATIENCE).expect("all is heard");
    client.tls.writer().write_all(b"z").unwrap();
    let mut record = client.records();
    *record.last_mut().unwrap() ^= 1;
    client.stream.write_all(&record).unwrap();
    heard.recv_timeout(PATIENCE).expect("the fault is seen");
    // What was written before comes whole; the thread that was writing has sent the alert.
    let (said, ended) = client.rest();
    assert!(said.iter().all(|byte| *byte == b'x'));
    let error = ended.unwrap_err().to_string();
    assert!(error.contains("BadRecordMac"), "after {} bytes: {error}", said.len());
}

#[test]
fn the_end_says_that_all_was_sent_however_it_comes() {
    type Method = fn(Upgraded) -> io::Result<()>;
    let ways: [(&str, Method); 4] = [
        ("dropped", |mut stream| stream.write_all(b"all")),
        ("closed", |mut stream| stream.write_all(b"all").and_then(|()| stream.close())),
        ("finished", |mut stream| stream.write_all(b"all").and_then(|()| stream.finish())),
        ("elsewhere", |mut stream| {
            thread::spawn(move || stream.write_all(b"all"));
            Ok(())
        }),
    ];
    for version in VERSIONS {
        for (way, method) in ways {
            let (_server, mut client) = switched(version, method);
            let (said, ended) = client.rest();
            assert_eq!(said, b"all", "{version:?} {way}");
            ended.unwrap_or_else(|error| panic!("{version:?} {way}: {error}"));
        }
    }
}

#[test]
fn a_slow_client_hears_the_end_too() {
    for version in VERSIONS {
        for is_finished in [true, false] {
            let (_server, mut client) = switched(version, move |mut stream| {
                stream.write_all(&vec![b'x'; LARGE])?;
                if is_finished { stream.finish() } else { Ok(()) }
            });
            let mut said = 0;
            let mut piece = vec![0; 200_000];
            let mut stream = rustls::Stream::new(&mut client.tls, &mut client.stream);
            thread::sleep(Duration::from_millis(300));
            let ended = loop {
                thread::sleep(Duration::from_millis(1));
                match stream.read(&mut piece) {
                    Ok(0) => break Ok(()),
                    Ok(count) => said += count,
                    Err(error) => break Err(error),
                }
            };
            assert_eq!(said, LARGE);
            ended.unwrap_or_else(|error| panic!("{version:?} {is_finished}: {error}"));
        }
    }
}

#[test]
fn what_breaks_off_ends_without_a_word() {
    for version in VERSIONS {
        let (_server, mut client) = switched(version, |mut stream| {
            stream.write_all(b"the beginning")?;
            panic!("in the middle");
        });
        let (said, ended) = client.rest();
        assert_eq!(said, b"the beginning");
        assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
    }
}

/// RFC 8446 section 6.1: an end without `close_notify` may be an attacker's.
#[test]
fn what_the_client_sends_may_not_be_cut_off_unnoticed() {
    for version in VERSIONS {
        for (says_goodbye, end) in [(true, Ok(0)), (false, Err(io::ErrorKind::UnexpectedEof))] {
            let (sender, heard) = mpsc::channel();
            let (_server, mut client) = switched(version, move |mut stream| {
                let mut said = [0; 8];
                stream.read_exact(&mut said[..3])?;
                // It stays what it is.
                for _ in 0..2 {
                    let end = stream.read(&mut said).map_err(|error| error.kind());
                    sender.send(end).map_err(io::Error::other)?;
                }
                Ok(())
            });
            client.send("all");
            if says_goodbye {
                client.tls.send_close_notify();
                let records = client.records();
                client.stream.write_all(&records).unwrap();
            }
            client.stream.shutdown(Shutdown::Write).unwrap();
            for _ in 0..2 {
                let found = heard.recv_timeout(PATIENCE).expect("the end is seen");
                assert_eq!(found, end, "{version:?}");
            }
        }
    }
}

#[test]
fn a_thread_that_reads_finds_the_end_that_its_own_side_has_made() {
    let (sender, heard) = mpsc::channel();
    let (_server, _client) = switched(Version::Tls13, move |stream| {
        let reader = stream.clone();
        let reading = thread::spawn(move || (&reader).read(&mut [0]));
        thread::sleep(Duration::from_millis(100));
        stream.close()?;
        let end = reading.join().expect("it does not panic").map_err(|error| error.kind());
        sender.send(end).map_err(io::Error::other)
    });
    assert_eq!(heard.recv_timeout(PATIENCE).expect("it is woken"), Ok(0));
}

/// Many clients of proxies leave so, and the other way still goes.
#[test]
fn a_relay_passes_on_an_end_without_last_words() {
    let upstream = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = upstream.local_addr().unwrap();
    let (_server, mut client) = switched(Version::Tls13, move |stream| {
        stream.relay(TcpStream::connect(address)?, PATIENCE).map(drop)
    });
    let (mut upstream, _) = upstream.accept().unwrap();
    client.send("a question");
    client.stream.shutdown(Shutdown::Write).unwrap();
    let mut question = String::new();
    upstream.read_to_string(&mut question).unwrap();
    assert_eq!(question, "a question");
    upstream.write_all(b"an answer").unwrap();
    drop(upstream);
    let (said, ended) = client.rest();
    ended.unwrap();
    assert_eq!(said, b"an answer");
}

#[test]
fn each_end_of_a_relay_is_passed_on() {
    for version in VERSIONS {
        let upstream = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = upstream.local_addr().unwrap();
        let (_server, mut client) = switched(version, move |stream| {
            stream.relay(TcpStream::connect(address)?, PATIENCE).map(drop)
        });
        let (mut upstream, _) = upstream.accept().unwrap();
        client.tls.writer().write_all(b"a question").unwrap();
        client.tls.send_close_notify();
        let records = client.records();
        client.stream.write_all(&records).unwrap();
        let mut question = String::new();
        upstream.read_to_string(&mut question).unwrap();
        assert_eq!(question, "a question", "{version:?}");
        // The other way still goes, if the version has halves.
        if version == Version::Tls13 {
            upstream.write_all(b"an answer").unwrap();
        }
        drop(upstream);
        let (said, ended) = client.rest();
        ended.unwrap_or_else(|error| panic!("{version:?}: {error}"));
        assert_eq!(said, if version == Version::Tls13 { &b"an answer"[..] } else { b"" });
    }
}

#[test]
fn new_keys_are_answered_where_no_thread_reads() {
    let authority = Authority::new("authority");
    let app = bhrh::from_fn(|http: &mut Exchange| {
        let echo = |sender: &Sender, message: Message| match message {
            Message::Text(text) => sender.send(&text),
            _ => Ok(()),
        };
        http.websocket_events(&Options::new(), echo).map(drop)
    });
    let tls = authority.issue(&["localhost"]).tls();
    let server = HttpServer::bind("127.0.0.1:0").unwrap().tls(tls).spawn(app).unwrap();
    let config = config(authority.roots(), Version::Tls13, None);
    let mut client = Client::connect(&server, &config);
    let fields = "Host: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
                  Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    client.send(format!("GET / HTTP/1.1\r\n{fields}\r\n"));
    assert!(client.receive_until("\r\n\r\n").starts_with("HTTP/1.1 101 "));
    for _ in 0..3 {
        client.ask_for_new_keys();
        client.get_new_keys();
        client.send(b"\x81\x82\0\0\0\0hi");
        let mut answer = [0; 4];
        let mut stream = rustls::Stream::new(&mut client.tls, &mut client.stream);
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"\x81\x02hi");
    }
}
