//! The connection as an exchange sees it: something to read from and write to.
//!
//! All state that changes while a handler runs stands behind one shared reference, so that an
//! [`Exchange`](super::Exchange) can be rebuilt around another handler, and so that its fields
//! borrow apart. What kind of connection it is, only the engine knows.

use std::cell::{Cell, RefCell};
use std::io;
use std::time::Instant;

use super::filter::Filter;
use super::input::Input;
use super::output::Output;
use super::response_rules::ResponseRules;
use crate::log_sink::Kind;
use crate::proto::head::RequestHead;

/// What an engine offers of a connection.
pub(crate) trait Transport {
    /// Reads some bytes if there are any; 0 at the end, `None` if nothing can be said without
    /// waiting.
    fn read_now(&self, _buffer: &mut [u8]) -> io::Result<Option<usize>> {
        Ok(None)
    }

    /// Reads some bytes; 0 at the end. May block, within the time that the engine allows.
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes some of the bytes of the slices in turn. May block likewise.
    fn write(&self, slices: &[io::IoSlice<'_>]) -> io::Result<usize>;

    /// Whether the running handler has taken so long that output should no longer be gathered:
    /// somebody may be watching a progress bar.
    fn is_slow(&self) -> bool;

    /// Sets when reading and writing are to fail at the latest; `None` lifts that.
    fn set_deadline(&self, deadline: Option<Instant>);

    /// Whether the client has closed its side, as far as that can be told without waiting or
    /// reading.
    fn has_ended(&self) -> bool {
        false
    }

    /// Up to which size a body is waited for before its handler starts.
    fn collects(&self) -> u64 {
        0
    }

    /// Whether a request of this kind may be run on this thread.
    fn may_run(&self, _head: &RequestHead) -> bool {
        true
    }
}

/// How a connection broke under an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// The client went away.
    Gone,
    /// The client was too slow.
    TimedOut,
}

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Point {
    #[default]
    Beginning,
    /// Its head was looked at.
    Head,
    /// Its response was turned to.
    Response,
}

/// The changing state of one connection, reused from exchange to exchange.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    pub(crate) input: RefCell<Input>,
    pub(crate) output: RefCell<Output>,
    /// What the content goes through on its way to the output.
    pub(super) filter: RefCell<Option<Box<dyn Filter>>>,
    /// How the connection broke, if it did.
    pub(crate) loss: Cell<Option<Loss>>,
    /// How far the current request has come.
    pub(crate) point: Cell<Point>,
    /// What the exchange's `close_connection` was when last seen, for `wfile`, which cannot.
    pub(crate) closing: Cell<bool>,
    /// What is being logged, for `log_message`, whose signature is Python's.
    pub(crate) kind: Cell<Kind>,
}

/// A wire and the connection it belongs to: what `rfile` and `wfile` are handles of.
#[derive(Clone, Copy)]
pub(crate) struct Link<'a> {
    pub(crate) wire: &'a Wire,
    pub(crate) transport: &'a dyn Transport,
}

impl Link<'_> {
    /// Turns to the response to another request.
    pub(crate) fn begin(&self, rules: ResponseRules) {
        self.wire.output.borrow_mut().begin(rules);
        self.wire.point.set(Point::Response);
    }

    /// Reads from the connection. Where that has to wait, everything that is ready leaves first: the
    /// client may be waiting for it before it sends more.
    pub(crate) fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(count) = self.transport.read_now(buffer).map_err(|error| self.noted(error))? {
            return Ok(count);
        }
        self.wire.output.borrow_mut().send(self)?;
        loop {
            match self.transport.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result.map_err(|error| self.noted(error)),
            }
        }
    }

    /// Writes all of `first`, then all of `second`.
    pub(crate) fn transmit(&self, first: &[u8], second: &[u8]) -> io::Result<()> {
        let (mut first, mut second) = (first, second);
        while !first.is_empty() || !second.is_empty() {
            let slices = [io::IoSlice::new(first), io::IoSlice::new(second)];
            let used = if first.is_empty() { &slices[1..] } else { &slices[..] };
            let count = match self.transport.write(used) {
                Ok(0) => Err(io::ErrorKind::WriteZero.into()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                other => other,
            };
            let count = count.map_err(|error| self.noted(error))?;
            let of_first = count.min(first.len());
            first = &first[of_first..];
            second = &second[count - of_first..];
        }
        Ok(())
    }

    /// Remembers what an error says about the connection, and words a time-out as such: systems
    /// report it as "would block".
    fn noted(&self, error: io::Error) -> io::Error {
        use io::ErrorKind::{TimedOut, WouldBlock};
        if matches!(error.kind(), WouldBlock | TimedOut) {
            self.wire.loss.set(Some(Loss::TimedOut));
            return io::Error::new(TimedOut, "timed out");
        }
        self.wire.loss.set(Some(Loss::Gone));
        error
    }
}

impl std::fmt::Debug for Link<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("wire", self.wire).finish_non_exhaustive()
    }
}
