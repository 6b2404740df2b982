//! A connection between two services: what has to be kept of it, and nothing else.
//!
//! Buffers belong to the threads that serve. An idle connection is its socket and this.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use super::census::Seat;
use super::timers::Tick;
use crate::error::ProtocolError;
use crate::net::readiness::Stream;
use crate::proto::head::HeadReader;
use crate::turn::Closing;

/// A connection.
#[derive(Debug)]
pub(crate) struct Connection {
    /// Shared with the clock that sends late output while a handler runs, and with nobody else.
    pub(crate) stream: Arc<Stream>,
    pub(crate) client_address: SocketAddr,
    _seat: Seat,
    /// What has come and was not understood yet.
    pub(crate) unread: Vec<u8>,
    pub(crate) reader: HeadReader,
    /// How many bytes there have to be before another turn can come to anything.
    pub(crate) at_least: usize,
    /// The client has closed its side.
    pub(crate) at_end: bool,
    /// What is ready to be sent, and was not taken by the system.
    pub(crate) unsent: Vec<u8>,
    /// What follows when it has been.
    pub(crate) afterwards: Option<Closing>,
    pub(crate) phase: Phase,
    pub(crate) deadline: Tick,
    /// When the timers will ask for the deadline.
    pub(crate) asked_at: Tick,
    pub(crate) registered: bool,
    /// When the phase began, what had come before it, and how many bytes it has moved.
    pub(crate) began: Tick,
    pub(crate) had: u64,
    pub(crate) moved: u64,
    /// How many requests it may still have.
    pub(crate) requests_left: u64,
    /// A request of its has been served.
    pub(crate) served: bool,
    /// It belongs to its loop for good, and counts there.
    pub(crate) placed: bool,
    /// It stands in the list of those that have something to do.
    pub(crate) queued: bool,
    /// Why its next answer is a refusal, whatever it has sent.
    pub(crate) refusal: Option<ProtocolError>,
    /// It was to be served by a thread of its own, but there is none.
    pub(crate) must_stay: bool,
    /// Whether a short read says nothing, since the client has closed.
    pub(crate) read_to_the_end: bool,
}

/// What a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The first byte of a request.
    Idle,
    /// The rest of a request head.
    Head,
    /// The rest of a small body.
    Body,
    /// A thread.
    Thread,
    /// The client to take what is unsent.
    Write,
    /// The client to stop sending, after everything has been said.
    Linger,
}

impl Connection {
    pub(crate) fn new(
        stream: Stream,
        client_address: SocketAddr,
        seat: Seat,
        requests_left: u64,
    ) -> Connection {
        Connection {
            stream: Arc::new(stream),
            client_address,
            _seat: seat,
            unread: Vec::new(),
            reader: HeadReader::default(),
            at_least: 0,
            at_end: false,
            unsent: Vec::new(),
            afterwards: None,
            phase: Phase::Idle,
            deadline: Tick::NEVER,
            asked_at: Tick::NEVER,
            began: Tick::NEVER,
            had: 0,
            moved: 0,
            requests_left,
            registered: false,
            served: false,
            placed: false,
            queued: false,
            refusal: None,
            must_stay: false,
            read_to_the_end: false,
        }
    }
}

impl Connection {
    /// The stream, to be registered. Between two services nobody else has it.
    pub(crate) fn own_stream(&mut self) -> io::Result<&mut Stream> {
        Arc::get_mut(&mut self.stream).ok_or_else(|| io::Error::other("the stream is in use"))
    }
}
