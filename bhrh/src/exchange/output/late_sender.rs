//! The way to the connection for output that is late.

use std::fmt::Debug;
use std::io;

/// What a clock sends through: the connection, whether it blocks or not.
pub(crate) trait LateSender: Debug + Send + Sync {
    /// Sends some of the bytes, without waiting: fails with [`io::ErrorKind::WouldBlock`] instead.
    fn send_now(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Makes the connection end in a reset when it is closed.
    fn reset_on_close(&self);
}
