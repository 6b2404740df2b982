//! What other threads leave for a loop.

use super::connection::{Connection, Home};
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
    Lost(Visit),
}

/// What is known of a connection while it is served, should it be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Visit {
    pub(crate) key: usize,
    /// It counts among those that its loop has.
    pub(crate) is_counted: bool,
}

impl Visit {
    pub(crate) fn new(key: usize, connection: &Connection) -> Visit {
        Visit { key, is_counted: connection.home == Home::Placed }
    }
}
