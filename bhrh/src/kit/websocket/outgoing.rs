//! What a WebSocket sends: by any thread, one frame at a time.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak};
use std::time::{Duration, Instant};

use super::close;
#[cfg(feature = "websocket-deflate")]
use super::deflate::deflate;
use super::frame::{FrameHead, Opcode, Role, write_with};
use crate::exchange::Upgraded;
use crate::exchange::outlet::{Outlet, too_slow};

/// Payloads up to this size go into one write with their head.
const TOGETHER: usize = 16 << 10;

/// How many bytes a fragment has of a message that is streamed.
const FRAGMENT: usize = 16 << 10;

/// Content that is shorter is not worth compressing.
#[cfg(feature = "websocket-deflate")]
const WORTH_COMPRESSING: usize = 128;

/// How long a client has to answer a close frame of a [`Sender`].
pub(super) const CLOSE_TIME: Duration = Duration::from_secs(5);

/// The masks of a client that is there for tests: they need not be unpredictable.
const MASK: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

/// The sending side, shared by all that send.
#[derive(Debug)]
pub(super) struct Outgoing {
    way: Way,
    role: Role,
    compression: bool,
    subprotocol: Option<String>,
    /// Held for a whole message, since fragments of two must not mix.
    message: Mutex<()>,
    /// Held for a frame.
    state: Mutex<State>,
}

/// How bytes leave.
#[derive(Debug)]
enum Way {
    /// The thread waits for the client, for this time at most.
    Waiting(Upgraded, Duration),
    /// The loop waits for the client.
    OnLoop(Arc<Outlet>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// A close frame was sent then.
    Closed(Instant),
    /// A frame was not sent to its end.
    Broken,
}

impl Outgoing {
    pub(super) fn new(
        stream: Upgraded,
        role: Role,
        compression: bool,
        subprotocol: Option<String>,
        time: Duration,
    ) -> io::Result<Outgoing> {
        stream.set_write_timeout(Some(time))?;
        Ok(Outgoing {
            way: Way::Waiting(stream, time),
            role,
            compression,
            subprotocol,
            message: Mutex::new(()),
            state: Mutex::new(State::Open),
        })
    }

    /// One that never waits.
    pub(super) fn on_loop(
        outlet: Arc<Outlet>,
        compression: bool,
        subprotocol: Option<String>,
    ) -> Outgoing {
        Outgoing {
            way: Way::OnLoop(outlet),
            role: Role::Server,
            compression,
            subprotocol,
            message: Mutex::new(()),
            state: Mutex::new(State::Open),
        }
    }

    pub(super) fn compresses(&self) -> bool {
        self.compression
    }

    pub(super) fn subprotocol(&self) -> Option<&str> {
        self.subprotocol.as_deref()
    }

    /// Whether a close frame was sent.
    pub(super) fn has_closed(&self) -> bool {
        self.closed_at().is_some()
    }

    /// Whether the client has had its time to answer a close frame.
    pub(super) fn is_unanswered(&self) -> bool {
        self.closed_at().is_some_and(|at| at.elapsed() >= CLOSE_TIME)
    }

