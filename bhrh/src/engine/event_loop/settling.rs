//! What becomes of a connection that has been served.

use std::sync::atomic::Ordering;

use super::closing::GRACE;
use super::state::{Entry, Loop};
use crate::engine::connection::{Connection, Home, Phase, Progress, Unsent};
use crate::engine::handoff::Loan;
use crate::engine::letter::Letter;
use crate::engine::minimum_rate::Direction;
use crate::engine::next_step::{Awaited, NextStep};
use crate::engine::shared::{Shard, Shared};
use crate::engine::timers::Tick;
use crate::turn::Closing;

/// How many more connections than another a loop has to have before it gives a new one away.
/// Below that, the cost of waking the other is not worth it.
const IMBALANCE: usize = 4;

impl Loop {
    /// Takes a lent loop back after something was done with a connection, and settles what follows
    /// from that. `None`: the loop is in other hands, and those settle it.
    #[inline(always)]
    pub(super) fn take_back(
        shared: &Shared,
        shard: &Shard,
        loan: Loan,
        key: usize,
        connection: Box<Connection>,
        next: NextStep,
    ) -> Option<Box<Loop>> {
        let Some(mut driven) = shard.slot.reclaim(loan) else {
            shard.hand_back(key, connection, next);
            return None;
        };
        driven.settle(shared, key, connection, next);
        Some(driven)
    }

    /// Puts a connection back after it was served, or lets it go.
    pub(super) fn settle(
        &mut self,
        shared: &Shared,
        key: usize,
        mut connection: Box<Connection>,
        next: NextStep,
    ) {
        let missed_event = self.catch_up(key, &mut connection);
        match next {
            NextStep::Await(awaited) => {
                self.await_more(shared, &mut connection, awaited);
                if connection.home == Home::Unplaced {
                    match self.place(shared, connection) {
                        Some(stays) => connection = stays,
                        None => return self.release(key),
                    }
                }
                if self.register(key, &mut connection).is_err() {
                    return self.close(shared, key, connection, Closing::Clean);
                }
                match missed_event {
                    true => self.put_and_queue(key, connection),
                    false => self.put_back(shared, key, connection),
                }
            }
            NextStep::Again => {
                connection.be_idle();
                // The previous deadline may already have passed.
                let keep_alive = shared.settings.timeouts.keep_alive;
                connection.deadline = self.timers.now().after(keep_alive);
                if self.register(key, &mut connection).is_err() {
                    return self.close(shared, key, connection, Closing::Clean);
                }
                self.put_and_queue(key, connection);
            }
            NextStep::Send(unsent) => {
                self.begin_sending(shared, key, connection, unsent, missed_event);
            }
            NextStep::SendOn { moved, has_room } => {
                self.settle_sending(shared, key, connection, moved, has_room || missed_event);
            }
            NextStep::Handshake(step) => {
                self.settle_handshake(shared, key, connection, step, missed_event);
            }
            NextStep::Close(how) => self.close(shared, key, connection, how),
            NextStep::Forget(ticket) => {
                // It need not be watched any more.
                let _ = self.deregister(&mut connection);
                self.forget(shared, key, &connection);
                drop(ticket);
            }
            NextStep::Reside(residence) => {
                self.settle_resident(shared, key, connection, residence, missed_event);
            }
            NextStep::OwnThread { must } => {
                self.serve_on_own_thread(shared, key, connection, must);
            }
        }
    }

    /// Takes over what has happened to a connection while it was served. Says whether the poller
    /// has reported it.
    fn catch_up(&self, key: usize, connection: &mut Connection) -> bool {
        let Some(Entry::Away(missed)) = self.entries.get(key) else { return false };
        if missed.hang_up {
            connection.note_hang_up();
        }
        if missed.asked {
            connection.asked_at = Tick::NEVER;
        }
        missed.event
    }

