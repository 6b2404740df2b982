//! How output leaves: the thread that wrote it sends it, or a clock does.
//!
//! The writer's thread may have to wait for its client, so it sends outside of the lock: it takes
//! out what is ready as a [`Leaving`], sends it, and reports ([`Output::has_gone`]). In between
//! nothing is added and the clock sends nothing. The clock never waits, and sends under the lock.

use std::io;

use super::{Output, Stage};
use crate::exchange::gathered::Gather;
use crate::proto::framing::ResponseFraming;

/// Output that the writer is sending.
#[derive(Debug)]
pub(crate) struct Leaving {
    pub(crate) bytes: Vec<u8>,
    /// What is ready next, once these have gone.
    after: &'static [u8],
}

impl Output {
    /// Takes out what is ready. `directly` is the number of the handler's bytes that are sent
    /// behind it without being gathered; `after` follows them.
    ///
    /// Fails if the connection did not take everything before.
    pub(super) fn leaving(&mut self, directly: usize, after: &'static [u8]) -> io::Result<Leaving> {
        if self.lost {
            self.ready.clear();
            self.held.clear();
            return Err(io::Error::new(io::ErrorKind::BrokenPipe, "an earlier write failed"));
        }
        self.note_departure(directly > 0);
        self.away = true;
        Ok(Leaving { bytes: std::mem::take(&mut self.ready), after })
    }

    fn note_departure(&mut self, more: bool) {
        self.has_left |= more || self.ready.len() > self.response_start;
        self.blank_line = None;
        self.response_start = 0;
        self.overdue = false;
        self.quick_room = 0;
        self.departures += 1;
    }

    /// Takes note that what was taken out has left. `lost`: the connection did not take all of it.
    pub(crate) fn has_gone(&mut self, leaving: Leaving, lost: bool) {
        self.away = false;
        self.lost |= lost;
        // The room is used again.
        self.ready = leaving.bytes;
        self.ready.clear();
        if !lost {
            self.ready.extend_from_slice(leaving.after);
        }
    }

    /// Takes out the framed bytes, to be sent; an open framing stays open.
    pub(crate) fn send(&mut self) -> io::Result<Option<Leaving>> {
        self.end_chunk();
        match self.ready.is_empty() {
            true => Ok(None),
            false => self.leaving(0, b"").map(Some),
        }
    }

    /// Takes out everything so far, to be sent. If the framing is open, it is decided.
    pub(crate) fn flush(&mut self) -> io::Result<Option<Leaving>> {
        self.complete()?;
        self.send()
    }

    /// Frames everything so far.
    fn complete(&mut self) -> io::Result<()> {
        let open = |output: &Output| output.stage == Stage::Body(ResponseFraming::Open);
        if self.filter.is_some() && self.stage != Stage::Idle {
            self.flush_filter(open(self))?;
        }
        if open(self) {
            self.decide_framing(true);
        }
        Ok(())
    }

    #[cold]
    fn flush_filter(&mut self, open: bool) -> io::Result<()> {
        let Some(filter) = &mut self.filter else { return Ok(()) };
        let mut filtered = Vec::new();
        filter.flush(open.then_some(&mut self.head), &mut filtered)?;
        self.gather(&filtered)
    }

    /// Sends what has been gathering for too long, as far as the connection takes it now. Called
    /// by a clock, while the handler does something else.
    pub(crate) fn leave_late(&mut self) {
        // What was due may have left since the clock looked.
        if self.lost || self.piece() == 0 {
            return;
        }
        // The writer is told what is wrong with its content, or that nobody else can send.
        let Some(sender) = self.sender.take_if(|_| !self.overdue) else {
            return self.leave_with_the_next_write();
        };
        if self.complete().is_err() {
            self.leave_with_the_next_write();
        } else {
            self.end_chunk();
            self.note_departure(false);
            self.send_now(|bytes| sender.send_now(bytes));
        }
        self.sender = Some(sender);
    }

    /// Makes the connection end in a reset.
    pub(crate) fn reset_on_close(&self) {
        if let Some(sender) = &self.sender {
            sender.reset_on_close();
        }
    }

    fn leave_with_the_next_write(&mut self) {
        self.overdue = true;
        self.quick_room = 0;
    }

    /// Sends what is ready by `send`, as far as that goes without waiting.
    pub(crate) fn send_now(&mut self, mut send: impl FnMut(&[u8]) -> io::Result<usize>) {
        let mut sent = 0;
        while sent < self.ready.len() {
            match send(&self.ready[sent..]) {
                Ok(count) if count > 0 => sent += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                _ => {
                    self.lost = true;
                    sent = self.ready.len();
                }
            }
        }
        self.ready.drain(..sent);
    }

    /// What is ready to be sent.
    pub(crate) fn ready(&self) -> &[u8] {
        &self.ready
    }

    /// Forgets what is ready, which has been sent or never will be: the connection is put down.
    pub(crate) fn put_down(&mut self) {
        self.ready.clear();
        if self.ready.capacity() > 4 * super::READY {
            self.ready = Vec::new();
        }
        self.response_start = 0;
        self.blank_line = None;
        self.lost = false;
        self.overdue = false;
        self.sender = None;
    }
}
