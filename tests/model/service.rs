//! Serving a connection: its handlers, which may block, and its client, which may never send.

use crate::connection::Connection;
use crate::engine::{Pool, Shard};
use crate::handoff::Loan;
use crate::resident::Residence;
use crate::residing;
use crate::scenario::Request;
use shuttle::thread;
use std::sync::Arc;

/// What is to become of a connection that has been served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NextStep {
    Again,
    Close,
    /// Another protocol has it, which stays with the loop.
    Reside,
    /// `must`: it may have to wait for its client.
    OwnThread {
        must: bool,
    },
    /// It panicked in a way that nothing has caught: no more code runs on the way out.
    Died,
}

/// On which thread a service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunOn {
    Driver(Loan),
    DriverAnyway(Loan),
    Spare,
}

impl RunOn {
    fn loan(self) -> Option<Loan> {
        match self {
            RunOn::Driver(loan) | RunOn::DriverAnyway(loan) => Some(loan),
            RunOn::Spare => None,
        }
    }
}

/// Answers one request, or asks for another thread.
pub(crate) fn serve(
    pool: &Pool,
    shard: &Shard,
    connection: &mut Connection,
    run_on: RunOn,
) -> NextStep {
    if connection.residence.is_some() {
        return residing::step(pool, shard, connection, run_on);
    }
    match connection.requests[connection.answered] {
        Request::Quick => {}
        Request::Busy(turns) => (0..turns).for_each(|_| thread::yield_now()),
        Request::Opens(gate) => pool.gates.open(gate),
        Request::Joins => assert_eq!(pool.join(), None, "a thread would wait for itself"),
        Request::Dies => {
            // Its loop may be another thread's by then.
            (0..3).for_each(|_| thread::yield_now());
            connection.let_go(pool);
            return NextStep::Died;
        }
        Request::Blocks(gate) => pool.gates.pass(gate),
        Request::KnowsThatItBlocks(gate) => {
            // As `Placement::give_loop_away`: without a thread for the loop, what would wait fails.
            if run_on.loan().is_some_and(|loan| !pool.give_away(shard, loan, None)) {
                connection.let_go(pool);
                return NextStep::Close;
            }
            pool.gates.pass(gate);
        }
        Request::Elsewhere(gate) => {
            if matches!(run_on, RunOn::Driver(_)) {
                return NextStep::OwnThread { must: false };
            }
            if let Some(gate) = gate {
                pool.gates.pass(gate);
            }
        }
        Request::Parks => {
            let meeting = connection.meeting.as_ref().expect("somebody to meet");
            let residence = Residence::new(Arc::clone(meeting), connection.may_be_cut);
            connection.residence = Some(Box::new(residence));
        }
        Request::NeverSends => return wait_for_client(pool, shard, connection, run_on),
    }
    shard.log.add();
    connection.answered += 1;
    pool.count_answer();
    match connection.answered == connection.requests.len() {
        _ if connection.residence.is_some() => NextStep::Reside,
        true => NextStep::Close,
        false => NextStep::Again,
    }
}

/// As `Placement::may_run`, `Placement::give_loop_away` and `ChannelTransport::wait`, for a client
/// that never sends the content.
fn wait_for_client(
    pool: &Pool,
    shard: &Shard,
    connection: &mut Connection,
    run_on: RunOn,
) -> NextStep {
    if let Some(loan) = run_on.loan() {
        let reserved = pool.reserve();
        if reserved.is_none() {
            return NextStep::OwnThread { must: true };
        }
        assert!(pool.give_away(shard, loan, reserved), "there is a thread for the loop");
    }
    let drives = run_on.loan().is_some_and(|loan| shard.slot.stands(loan));
    assert!(!drives, "the driver of a loop waits for a client");
    let _wait = pool.scarcity.begin_to_wait(connection.client);
    while !pool.is_cut() && !pool.scarcity.claims_thread_of(connection.client) {
        thread::yield_now();
    }
    connection.let_go(pool);
    NextStep::Close
}
