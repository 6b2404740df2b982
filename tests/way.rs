//! The ways that a conversation can take between a client and a server. The tests of `tests/net`,
//! `tests/engine` and `tests/advisories` run over each of them:
//!
//! `BHRH_WAY=unix cargo test -p bhrh-tests --test net --test engine --test advisories`
//!
//! A new way is a variant of [`Way`] and a word in `WAYS`; then the compiler asks what it is to
//! do in [`Way::address`], [`Way::server`] and [`Stream::connect`]. If it changes bytes, [`Stream`]
//! does so too. `.ci/run` has a line for each word.

use std::env;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use bhrh::{HttpServer, Peer};

use crate::tls_client::{self, Encrypted};

/// How long connecting may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// How clients reach a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// A free port on loopback.
    Tcp,
    /// A Unix socket with a path.
    Unix,
    /// A free port on loopback, encrypted by TLS 1.2. (Programs that a test starts are not.)
    Tls12,
    /// The same by TLS 1.3.
    Tls13,
}

/// The values of `BHRH_WAY`.
const WAYS: [(&str, Way); 4] =
    [("tcp", Way::Tcp), ("unix", Way::Unix), ("tls12", Way::Tls12), ("tls13", Way::Tls13)];

impl Way {
    /// The way of this run: that of the environment, or TCP.
    pub fn of_this_run() -> Way {
        Way::of_the_environment().unwrap_or(Way::Tcp)
    }

    /// The way that the environment asks for.
    pub fn of_the_environment() -> Option<Way> {
        let word = env::var("BHRH_WAY").ok()?;
        let found = WAYS.iter().find(|(name, _)| *name == word);
        Some(found.unwrap_or_else(|| panic!("BHRH_WAY is {word:?}, and not one of {WAYS:?}")).1)
    }

    /// This way without encryption: for clients that connect and cannot wait until the server
    /// shakes hands.
    pub fn unencrypted(self) -> Way {
        match self {
            Way::Tcp | Way::Tls12 | Way::Tls13 => Way::Tcp,
            Way::Unix => Way::Unix,
        }
    }

    /// What `HttpServer::bind` and the examples' `--bind` take for a place that is free.
    pub fn address(self) -> String {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        match self {
            Way::Tcp => "127.0.0.1:0".to_owned(),
            Way::Tls12 | Way::Tls13 => tls_client::free_address().to_string(),
            Way::Unix => {
                let count = COUNT.fetch_add(1, Ordering::Relaxed);
                let name = format!("bhrh-{}-{count}", std::process::id());
                format!("unix:{}", env::temp_dir().join(name).display())
            }
        }
    }

    /// A server at a free place, which speaks what this way's clients speak.
    pub fn server(self) -> HttpServer {
        let server = HttpServer::bind(self.address()).expect("a place that is free");
        match self {
            Way::Tcp | Way::Unix => server,
            Way::Tls12 | Way::Tls13 => {
                tls_client::note(&server.local_addr());
                server.tls(tls_client::certificate())
            }
        }
    }

    /// The address in a line of a program that has called [`server`](Way::server).
    pub fn address_in(self, line: &str) -> Peer {
        let address = address_in(line);
        if self.encryption().is_some() {
            tls_client::note(&address);
        }
        address
    }

    /// The version of TLS that is spoken.
    fn encryption(self) -> Option<&'static rustls::SupportedProtocolVersion> {
        match self {
            Way::Tcp | Way::Unix => None,
            Way::Tls12 => Some(&rustls::version::TLS12),
            Way::Tls13 => Some(&rustls::version::TLS13),
        }
    }
}

/// Sends this to a server, and nothing more. Returns all that comes back.
pub fn converse(server: &Peer, said: &[u8]) -> Vec<u8> {
    let mut stream = Stream::connect(server).expect("the server listens");
    stream.set_patience(PATIENCE);
    let mut sender = stream.try_clone().expect("a second handle");
    thread::scope(|scope| {
        scope.spawn(move || {
            // A server that has heard enough does not read the rest.
            let _ = sender.write_all(said).and_then(|()| sender.finish());
        });
        let mut received = Vec::new();
        match stream.read_to_end(&mut received) {
            // What came before a reset came.
            Err(error) if error.kind() != io::ErrorKind::ConnectionReset => panic!("{error}"),
            _ => received,
        }
    })
}

