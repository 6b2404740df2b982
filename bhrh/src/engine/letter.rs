//! What other threads leave for a loop.

use super::connection::Connection;
use super::next_step::NextStep;

/// Something that another thread leaves for a loop.
#[derive(Debug)]
pub(crate) enum Letter {
    /// A connection that another loop has accepted.
    Arrival(Box<Connection>),
    /// A connection of this loop's that a thread of its own has served.
    Return { key: usize, connection: Box<Connection>, next: NextStep },
    /// A connection of this loop's has something to do that its poller does not report.
    Nudge { key: usize },
    /// A connection that was lost in a panic of the server's own while this loop's driver served
    /// it.
    Lost { key: usize },
}
