//! What a service is told, and what it answers: where it runs, and what the loop does with the
//! connection afterwards.

use std::sync::Arc;

use super::connection::Unsent;
use super::handoff::Loan;
use super::residence::Residence;
use super::upgrades::Ticket;
use crate::net::channel::Handshake;
use crate::turn::Closing;

/// On which thread a service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunOn {
    /// On the loop's driver, under this loan.
    Driver(Loan),
    /// As above, though the request is known to be slow: there is no thread for it.
    DriverAnyway(Loan),
    /// On a thread that drives nothing.
    Spare,
}

/// What the loop does next with a connection that has been served.
#[derive(Debug)]
pub(crate) enum NextStep {
    /// Wait for more from the client.
    Await(Awaited),
    /// Serve it again, after the other connections that are ready.
    Again,
    /// Send the rest of the output as the client takes it.
    Send(Box<Unsent>),
    /// Send more of the file that it is sending. `moved`: the client has taken some. `has_room`: it
    /// may take more now, after the other connections that are ready.
    SendOn { moved: bool, has_room: bool },
    /// Go on with its handshake, which has come this far.
    Handshake(Handshake),
    /// Close it.
    Close(Closing),
    /// Forget it: another protocol has it.
    Forget(Option<Arc<Ticket>>),
    /// Keep it for this protocol, which stays with the loop.
    Reside(Box<Residence>),
    /// Have its next request served by a thread of its own. `must`: it may have to wait for its
    /// client, which the driver of a loop never does.
    OwnThread { must: bool },
}

/// What has to come from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// The first byte of a request.
    Request,
    /// The rest of a request head.
    Head,
    /// The rest of a small body.
    Body,
    /// The rest of a body that nobody reads.
    Unread,
}