/// The address in the line that an example prints when it listens, or in what a server says of
/// itself.
pub fn address_in(line: &str) -> Peer {
    let mut words = line.split_whitespace();
    if let Some(path) = words.clone().find_map(|word| word.strip_prefix("unix:")) {
        return Peer::unix(path);
    }
    let address = words.find_map(|word| {
        let word = word.trim_matches(|c: char| "(/)".contains(c));
        word.trim_start_matches("https://").trim_start_matches("http://").parse::<SocketAddr>().ok()
    });
    address.unwrap_or_else(|| panic!("no address: {line:?}")).into()
}

/// A client's end of a connection, whatever way it takes.
#[derive(Debug)]
pub struct Stream(Kind);

#[derive(Debug)]
enum Kind {
    Plain(TcpStream),
    Encrypted(Arc<Encrypted>),
}

impl Stream {
    /// Connects to a server that listens there.
    pub fn connect(server: &Peer) -> io::Result<Stream> {
        match server.path() {
            #[cfg(unix)]
            Some(path) => std::os::unix::net::UnixStream::connect(path).map(Stream::from),
            _ => {
                let address = server.socket_addr().ok_or(io::ErrorKind::InvalidInput)?;
                let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
                stream.set_nodelay(true)?;
                Stream::speaking(stream, server)
            }
        }
    }

    /// A connection of TCP that was made elsewhere, to this server.
    pub fn speaking(stream: TcpStream, server: &Peer) -> io::Result<Stream> {
        let version = Way::of_this_run().encryption();
        Ok(match version.filter(|_| tls_client::is_spoken_at(server)) {
            Some(version) => Stream(Kind::Encrypted(Arc::new(Encrypted::over(stream, version)?))),
            None => Stream(Kind::Plain(stream)),
        })
    }

    fn socket(&self) -> &TcpStream {
        match &self.0 {
            Kind::Plain(socket) => socket,
            Kind::Encrypted(stream) => stream.socket(),
        }
    }

    /// The same as a handle of its own.
    pub fn try_clone(&self) -> io::Result<Stream> {
        Ok(Stream(match &self.0 {
            Kind::Plain(socket) => Kind::Plain(socket.try_clone()?),
            Kind::Encrypted(stream) => Kind::Encrypted(Arc::clone(stream)),
        }))
    }

    /// Sets how long reading and writing may wait.
    pub fn set_patience(&self, time: Duration) {
        self.socket().set_read_timeout(Some(time)).expect("a socket option");
        self.socket().set_write_timeout(Some(time)).expect("a socket option");
    }

    /// Whether there is something to be read by now, the end included.
    pub fn has_something(&self) -> bool {
        let socket = match &self.0 {
            Kind::Plain(socket) => socket,
            Kind::Encrypted(stream) => return stream.has_something(),
        };
        socket.set_nonblocking(true).expect("a socket option");
        let something = socket.peek(&mut [0]).is_ok();
        socket.set_nonblocking(false).expect("a socket option");
        something
    }

    /// Says that nothing more is sent.
    pub fn finish(&self) -> io::Result<()> {
        match &self.0 {
            Kind::Plain(socket) => socket.shutdown(Shutdown::Write),
            Kind::Encrypted(stream) => stream.finish(),
        }
    }

    /// Ends both directions of the socket, for all handles, without a word of TLS's.
    pub fn close(&self) {
        let _ = self.socket().shutdown(Shutdown::Both);
    }

    /// Goes away without a word. (A Unix socket knows no other way to go.)
    pub fn reset(self) {
        let socket = socket2::SockRef::from(self.socket());
        socket.set_linger(Some(Duration::ZERO)).expect("a socket option");
    }
}

/// A connection of TCP that was made elsewhere, and is not encrypted.
impl From<TcpStream> for Stream {
    fn from(stream: TcpStream) -> Stream {
        Stream(Kind::Plain(stream))
    }
}

/// A stream is a stream, but for the options of TCP.
#[cfg(unix)]
impl From<std::os::unix::net::UnixStream> for Stream {
    fn from(stream: std::os::unix::net::UnixStream) -> Stream {
        Stream(Kind::Plain(TcpStream::from(std::os::fd::OwnedFd::from(stream))))
    }
}

impl Read for &Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &self.0 {
            Kind::Plain(socket) => (&mut &*socket).read(buffer),
            Kind::Encrypted(stream) => stream.read(buffer),
        }
    }
}

impl Write for &Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &self.0 {
            Kind::Plain(socket) => (&mut &*socket).write(bytes),
            Kind::Encrypted(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        (&*self).read(buffer)
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
