//! What a WebSocket sends: by any thread, one frame at a time.

use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::close;
#[cfg(feature = "websocket-deflate")]
use super::deflate::deflate;
use super::frame::{FrameHead, Opcode, Role, write_with};
use crate::exchange::Upgraded;

/// Payloads up to this size go into one write with their head.
const TOGETHER: usize = 16 << 10;

/// How many bytes a fragment has of a message that is streamed.
const FRAGMENT: usize = 16 << 10;

/// Content that is shorter is not worth compressing.
#[cfg(feature = "websocket-deflate")]
const WORTH_COMPRESSING: usize = 128;

/// The masks of a client that is there for tests: they need not be unpredictable.
const MASK: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

/// The sending side, shared by all that send.
#[derive(Debug)]
pub(super) struct Outgoing {
    stream: Upgraded,
    role: Role,
    #[cfg_attr(not(feature = "websocket-deflate"), expect(dead_code))]
    compression: bool,
    time: Duration,
    /// Held for a whole message, since fragments of two must not mix.
    message: Mutex<()>,
    /// Held for a frame.
    state: Mutex<State>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// A close frame has been sent.
    Closed,
    /// A frame was not sent to its end.
    Broken,
}

impl Outgoing {
    pub(super) fn new(
        stream: Upgraded,
        role: Role,
        compression: bool,
        time: Duration,
    ) -> io::Result<Outgoing> {
        stream.set_write_timeout(Some(time))?;
        let state = Mutex::new(State::Open);
        Ok(Outgoing { stream, role, compression, time, message: Mutex::new(()), state })
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
            State::Closed => {
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
            Ok(()) if opcode == Opcode::Close => *state = State::Closed,
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
        let began = Instant::now();
        for mut bytes in [first, second] {
            while !bytes.is_empty() {
                match (&self.stream).write(bytes) {
                    Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                    Ok(count) => bytes = &bytes[count..],
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
                if !bytes.is_empty() && began.elapsed() >= self.time {
                    let what = "the client takes its message too slowly";
                    return Err(io::Error::new(io::ErrorKind::TimedOut, what));
                }
            }
        }
        Ok(())
    }

    /// Ends the connection, because what was sent cannot be gone on with.
    fn fail(&self) {
        *self.state() = State::Broken;
        let _ = self.stream.close();
    }
}

/// Sends over a WebSocket from any thread: made by [`WebSocket::sender`](super::WebSocket::sender).
///
/// A sender does not keep its WebSocket open. Messages of several threads go one after another.
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
    /// [`send_timeout`](super::Options::send_timeout) at most.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::NotConnected`] if the WebSocket has been closed, and what the connection
    /// reports.
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

    /// Sends a close frame. The WebSocket's [`receive`](super::WebSocket::receive) ends when the
    /// client has answered it.
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
