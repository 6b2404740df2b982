//! When the time of each phase is over, and what happens then.

use std::time::Duration;

use super::state::{Entry, Loop};
use crate::engine::client::Client;
use crate::engine::connection::{Connection, Phase, Progress, WhyEnded};
use crate::engine::minimum_rate::Direction;
use crate::engine::shared::Shared;
use crate::engine::timers::Tick;
use crate::protocol_error::ProtocolError;
use crate::settings::Timeouts;
use crate::turn::Closing;

/// How long a lingering close waits for the next piece.
const LINGER_GAP: Duration = Duration::from_secs(5);

/// How long a lingering close goes on at shutdown.
pub(super) const LAST_LINGER: Duration = Duration::from_secs(2);

/// How many connections are asked before others have their turn: thousands may have come at the
/// same time, and closing one is a call of the system.
const LATE_AT_ONCE: usize = 64;

impl Loop {
    /// When something that comes or goes in pieces is late if no piece follows: by the time
    /// between two, or by the rate.
    pub(super) fn piece_deadline(
        &self,
        timeouts: &Timeouts,
        progress: Progress,
        direction: Direction,
    ) -> Tick {
        let by_rate = progress.began.after(direction.time_for(progress.moved, timeouts));
        self.timers.now().after(direction.gap(timeouts)).min(by_rate)
    }

    /// When a lingering close is over if nothing comes.
    pub(super) fn linger_deadline(&self, timeouts: &Timeouts, progress: Progress) -> Tick {
        let (gap, all) = match self.ending {
            true => (LAST_LINGER, LAST_LINGER),
            false => (LINGER_GAP, timeouts.linger),
        };
        self.timers.now().after(gap).min(progress.began.after(all))
    }

    /// Asks the connections whose time may be up. Those that are left are asked after the next
    /// wait, which takes no time.
    pub(super) fn ask_the_late(&mut self, shared: &Shared) {
        for _ in 0..LATE_AT_ONCE {
            let Some((at, key)) = self.timers.due() else { return };
            let now = self.timers.now();
            let connection = match self.entries.get_mut(key) {
                // Any other entry is left over, from an earlier deadline or an earlier connection.
                Some(Entry::Here(connection)) if connection.asked_at == at => connection,
                Some(Entry::Away(missed)) => {
                    missed.asked = true;
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
            // What comes while it waits for a thread changes nothing.
            if connection.queued && !matches!(connection.phase, Phase::Thread) {
                continue;
            }
            if let Some(connection) = self.take(key) {
                self.give_up(shared, key, connection);
            }
        }
    }

    /// Puts back a connection that was taken out, unless its time was up before.
    #[inline(always)] // Nearly every call is from the place where a request ends.
    pub(super) fn put_back(&mut self, shared: &Shared, key: usize, connection: Box<Connection>) {
        if connection.deadline <= self.timers.now() {
            return self.give_up(shared, key, connection);
        }
        self.put(key, connection);
    }

    /// Does what is to be done when the time of a connection's phase is over.
    fn give_up(&mut self, shared: &Shared, key: usize, mut connection: Box<Connection>) {
        match connection.phase {
            Phase::Head | Phase::Body(_) => {
                let error = ProtocolError::HeadTimeout;
                connection.phase = Phase::Ended(WhyEnded::Refused(Box::new(error)));
                self.entries[key] = Entry::Here(connection);
                self.queue(key);
            }
            Phase::Write(..) => {
                connection.phase = Phase::Ended(WhyEnded::NotTaken);
                self.entries[key] = Entry::Here(connection);
                self.queue(key);
            }
            Phase::Thread => {
                let client = Client::of(&connection.client_address);
                self.waiting.remove(client, key);
                let error = Box::new(ProtocolError::NoThread);
                connection.phase = Phase::Ended(WhyEnded::Refused(error));
                self.entries[key] = Entry::Here(connection);
                self.queue(key);
            }
            Phase::Resident(_) => {
                self.entries[key] = Entry::Here(connection);
                self.queue(key);
            }
            Phase::ProxyHeader(_) => {
                connection.phase = Phase::Ended(WhyEnded::Unbegun);
                self.entries[key] = Entry::Here(connection);
                self.queue(key);
            }
            Phase::Handshake(_)
            | Phase::Idle
            | Phase::Unread(_)
            | Phase::InPlace
            | Phase::Ended(_)
            | Phase::Linger(_) => self.close(shared, key, connection, Closing::Clean),
        }
    }
}