    /// When a close frame was sent. It does not wait for a thread that sends something else: that
    /// one may be waiting for the client, and the client for the thread that asks here to receive.
    fn closed_at(&self) -> Option<Instant> {
        let state = match self.state.try_lock() {
            Ok(state) => state,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        match *state {
            State::Closed(at) => Some(at),
            State::Open | State::Broken => None,
        }
    }

    fn message(&self) -> MutexGuard<'_, ()> {
        self.message.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends a message in one frame.
    pub(super) fn send(&self, opcode: Opcode, content: &[u8]) -> io::Result<()> {
        #[cfg(feature = "websocket-deflate")]
        if self.compression && content.len() >= WORTH_COMPRESSING {
            let compressed = deflate(content);
            if compressed.len() < content.len() {
                let _message = self.message();
                return self.frame(opcode, true, true, &compressed);
            }
        }
        let _message = self.message();
        self.frame(opcode, true, false, content)
    }

    /// Sends a message in fragments, as its content is read.
    pub(super) fn send_from(&self, opcode: Opcode, mut content: impl Read) -> io::Result<u64> {
        let _message = self.message();
        let (mut piece, mut total, mut opcode) = (vec![0; FRAGMENT], 0, opcode);
        loop {
            let mut filled = 0;
            while filled < piece.len() {
                match content.read(&mut piece[filled..]) {
                    Ok(0) => break,
                    Ok(count) => filled += count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => {
                        // The message cannot be ended, and nothing else can follow half of one.
                        self.fail();
                        return Err(error);
                    }
                }
            }
            total += filled as u64;
            let last = filled < piece.len();
            self.frame(opcode, last, false, &piece[..filled])?;
            if last {
                return Ok(total);
            }
            opcode = Opcode::Continuation;
        }
    }

    /// Sends a ping or a pong.
    pub(super) fn control(&self, opcode: Opcode, payload: &[u8]) -> io::Result<()> {
        self.frame(opcode, true, false, payload)
    }

    /// Sends a close frame, unless one was sent. Nothing follows it.
    pub(super) fn close(&self, code: u16, reason: &str) -> io::Result<()> {
        match self.frame(Opcode::Close, true, false, &close::payload(code, reason)) {
            Err(error) if error.kind() == io::ErrorKind::NotConnected => Ok(()),
            result => result,
        }
    }

    fn frame(
        &self,
        opcode: Opcode,
        last: bool,
        compressed: bool,
        payload: &[u8],
    ) -> io::Result<()> {
        let mut state = self.state();
        match *state {
            State::Open => {}
            State::Closed(_) => {
                return Err(io::Error::new(io::ErrorKind::NotConnected, "the WebSocket is closed"));
            }
            State::Broken => return Err(io::ErrorKind::BrokenPipe.into()),
        }
        let mask = (self.role == Role::Client).then_some(MASK);
        let head = FrameHead { last, compressed, opcode, mask, length: payload.len() as u64 };
        let mut bytes = Vec::new();
        let written = if payload.len() <= TOGETHER || mask.is_some() {
            write_with(&mut bytes, &head, payload);
            self.write(&bytes, &[])
        } else {
            head.write(&mut bytes);
            self.write(&bytes, payload)
        };
        match written {
            Ok(()) if opcode == Opcode::Close => {
                *state = State::Closed(Instant::now());
                if let Way::OnLoop(outlet) = &self.way {
                    outlet.tell();
                }
            }
            Ok(()) => {}
            Err(_) => {
                *state = State::Broken;
                drop(state);
                self.fail();
            }
        }
        written
    }

    /// Writes all of both, within the time that a client has for it.
    fn write(&self, first: &[u8], second: &[u8]) -> io::Result<()> {
        let (stream, time) = match &self.way {
            Way::Waiting(stream, time) => (stream, *time),
            Way::OnLoop(outlet) => return outlet.send(first, second),
        };
        let began = Instant::now();
        for mut bytes in [first, second] {
            while !bytes.is_empty() {
                match (&*stream).write(bytes) {
                    Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                    Ok(count) => bytes = &bytes[count..],
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
                if !bytes.is_empty() && began.elapsed() >= time {
                    return Err(too_slow());
                }
            }
        }
        Ok(())
    }

    /// Ends the connection, because what was sent cannot be gone on with.
    fn fail(&self) {
        *self.state() = State::Broken;
        match &self.way {
            // It may have ended by itself.
            Way::Waiting(stream, _) => drop(stream.close()),
            Way::OnLoop(outlet) => outlet.fail(),
        }
    }
}

/// Sends over a WebSocket from any thread: made by [`WebSocket::sender`](super::WebSocket::sender)
/// and [`websocket_events`](crate::Exchange::websocket_events).
///
/// A sender does not keep its WebSocket open. Messages of several threads go one after another.
///
/// ```
/// use bhrh::websocket::Sender;
/// use std::sync::Mutex;
///
/// /// Those who are there.
/// #[derive(Default)]
/// struct Room(Mutex<Vec<Sender>>);
///
/// impl Room {
///     fn tell_all(&self, text: &str) {
///         self.0.lock().unwrap().retain(|sender| sender.send(text).is_ok());
///     }
/// }
/// # Room::default().tell_all("hello");
/// ```
#[derive(Debug, Clone)]
pub struct Sender {
    outgoing: Weak<Outgoing>,
}

impl Sender {
    pub(super) fn new(outgoing: &Arc<Outgoing>) -> Sender {
        Sender { outgoing: Arc::downgrade(outgoing) }
    }

    fn outgoing(&self) -> io::Result<Arc<Outgoing>> {
        let gone = || io::Error::new(io::ErrorKind::NotConnected, "the WebSocket is closed");
        self.outgoing.upgrade().ok_or_else(gone)
    }

    /// Sends a text. Waits while the client is slow, for
    /// [`send_timeout`](super::Options::send_timeout) at most. If the WebSocket has no thread, it
    /// does not wait: what the client does not take at once is sent when it does.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::NotConnected`] if the WebSocket has been closed,
    /// [`io::ErrorKind::TimedOut`] if the client is too slow, and what the connection reports.
    pub fn send(&self, text: &str) -> io::Result<()> {
        self.outgoing()?.send(Opcode::Text, text.as_bytes())
    }

    /// Sends bytes, likewise.
    ///
    /// # Errors
    ///
    /// As [`send`](Sender::send).
    pub fn send_binary(&self, bytes: &[u8]) -> io::Result<()> {
        self.outgoing()?.send(Opcode::Binary, bytes)
    }

    /// The subprotocol that was agreed on, of
    /// [`Options::subprotocols`](super::Options::subprotocols), while the WebSocket is there.
    #[must_use]
    pub fn subprotocol(&self) -> Option<String> {
        self.outgoing.upgrade()?.subprotocol().map(str::to_owned)
    }

    /// Sends a close frame. The WebSocket ends when the client has answered it, or has not within 5
    /// seconds.
    ///
    /// # Errors
    ///
    /// As [`send`](Sender::send), but for a WebSocket that has been closed;
    /// [`io::ErrorKind::InvalidInput`] for a code that must not be sent (RFC 6455 section 7.4).
    pub fn close(&self, code: u16, reason: &str) -> io::Result<()> {
        close::check(code)?;
        self.outgoing.upgrade().map_or(Ok(()), |outgoing| outgoing.close(code, reason))
    }

    /// Whether the WebSocket has gone.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.outgoing.upgrade().is_none_or(|outgoing| *outgoing.state() != State::Open)
    }
}
