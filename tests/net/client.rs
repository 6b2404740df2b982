//! A client that does as it is told, byte by byte if need be.

use std::borrow::Borrow;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

use bhrh::__internals::read_response;
use bhrh::Peer;
use bhrh::testing::Response;
use bhrh_tests::way::Stream;

/// How long to wait for anything before it counts as never.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

pub(crate) struct Client {
    stream: Stream,
    /// What has come and is no complete response yet.
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(address: impl Borrow<Peer>) -> Client {
        Client::over(Stream::connect(address.borrow()).expect("a connection"))
    }

    #[cfg(unix)]
    pub(crate) fn connect_unix(path: impl AsRef<std::path::Path>) -> Client {
        Client::connect(Peer::unix(path))
    }

    /// Connects from this address; a machine has several loopback addresses.
    #[cfg(target_os = "linux")]
    pub(crate) fn connect_from(from: [u8; 4], address: &Peer) -> Client {
        use socket2::{Domain, Socket, Type};
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        socket.bind(&SocketAddr::from((from, 0)).into()).expect("an address of this machine");
        let address = address.socket_addr().expect("an IP address");
        socket.connect(&address.into()).expect("a connection");
        Client::over(std::net::TcpStream::from(socket).into())
    }

    pub(crate) fn over(stream: Stream) -> Client {
        stream.set_patience(PATIENCE);
        Client { stream, buffer: Vec::new() }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).expect("the server takes it");
    }

    /// Sends what the server may refuse to take.
    pub(crate) fn try_send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    pub(crate) fn send_get(&mut self, path: &str) {
        self.send(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"));
    }

    pub(crate) fn get(&mut self, path: &str) -> Response {
        self.send_get(path);
        self.response()
    }

    /// The next response, whose length has to be known.
    pub(crate) fn response(&mut self) -> Response {
        self.try_response().expect("a response")
    }

    /// The same from a server that may have closed or reset the connection.
    pub(crate) fn try_response(&mut self) -> io::Result<Response> {
        loop {
            let complete = self.buffer.windows(4).any(|window| window == b"\r\n\r\n");
            let mut rest = &self.buffer[..];
            let response = if complete { read_response(&mut rest, false) } else { None };
            if let Some(response) = response {
                let used = self.buffer.len() - rest.len();
                self.buffer.drain(..used);
                return Ok(response);
            }
            let mut piece = [0; 16 << 10];
            let count = self.stream.read(&mut piece)?;
            if count == 0 {
                let so_far = String::from_utf8_lossy(&self.buffer);
                let text = format!("the connection ended in the middle of {so_far:?}");
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, text));
            }
            self.buffer.extend_from_slice(&piece[..count]);
        }
    }

    /// All that still comes, until the server closes or resets.
    pub(crate) fn rest(mut self) -> Vec<u8> {
        let mut piece = [0; 16 << 10];
        loop {
            match self.stream.read(&mut piece) {
                Ok(0) => return self.buffer,
                Ok(count) => self.buffer.extend_from_slice(&piece[..count]),
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return self.buffer,
                Err(error) => panic!("the server neither speaks nor closes: {error}"),
            }
        }
    }

    /// Whether there is anything to be read by now.
    pub(crate) fn has_something(&mut self) -> bool {
        self.stream.has_something()
    }

    /// One byte or so of what comes.
    pub(crate) fn taste(&mut self) {
        let mut byte = [0];
        assert_eq!(self.stream.read(&mut byte).expect("something"), 1);
        self.buffer.push(byte[0]);
    }

    /// Says that it will send no more.
    pub(crate) fn finish(&mut self) {
        self.stream.finish().expect("an open connection");
    }

    /// Goes away without a word.
    pub(crate) fn reset(self) {
        self.stream.reset();
    }
}
