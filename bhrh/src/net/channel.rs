//! What a transport has to offer.

use std::fmt::Debug;
use std::io::{self, IoSlice};

use super::duplex::Duplex;
use super::socket::{Received, Socket};

/// A way to exchange bytes with a client over a socket: the bytes of the HTTP conversation,
/// whatever the transport makes of them on the wire.
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

    /// Writes some of the slices' bytes, in turn. What is not taken has to be offered again, before
    /// anything else: a transport may have begun to send it.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::WouldBlock`] if there is no room now.
    fn write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize>;

    /// The same for the last bytes of a connection, which [`finish`](Channel::finish) follows. Its
    /// words may leave with them.
    fn write_last(&self, bytes: &[u8]) -> io::Result<usize> {
        self.write(&[IoSlice::new(bytes)])
    }

    /// Writes some of the bytes without waiting, in whatever mode the socket is.
    fn write_without_waiting(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Whether the client has ended what it sends, and all of that has been read, as far as it can
    /// be told without waiting.
    fn is_at_end(&self) -> bool;

    /// Another handle of the connection, for a protocol that takes it over. The socket is in
    /// blocking mode, and this handle is not used for bytes any more.
    ///
    /// # Errors
    ///
    /// The system's, if it gives no descriptor; [`io::ErrorKind::Unsupported`] if the transport
    /// cannot be read and written by two threads at once.
    fn hand_out(&self) -> io::Result<Box<dyn Duplex>> {
        let what = "upgrade: connections of this transport cannot be handed out";
        Err(io::Error::new(io::ErrorKind::Unsupported, what))
    }

    /// Whether a read would give something that has been taken from the socket before, which the
    /// poller reports no more.
    #[inline(always)]
    fn holds_input(&self) -> bool {
        false
    }

    /// How many bytes have come that a read gives only with others that follow them.
    #[inline(always)]
    fn incomplete(&self) -> usize {
        0
    }

    /// How much memory its buffers take.
    fn holds(&self) -> usize {
        0
    }

    /// Sends what the transport itself has to say, as far as the client takes it without waiting.
    /// The rest is for another call, once the poller reports that the client has taken something.
    ///
    /// # Errors
    ///
    /// The socket's, but for [`io::ErrorKind::WouldBlock`].
    fn send_replies(&self) -> io::Result<()> {
        Ok(())
    }

    /// Tells the client that all that was sent is complete, where the transport has words for it
    /// and it is so. The connection closes next.
    fn finish(&self) {}

    /// Tells the client that nothing more is sent, complete or not. Reading goes on.
    fn half_close(&self) -> io::Result<()>;

    /// Whether a new connection begins with a handshake.
    fn shakes_hands(&self) -> bool {
        false
    }

    /// Takes a step of the handshake, without waiting.
    ///
    /// # Errors
    ///
    /// The socket's, or if the client ends in the middle.
    fn shake_hands(&self) -> io::Result<Handshake> {
        Ok(Handshake::Done)
    }

    /// Whether nobody on the way can read the bytes.
    fn is_encrypted(&self) -> bool {
        false
    }

    /// How they are encrypted.
    #[cfg(feature = "tls")]
    fn encryption(&self) -> Option<super::encryption::Encryption> {
        None
    }
}

/// How far a handshake is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(feature = "tls"), expect(dead_code))]
pub(crate) enum Handshake {
    /// Requests can come.
    Done,
    /// The client has to send more.
    NeedsInput,
    /// The client has to take more.
    NeedsRoom,
    /// There is more to do, after other connections.
    GoesOn,
    /// The handshake has failed, and the client has been told.
    Refused,
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
    while_there_is_room(bytes, |rest| channel.write(&[IoSlice::new(rest)]))
}

/// The same for the [last bytes](Channel::write_last) of a connection.
pub(crate) fn write_last_while_there_is_room<C: Channel + ?Sized>(
    channel: &C,
    bytes: &[u8],
) -> io::Result<usize> {
    while_there_is_room(bytes, |rest| channel.write_last(rest))
}

#[inline(always)]
fn while_there_is_room(
    bytes: &[u8],
    write: impl Fn(&[u8]) -> io::Result<usize>,
) -> io::Result<usize> {
    let mut written = 0;
    while written < bytes.len() {
        match write(&bytes[written..]) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => written += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(written)
}
