//! A connection that another protocol has taken over, as its method has it.

use std::fmt;
use std::io::{self, Read, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use super::server::Server;
use crate::net::duplex::Duplex;

/// How long the last handle waits for a client that does not take the words that all was sent.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The connection after [`Exchange::upgrade`](crate::Exchange::upgrade) or
/// [`Exchange::tunnel`](crate::Exchange::tunnel): the method's own, for another protocol.
///
/// Reading and writing block. A clone is the same connection, and so is a reference: one thread may
/// read while another writes, over every transport, and neither waits for the other. Every write
/// leaves at once, so a message is best written in one piece. The method may keep the connection,
/// or give it to a thread of its own and return.
///
/// The connection closes when the last clone is dropped. Over TLS, that tells the client that all
/// was sent, unless a panic drops it; it waits up to 5 seconds for a client that takes nothing.
/// Likewise, reading finds the end over TLS only if the client has announced it by `close_notify`.
/// Otherwise it fails with [`io::ErrorKind::UnexpectedEof`], since somebody between may have cut
/// off what the client sent.
///
/// It counts among the server's [`connections`](crate::Limits::connections) as long as it lives,
/// and a method that keeps it keeps its thread. At a shutdown the server waits for it, up to
/// [`Timeouts::shutdown`](crate::Timeouts::shutdown), and cuts it then: see
/// [`is_shutting_down`](Upgraded::is_shutting_down).
///
/// ```
/// use bhrh::{Exchange, http_handler};
/// use std::io::{self, BufRead, BufReader, Write};
///
/// struct Shout;
///
/// #[http_handler(protocol_version = "HTTP/1.1")]
/// impl Shout {
///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
///         let stream = http.upgrade("shout")?;
///         for line in BufReader::new(&stream).lines() {
///             writeln!(&stream, "{}", line?.to_uppercase())?;
///         }
///         Ok(())
///     }
/// }
///
/// let client = bhrh::testing::client(&Shout);
/// let request = client.get("/").header("Connection", "Upgrade").header("Upgrade", "shout");
/// let said = [&request.to_bytes()[..], b"hello\n"].concat();
/// let heard = String::from_utf8(client.raw(said)).unwrap();
/// assert!(heard.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
/// assert!(heard.ends_with("\r\n\r\nHELLO\n"));
/// ```
#[derive(Clone)]
pub struct Upgraded {
    inside: Arc<Inside>,
}

struct Inside {
    // Closed before what counts it is dropped.
    duplex: Box<dyn Duplex>,
    /// What had come before the protocol was changed.
    early: Mutex<Vec<u8>>,
    has_early: AtomicBool,
    moved: Arc<Moved>,
    server: Server,
    was_cut: AtomicBool,
    /// What lives as long as the connection does, such as its place in the counts.
    held: Mutex<Option<Arc<dyn Send + Sync>>>,
}

/// How many bytes have moved.
#[derive(Debug, Default)]
pub(crate) struct Moved {
    written: AtomicU64,
}

impl Moved {
    /// How many bytes were written after the change.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }
}

/// A way to a connection that does not keep it open.
#[derive(Clone)]
pub(crate) struct Leash(Weak<Inside>);

impl Upgraded {
    /// `early`: what has come already.
    pub(crate) fn new(duplex: Box<dyn Duplex>, early: Vec<u8>, server: Server) -> Upgraded {
        let has_early = AtomicBool::new(!early.is_empty());
        let inside = Inside {
            duplex,
            early: Mutex::new(early),
            has_early,
            moved: Arc::default(),
            server,
            was_cut: AtomicBool::new(false),
            held: Mutex::default(),
        };
        Upgraded { inside: Arc::new(inside) }
    }

    pub(crate) fn moved(&self) -> Arc<Moved> {
        Arc::clone(&self.inside.moved)
    }

    pub(crate) fn leash(&self) -> Leash {
        Leash(Arc::downgrade(&self.inside))
    }

    /// Keeps something for as long as the connection lives.
    pub(crate) fn hold(&self, something: Arc<dyn Send + Sync>) {
        *self.inside.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(something);
    }

    fn early(&self) -> MutexGuard<'_, Vec<u8>> {
        self.inside.early.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads from what had come before, if there is some.
    #[cold]
    fn read_early(&self, room: &mut [u8]) -> usize {
        let mut early = self.early();
        let count = early.len().min(room.len());
        room[..count].copy_from_slice(&early[..count]);
        early.drain(..count);
        if early.is_empty() {
            *early = Vec::new();
            self.inside.has_early.store(false, Ordering::Release);
        }
        count
    }

    /// Sets how long a read waits for the client; `None`, which is the default: for ever. A read
    /// that has waited for longer fails with [`io::ErrorKind::TimedOut`].
    ///
    /// # Errors
    ///
    /// The system's, also for a time of 0.
    pub fn set_read_timeout(&self, time: Option<Duration>) -> io::Result<()> {
        self.inside.duplex.set_read_timeout(time)
    }

    /// Sets how long a write waits for a client that takes nothing; `None`: for ever. The default
    /// is [`Timeouts::write`](crate::Timeouts::write).
    ///
    /// # Errors
    ///
    /// The system's, also for a time of 0.
    pub fn set_write_timeout(&self, time: Option<Duration>) -> io::Result<()> {
        self.inside.duplex.set_write_timeout(time)
    }

    /// Tells the client that nothing more is sent. Reading goes on. Over TLS, this waits for the
    /// client as a write does.
    ///
    /// # Errors
    ///
    /// What the connection reports.
    pub fn finish(&self) -> io::Result<()> {
        self.inside.duplex.finish()
    }

    /// Ends both directions at once. A thread that reads is woken, and finds the end.
    ///
    /// # Errors
    ///
    /// What the connection reports.
    pub fn close(&self) -> io::Result<()> {
        self.inside.duplex.leave(Duration::ZERO);
        self.inside.duplex.close()
    }

    /// The same in the middle: a client that can tell does not take what it got for complete.
    pub(super) fn break_off(&self) {
        // It may have ended by itself.
        let _ = self.inside.duplex.close();
    }

    /// Whether the server is shutting down, so that the connection should come to an end. At the
    /// shutdown's deadline it is cut: reads find the end, and writes fail.
    #[must_use]
    pub fn is_shutting_down(&self) -> bool {
        self.inside.server.is_shutting_down()
    }

    /// Whether the shutdown's deadline has cut it.
    pub(crate) fn was_cut(&self) -> bool {
        self.inside.was_cut.load(Ordering::Acquire)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        if !thread::panicking() {
            self.duplex.leave(LAST_WORDS);
        }
    }
}

impl Leash {
    /// Cuts the connection, if there is one still. Threads that wait for it are woken.
    pub(crate) fn cut(&self) {
        if let Some(inside) = self.0.upgrade() {
            inside.was_cut.store(true, Ordering::Release);
            inside.duplex.reset_on_close();
            Upgraded { inside }.break_off();
        }
    }
}

impl Read for &Upgraded {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.inside.has_early.load(Ordering::Acquire) {
            let count = self.read_early(room);
            if count > 0 {
                return Ok(count);
            }
        }
        self.inside.duplex.read(room)
    }
}

impl Write for &Upgraded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inside.duplex.write(bytes)?;
        self.inside.moved.written.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }

    /// Does nothing: every write leaves at once.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Upgraded {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        (&*self).read(room)
    }
}

impl Write for Upgraded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for Upgraded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upgraded").field("duplex", &self.inside.duplex).finish_non_exhaustive()
    }
}
