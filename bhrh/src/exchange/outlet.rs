//! What a [`Resident`](super::resident::Resident) sends, from any thread: at once, as far as the
//! client takes it, and the rest when it does. A model checker runs this file as it is
//! (`tests/model`), so its tests are in `outlet_tests.rs`.

use std::io;
use std::sync::Arc;

use super::resident::Line;
use crate::sync::{Mutex, MutexGuard, PoisonError};

/// The way out. Nobody waits here.
#[derive(Debug)]
pub(crate) struct Outlet {
    queue: Mutex<Queue>,
    /// With how many bytes in the queue nothing more is taken.
    most: usize,
}

#[derive(Debug, Default)]
struct Queue {
    /// `None`: it has not begun yet, or it has ended.
    line: Option<Arc<dyn Line>>,
    buffer: Vec<u8>,
    /// How many bytes at the beginning of the buffer have been sent.
    sent: usize,
    /// How many bytes the client has taken of what had to wait.
    taken: u64,
    /// The loop was told that something waits, and has not looked yet.
    is_told: bool,
    end: Option<End>,
}

/// Why nothing more is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Ended,
    Failed,
    TooSlow,
}

/// How far the client has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flow {
    /// How many bytes wait.
    pub(crate) waiting: usize,
    /// How many bytes were taken of those that had to wait, in all.
    pub(crate) taken: u64,
}

impl End {
    fn error(self) -> io::Error {
        match self {
            End::Ended => io::Error::new(io::ErrorKind::NotConnected, "the connection has ended"),
            End::Failed => io::ErrorKind::BrokenPipe.into(),
            End::TooSlow => too_slow(),
        }
    }
}

/// What is said of a client that does not take what is sent.
pub(crate) fn too_slow() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the client takes its messages too slowly")
}

impl Queue {
    fn waiting(&self) -> &[u8] {
        &self.buffer[self.sent..]
    }

    /// Sends what waits, as far as the client takes it.
    fn flush(&mut self) -> io::Result<()> {
        let Some(line) = &self.line else { return Ok(()) };
        let count = write(&**line, self.waiting())?;
        self.taken += count as u64;
        self.sent += count;
        if self.waiting().is_empty() {
            self.forget();
        } else if self.sent > self.buffer.len() / 2 {
            // Each byte is moved about once, however little the client takes at a time.
            self.buffer.drain(..self.sent);
            self.sent = 0;
        }
        Ok(())
    }

    /// Lets go of the buffer: an idle connection needs none.
    fn forget(&mut self) {
        (self.buffer, self.sent) = (Vec::new(), 0);
    }

    /// Sends, or has it wait.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        let sent = match &self.line {
            Some(line) if self.waiting().is_empty() => write(&**line, bytes)?,
            _ => 0,
        };
        self.buffer.extend_from_slice(&bytes[sent..]);
        Ok(())
    }

    /// Tells the loop to look.
    fn tell(&mut self) {
        if let (Some(line), false) = (&self.line, self.is_told) {
            line.wake();
            self.is_told = true;
        }
    }

    fn fail(&mut self, end: End) {
        self.end.get_or_insert(end);
        self.forget();
        self.tell();
    }
}

/// Writes until everything is written, or the client takes no more now. Returns the number of bytes
/// written.
fn write(line: &dyn Line, bytes: &[u8]) -> io::Result<usize> {
    let mut written = 0;
    while written < bytes.len() {
        match line.write(&bytes[written..]) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(written)
}

impl Outlet {
    pub(crate) fn new(most: usize) -> Outlet {
        Outlet { queue: Mutex::default(), most }
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to send: what was to be sent before has waited.
    pub(crate) fn begin(&self, line: Arc<dyn Line>) {
        let mut queue = self.queue();
        if queue.end.is_none() {
            queue.line = Some(line);
        }
    }

    /// Sends both, one after the other.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::NotConnected`] after the end; [`io::ErrorKind::TimedOut`] if too much waits
    /// already, after which nothing is sent any more; what the connection reports.
    pub(crate) fn send(&self, first: &[u8], second: &[u8]) -> io::Result<()> {
        let mut queue = self.queue();
        if let Some(end) = queue.end {
            return Err(end.error());
        }
        if queue.waiting().len() > self.most {
            queue.fail(End::TooSlow);
            return Err(too_slow());
        }
        if let Err(error) = queue.send(first).and_then(|()| queue.send(second)) {
            queue.fail(End::Failed);
            return Err(error);
        }
        if !queue.waiting().is_empty() {
            queue.tell();
        }
        Ok(())
    }

    /// Sends what waits, as far as the client takes it. For the loop.
    ///
    /// # Errors
    ///
    /// Once nothing more can be sent, as [`send`](Outlet::send).
    pub(crate) fn flush(&self) -> io::Result<Flow> {
        let mut queue = self.queue();
        queue.is_told = false;
        if let Some(end) = queue.end {
            return Err(end.error());
        }
        let flushed = if queue.waiting().is_empty() { Ok(()) } else { queue.flush() };
        if let Err(error) = flushed {
            queue.fail(End::Failed);
            return Err(error);
        }
        Ok(Flow { waiting: queue.waiting().len(), taken: queue.taken })
    }

    /// Tells the loop to look.
    pub(crate) fn tell(&self) {
        self.queue().tell();
    }

    /// Sends nothing more, since something was sent in part.
    pub(crate) fn fail(&self) {
        self.queue().fail(End::Failed);
    }

    /// Lets go of the connection.
    pub(crate) fn end(&self) {
        let mut queue = self.queue();
        queue.end.get_or_insert(End::Ended);
        queue.forget();
        queue.line = None;
    }

    /// How many bytes wait.
    pub(crate) fn waiting(&self) -> usize {
        self.queue().waiting().len()
    }

    /// How much memory it holds.
    pub(crate) fn holds(&self) -> usize {
        self.queue().buffer.capacity()
    }
}
