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
            let next = match self.watch_writes(key, &mut connection, false) {
                Ok(()) => unsent.then.map_or(NextStep::Again, NextStep::Close),
                Err(_) => NextStep::Close(Closing::Clean),
            };
            return self.settle(shared, key, connection, next);
        }
        if sent > 0 {
            progress.moved += sent as u64;
            let timeouts = &shared.settings.timeouts;
            connection.deadline = self.piece_deadline(timeouts, progress, Direction::Response);
        }
        connection.phase = Phase::Write(unsent, progress);
        self.put_back(shared, key, connection);
    }
}
