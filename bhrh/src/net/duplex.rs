//! A connection that another protocol has taken over: two threads may read and write it at once.

use std::fmt::Debug;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use super::socket::is_nothing_yet;

/// Both directions of a connection. Calls wait, each for its own time at most. A read must hold no
/// lock that a write needs while it waits, and the other way round.
pub(crate) trait Duplex: Debug + Send + Sync {
    /// Reads some bytes; 0 at the end of what the client sends.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::TimedOut`] if nothing has come in time.
    fn read(&self, room: &mut [u8]) -> io::Result<usize>;

    /// Writes some of the bytes.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::TimedOut`] if there was no room in time.
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Sets how long a read waits. `None`: for ever.
    fn set_read_timeout(&self, time: Option<Duration>) -> io::Result<()>;

    /// Sets how long a write waits, likewise.
    fn set_write_timeout(&self, time: Option<Duration>) -> io::Result<()>;

    /// Tells the client that nothing more is sent. Reading goes on.
    fn finish(&self) -> io::Result<()>;

    /// Says that all that was sent is complete, where the transport has words for that, and waits
    /// no longer than `patience` for a client that takes nothing. The connection closes next.
    fn leave(&self, _patience: Duration) {}

    /// Ends both directions, so that threads that wait are woken.
    fn close(&self) -> io::Result<()>;

    /// Makes the end of the connection a reset.
    fn reset_on_close(&self);
}

/// One word for what systems have two for.
pub(super) fn in_words(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::Interrupted => error,
        _ if is_nothing_yet(&error) => io::Error::new(io::ErrorKind::TimedOut, "timed out"),
        _ => error,
    }
}

/// Any stream socket, since no address is asked for.
impl Duplex for TcpStream {
    fn read(&self, room: &mut [u8]) -> io::Result<usize> {
        (&mut &*self).read(room).map_err(in_words)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        (&mut &*self).write(bytes).map_err(in_words)
    }

    fn set_read_timeout(&self, time: Option<Duration>) -> io::Result<()> {
        TcpStream::set_read_timeout(self, time)
    }

    fn set_write_timeout(&self, time: Option<Duration>) -> io::Result<()> {
        TcpStream::set_write_timeout(self, time)
    }

    fn finish(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Write)
    }

    fn close(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Both)
    }

    fn reset_on_close(&self) {
        let _ = socket2::SockRef::from(self).set_linger(Some(Duration::ZERO));
    }
}
