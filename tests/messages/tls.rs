//! What a server with certificates says.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use bhrh::{HttpServer, Limits, RunningServer, Tls};

use crate::handlers::Told;
use crate::logged;
use crate::page::Page;

fn start(tls: Tls) -> (RunningServer, Receiver<String>) {
    let (told, log) = mpsc::channel();
    let server = HttpServer::bind("127.0.0.1:0").expect("a port").tls(tls);
    let server = server.limits(Limits::default().handshakes(1)).threads(1);
    (server.spawn(Told(told)).expect("threads"), log)
}

fn line(log: &Receiver<String>) -> String {
    logged(&[log.recv_timeout(Duration::from_secs(20)).expect("a line")])
}

#[test]
fn clients_that_do_not_shake_hands() {
    let tls = Tls::self_signed(&["localhost"]).expect("a certificate");
    let (server, _log) = start(tls.clone());
    let mut plain = TcpStream::connect(server.local_addr()).expect("it listens");
    plain.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").expect("it reads");
    let mut answer = String::new();
    plain.read_to_string(&mut answer).expect("an answer");
    let (status, rest) = answer.split_once("\r\n").expect("a status line");
    let content = rest.split_once("\r\n\r\n").expect("content").1;
    let text = format!("client: {status}\nclient: {content}");
    Page::assert("Plain HTTP where HTTPS is spoken", &text);

    let (server, log) = start(tls);
    let connect = || TcpStream::connect(server.local_addr()).expect("it listens");
    let _waiting = connect();
    let mut second = connect();
    assert_eq!(second.read(&mut [0]).ok(), Some(0));
    Page::assert("Too many handshakes", &line(&log));
}

#[test]
fn certificates_that_could_not_be_renewed() {
    let folder = tempfile::tempdir().expect("a directory");
    let (chain, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    fs::write(&chain, made.cert.pem()).expect("a file");
    fs::write(&key, made.signing_key.serialize_pem()).expect("a file");
    let tls = Tls::from_files(chain, &key).expect("a pair");
    let (_server, log) = start(tls.reload_every(Duration::from_millis(20)));
    // Another program may put it there in one step, as this does.
    let half = folder.path().join("half");
    fs::write(&half, "-----BEGIN").expect("a file");
    fs::rename(&half, &key).expect("a file");
    let folder = format!("{}/", folder.path().display());
    Page::assert(
        "Certificates that could not be renewed",
        &line(&log).replace(&folder, "/etc/app/"),
    );
}
