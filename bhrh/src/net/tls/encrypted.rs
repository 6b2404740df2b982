//! The transport that encrypts: a socket with TLS between it and HTTP.
//!
//! Two locks, for two halves. A thread that reads waits for the client without any, so that another
//! can write meanwhile, or the monitor. A thread that writes holds `outgoing` while it waits, which
//! keeps the records in order. `session` is held only while bytes are encrypted or decrypted, and
//! is taken after `outgoing` where both are.
//!
//! Buffers belong to threads. An idle connection has its keys, and what has come of a record.

use std::cell::RefCell;
use std::io::{self, IoSlice};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use super::codec::{FRAGMENT, Records};
use super::config::Tls;
use super::sealed::Sealed;
use super::session::Session;
use crate::net::socket::{Socket, is_nothing_yet};

/// How much content is encrypted for one write.
const AT_ONCE: usize = 64 << 10;

/// The longest record, with its header.
const RECORD: usize = FRAGMENT + 256 + 5;

/// How many reads are made for one record, or one step of a handshake, before the caller looks up.
pub(super) const READS: usize = 4;

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

/// A thread's buffers.
#[derive(Default)]
struct Room {
    input: Vec<u8>,
    joined: Vec<u8>,
    records: Records,
}

/// A socket that is encrypted.
#[derive(Debug)]
pub(crate) struct Encrypted {
    pub(super) socket: Socket,
    /// Another protocol's handle has it too.
    pub(super) state: Arc<State>,
}

/// What all handles of a connection share.
#[derive(Debug)]
pub(super) struct State {
    session: Mutex<Session>,
    outgoing: Mutex<Sealed>,
}

impl Encrypted {
    pub(crate) fn new(socket: Socket, tls: &Tls) -> Encrypted {
        let session = Mutex::new(Session::new(tls.orders()));
        Encrypted { socket, state: Arc::new(State { session, outgoing: Mutex::default() }) }
    }

    pub(super) fn session(&self) -> MutexGuard<'_, Session> {
        self.state.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn outgoing(&self) -> MutexGuard<'_, Sealed> {
        self.state.outgoing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None`: another thread is writing.
    pub(super) fn outgoing_now(&self) -> Option<MutexGuard<'_, Sealed>> {
        match self.state.outgoing.try_lock() {
            Ok(sealed) => Some(sealed),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Content that has come before, into `room`, or its end. `None`: the socket has to be read.
    pub(super) fn taken_before(&self, room: &mut [u8]) -> Option<usize> {
        let mut session = self.session();
        let taken = session.take_plain(room);
        taken.or_else(|| session.has_ended().then_some(0))
    }

    /// Reads from the socket and understands what has come: content goes to `room`, and what does
    /// not fit waits. Says how much content there was room for.
    pub(super) fn take_in(&self, room: &mut [u8]) -> io::Result<usize> {
        ROOM.with_borrow_mut(|Room { input, .. }| {
            let had = self.session().partial().len();
            let most = had + room.len().clamp(RECORD, AT_ONCE);
            if input.len() < most {
                input.resize(most, 0);
            }
            // Only who reads changes what is partial.
            let received = self.socket.read(&mut input[had..most])?;
            let mut session = self.session();
            session.drained = received.drained;
            if received.count == 0 {
                return session.end().map(|()| 0);
            }
            input[..had].copy_from_slice(session.partial());
            let was_handshaking = session.is_handshaking();
            let understood = session.understand(&mut input[..had + received.count], room);
            // A response is next, or the first request. The ticket leaves with the response.
            let is_over = was_handshaking && !session.is_handshaking();
            let gives_content = session.has_plain() || understood.as_ref().is_ok_and(|n| *n > 0);
            let may_wait = (is_over || gives_content) && session.replies_may_wait();
            let must_reply = session.has_replies() && !may_wait;
            drop(session);
            if must_reply {
                self.reply_now()?;
            }
            understood
        })
    }

    /// Sends what the protocol has to say itself. `false`: something is left to be sent.
    pub(super) fn reply_now(&self) -> io::Result<bool> {
        // Who writes takes them along.
        let Some(mut outgoing) = self.outgoing_now() else { return Ok(true) };
        self.reply_by(&mut outgoing)
    }

    /// The same, for the thread that writes.
    pub(super) fn reply_by(&self, outgoing: &mut Sealed) -> io::Result<bool> {
        loop {
            while !outgoing.unsent().is_empty() {
                match self.send_now(outgoing.unsent()) {
                    Ok(count) => {
                        // What is written of content is reported by the next write.
                        outgoing.note_sent(count);
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) if is_nothing_yet(&error) => return Ok(false),
                    Err(error) => return Err(error),
                }
            }
            let mut records = Records::default();
            self.session().take_all_replies(&mut records);
            if records.bytes().is_empty() {
                return Ok(true);
            }
            outgoing.queue(records.bytes());
        }
    }

    /// Sends without waiting, in whatever mode the socket is.
    pub(super) fn send_now(&self, bytes: &[u8]) -> io::Result<usize> {
        match self.socket.write_without_waiting(bytes) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                self.socket.write(&[IoSlice::new(bytes)])
            }
            result => result,
        }
    }

    /// Writes by `send`. `is_last`: `close_notify` follows all of it, in the same write.
    pub(super) fn write_by(
        &self,
        outgoing: &mut Sealed,
        slices: &[IoSlice<'_>],
        is_last: bool,
        send: impl Fn(&[u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let offered: usize = slices.iter().map(|slice| slice.len()).sum();
        while !outgoing.unsent().is_empty() || outgoing.owed() > 0 {
            let written = match outgoing.unsent() {
                [] => outgoing.owed(),
                unsent => match send(unsent)? {
                    0 => return Err(io::ErrorKind::WriteZero.into()),
                    count => outgoing.note_sent(count),
                },
            };
            let reported = outgoing.report(written, offered);
            if reported > 0 || offered == 0 {
                return Ok(reported);
            }
        }
        ROOM.with_borrow_mut(|Room { joined, records, .. }| {
            records.clear();
            let mut session = self.session();
            let content = session.seal_all(slices, AT_ONCE, joined, records)?;
            if is_last && content == offered {
                session.say_goodbye(records)?;
            }
            drop(session);
            if records.bytes().is_empty() {
                return Ok(0);
            }
            let sent = match send(records.bytes()) {
                Ok(count) => count,
                Err(error) if is_nothing_yet(&error) => 0,
                Err(error) => return Err(error),
            };
            match outgoing.note_new(records.bytes(), sent, content) {
                0 if content > 0 => Err(io::ErrorKind::WouldBlock.into()),
                written => Ok(written),
            }
        })
    }
}
