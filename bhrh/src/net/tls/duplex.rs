//! An encrypted connection for another protocol, whose socket blocks. One thread may read while
//! another writes.
//!
//! What the protocol has to say itself (an alert, an answer to new keys) is queued by who reads. It
//! leaves at once, by that thread, or by the one that is writing just then. A read never waits for
//! a client that takes nothing: what does not leave at once leaves with the next read or write.
//!
//! Other protocols may end where their connection does, so an end without `close_notify` is an
//! error here. HTTP's content has a length, or its chunks have an end.

use std::io::{self, IoSlice};
use std::time::Duration;

use super::codec::Records;
use super::encrypted::Encrypted;
use super::sealed::Sealed;
use crate::net::channel::Channel;
use crate::net::duplex::{Duplex, in_words};

#[derive(Debug)]
pub(super) struct EncryptedDuplex(pub(super) Encrypted);

impl EncryptedDuplex {
    /// Reads what has come, and waits for it; 0 at the end that the client has announced, or this
    /// side has made.
    fn read_some(&self, room: &mut [u8]) -> io::Result<usize> {
        if room.is_empty() {
            return Ok(0);
        }
        loop {
            match self.0.taken_before(room) {
                Some(0) if self.0.session().is_truncated() => {
                    let what = "the client's data was cut off: it ended without close_notify";
                    return Err(io::Error::new(io::ErrorKind::UnexpectedEof, what));
                }
                Some(count) => return Ok(count),
                None => {}
            }
            let taken = self.0.take_in(room);
            // A client that cannot be told is noticed by the next read.
            let _ = self.reply();
            // Nothing: what has come is a part of a record, or none of content.
            match taken? {
                0 => {}
                count => return Ok(count),
            }
        }
    }

    /// Sends what the protocol has to say itself, as far as that leaves without waiting.
    fn reply(&self) -> io::Result<()> {
        if let Some(mut outgoing) = self.0.outgoing_now() {
            return self.0.reply_by(&mut outgoing).map(drop);
        }
        // Who writes looks here afterwards.
        self.0.session().is_asked_to_reply = true;
        match self.0.outgoing_now() {
            Some(mut outgoing) => self.0.reply_by(&mut outgoing).map(drop),
            None => Ok(()),
        }
    }

    /// Encrypts some of the bytes and sends them. What does not leave in time leaves before the
    /// next bytes do.
    fn write_some(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut outgoing = self.0.outgoing();
        self.send_unsent(&mut outgoing)?;
        outgoing.forgive();
        let send = |bytes: &[u8]| self.0.socket().write(&[IoSlice::new(bytes)]);
        let written = self.0.write_by(&mut outgoing, &[IoSlice::new(bytes)], false, send);
        let owed = outgoing.forgive();
        drop(outgoing);
        if std::mem::take(&mut self.0.session().is_asked_to_reply) {
            let _ = self.reply();
        }
        match written {
            Ok(written) => Ok(written + owed),
            Err(_) if owed > 0 => Ok(owed),
            Err(error) => Err(error),
        }
    }

    /// Sends what is left of records, and waits until the system has taken it.
    fn send_unsent(&self, outgoing: &mut Sealed) -> io::Result<()> {
        while !outgoing.unsent().is_empty() {
            match self.0.socket().write(&[IoSlice::new(outgoing.unsent())])? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                count => outgoing.note_sent(count),
            };
        }
        Ok(())
    }

    /// Queues `close_notify`, behind which nothing follows.
    fn queue_goodbye(&self, outgoing: &mut Sealed) -> io::Result<()> {
        let mut records = Records::default();
        self.0.session().say_goodbye(&mut records)?;
        if !records.bytes().is_empty() {
            outgoing.queue(records.bytes());
        }
        Ok(())
    }

    /// Says that nothing more is sent, and waits until the system has taken it.
    fn say_goodbye(&self) -> io::Result<()> {
        let mut outgoing = self.0.outgoing();
        self.send_unsent(&mut outgoing)?;
        self.queue_goodbye(&mut outgoing)?;
        self.send_unsent(&mut outgoing)
    }
}

impl Duplex for EncryptedDuplex {
    fn read(&self, room: &mut [u8]) -> io::Result<usize> {
        self.read_some(room).map_err(in_words)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.write_some(bytes).map_err(in_words)
    }

    fn set_read_timeout(&self, time: Option<Duration>) -> io::Result<()> {
        self.0.socket().set_read_timeout(time)
    }

    fn set_write_timeout(&self, time: Option<Duration>) -> io::Result<()> {
        self.0.socket().set_write_timeout(time)
    }

    fn finish(&self) -> io::Result<()> {
        let said = self.say_goodbye().map_err(in_words);
        self.0.half_close()?;
        said
    }

    fn leave(&self, patience: Duration) {
        // What a thread is writing is cut off, and so is what a write has given up.
        let Some(mut outgoing) = self.0.outgoing_now() else { return };
        if !outgoing.unsent().is_empty() || self.queue_goodbye(&mut outgoing).is_err() {
            return;
        }
        let sent = self.0.reply_by(&mut outgoing);
        if matches!(sent, Ok(false))
            && !patience.is_zero()
            && self.set_write_timeout(Some(patience)).is_ok()
        {
            let _ = self.send_unsent(&mut outgoing);
        }
    }

    fn close(&self) -> io::Result<()> {
        self.0.session().close();
        self.0.socket().close()
    }

    fn reset_on_close(&self) {
        self.0.socket().reset_on_close();
    }
}
