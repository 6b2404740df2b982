//! A socket that connections arrive at.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};

use super::plain::Plain;
use super::socket::Socket;
use super::transports::AnyChannel;

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 4096;

/// A listener that does not block, and what it makes of the sockets that arrive.
pub(crate) struct Listener {
    pub(super) inner: mio::net::TcpListener,
    open: fn(Socket) -> AnyChannel,
}

impl Listener {
    /// A listener for the plain transport.
    pub(crate) fn new(listener: TcpListener) -> io::Result<Listener> {
        Listener::with(listener, |socket| Plain::from(socket).into())
    }

    /// A listener for the transport that `open` makes channels of.
    pub(crate) fn with(
        listener: TcpListener,
        open: fn(Socket) -> AnyChannel,
    ) -> io::Result<Listener> {
        listener.set_nonblocking(true)?;
        // Output is gathered here, so the system need not wait for more of it. On Linux
        // connections inherit the option, which saves a call for each.
        let socket = socket2::SockRef::from(&listener);
        socket.set_tcp_nodelay(true)?;
        // The clients of a burst that does not fit the queue would try again only after a second.
        // The system cuts the number down to what it allows.
        socket.listen(BACKLOG)?;
        Ok(Listener { inner: mio::net::TcpListener::from_std(listener), open })
    }

    /// Takes the next connection that has arrived.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] if none has arrived.
    pub(crate) fn accept(&self) -> io::Result<(AnyChannel, SocketAddr)> {
        let (stream, address) = self.inner.accept()?;
        if !cfg!(any(target_os = "linux", target_os = "android")) {
            stream.set_nodelay(true)?;
        }
        Ok(((self.open)(Socket::new(stream)), address))
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Listener").field(&self.inner).finish()
    }
}
