//! What other threads leave for a loop.

use crate::connection::Connection;
use crate::service::NextStep;

/// A letter to a loop.
#[derive(Debug)]
pub(crate) enum Letter {
    /// A connection that another loop has accepted.
    Arrival(Box<Connection>),
    /// A connection of this loop's that a thread of its own has served.
    Return { key: usize, connection: Box<Connection>, next: NextStep },
    /// A connection has something to do that its poller does not report.
    Nudge { key: usize },
    /// A connection that was lost when the thread that served it died.
    Lost { key: usize },
}
