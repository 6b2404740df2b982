//! How a connection ends, and how the loop does.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::clocks::LAST_LINGER;
use super::state::{Entry, Loop};
use crate::engine::connection::{Connection, Home, Phase, Progress};
use crate::engine::letter::Visit;
use crate::engine::shared::Shared;
use crate::engine::timers::Ticks;
use crate::turn::Closing;

/// How long idle connections are kept at shutdown: a request may be under way.
pub(super) const GRACE: Duration = Duration::from_millis(250);

impl Loop {
    /// Closes a connection, in this way.
    pub(super) fn close(
        &mut self,
        shared: &Shared,
        key: usize,
        mut connection: Box<Connection>,
        how: Closing,
    ) {
        if matches!(how, Closing::Clean | Closing::Linger) {
            connection.channel.rarely().finish();
        }
        match how {
            // Registering first: what has come already is to be reported.
            Closing::Linger | Closing::Short
                if connection.channel.rarely().half_close().is_ok()
                    && self.register(key, &mut connection).is_ok() =>
            {
                self.begin_to_linger(shared, key, connection);
            }
            Closing::Cut => {
                if shared.shutdown.is_cut() {
                    self.cut += 1;
                }
                connection.channel.socket().reset_on_close();
                self.forget(shared, key, &connection);
            }
            Closing::Linger | Closing::Short | Closing::Clean => {
                self.forget(shared, key, &connection);
            }
        }
    }

    fn begin_to_linger(&mut self, shared: &Shared, key: usize, mut connection: Box<Connection>) {
        let progress = Progress::new(self.timers.now(), 0);
        connection.phase = Phase::Linger(progress);
        connection.resume.unread = Vec::new();
        connection.deadline = self.linger_deadline(&shared.settings.timeouts, progress);
        self.put_and_queue(key, connection);
    }

    /// Lets a connection go that was taken out.
    pub(super) fn forget(&mut self, shared: &Shared, key: usize, connection: &Connection) {
        if connection.home == Home::Placed {
            shared.shards[self.index].load.fetch_sub(1, Ordering::Relaxed);
        }
        self.release(key);
    }

    /// Frees the place of a connection that was lost while it was away.
    #[cold]
    pub(super) fn release_lost(&mut self, shared: &Shared, visit: Visit) {
        if matches!(self.entries.get(visit.key), Some(Entry::Away(_))) {
            if visit.is_counted {
                shared.shards[self.index].load.fetch_sub(1, Ordering::Relaxed);
            }
            self.release(visit.key);
        }
    }

    /// Begins the loop's end or goes on with it. `true`: nothing is left.
    pub(super) fn end(&mut self, shared: &Shared) -> bool {
        if !self.ending {
            self.begin_to_end(shared);
        }
        // A connection that another thread has sent on its way counts, too.
        self.open == 0 && shared.shards[self.index].inbox.close() || shared.shutdown.is_cut()
    }

    /// How many connections were in the middle of something, once they are cut. The method of some
    /// may have returned before the loop gets to count.
    pub(super) fn unfinished(&self) -> usize {
        let is_unfinished = |entry: &&Entry| match entry {
            Entry::Free => false,
            Entry::Here(connection) => !matches!(
                connection.phase,
                Phase::ProxyHeader(_)
                    | Phase::Handshake(_)
                    | Phase::Idle
                    | Phase::Unread(_)
                    | Phase::Linger(_)
            ),
            Entry::Away(_) => true,
        };
        self.cut + self.entries.iter().filter(is_unfinished).count()
    }

    /// Stops accepting, and shortens the time of connections that have nothing to be answered.
    fn begin_to_end(&mut self, shared: &Shared) {
        self.ending = true;
        self.idle_time = Ticks::of(GRACE);
        self.listeners.iter_mut().for_each(|accepting| accepting.listener.leave_its_path());
        // Connections that the system has accepted already would be reset, requests and all.
        self.accept_the_last(shared);
        self.listeners.clear();
        self.rouse_residents();
        let Loop { entries, timers, .. } = self;
        for (key, entry) in entries.iter_mut().enumerate() {
            let Entry::Here(connection) = entry else { continue };
            let time = match connection.phase {
                Phase::ProxyHeader(_) | Phase::Handshake(_) | Phase::Idle | Phase::Unread(_) => {
                    GRACE
                }
                Phase::Linger(_) => LAST_LINGER,
                _ => continue,
            };
            connection.deadline = connection.deadline.min(timers.now().after(time));
            if connection.deadline < connection.asked_at {
                connection.asked_at = connection.deadline;
                timers.enter(connection.deadline, key);
            }
        }
    }
}
