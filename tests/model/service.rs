//! Serving a connection: its handlers, which may block.

use crate::connection::Connection;
use crate::engine::{Pool, Shard};
use crate::handoff::Loan;
use crate::scenario::Request;
use shuttle::thread;

/// What is to become of a connection that has been served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NextStep {
    Again,
    Close,
    OwnThread,
}

/// On which thread a service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunOn {
    Driver(Loan),
    DriverAnyway(Loan),
    Spare,
}

/// Answers one request, or asks for another thread.
pub(crate) fn serve(
    pool: &Pool,
    shard: &Shard,
    connection: &mut Connection,
    run_on: RunOn,
) -> NextStep {
    match connection.requests[connection.answered] {
        Request::Quick => {}
        Request::Busy(turns) => (0..turns).for_each(|_| thread::yield_now()),
        Request::Opens(gate) => pool.gates.open(gate),
        Request::Blocks(gate) => pool.gates.pass(gate),
        Request::KnowsThatItBlocks(gate) => {
            if let RunOn::Driver(loan) | RunOn::DriverAnyway(loan) = run_on {
                // Without a spare it blocks where it is; the monitor goes on trying.
                let _ = pool.give_away(shard, loan);
            }
            pool.gates.pass(gate);
        }
        Request::Elsewhere(gate) => {
            if matches!(run_on, RunOn::Driver(_)) {
                return NextStep::OwnThread;
            }
            if let Some(gate) = gate {
                pool.gates.pass(gate);
            }
        }
    }
    connection.answered += 1;
    match connection.answered == connection.requests.len() {
        true => NextStep::Close,
        false => NextStep::Again,
    }
}
