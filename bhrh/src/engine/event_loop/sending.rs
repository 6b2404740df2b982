//! Output that the client takes slowly.

use super::state::Loop;
use crate::engine::connection::{Connection, Phase, Progress, Unsent};
use crate::engine::minimum_rate::Direction;
use crate::engine::next_step::NextStep;
use crate::engine::service;
use crate::engine::shared::Shared;
use crate::turn::Closing;

impl Loop {
    /// Sends more of what a connection has left unsent.
    pub(super) fn go_on_sending(
        &mut self,
        shared: &Shared,
        key: usize,
        mut connection: Box<Connection>,
        mut unsent: Box<Unsent>,
        mut progress: Progress,
    ) {
        let sent = service::resume_sending(connection.channel.rarely(), &mut unsent);
        let Ok(sent) = sent else {
            return self.close(shared, key, connection, Closing::Clean);
        };
        if unsent.bytes.is_empty() {
            return self.end_sending(shared, key, connection, unsent.then);
        }
        if sent > 0 {
            progress.moved += sent as u64;
            let timeouts = &shared.settings.timeouts;
            connection.deadline = self.piece_deadline(timeouts, progress, Direction::Response);
        }
        connection.phase = Phase::Write(unsent, progress);
        self.put_back(shared, key, connection);
    }

    /// Sends more of a file: with the loop lent, because reading may wait for a disk. `None`: the
    /// loop is in other hands now.
    pub(super) fn send_on(
        self: Box<Loop>,
        shared: &Shared,
        key: usize,
        mut connection: Box<Connection>,
    ) -> Option<Box<Loop>> {
        let shard = &shared.shards[self.index];
        shard.begun.forget();
        let loan = shard.slot.lend(self);
        shared.monitor.notice();
        let next = service::send_on(shared, shard, loan, &mut connection);
        Loop::take_back(shared, shard, loan, key, connection, next)
    }

    /// Puts a connection back that has sent more of its file. `goes_on`: it has to look again.
    pub(super) fn settle_sending(
        &mut self,
        shared: &Shared,
        key: usize,
        mut connection: Box<Connection>,
        moved: bool,
        goes_on: bool,
    ) {
        let Phase::Write(unsent, progress) = &connection.phase else {
            return self.close(shared, key, connection, Closing::Cut);
        };
        if unsent.is_sent() {
            let then = unsent.then;
            return self.end_sending(shared, key, connection, then);
        }
        if moved {
            let timeouts = &shared.settings.timeouts;
            connection.deadline = self.piece_deadline(timeouts, *progress, Direction::Response);
        }
        match goes_on {
            true => self.put_and_queue(key, connection),
            false => self.put_back(shared, key, connection),
        }
    }

    /// Goes on with a connection that has nothing more to send.
    fn end_sending(
        &mut self,
        shared: &Shared,
        key: usize,
        mut connection: Box<Connection>,
        then: Option<Closing>,
    ) {
        connection.phase = Phase::Idle;
        let next = match self.watch_writes(key, &mut connection, false) {
            Ok(()) => then.map_or(NextStep::Again, NextStep::Close),
            Err(_) => NextStep::Close(Closing::Clean),
        };
        self.settle(shared, key, connection, next);
    }
}
