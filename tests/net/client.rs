//! A client that does as it is told, byte by byte if need be.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use bhrh::__internals::read_response;
use bhrh::testing::Response;

/// How long to wait for anything before it counts as never.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

pub(crate) struct Client {
    stream: TcpStream,
    /// What has come and is no complete response yet.
    buffer: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(address: impl ToSocketAddrs) -> Client {
        let address = address.to_socket_addrs().expect("an address").next().expect("an address");
        Client::new(TcpStream::connect_timeout(&address, PATIENCE).expect("a connection"))
    }

    #[cfg(unix)]
    pub(crate) fn connect_unix(path: impl AsRef<std::path::Path>) -> Client {
        Client::over(std::os::unix::net::UnixStream::connect(path).expect("a connection"))
    }

    #[cfg(unix)]
    pub(crate) fn over(stream: std::os::unix::net::UnixStream) -> Client {
        // A stream is a stream, but for the options of TCP.
        Client::with_patience(TcpStream::from(std::os::fd::OwnedFd::from(stream)))
    }

    /// Connects from this address; a machine has several loopback addresses.
    #[cfg(target_os = "linux")]
    pub(crate) fn connect_from(from: [u8; 4], address: SocketAddr) -> Client {
        use socket2::{Domain, Socket, Type};
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
        socket.bind(&SocketAddr::from((from, 0)).into()).expect("an address of this machine");
        socket.connect(&address.into()).expect("a connection");
        Client::new(socket.into())
    }

    fn new(stream: TcpStream) -> Client {
        stream.set_nodelay(true).expect("a socket option");
        Client::with_patience(stream)
    }

    fn with_patience(stream: TcpStream) -> Client {
        stream.set_read_timeout(Some(PATIENCE)).expect("a socket option");
        stream.set_write_timeout(Some(PATIENCE)).expect("a socket option");
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
        loop {
            let complete = self.buffer.windows(4).any(|window| window == b"\r\n\r\n");
            let mut rest = &self.buffer[..];
            let response = if complete { read_response(&mut rest, false) } else { None };
            if let Some(response) = response {
                let used = self.buffer.len() - rest.len();
                self.buffer.drain(..used);
                return response;
            }
            let mut piece = [0; 16 << 10];
            let count = self.stream.read(&mut piece).expect("a response");
            let so_far = String::from_utf8_lossy(&self.buffer);
            assert!(count > 0, "the connection ended in the middle of {so_far:?}");
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
        self.stream.set_nonblocking(true).expect("a socket option");
        let something = self.stream.peek(&mut [0]).is_ok();
        self.stream.set_nonblocking(false).expect("a socket option");
        something
    }

    /// One byte or so of what comes.
    pub(crate) fn taste(&mut self) {
        let mut byte = [0];
        assert_eq!(self.stream.read(&mut byte).expect("something"), 1);
        self.buffer.push(byte[0]);
    }

    /// Says that it will send no more.
    pub(crate) fn finish(&mut self) {
        self.stream.shutdown(Shutdown::Write).expect("an open connection");
    }

    /// Goes away without a word.
    pub(crate) fn reset(self) {
        let socket = socket2::SockRef::from(&self.stream);
        socket.set_linger(Some(Duration::ZERO)).expect("a socket option");
    }
}
