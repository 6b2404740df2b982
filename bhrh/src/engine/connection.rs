//! A connection between two services: what has to be kept of it, and nothing else.
//!
//! Buffers belong to the threads that serve. An idle connection is its socket and this.
//!
//! | phase | the connection waits for | until | what happens then |
//! | --- | --- | --- | --- |
//! | `ProxyHeader` | the header of a proxy, where there has to be one | `Timeouts::handshake`, from the beginning | it closes |
//! | `Handshake` | the rest of a handshake, where its transport has one | `Timeouts::handshake` | it closes |
//! | `Idle` | the first byte of a request | `Timeouts::keep_alive` | it closes |
//! | `Head` | the rest of a head | `Timeouts::head` | a 408 |
//! | `Body` | the rest of a small body | `Timeouts::body` and `body_rate` | a 408 |
//! | `Unread` | the rest of a body that nobody reads | `Timeouts::body` and `body_rate` | it closes |
//! | `Thread` | a thread of its own | `Timeouts::thread` | a 503 |
//! | `InPlace` | its turn: there is no thread of its own for it | its turn comes | the loop's driver serves it |
//! | `Ended` | its turn | its turn comes | it is told why, if it can be, and closes |
//! | `Write` | the client to take what is unsent | `Timeouts::write` and `write_rate` | it is cut |
//! | `Resident` | what its protocol waits for (a WebSocket: the next message) | its protocol says | its protocol does it |
//! | `Linger` | the client to stop sending after the last answer | `Timeouts::linger` | it closes |
//!
//! ```text
//! accepted ─▶ ProxyHeader, if there is one ─▶ Handshake, if there is one ─▶ Idle
//! accepted ─▶ Idle ◀──▶ Head ◀──▶ Body        by what has come (NextStep::Await)
//!    │          └─────────┴─────────┴──▶ served ─┬▶ Idle, Head, Body
//!    │                                           ├▶ Thread ─▶ served elsewhere, or InPlace ─▶ served
//!    └▶ Ended ◀─ time over in Head, Body, Write  ├▶ Write ─▶ Idle, or closed
//!         └▶ answered ─▶ Linger                  ├▶ Linger ─▶ closed
//!                                                └▶ Resident ─▶ Linger, or closed
//! ```

use super::census::Seat;
use super::client::Client;
use super::handshakes::OneHandshake;
use super::residence::Residence;
use super::timers::Tick;
use crate::exchange::file_content::FileContent;
use crate::net::transports::AnyChannel;
use crate::peer::Peer;
use crate::protocol_error::ProtocolError;
use crate::turn::{Closing, Resume};

/// A connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) channel: AnyChannel,
    pub(crate) client_address: Peer,
    /// Which of the engine's endpoints it came to.
    pub(crate) endpoint: u16,
    /// `None` once another protocol has it.
    pub(crate) seat: Option<Seat>,
    /// How many bytes it holds, as its seat was told.
    pub(crate) held: u32,
    /// What its next turn goes on from.
    pub(crate) resume: Resume,
    pub(crate) phase: Phase,
    /// When the phase's time is over.
    pub(crate) deadline: Tick,
    /// When the timers will ask for the deadline.
    pub(crate) asked_at: Tick,
    pub(crate) home: Home,
    /// The poller watches its socket.
    pub(crate) registered: bool,
    /// It stands in its loop's list of connections that have something to do.
    pub(crate) queued: bool,
}

/// What a connection waits for.
#[derive(Debug)]
pub(crate) enum Phase {
    /// With what has come of it.
    ProxyHeader(Vec<u8>),
    Handshake(Box<Shaking>),
    Idle,
    Head,
    Body(Progress),
    Unread(Progress),
    Thread,
    InPlace,
    Ended(WhyEnded),
    Write(Box<Unsent>, Progress),
    Resident(Box<Residence>),
    Linger(Progress),
}

/// A handshake that goes on.
#[derive(Debug)]
pub(crate) struct Shaking {
    pub(crate) _counted: OneHandshake,
    /// What the client is told afterwards, if it is to be turned away.
    pub(crate) refusal: Option<Box<ProtocolError>>,
    /// The poller reports when the client has taken something.
    pub(crate) watches_room: bool,
}

