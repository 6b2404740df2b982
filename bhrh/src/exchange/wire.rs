//! The connection as an exchange sees it: something to read from and write to.
//!
//! All state that changes while a handler runs stands behind one shared reference, so that an
//! [`Exchange`](super::Exchange) can be rebuilt around another handler, and so that its fields
//! borrow apart. Only the engine knows what kind of connection it is.

use std::cell::{Cell, RefCell};
use std::io;
use std::sync::Arc;
use std::time::Instant;

use super::composing::Composing;
use super::file_content::FileContent;
use super::gathered::Gathered;
use super::input::Input;
use super::output::Output;
use super::output::late_sender::LateSender;
use super::resident::Resident;
use super::upgraded::{Moved, Upgraded};
use crate::logging::sink::LogKind;
use crate::net::duplex::Duplex;
use crate::peer::Peer;

/// What an exchange can do with its connection: bytes, in time or not at all. Which thread this
/// runs on is the part of [`Scheduling`](super::Scheduling).
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

    /// Writes some of the bytes, if there is room without waiting.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] if there is no room.
    fn write_now(&self, bytes: &[u8]) -> io::Result<usize> {
        self.write(&[io::IoSlice::new(bytes)])
    }

    /// What a clock can send gathered output through, if the engine has a clock.
    fn late_sender(&self) -> Option<Arc<dyn LateSender>> {
        None
    }

    /// Output has begun to gather, so the clock, if the engine has one, must be awake.
    fn gathers(&self) {}

    /// Sets when reading and writing are to fail at the latest; `None` lifts that.
    fn set_deadline(&self, deadline: Option<Instant>);

    /// Who is at the other end of a Unix socket.
    #[cfg(feature = "unix-credentials")]
    fn unix_credentials(&self) -> Option<crate::peer::UnixCredentials> {
        None
    }

    /// Who is at the other end. `None`: the one that the exchange was made for.
    fn peer(&self) -> Option<&Peer> {
        None
    }

    /// Whether nobody on the way from the client has read along, as far as the connection tells.
    fn is_secured(&self) -> bool {
        false
    }

    /// A handle of the connection for another protocol, which blocks. The thread may wait for its
    /// client from now on.
    fn split(&self) -> io::Result<Box<dyn Duplex>>;

    /// The connection is another protocol's from now on. Nothing more is read or written here.
    fn handed_out(&self, _upgraded: &Upgraded) -> io::Result<()> {
        Ok(())
    }

    /// Whether a protocol may stay with the connection without a thread.
    fn has_room_for_residents(&self) -> bool {
        false
    }

    /// The connection is this protocol's once the method has returned.
    fn take_resident(&self, _resident: Box<dyn Resident>) {}

    /// The connection sends this content once the method has returned.
    ///
    /// # Errors
    ///
    /// The content, if the method has to send it itself.
    #[cfg_attr(not(feature = "files"), expect(dead_code))]
    fn take_content(&self, content: FileContent) -> Result<(), FileContent> {
        Err(content)
    }

    /// How it is encrypted.
    #[cfg(feature = "tls")]
    fn encryption(&self) -> Option<crate::net::encryption::Encryption> {
        None
    }

    /// Whether the client has closed its side, as far as that can be told without waiting or
    /// reading.
    fn has_ended(&self) -> bool {
        false
    }
}

/// How a connection broke under an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// The client went away.
    Gone,
    /// The client was too slow.
    TimedOut,
    /// The client was not ready, and there was no thread to wait for it.
    NoThread,
}

/// How far a turn has come, so that a panic is answered in the right place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum TurnProgress {
    #[default]
    Beginning,
    /// A request head was looked for.
    Head,
    /// A response may have begun.
    Response,
}

