//! What a transport has to offer.

use std::fmt::Debug;
use std::io::{self, IoSlice};

use super::duplex::Duplex;
use super::socket::{Received, Socket};

/// A way to exchange bytes with a client over a socket: the bytes of the HTTP conversation, whatever
/// the transport makes of them on the wire.
///
/// Calls wait only while the socket is in blocking mode ([`Socket::block`]). The monitor may call
/// [`write_without_waiting`](Channel::write_without_waiting) while another thread reads or writes.
pub(crate) trait Channel: Debug + Send + Sync + 'static {
    /// The socket underneath, for what concerns no bytes.
    fn socket(&self) -> &Socket;

    /// The same, for the poller.
    fn socket_mut(&mut self) -> &mut Socket;

    /// Reads what has come.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] if there is nothing to read now.
    fn read(&self, room: &mut [u8]) -> io::Result<Received>;

    /// Writes some of the slices' bytes, in turn.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] if there is no room now.
    fn write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize>;

    /// Writes some of the bytes without waiting, in whatever mode the socket is.
    fn write_without_waiting(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Whether the client has ended what it sends, and all of that has been read, as far as it can
    /// be told without waiting.
    fn is_at_end(&self) -> bool;

    /// Another handle of the connection, for a protocol that takes it over. The socket is in blocking
    /// mode, and this handle is not used for bytes any more.
    ///
    /// # Errors
    ///
    /// The system's, if it gives no descriptor; [`io::ErrorKind::Unsupported`] if the transport
    /// cannot be read and written by two threads at once.
    fn hand_out(&self) -> io::Result<Box<dyn Duplex>> {
        let what = "upgrade: connections of this transport cannot be handed out";
        Err(io::Error::new(io::ErrorKind::Unsupported, what))
    }

    /// Tells the client that nothing more is sent. Reading goes on.
    fn half_close(&self) -> io::Result<()>;
}

/// Writes until all is written or there is no more room. Says how many bytes were written.
///
/// # Errors
///
/// The transport's, but for [`io::ErrorKind::WouldBlock`]; [`io::ErrorKind::WriteZero`] if it takes
/// nothing.
#[inline(always)]
pub(crate) fn write_while_there_is_room<C: Channel + ?Sized>(
    channel: &C,
    bytes: &[u8],
) -> io::Result<usize> {
    let mut written = 0;
    while written < bytes.len() {
        match channel.write(&[IoSlice::new(&bytes[written..])]) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(written)
}