/// Why the server ends a connection. It runs code of the handler's to say so.
#[derive(Debug)]
pub(crate) enum WhyEnded {
    /// The client gets this answer.
    Refused(Box<ProtocolError>),
    /// The client has not taken its answer in time; the log gets a line.
    NotTaken,
    /// The client does not take its answer, which is too much to be kept; the log gets a line.
    NotKept,
    /// The connection has not come so far that it could have a request; the log of details gets a
    /// line.
    Unbegun,
}

/// How far something has come that goes on in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    /// When it began.
    pub(crate) began: Tick,
    /// How many bytes there were before.
    pub(crate) before: u64,
    /// How many bytes have moved since.
    pub(crate) moved: u64,
}

impl Progress {
    pub(crate) fn new(began: Tick, before: u64) -> Progress {
        Progress { began, before, moved: 0 }
    }
}

/// Output that the system did not take, or that nobody has offered it yet.
#[derive(Debug)]
pub(crate) struct Unsent {
    pub(crate) bytes: Vec<u8>,
    /// What follows the bytes.
    pub(crate) content: Option<FileContent>,
    /// How the connection closes when all of it is sent. `None`: it goes on.
    pub(crate) then: Option<Closing>,
}

impl Unsent {
    /// Whether nothing is left.
    pub(crate) fn is_sent(&self) -> bool {
        self.bytes.is_empty() && self.content.as_ref().is_none_or(|content| content.left() == 0)
    }
}

/// Whether a connection belongs to a loop for good. It is given a loop when its first request has
/// been served and it stays: most connections that close at once never are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Home {
    /// Nothing was served yet.
    Unserved,
    /// A request was served.
    Unplaced,
    /// It belongs to its loop, and counts there.
    Placed,
}

impl Connection {
    /// A connection that has just been accepted. Its first bytes may have come already.
    pub(crate) fn new(
        channel: AnyChannel,
        client_address: Peer,
        endpoint: u16,
        seat: Seat,
        requests_left: u64,
    ) -> Connection {
        Connection {
            channel,
            client_address,
            endpoint,
            seat: Some(seat),
            held: 0,
            resume: Resume::new(requests_left),
            phase: Phase::Idle,
            deadline: Tick::NEVER,
            asked_at: Tick::NEVER,
            home: Home::Unserved,
            registered: false,
            queued: false,
        }
    }

    /// Lets it wait for the first byte of a request. Mostly it does already, and a phase that is
    /// set drops another.
    #[inline(always)]
    pub(crate) fn be_idle(&mut self) {
        if !matches!(self.phase, Phase::Idle) {
            self.phase = Phase::Idle;
        }
    }

    /// Whether another protocol has it that stays with its loop.
    pub(crate) fn is_resident(&self) -> bool {
        matches!(self.phase, Phase::Resident(_))
    }

    /// How many bytes it holds: a head or a body that has not come whole, and unsent output.
    #[inline(always)]
    pub(crate) fn holds(&self) -> u32 {
        let rest = match &self.phase {
            Phase::Write(unsent, _) => unsent.bytes.capacity() + self.channel.rarely().holds(),
            Phase::Resident(residence) => residence.held,
            Phase::Head | Phase::Body(_) | Phase::Unread(_) => self.channel.rarely().holds(),
            _ => 0,
        };
        u32::try_from(self.resume.unread.capacity() + rest).unwrap_or(u32::MAX)
    }

    /// The poller has reported that the client has gone.
    #[cold]
    pub(crate) fn note_hang_up(&self) {
        self.channel.socket().note_hang_up();
    }

    /// Counts what it holds from now on. Says whether all connections together hold too much.
    #[cold]
    pub(crate) fn note_held(&mut self, now: u32) -> bool {
        let Some(seat) = &self.seat else { return false };
        let memory = seat.memory();
        memory.note(Client::of(&self.client_address), self.held, now);
        self.held = now;
        memory.is_exceeded()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.held > 0 {
            self.note_held(0);
        }
    }
}
