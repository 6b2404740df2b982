//! Which sockets have something to do.
//!
//! Readiness is edge-triggered: what was reported once is not reported again before the socket was
//! read or written until it had nothing more.

use std::io;
use std::time::Duration;

pub(crate) use mio::Waker;

use super::listener::Listener;
use super::socket::Socket;

/// The token of the waker; listeners follow it, connections follow them.
const WAKER: usize = 0;
const FIRST_LISTENER: usize = 1;
const FIRST_CONNECTION: usize = 1 << 16;

/// How many events one wait reports at most.
const EVENTS: usize = 1024;

/// What a wait has found.
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

/// What stops reporting from other threads.
#[derive(Debug)]
pub(crate) struct Registrar {
    #[cfg_attr(not(unix), expect(dead_code))]
    registry: mio::Registry,
}

impl Registrar {
    /// Stops reporting anything of the socket, if the loop's poller watches it. Where that needs
    /// the socket itself, the loop is woken in vain until the connection closes.
    pub(crate) fn forget(&self, socket: &Socket) {
        #[cfg(unix)]
        {
            // An error means that it was not watched.
            let _ = self.registry.deregister(&mut mio::unix::SourceFd(&socket.descriptor()));
        }
        #[cfg(not(unix))]
        let _ = socket;
    }
}

/// The sockets that one loop waits for.
#[derive(Debug)]
pub(crate) struct Readiness {
    poll: mio::Poll,
    events: mio::Events,
    /// The last wait was cut short by a signal.
    interrupted: bool,
}

impl Readiness {
    pub(crate) fn new() -> io::Result<Readiness> {
        let events = mio::Events::with_capacity(EVENTS);
        Ok(Readiness { poll: mio::Poll::new()?, events, interrupted: false })
    }

    /// A waker for this set. There can be one.
    pub(crate) fn waker(&self) -> io::Result<Waker> {
        Waker::new(self.poll.registry(), mio::Token(WAKER))
    }

    /// What stops reporting sockets of this set from other threads.
    pub(crate) fn registrar(&self) -> io::Result<Registrar> {
        Ok(Registrar { registry: self.poll.registry().try_clone()? })
    }

    /// Waits; without a time, for ever.
    pub(crate) fn wait(&mut self, time: Option<Duration>) -> io::Result<()> {
        self.interrupted = false;
        match self.poll.poll(&mut self.events, time) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                self.events.clear();
                self.interrupted = true;
                Ok(())
            }
            result => result,
        }
    }

    /// Whether the last wait, which has reported this many occurrences, has reported everything
    /// that there was. One that was interrupted (by SIGCONT, for instance) has reported nothing,
    /// and one that was full, a part.
    pub(crate) fn has_heard_all(&self, occurrences: usize) -> bool {
        !self.interrupted && occurrences < EVENTS
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

    /// Starts reporting when the socket becomes readable.
    pub(crate) fn register(&self, socket: &mut Socket, key: usize) -> io::Result<()> {
        let token = mio::Token(key + FIRST_CONNECTION);
        self.poll.registry().register(socket.stream_mut(), token, mio::Interest::READABLE)
    }

    /// Stops reporting anything of the socket.
    pub(crate) fn deregister(&self, socket: &mut Socket) -> io::Result<()> {
        self.poll.registry().deregister(socket.stream_mut())
    }

    /// Reports when the socket becomes readable, and when it becomes writable too while `on`.
    pub(crate) fn also_writes(&self, socket: &mut Socket, key: usize, on: bool) -> io::Result<()> {
        let token = mio::Token(key + FIRST_CONNECTION);
        let interest = match on {
            true => mio::Interest::READABLE | mio::Interest::WRITABLE,
            false => mio::Interest::READABLE,
        };
        self.poll.registry().reregister(socket.stream_mut(), token, interest)
    }

    /// Starts reporting when connections arrive at the listener.
    pub(crate) fn listen(&self, listener: &mut Listener, index: usize) -> io::Result<()> {
        let token = mio::Token(index + FIRST_LISTENER);
        self.poll.registry().register(listener.source(), token, mio::Interest::READABLE)
    }
}
