//! When the time of each phase is over, and what happens then.

use std::time::Duration;

use super::{Entry, Loop};
use crate::engine::connection::{Connection, Phase};
use crate::engine::minimum_rate::Direction;
use crate::engine::pool::Pool;
use crate::engine::timers::Tick;
use crate::error::ProtocolError;
use crate::turn::{Closing, log_outside};

/// How long a lingering close waits for the next piece.
const LINGER_GAP: Duration = Duration::from_secs(5);

/// How long a lingering close goes on at shutdown.
pub(super) const LAST_LINGER: Duration = Duration::from_secs(2);

impl Loop {
    /// Has the timers ask for the connection's deadline when it comes, or earlier.
    pub(super) fn time(&mut self, key: usize, connection: &mut Connection) {
        if connection.deadline < connection.asked_at {
            connection.asked_at = connection.deadline;
            self.timers.enter(connection.deadline, key);
        }
    }

    /// Begins or goes on waiting for a small body.
    pub(super) fn await_body(&self, pool: &Pool, connection: &mut Connection, begins: bool) {
        let unread = connection.unread.len() as u64;
        if begins {
            (connection.began, connection.had) = (self.timers.now(), unread);
        }
        connection.moved = unread.saturating_sub(connection.had);
        connection.deadline = self.piece_deadline(pool, connection, Direction::Body);
    }

    /// When something that comes or goes in pieces is late if no piece follows: by the time
    /// between two, or by the rate.
    pub(super) fn piece_deadline(
        &self,
        pool: &Pool,
        connection: &Connection,
        direction: Direction,
    ) -> Tick {
        let timeouts = &pool.settings().timeouts;
        let by_rate = connection.began.after(direction.time_for(connection.moved, timeouts));
        self.timers.now().after(direction.gap(timeouts)).min(by_rate)
    }

    /// When a lingering close is over if nothing comes.
    pub(super) fn linger_deadline(&self, pool: &Pool, connection: &Connection) -> Tick {
        let (gap, all) = match self.ending {
            true => (LAST_LINGER, LAST_LINGER),
            false => (LINGER_GAP, pool.settings().timeouts.linger),
        };
        self.timers.now().after(gap).min(connection.began.after(all))
    }

    /// Asks those whose time may be up.
    pub(super) fn ask_the_late(&mut self, pool: &Pool) {
        while let Some((at, key)) = self.timers.due() {
            let now = self.timers.now();
            let connection = match self.connections.get_mut(key) {
                // Any other entry is left over, from an earlier deadline or an earlier connection.
                Some(Entry::Here(connection)) if connection.asked_at == at => connection,
                Some(Entry::Away { asked, .. }) => {
                    *asked = true;
                    continue;
                }
                _ => continue,
            };
            if connection.deadline > now {
                connection.asked_at = connection.deadline;
                self.timers.enter(connection.deadline, key);
                continue;
            }
            connection.asked_at = Tick::NEVER;
            // Something has come, and it may have been in time: this loop may be what is late.
            if connection.queued {
                continue;
            }
            if let Some(connection) = self.take(key) {
                self.give_up(pool, key, connection);
            }
        }
    }

    /// Puts back a connection that has been looked at, unless its time was up before.
    pub(super) fn put_back(&mut self, pool: &Pool, key: usize, mut connection: Box<Connection>) {
        if connection.deadline <= self.timers.now() {
            return self.give_up(pool, key, connection);
        }
        self.time(key, &mut connection);
        self.connections[key] = Entry::Here(connection);
    }

    /// Does what is to be done when the time of a connection's phase is over.
    fn give_up(&mut self, pool: &Pool, key: usize, mut connection: Box<Connection>) {
        match connection.phase {
            Phase::Head | Phase::Body => {
                // It gets an answer, which may run code of the handler's.
                connection.refusal = Some(ProtocolError::HeadTimeout);
                self.connections[key] = Entry::Here(connection);
                self.queue(key);
            }
            Phase::Write => {
                let session = pool.session(self.shard(pool), connection.client_address);
                log_outside(&session, format_args!("Request timed out: its answer is not taken"));
                self.close(pool, key, connection, Closing::Cut);
            }
            Phase::Idle | Phase::Thread | Phase::Linger => {
                self.close(pool, key, connection, Closing::Clean);
            }
        }
    }
}
