//! Serving one connection for as long as it has requests: reading, turns, writing.
//!
//! This runs on the thread that drives the connection's loop, with the loop lent to its slot, or
//! on a thread of its own. Nothing here blocks in place: where something has to wait, the loop is
//! given away first ([`Placement::give_loop_away`]).
//!
//! | file | what it is |
//! | --- | --- |
//! | `placement` | the thread that a service runs on, and what it learns about the request's kind |
//! | `transport` | the connection as an exchange sees it: what to do when it is not ready |
//! | `rounds` | one request after another |
//! | `residence` | a step of a protocol that stays with its connection |
//! | `sending` | what is ready when the requests are over |
//! | `files` | content of a file that a method has left to be sent |

mod files;
mod placement;
mod residence;
mod rounds;
mod sending;
mod transport;

use std::sync::Arc;
use std::time::Instant;

use super::connection::{Connection, Home, WhyEnded};
use super::handoff::Loan;
use super::next_step::{NextStep, RunOn};
use super::shared::{Hooks, Shard, Shared};
use crate::exchange::Server;
use crate::net::channel::Channel;
use crate::net::transports::ForEach;
use crate::peer::Peer;
use crate::protocol_error::ProtocolError;
use crate::turn::{Closing, Resume, TurnBuffers, refusal};
pub(crate) use files::send_on;
use placement::Placement;
pub(crate) use residence::step;
use rounds::RequestRounds;
pub(super) use sending::resume_sending;
use transport::ChannelTransport;

/// Serves a connection whose loop is lent, or that has a thread to itself.
pub(crate) fn serve(
    shared: &Shared,
    shard: &Shard,
    connection: &mut Connection,
    buffers: &mut TurnBuffers,
    run_on: RunOn,
) -> NextStep {
    let server = shard.server(connection);
    let Connection { channel, client_address, resume, .. } = connection;
    let site = Site { shared, shard, server, client_address, run_on };
    let (next, has_run) = channel.run(|| Service { site, resume, buffers });
    if let NextStep::Forget(Some(ticket)) = &next {
        connection.note_held(0);
        ticket.take_seat(connection.seat.take());
    }
    if has_run {
        // Whatever head is unfinished now has begun since.
        connection.be_idle();
        if connection.home == Home::Unserved {
            connection.home = Home::Unplaced;
        }
    }
    next
}

/// Ends a connection, and says why: to the client if it can be told, or to the log. `loan`: of the
/// loop that this thread drives, or has driven.
pub(crate) fn end(
    shared: &Shared,
    shard: &Shard,
    connection: &mut Connection,
    buffers: &mut TurnBuffers,
    (hooks, loan): (Hooks, Loan),
    why: &WhyEnded,
) -> NextStep {
    let server = shard.server(connection);
    let Connection { channel, client_address, resume, .. } = connection;
    let error = match why {
        WhyEnded::Refused(error) => error,
        WhyEnded::NotTaken | WhyEnded::NotKept => {
            let what = match why {
                WhyEnded::NotTaken => "Request timed out: its answer is not taken",
                _ => "Out of memory for an answer that is not taken",
            };
            shared.log_of_client(hooks, server, client_address, format_args!("{what}"));
            return NextStep::Close(Closing::Cut);
        }
        WhyEnded::Unbegun => {
            shared.detail_of_client(
                hooks,
                server,
                client_address,
                format_args!("Connection timed out: its PROXY header has not come"),
            );
            return NextStep::Close(Closing::Clean);
        }
    };
    let run_on = RunOn::DriverAnyway(loan);
    let site = Site { shared, shard, server, client_address, run_on };
    channel.run(|| Refusal { site, resume, buffers, error, hooks })
}

/// Where a service runs and whom it is for.
#[derive(Clone, Copy)]
struct Site<'a> {
    shared: &'a Shared<'a>,
    shard: &'a Shard,
    server: &'a Server,
    client_address: &'a Peer,
    run_on: RunOn,
}

struct Service<'a> {
    site: Site<'a>,
    resume: &'a mut Resume,
    buffers: &'a mut TurnBuffers,
}

impl ForEach for Service<'_> {
    /// What follows, and whether a method was to run.
    type Output = (NextStep, bool);

    #[inline(always)]
    fn run<C: Channel>(self, channel: &Arc<C>) -> (NextStep, bool) {
        let Service { site, resume, buffers } = self;
        let Site { shared, shard, server, client_address, run_on } = site;
        let placement = Placement::new(shared, shard, client_address, run_on);
        let transport = ChannelTransport::new(channel, &placement);
        let session = shared.session(server, client_address, &placement);
        let began = (run_on == RunOn::Spare).then(Instant::now);
        buffers.take_up(resume);
        let next = RequestRounds::new(&session, &transport, &mut resume.at_least).run(buffers);
        placement.score(began);
        transport.unblock();
        buffers.put_down(resume);
        let next = match sending::send(&**channel, buffers, next) {
            NextStep::Send(unsent) if unsent.content.is_some() => {
                files::begin(shared, (server, client_address), &**channel, unsent)
            }
            next => next,
        };
        (next, placement.has_run())
    }
}

struct Refusal<'a> {
    site: Site<'a>,
    resume: &'a mut Resume,
    buffers: &'a mut TurnBuffers,
    error: &'a ProtocolError,
    hooks: Hooks,
}

impl ForEach for Refusal<'_> {
    type Output = NextStep;

    fn run<C: Channel>(self, channel: &Arc<C>) -> NextStep {
        let Refusal { site: Site { shared, shard, server, client_address, run_on }, .. } = self;
        let placement = Placement::new(shared, shard, client_address, run_on);
        let transport = ChannelTransport::new(channel, &placement);
        let session = shared.session_by(self.hooks, server, client_address, &placement);
        self.buffers.take_up(self.resume);
        refusal::refuse_head(&session, self.buffers, &transport, self.error);
        transport.unblock();
        self.buffers.put_down(self.resume);
        sending::send(&**channel, self.buffers, NextStep::Close(Closing::Linger))
    }
}
