//! A client's socket: every call that the server makes on one.
//!
//! A Unix stream fits here too, since nothing below asks for an address.

use std::io::{self, IoSlice, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use socket2::SockRef;

#[cfg(feature = "unix-credentials")]
use crate::peer::UnixCredentials;

/// Whether the poller reports every arrival. Then a read that uses less than the room that it was
/// given has emptied the socket, unless the client has closed: the end itself is not counted.
/// Elsewhere mio reports again only after a read that would block.
const EVERY_ARRIVAL_IS_REPORTED: bool = cfg!(any(
    target_os = "linux",
    target_os = "android",
    target_os = "macos",
    target_os = "ios",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly",
));

/// A connected socket. It does not block unless [`block`](Socket::block) says so.
#[derive(Debug)]
pub(crate) struct Socket {
    stream: mio::net::TcpStream,
    /// The poller has said that the client has closed its side.
    has_hung_up: AtomicBool,
    /// The proxy that relays this connection has said that its client's is encrypted.
    secured: bool,
}

/// What a read has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Received {
    /// How many bytes; 0 at the end of what the client sends.
    pub(crate) count: usize,
    /// There is nothing more to read before the poller reports the next arrival.
    pub(crate) drained: bool,
}

impl Socket {
    pub(crate) fn new(stream: mio::net::TcpStream) -> Socket {
        Socket { stream, has_hung_up: AtomicBool::new(false), secured: false }
    }

    /// The stream, for the poller that watches it.
    pub(super) fn stream_mut(&mut self) -> &mut mio::net::TcpStream {
        &mut self.stream
    }

    /// Remembers that the client has closed its side, which a short read does not tell.
    pub(crate) fn note_hang_up(&self) {
        self.has_hung_up.store(true, Ordering::Relaxed);
    }

    pub(crate) fn note_secured(&mut self) {
        self.secured = true;
    }

    /// Whether the client's connection to the proxy in front is encrypted, as the proxy has said.
    pub(crate) fn is_secured(&self) -> bool {
        self.secured
    }

    /// Looks at what has come, without taking it. The socket must not be in blocking mode.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] if there is nothing to read now.
    pub(crate) fn peek(&self, room: &mut [u8]) -> io::Result<usize> {
        self.stream.peek(room)
    }

    /// Reads what has come. In blocking mode, waits for it.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] if there is nothing to read now.
    #[inline(always)]
    pub(crate) fn read(&self, room: &mut [u8]) -> io::Result<Received> {
        let count = (&self.stream).read(room)?;
        let is_short = EVERY_ARRIVAL_IS_REPORTED && count < room.len();
        let drained = is_short && !self.has_hung_up.load(Ordering::Relaxed);
        Ok(Received { count, drained })
    }

    /// Writes some of the slices' bytes, in turn. In blocking mode, waits for room.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] if there is no room now.
    #[inline(always)]
    pub(crate) fn write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match slices {
            [one] => (&self.stream).write(one),
            more => (&self.stream).write_vectored(more),
        }
    }

    /// Whether the system has a call for [`write_without_waiting`](Socket::write_without_waiting).
    pub(crate) const WRITES_WITHOUT_WAITING: bool = cfg!(unix);

    /// Writes some of the bytes without waiting, in whatever mode the socket is.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] if there is no room now, and [`io::ErrorKind::Unsupported`]
    /// where the system has no such call.
    #[cfg(unix)]
    pub(crate) fn write_without_waiting(&self, bytes: &[u8]) -> io::Result<usize> {
        SockRef::from(&self.stream).send_with_flags(bytes, libc::MSG_DONTWAIT)
    }

    #[cfg(not(unix))]
    pub(crate) fn write_without_waiting(&self, _bytes: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Who is at the other end of a Unix socket.
    #[cfg(feature = "unix-credentials")]
    pub(crate) fn unix_credentials(&self) -> Option<UnixCredentials> {
        #[cfg(unix)]
        return super::credentials::of_peer(&self.stream);
        #[cfg(not(unix))]
        None
    }

    /// Whether the client has closed its side and all that it sent before has been read, as far as
    /// that can be told without waiting. The socket must not be in blocking mode.
    pub(crate) fn is_at_end(&self) -> bool {
        match self.stream.peek(&mut [0]) {
            Ok(count) => count == 0,
            Err(error) => !is_nothing_yet(&error),
        }
    }

    /// Waits until something can be read, the client's end included, but no longer than `time`.
    /// Says whether something can. Afterwards the socket does not block.
    pub(crate) fn wait_readable(&self, time: Duration) -> bool {
        let peeked = self.block(time, None).and_then(|()| self.stream.peek(&mut [0]));
        // Whatever else there is to see of the socket, the next read sees it.
        self.unblock().is_ok() && !peeked.is_err_and(|error| is_nothing_yet(&error))
    }

    /// Makes calls wait: reads for `read` at most, writes for `write` at most (`None`: unchanged).
    pub(crate) fn block(&self, read: Duration, write: Option<Duration>) -> io::Result<()> {
        let socket = SockRef::from(&self.stream);
        socket.set_read_timeout(Some(read))?;
        if write.is_some() {
            socket.set_write_timeout(write)?;
        }
        socket.set_nonblocking(false)
    }

    /// Changes how long calls wait, for a socket that blocks already.
    pub(crate) fn set_times(&self, read: Duration, write: Duration) -> io::Result<()> {
        let socket = SockRef::from(&self.stream);
        socket.set_read_timeout(Some(read))?;
        socket.set_write_timeout(Some(write))
    }

    /// Makes calls return at once again.
    pub(crate) fn unblock(&self) -> io::Result<()> {
        SockRef::from(&self.stream).set_nonblocking(true)
    }

    /// Its number in the system.
    #[cfg(unix)]
    pub(super) fn descriptor(&self) -> std::os::fd::RawFd {
        std::os::fd::AsRawFd::as_raw_fd(&self.stream)
    }

    /// Another handle of the same socket, of whatever family.
    pub(super) fn duplicate(&self) -> io::Result<TcpStream> {
        Ok(SockRef::from(&self.stream).try_clone()?.into())
    }

    /// The same as a socket of ours.
    #[cfg(feature = "tls")]
    pub(super) fn another(&self) -> io::Result<Socket> {
        Ok(Socket::new(mio::net::TcpStream::from_std(self.duplicate()?)))
    }

    /// Sets how long a read waits. `None`: for ever.
    #[cfg(feature = "tls")]
    pub(super) fn set_read_timeout(&self, time: Option<Duration>) -> io::Result<()> {
        SockRef::from(&self.stream).set_read_timeout(time)
    }

    /// Sets how long a write waits, likewise.
    #[cfg(feature = "tls")]
    pub(super) fn set_write_timeout(&self, time: Option<Duration>) -> io::Result<()> {
        SockRef::from(&self.stream).set_write_timeout(time)
    }

    /// Ends both directions.
    #[cfg(feature = "tls")]
    pub(super) fn close(&self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Both)
    }

    /// Ends what is sent. Reading goes on.
    pub(crate) fn half_close(&self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)
    }

    /// Makes the close a reset: the only way to say "incomplete" where the end of the connection
    /// would be the end of the content.
    pub(crate) fn reset_on_close(&self) {
        let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
    }
}

/// How systems say that a socket has nothing for its caller now, or had nothing for as long as the
/// caller may wait.
pub(crate) fn is_nothing_yet(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}
