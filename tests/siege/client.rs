//! A client that sends what it is told, and reads what comes.

use crate::PATIENCE;
use socket2::{Domain, Socket, Type};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};

/// A connection.
pub(crate) struct Client(TcpStream);

impl Client {
    pub(crate) fn new(address: impl ToSocketAddrs) -> Client {
        Client::of(TcpStream::connect(address).expect("a connection"))
    }

    fn of(stream: TcpStream) -> Client {
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        stream.set_write_timeout(Some(PATIENCE)).expect("a time-out");
        Client(stream)
    }

    pub(crate) fn send(&mut self, text: impl AsRef<[u8]>) {
        self.0.write_all(text.as_ref()).expect("it is taken");
    }

    /// A connection from this address, as far as the server can tell.
    pub(crate) fn from_address(from: [u8; 4], to: impl ToSocketAddrs) -> Client {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        socket.bind(&SocketAddr::from((from, 0)).into()).expect("an address of this machine");
        let to = to.to_socket_addrs().expect("an address").next().expect("one");
        socket.connect(&to.into()).expect("a connection");
        Client::of(socket.into())
    }

    /// The same connection, for another thread.
    pub(crate) fn clone(&self) -> Client {
        Client(self.0.try_clone().expect("a second handle"))
    }

    /// Takes a little of what has come.
    pub(crate) fn taste(&mut self) {
        self.0.set_nonblocking(true).expect("a mode");
        let _ = self.0.read(&mut [0; 500]);
        self.0.set_nonblocking(false).expect("a mode");
    }

    /// Sends, unless the server has closed.
    pub(crate) fn try_send(&mut self, text: impl AsRef<[u8]>) -> bool {
        self.0.write_all(text.as_ref()).is_ok()
    }

    /// Sends what the system takes now. `false`: it takes nothing.
    pub(crate) fn try_send_now(&mut self, text: impl AsRef<[u8]>) -> bool {
        self.0.set_nonblocking(true).expect("a mode");
        let sent = self.0.write(text.as_ref());
        self.0.set_nonblocking(false).expect("a mode");
        sent.is_ok()
    }

    pub(crate) fn get(&mut self, path: &str) {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    /// The next bytes.
    pub(crate) fn read(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.0.read_exact(&mut bytes).expect("something comes in time");
        bytes
    }

    /// The next response: its head and its content, which has a length.
    pub(crate) fn response(&mut self) -> (String, String) {
        let mut bytes = Vec::new();
        let mut byte = [0];
        while !bytes.ends_with(b"\r\n\r\n") {
            let count = self.0.read(&mut byte).expect("an answer in time");
            assert_eq!(count, 1, "it ends with {:?}", String::from_utf8_lossy(&bytes));
            bytes.push(byte[0]);
        }
        let head = String::from_utf8(bytes).expect("text");
        let length = head.split_once("Content-Length: ").map_or(0, |(_, rest)| {
            rest.split("\r\n").next().expect("a line").parse().expect("a length")
        });
        let mut content = vec![0; length];
        self.0.read_exact(&mut content).expect("all of it");
        (head, String::from_utf8(content).expect("text"))
    }

    /// The status of the next response.
    pub(crate) fn status(&mut self) -> u16 {
        let (head, _) = self.response();
        head[9..12].parse().expect("a status")
    }

    /// What comes before the connection ends, in whatever way. It has to end.
    pub(crate) fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        if let Err(error) = self.0.read_to_end(&mut bytes) {
            let patience_is_over =
                matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
            assert!(!patience_is_over, "it does not end");
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Asserts that a new client is served.
pub(crate) fn assert_alive(address: impl ToSocketAddrs) {
    let mut client = Client::new(address);
    client.get("/");
    assert_eq!(client.status(), 200);
}
