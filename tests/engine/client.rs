//! A client that says exactly what it is told to.

use crate::PATIENCE;
use std::borrow::Borrow;
use std::io::{self, Read, Write};

use bhrh::Peer;
use bhrh_tests::way::Stream;

pub(crate) struct Client {
    pub(crate) stream: Stream,
    unread: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(address: impl Borrow<Peer>) -> Client {
        let stream = Stream::connect(address.borrow()).expect("the server listens");
        stream.set_patience(PATIENCE);
        Client { stream, unread: Vec::new() }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).expect("the server reads");
    }

    pub(crate) fn get(&mut self, path: &str) {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    /// The head of a request with so much content.
    pub(crate) fn announce(&mut self, path: &str, length: usize) {
        self.send(format!("PUT {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n"));
    }

    /// Sends a request and returns the content of the response.
    pub(crate) fn ask(&mut self, path: &str) -> String {
        self.get(path);
        self.answer()
    }

    /// The content of a response that must be a 200.
    pub(crate) fn answer(&mut self) -> String {
        let (head, content) = self.response();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        content
    }

    /// Head and content of the next response, which has to have a Content-Length.
    pub(crate) fn response(&mut self) -> (String, String) {
        let head = loop {
            if let Some(end) = self.unread.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break self.take(end + 4);
            }
            self.more();
        };
        let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
        let length = length.expect("a length").parse().expect("a number");
        while self.unread.len() < length {
            self.more();
        }
        (head, self.take(length))
    }

    fn take(&mut self, length: usize) -> String {
        String::from_utf8(self.unread.drain(..length).collect()).expect("text")
    }

    fn more(&mut self) {
        let mut bytes = [0; 4096];
        let count = self.stream.read(&mut bytes).expect("the server answers");
        assert!(count > 0, "closed after {:?}", String::from_utf8_lossy(&self.unread));
        self.unread.extend_from_slice(&bytes[..count]);
    }

    /// Waits until this text has come. It stays unread.
    pub(crate) fn await_text(&mut self, text: &str) {
        while !String::from_utf8_lossy(&self.unread).contains(text) {
            self.more();
        }
    }

    /// What comes until the server closes.
    pub(crate) fn rest(mut self) -> io::Result<String> {
        let mut rest = std::mem::take(&mut self.unread);
        self.stream.read_to_end(&mut rest)?;
        Ok(String::from_utf8(rest).expect("text"))
    }

    pub(crate) fn finish_sending(&mut self) {
        self.stream.finish().expect("an open connection");
    }
}