    /// Sets phase and deadline of a connection that waits for its client.
    fn await_more(&self, shared: &Shared, connection: &mut Connection, awaited: Awaited) {
        let timeouts = &shared.settings.timeouts;
        let now = self.timers.now();
        match awaited {
            Awaited::Request => {
                connection.be_idle();
                connection.deadline = now.plus(self.idle_time);
            }
            Awaited::Head => {
                // A head's time runs from its beginning.
                if !matches!(connection.phase, Phase::Head) {
                    connection.phase = Phase::Head;
                    connection.deadline = now.after(timeouts.head);
                }
            }
            Awaited::Body => {
                let incomplete = connection.channel.rarely().incomplete();
                let unread = (connection.resume.unread.len() + incomplete) as u64;
                let mut progress = match connection.phase {
                    Phase::Body(progress) => progress,
                    _ => Progress::new(now, unread),
                };
                progress.moved = unread.saturating_sub(progress.before);
                connection.phase = Phase::Body(progress);
                connection.deadline = self.piece_deadline(timeouts, progress, Direction::Body);
            }
            Awaited::Unread => {
                let dropped = connection.resume.undropped.as_ref().map_or(0, |body| body.dropped());
                let mut progress = match connection.phase {
                    Phase::Unread(progress) => progress,
                    _ => Progress::new(now, dropped),
                };
                progress.moved = dropped.saturating_sub(progress.before);
                connection.phase = Phase::Unread(progress);
                connection.deadline = self.piece_deadline(timeouts, progress, Direction::Body);
                if self.ending {
                    connection.deadline = connection.deadline.min(now.after(GRACE));
                }
            }
        }
    }

    fn begin_sending(
        &mut self,
        shared: &Shared,
        key: usize,
        mut connection: Box<Connection>,
        unsent: Box<Unsent>,
        missed_event: bool,
    ) {
        let progress = Progress::new(self.timers.now(), 0);
        connection.phase = Phase::Write(unsent, progress);
        let timeouts = &shared.settings.timeouts;
        connection.deadline = self.piece_deadline(timeouts, progress, Direction::Response);
        if self.watch_writes(key, &mut connection, true).is_err() {
            return self.close(shared, key, connection, Closing::Clean);
        }
        match missed_event {
            true => self.put_and_queue(key, connection),
            false => self.put_back(shared, key, connection),
        }
    }

    /// Gives a connection the loop that it will belong to. `None`: that is another one.
    pub(super) fn place(
        &mut self,
        shared: &Shared,
        mut connection: Box<Connection>,
    ) -> Option<Box<Connection>> {
        let least_loaded = self.least_loaded(shared);
        if least_loaded != self.index && self.deregister(&mut connection).is_ok() {
            connection.asked_at = Tick::NEVER;
            // Its next lines are another loop's: they must not come before those so far.
            shared.shards[self.index].log.flush();
            connection = self.send_to(shared, connection, least_loaded)?;
        }
        connection.home = Home::Placed;
        shared.shards[self.index].load.fetch_add(1, Ordering::Relaxed);
        Some(connection)
    }

    /// Gives a connection another loop, which it belongs to from now on. `None`: it has it.
    pub(super) fn send_to(
        &self,
        shared: &Shared,
        mut connection: Box<Connection>,
        index: usize,
    ) -> Option<Box<Connection>> {
        let home = std::mem::replace(&mut connection.home, Home::Placed);
        let other = &shared.shards[index];
        other.load.fetch_add(1, Ordering::Relaxed);
        match other.inbox.post(Letter::Arrival(connection)) {
            // That loop has ended; this one is about to.
            Err(Letter::Arrival(mut refused)) => {
                other.load.fetch_sub(1, Ordering::Relaxed);
                refused.home = home;
                Some(refused)
            }
            _ => None,
        }
    }

    /// The loop that a connection should belong to that stays: this one, unless another has many
    /// fewer.
    fn least_loaded(&self, shared: &Shared) -> usize {
        let load = |index: usize| shared.shards[index].load.load(Ordering::Relaxed);
        let least = (0..shared.shards.len()).min_by_key(|index| load(*index)).unwrap_or(self.index);
        if load(least) + IMBALANCE < load(self.index) { least } else { self.index }
    }
}
