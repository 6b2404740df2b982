//! What the engine asks of a connection, of one that is encrypted.

use std::io::{self, IoSlice};
use std::sync::Arc;

use super::codec::Records;
use super::duplex::EncryptedDuplex;
use super::encrypted::{Encrypted, READS};
use super::session::Session;
use crate::net::channel::{Channel, Handshake};
use crate::net::duplex::Duplex;
use crate::net::encryption::Encryption;
use crate::net::socket::{Received, Socket, is_nothing_yet};

impl Channel for Encrypted {
    fn socket(&self) -> &Socket {
        &self.socket
    }

    fn socket_mut(&mut self) -> &mut Socket {
        &mut self.socket
    }

    fn read(&self, room: &mut [u8]) -> io::Result<Received> {
        for _ in 0..READS {
            let mut session = self.session();
            let taken = session.take_plain(room);
            if taken.is_none() && session.has_ended() {
                return Ok(Received { count: 0, drained: false });
            }
            drop(session);
            if let Some(count) = taken {
                // The poller may have reported an arrival since the socket was last read.
                return Ok(Received { count, drained: false });
            }
            let count = self.take_in(room)?;
            let session = self.session();
            let drained = session.drained && !session.has_plain() && !session.has_ended();
            match count {
                // What has come is a part of a record.
                0 if drained => return Err(io::ErrorKind::WouldBlock.into()),
                0 => {}
                count => return Ok(Received { count, drained }),
            }
        }
        // A client that sends a record a byte at a time must not keep the caller from its clocks.
        Err(io::ErrorKind::Interrupted.into())
    }

    fn write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let send = |bytes: &[u8]| self.socket.write(&[IoSlice::new(bytes)]);
        self.write_by(&mut self.outgoing(), slices, false, send)
    }

    fn write_last(&self, bytes: &[u8]) -> io::Result<usize> {
        let send = |bytes: &[u8]| self.socket.write(&[IoSlice::new(bytes)]);
        self.write_by(&mut self.outgoing(), &[IoSlice::new(bytes)], true, send)
    }

    fn write_without_waiting(&self, bytes: &[u8]) -> io::Result<usize> {
        let Some(mut outgoing) = self.outgoing_now() else {
            return Err(io::ErrorKind::WouldBlock.into());
        };
        let send = |bytes: &[u8]| self.socket.write_without_waiting(bytes);
        self.write_by(&mut outgoing, &[IoSlice::new(bytes)], false, send)
    }

    fn is_at_end(&self) -> bool {
        // Their end may be a message inside, so a look at the socket is not enough.
        let at_end = |session: &Session| !session.has_plain() && session.has_ended();
        let session = self.session();
        if session.has_plain() || session.has_ended() {
            return at_end(&session);
        }
        drop(session);
        match self.take_in(&mut []) {
            Ok(_) => at_end(&self.session()),
            Err(error) => !is_nothing_yet(&error),
        }
    }

    fn holds_input(&self) -> bool {
        let session = self.session();
        session.has_plain() || session.has_ended()
    }

    fn incomplete(&self) -> usize {
        self.session().partial().len()
    }

    fn holds(&self) -> usize {
        let unsent = self.outgoing().unsent().len();
        let session = self.session();
        unsent + session.holds()
    }

    fn hand_out(&self) -> io::Result<Box<dyn Duplex>> {
        let (socket, state) = (self.socket.another()?, Arc::clone(&self.state));
        Ok(Box::new(EncryptedDuplex(Encrypted { socket, state })))
    }

    fn send_replies(&self) -> io::Result<()> {
        // A thread that was writing may have been too late to take them along.
        self.reply_by(&mut self.outgoing()).map(drop)
    }

    fn finish(&self) {
        // A client that gets `close_notify` takes what came before it for complete.
        let mut outgoing = self.outgoing();
        let mut session = self.session();
        if outgoing.owed() > 0 || !outgoing.unsent().is_empty() {
            return;
        }
        let mut records = Records::default();
        if session.say_goodbye(&mut records).is_ok() && !records.bytes().is_empty() {
            let sent = self.send_now(records.bytes()).unwrap_or(0);
            outgoing.note_new(records.bytes(), sent, 0);
        }
    }

    fn half_close(&self) -> io::Result<()> {
        self.socket.half_close()
    }

    fn shakes_hands(&self) -> bool {
        true
    }

    fn shake_hands(&self) -> io::Result<Handshake> {
        for had_turns in 0..READS {
            let session = self.session();
            let is_drained = had_turns > 0 && session.drained;
            let is_over = !session.is_handshaking();
            if is_over && session.replies_may_wait() {
                return Ok(Handshake::Done);
            }
            let is_refused = session.is_refused();
            drop(session);
            if !self.reply_now()? {
                return Ok(Handshake::NeedsRoom);
            }
            if is_refused {
                return Ok(Handshake::Refused);
            }
            if is_over {
                return Ok(Handshake::Done);
            }
            if is_drained {
                return Ok(Handshake::NeedsInput);
            }
            match self.take_in(&mut []) {
                Ok(_) => {}
                Err(error) if is_nothing_yet(&error) => return Ok(Handshake::NeedsInput),
                // The client is told by an alert.
                Err(_) if self.session().has_failed() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Handshake::GoesOn)
    }

    fn is_encrypted(&self) -> bool {
        true
    }

    fn encryption(&self) -> Option<Encryption> {
        self.session().encryption()
    }
}
