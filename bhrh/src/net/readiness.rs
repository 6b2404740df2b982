//! Which sockets have something to do: the only file that knows mio.
//!
//! Readiness is edge-triggered. On epoll and kqueue an edge comes with every arrival, so a read
//! that fills less than its buffer has emptied the socket; elsewhere mio reports again only after
//! a read that would block ([`SHORT_READ_DRAINS`]).

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

pub(crate) use mio::Waker;
pub(crate) use mio::net::TcpStream as Stream;

/// Whether a read that was given more room than it used has emptied the socket, unless the event
/// said that the client has closed.
pub(crate) const SHORT_READ_DRAINS: bool = cfg!(any(
    target_os = "linux",
    target_os = "android",
    target_os = "macos",
    target_os = "ios",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly",
));

/// The token of the waker; listeners follow it, connections follow them.
const WAKER: usize = 0;
const FIRST_LISTENER: usize = 1;
const FIRST_CONNECTION: usize = 1 << 16;

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 4096;

/// How many events one wait reports at most.
const EVENTS: usize = 1024;

/// What has happened to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occurrence {
    /// The inbox has something.
    Mail,
    /// A listener has connections.
    Arrivals(usize),
    /// A connection can be read or written.
    Ready {
        key: usize,
        /// The client has closed its side; a short read does not tell.
        closed: bool,
    },
}

/// A set of sockets that is waited for.
#[derive(Debug)]
pub(crate) struct Readiness {
    poll: mio::Poll,
    events: mio::Events,
}

impl Readiness {
    pub(crate) fn new() -> io::Result<Readiness> {
        Ok(Readiness { poll: mio::Poll::new()?, events: mio::Events::with_capacity(EVENTS) })
    }

    /// A waker for this set. There can be one.
    pub(crate) fn waker(&self) -> io::Result<Waker> {
        Waker::new(self.poll.registry(), mio::Token(WAKER))
    }

    /// Waits; without a time, for ever.
    pub(crate) fn wait(&mut self, time: Option<Duration>) -> io::Result<()> {
        match self.poll.poll(&mut self.events, time) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                self.events.clear();
                Ok(())
            }
            result => result,
        }
    }

    /// Whether the last wait ended without finding anything.
    pub(crate) fn found_nothing(&self) -> bool {
        self.events.is_empty()
    }

    /// What the last wait found.
    pub(crate) fn occurrences(&self) -> impl Iterator<Item = Occurrence> + '_ {
        self.events.iter().map(|event| match event.token().0 {
            WAKER => Occurrence::Mail,
            token if token < FIRST_CONNECTION => Occurrence::Arrivals(token - FIRST_LISTENER),
            token => Occurrence::Ready {
                key: token - FIRST_CONNECTION,
                closed: event.is_read_closed() || event.is_error(),
            },
        })
    }

    /// Has reads reported.
    pub(crate) fn register(&self, stream: &mut Stream, key: usize) -> io::Result<()> {
        let token = mio::Token(key + FIRST_CONNECTION);
        self.poll.registry().register(stream, token, mio::Interest::READABLE)
    }

    /// Has nothing reported any more.
    pub(crate) fn deregister(&self, stream: &mut Stream) -> io::Result<()> {
        self.poll.registry().deregister(stream)
    }

    /// Has reads, and from now on or no longer writes, reported.
    pub(crate) fn also_writes(&self, stream: &mut Stream, key: usize, on: bool) -> io::Result<()> {
        let token = mio::Token(key + FIRST_CONNECTION);
        let interest = match on {
            true => mio::Interest::READABLE | mio::Interest::WRITABLE,
            false => mio::Interest::READABLE,
        };
        self.poll.registry().reregister(stream, token, interest)
    }

    /// Has connections that arrive reported.
    pub(crate) fn listen(&self, listener: &mut Listener, index: usize) -> io::Result<()> {
        let token = mio::Token(index + FIRST_LISTENER);
        self.poll.registry().register(&mut listener.inner, token, mio::Interest::READABLE)
    }
}

/// A listener that does not block.
#[derive(Debug)]
pub(crate) struct Listener {
    inner: mio::net::TcpListener,
}

impl Listener {
    pub(crate) fn new(listener: TcpListener) -> io::Result<Listener> {
        listener.set_nonblocking(true)?;
        // Output is gathered here, so the system need not wait for more of it. On Linux
        // connections inherit the option, which saves a call for each.
        let socket = socket2::SockRef::from(&listener);
        socket.set_tcp_nodelay(true)?;
        // Of a burst that does not fit the queue, the rest would come again only after a second.
        // The system cuts the number down to what it allows.
        socket.listen(BACKLOG)?;
        Ok(Listener { inner: mio::net::TcpListener::from_std(listener) })
    }

    pub(crate) fn accept(&self) -> io::Result<(Stream, SocketAddr)> {
        let (stream, address) = self.inner.accept()?;
        if !cfg!(any(target_os = "linux", target_os = "android")) {
            stream.set_nodelay(true)?;
        }
        Ok((stream, address))
    }
}
