//! A socket that connections arrive at.

use std::fmt;
use std::io;
#[cfg(unix)]
use std::net::SocketAddr;
use std::net::TcpListener;
#[cfg(unix)]
use std::os::fd::OwnedFd;
#[cfg(unix)]
use std::os::unix::net::UnixListener;
use std::sync::Arc;

use super::plain::Plain;
use super::socket::Socket;
#[cfg(unix)]
use super::socket_file::{SocketFile, SocketToPlace};
use super::transports::AnyChannel;
use crate::peer::Peer;

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 4096;

/// What makes a channel of a socket that has arrived. It is called once for each connection, so it
/// may carry what a transport is configured with.
pub(crate) type Open = Arc<dyn Fn(Socket) -> AnyChannel + Send + Sync>;

/// Makes channels of the plain transport.
pub(crate) fn plainly() -> Open {
    Arc::new(|socket| Plain::from(socket).into())
}

/// Makes channels of the transport that encrypts.
#[cfg(feature = "tls")]
pub(crate) fn encrypted(tls: super::tls::Tls) -> Open {
    Arc::new(move |socket| super::tls::encrypted::Encrypted::new(socket, &tls).into())
}

/// A socket that listens, of whatever kind.
#[derive(Debug)]
pub(crate) enum Listening {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix {
        listener: UnixListener,
        /// What is to be removed at the end.
        file: Option<SocketFile>,
    },
}

/// A listener of an address at which other processes may listen as well.
#[cfg(unix)]
pub(crate) fn shared(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = socket2::Socket::new(
        socket2::Domain::for_address(address),
        socket2::Type::STREAM,
        Some(socket2::Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    #[cfg(any(target_os = "solaris", target_os = "illumos", target_os = "cygwin"))]
    return Err(io::ErrorKind::Unsupported.into());
    #[cfg(target_os = "freebsd")]
    socket.set_reuse_port_lb(true)?;
    #[cfg(not(any(
        target_os = "freebsd",
        target_os = "solaris",
        target_os = "illumos",
        target_os = "cygwin",
    )))]
    socket.set_reuse_port(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}

impl Listening {
    /// A Unix socket that appears at its path now.
    ///
    /// # Errors
    ///
    /// As [`SocketToPlace::place`].
    #[cfg(unix)]
    pub(crate) fn placed(socket: SocketToPlace) -> io::Result<Listening> {
        let (listener, file) = socket.place(BACKLOG)?;
        Ok(Listening::Unix { listener, file: Some(file) })
    }

    /// Whether it listens: what another program has made may be a connection. (A system that does
    /// not say so reports an error when the server starts.)
    #[cfg(all(unix, feature = "listenfd"))]
    pub(super) fn listens(&self) -> io::Result<bool> {
        #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
        return match self {
            Listening::Tcp(listener) => socket2::SockRef::from(listener).is_listener(),
            Listening::Unix { listener, .. } => socket2::SockRef::from(listener).is_listener(),
        };
        #[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
        Ok(true)
    }

    /// The address that clients connect to.
    pub(crate) fn address(&self) -> io::Result<Peer> {
        match self {
            Listening::Tcp(listener) => listener.local_addr().map(Peer::from),
            #[cfg(unix)]
            Listening::Unix { listener, .. } => listener.local_addr().map(Peer::from),
        }
    }
}

/// A listener that does not block, and what it makes of the sockets that arrive.
pub(crate) struct Listener {
    /// Dropped before the socket closes.
    #[cfg(unix)]
    file: Option<SocketFile>,
    arrivals: Arrivals,
    open: Open,
}

/// Where sockets come from.
#[derive(Debug)]
enum Arrivals {
    Tcp(mio::net::TcpListener),
    #[cfg(unix)]
    Unix(mio::net::UnixListener),
}

impl Listener {
    pub(crate) fn new(listening: Listening, open: Open) -> io::Result<Listener> {
        // The clients of a burst that does not fit the queue would try again only after a second,
        // or fail at a Unix socket. The system cuts the number down to what it allows.
        #[cfg(unix)]
        let mut own_file = None;
        let arrivals = match listening {
            Listening::Tcp(listener) => {
                listener.set_nonblocking(true)?;
                let socket = socket2::SockRef::from(&listener);
                // Output is gathered here, so the system need not wait for more of it. On Linux
                // connections inherit the option, which saves a call for each.
                socket.set_tcp_nodelay(true)?;
                socket.listen(BACKLOG)?;
                Arrivals::Tcp(mio::net::TcpListener::from_std(listener))
            }
            #[cfg(unix)]
            Listening::Unix { listener, file } => {
                own_file = file;
                listener.set_nonblocking(true)?;
                socket2::SockRef::from(&listener).listen(BACKLOG)?;
                Arrivals::Unix(mio::net::UnixListener::from_std(listener))
            }
        };
        Ok(Listener {
            #[cfg(unix)]
            file: own_file,
            arrivals,
            open,
        })
    }

    /// Removes the path of a Unix socket that has its own. Those who have connected can still be
    /// accepted.
    pub(crate) fn leave_its_path(&mut self) {
        #[cfg(unix)]
        drop(self.file.take());
    }

    /// What the poller watches.
    pub(super) fn source(&mut self) -> &mut dyn mio::event::Source {
        match &mut self.arrivals {
            Arrivals::Tcp(listener) => listener,
            #[cfg(unix)]
            Arrivals::Unix(listener) => listener,
        }
    }

    /// Takes the next connection that has arrived.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] if none has arrived.
    pub(crate) fn accept(&self) -> io::Result<(AnyChannel, Peer)> {
        let (stream, peer) = match &self.arrivals {
            Arrivals::Tcp(listener) => {
                let (stream, address) = listener.accept()?;
                if !cfg!(any(target_os = "linux", target_os = "android")) {
                    stream.set_nodelay(true)?;
                }
                (stream, Peer::from(address).canonical())
            }
            #[cfg(unix)]
            Arrivals::Unix(listener) => {
                let (stream, address) = listener.accept()?;
                // Any stream socket fits: what the server does with one takes its descriptor alone.
                let stream = std::net::TcpStream::from(OwnedFd::from(stream));
                (mio::net::TcpStream::from_std(stream), Peer::from(address))
            }
        };
        Ok(((self.open)(Socket::new(stream)), peer))
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Listener").field(&self.arrivals).finish()
    }
}