/// The changing state of one connection, reused from exchange to exchange.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) input: RefCell<Input>,
    /// The response's head, until it has ended.
    pub(crate) composing: RefCell<Composing>,
    /// What goes out, within reach of a clock.
    pub(crate) output: Arc<Gathered<Output>>,
    /// The output still has to begin the current response. It does so at its first use, which saves
    /// a lock per request.
    pub(super) unbegun: Cell<bool>,
    /// The last write has left room for quick ones, as far as this thread knows.
    pub(super) quick: Cell<bool>,
    /// The response is as long as its length says, and nothing in it says `close`.
    pub(super) complete: Cell<bool>,
    /// There is a filter in the output.
    pub(super) filtered: Cell<bool>,
    /// The connection has failed to take some of the output.
    pub(super) lost: Cell<bool>,
    /// How the connection broke, if it did.
    pub(crate) loss: Cell<Option<Loss>>,
    /// The method wants the connection closed without an answer, or another protocol has it.
    pub(crate) aborted: Cell<bool>,
    /// What moves over the connection since another protocol has it.
    moved: RefCell<Option<Arc<Moved>>>,
    pub(crate) progress: Cell<TurnProgress>,
    /// Copy of the exchange's `close_connection` for `wfile`, which cannot see the exchange.
    pub(crate) closing: Cell<bool>,
    /// Room for text that is being formatted.
    pub(super) text: RefCell<String>,
    /// What is being logged, for `log_message`, whose signature is Python's.
    pub(crate) kind: Cell<LogKind>,
    /// While error pages are tried instead of a failed response: the status of the last one that
    /// the log has the request's line for, or 0.
    pub(crate) page_logged: Cell<Option<u16>>,
}

impl Default for Wire {
    fn default() -> Wire {
        Wire {
            input: RefCell::default(),
            composing: RefCell::default(),
            output: Arc::new(Gathered::new(Output::default())),
            unbegun: Cell::new(false),
            quick: Cell::new(false),
            filtered: Cell::new(false),
            complete: Cell::new(false),
            lost: Cell::new(false),
            aborted: Cell::default(),
            moved: RefCell::default(),
            loss: Cell::new(None),
            progress: Cell::default(),
            closing: Cell::new(false),
            text: RefCell::default(),
            page_logged: Cell::new(None),
            kind: Cell::default(),
        }
    }
}

impl Wire {
    /// Whether a response with this status is to be logged. An error page that takes the place of
    /// another one, which has failed, has its line already if it has the same status.
    #[inline(always)]
    pub(crate) fn has_no_line_of(&self, status: u16) -> bool {
        self.page_logged.get().is_none_or(|logged| {
            self.page_logged.set(Some(status));
            logged != status
        })
    }

    /// Whether so much is ready to be sent that it should leave before the next turn.
    pub(crate) fn is_full(&self) -> bool {
        self.output.with(|output| output.is_full()).0
    }

    /// Whether the connection has failed to take some of the output.
    pub(crate) fn is_lost(&self) -> bool {
        self.lost.get()
    }

    /// Notes that another protocol has the connection.
    pub(super) fn hand_out(&self, moved: Arc<Moved>) {
        self.aborted.set(true);
        self.moved.replace(Some(moved));
    }

    /// Whether another protocol has the connection.
    pub(crate) fn is_handed_out(&self) -> bool {
        self.moved.borrow().is_some()
    }

    /// What has moved over the connection since another protocol has it, if one has. Then it is no
    /// longer known here.
    pub(crate) fn take_moved(&self) -> Option<Arc<Moved>> {
        self.moved.take()
    }

    /// Hands what is ready to be sent to `send`, and forgets it. The connection is put down.
    pub(crate) fn send_ready<T>(&self, send: impl FnOnce(&[u8]) -> T) -> T {
        self.lost.set(false);
        let (result, _) = self.output.with(|output| {
            let result = send(output.ready());
            output.put_down();
            result
        });
        result
    }
}

/// A wire and the connection it belongs to: what `rfile` and `wfile` are handles of.
#[derive(Clone, Copy)]
pub(crate) struct LiveWire<'a> {
    pub(crate) wire: &'a Wire,
    pub(crate) transport: &'a dyn Transport,
}

impl LiveWire<'_> {
    /// A handle of the connection for another protocol.
    pub(super) fn split(&self) -> io::Result<Box<dyn Duplex>> {
        self.transport.split().inspect_err(|error| {
            if error.kind() == io::ErrorKind::ResourceBusy {
                self.wire.loss.set(Some(Loss::NoThread));
            }
        })
    }

    /// Remembers what an error says about the connection. A time-out, which systems report as
    /// "would block", becomes `TimedOut`.
    pub(super) fn noted(&self, error: io::Error) -> io::Error {
        use io::ErrorKind::{ResourceBusy, TimedOut, WouldBlock};
        let (loss, error) = match error.kind() {
            WouldBlock | TimedOut => (Loss::TimedOut, io::Error::new(TimedOut, "timed out")),
            ResourceBusy => (Loss::NoThread, error),
            _ => (Loss::Gone, error),
        };
        self.wire.loss.set(Some(loss));
        error
    }
}

impl std::fmt::Debug for LiveWire<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveWire").field("wire", self.wire).finish_non_exhaustive()
    }
}
