//! Driving a loop: round after round, connection after connection, until it ends or is in other
//! hands.

use std::cell::Cell;

use super::accept::REST;
use super::handshaking;
use super::state::Loop;
use crate::date::kept as kept_date;
use crate::engine::connection::{Connection, Phase, WhyEnded};
use crate::engine::handoff::Loan;
use crate::engine::letter::Visit;
use crate::engine::next_step::RunOn;
use crate::engine::service;
use crate::engine::shared::Shared;
use crate::logging::sink;
use crate::turn::TurnBuffers;

/// Drives a loop until it ends or is in other hands.
/// `visiting`: the connection that this thread serves, for the case that a panic ends it.
pub(crate) fn drive(
    shared: &Shared,
    driven: Box<Loop>,
    buffers: &mut TurnBuffers,
    visiting: &Cell<Option<Visit>>,
) {
    let log = &shared.shards[driven.index].log;
    // The last driver may have left some, and be held up itself.
    log.flush();
    log.hold();
    kept_date::keep(true);
    drive_on(shared, driven, buffers, visiting);
    // The thread that took the loop away may have looked before a last line was held.
    log.flush();
    kept_date::keep(false);
    sink::attach(&shared.log);
}

fn drive_on(
    shared: &Shared,
    mut driven: Box<Loop>,
    buffers: &mut TurnBuffers,
    visiting: &Cell<Option<Visit>>,
) {
    loop {
        // Connections that come back at once wait until the others have been heard again.
        for _ in 0..driven.ready.len() {
            let Some(key) = driven.ready.pop_front() else { break };
            let Some(connection) = driven.take(key) else { continue };
            visiting.set(Some(Visit::new(key, &connection)));
            let back = visit(shared, driven, key, connection, buffers);
            visiting.set(None);
            match back {
                Some(back) => driven = back,
                None => return,
            }
            if driven.must_shed {
                driven.shed_memory(shared);
            }
        }
        let (mut taken, mut began) = (0, None);
        while let Some((key, connection)) = driven.next_to_shake(taken, &mut began) {
            visiting.set(Some(Visit::new(key, &connection)));
            let back = handshaking::shake_hands(shared, driven, key, connection);
            visiting.set(None);
            match back {
                Some(back) => driven = back,
                None => return,
            }
            taken += 1;
        }
        // Before the wait, which may be long.
        if !driven.complaints.is_empty() {
            match complain(shared, driven) {
                Some(back) => driven = back,
                None => return,
            }
        }
        if shared.stop.is_set() && driven.end(shared) {
            shared.shards[driven.index].log.flush();
            return shared.loop_ended(driven.unfinished());
        }
        if let Err(error) = driven.wait(shared) {
            driven.complaints.push(format!("cannot wait for connections: {error}"));
            std::thread::sleep(REST);
        }
    }
}

/// Logs what the loop has to complain of. That runs hooks of the handler's, so the loop is lent.
#[cold]
fn complain(shared: &Shared, mut driven: Box<Loop>) -> Option<Box<Loop>> {
    let complaints = std::mem::take(&mut driven.complaints);
    let shard = &shared.shards[driven.index];
    let loan = lend(shared, driven);
    shared.by_hooks_in_place(shard, loan, |hooks| {
        for complaint in complaints {
            shared.complain(hooks, shard, format_args!("{complaint}"));
        }
    });
    shard.slot.reclaim(loan)
}

/// Lends the loop for something else than a request.
fn lend(shared: &Shared, driven: Box<Loop>) -> Loan {
    let shard = &shared.shards[driven.index];
    shard.begun.forget();
    let loan = shard.slot.lend(driven);
    shared.monitor.notice();
    loan
}

/// Does what a connection that is ready needs. `None`: the loop is in other hands now.
#[inline(always)] // Called in one place.
fn visit(
    shared: &Shared,
    mut driven: Box<Loop>,
    key: usize,
    mut connection: Box<Connection>,
    buffers: &mut TurnBuffers,
) -> Option<Box<Loop>> {
    let is_rare = matches!(
        connection.phase,
        Phase::ProxyHeader(_)
            | Phase::Handshake(_)
            | Phase::Linger(_)
            | Phase::Write(..)
            | Phase::Ended(_)
            | Phase::Resident(_)
            | Phase::InPlace
    );
    let mut may_leave = true;
    if is_rare {
        match std::mem::replace(&mut connection.phase, Phase::Idle) {
            Phase::Linger(progress) => {
                driven.linger(shared, key, connection, progress);
                return Some(driven);
            }
            Phase::Write(unsent, progress) if unsent.content.is_some() => {
                connection.phase = Phase::Write(unsent, progress);
                return driven.send_on(shared, key, connection);
            }
            Phase::Write(unsent, progress) => {
                driven.go_on_sending(shared, key, connection, unsent, progress);
                return Some(driven);
            }
            Phase::ProxyHeader(come) => {
                match driven.read_proxy_header(shared, key, connection, come) {
                    Some(relayed) => connection = relayed,
                    None => return Some(driven),
                }
            }
            Phase::Handshake(shaking) => {
                connection.phase = Phase::Handshake(shaking);
                driven.line_up(key, connection);
                return Some(driven);
            }
            Phase::Resident(residence) => {
                connection.phase = Phase::Resident(residence);
                return driven.step(shared, key, connection);
            }
            Phase::Ended(why) => return end(shared, driven, key, connection, buffers, &why),
            _ => may_leave = false,
        }
    }
    let shard = &shared.shards[driven.index];
    shard.begun.forget();
    let loan = shard.slot.lend(driven);
    shared.monitor.notice();
    let run_on = if may_leave { RunOn::Driver(loan) } else { RunOn::DriverAnyway(loan) };
    let next = service::serve(shared, shard, &mut connection, buffers, run_on);
    Loop::take_back(shared, shard, loan, key, connection, next)
}

/// Ends a connection and says why. That may run code of the handler's, so the loop is lent.
#[cold]
fn end(
    shared: &Shared,
    driven: Box<Loop>,
    key: usize,
    mut connection: Box<Connection>,
    buffers: &mut TurnBuffers,
    why: &WhyEnded,
) -> Option<Box<Loop>> {
    let shard = &shared.shards[driven.index];
    let loan = lend(shared, driven);
    let next = shared.by_hooks_in_place(shard, loan, |hooks| {
        service::end(shared, shard, &mut connection, buffers, (hooks, loan), why)
    });
    Loop::take_back(shared, shard, loan, key, connection, next)
}
