//! How a wait is made cheap: a loop with much to do looks again before it sleeps, and one with
//! nothing to do is not woken before the time of a connection is really up.
//!
//! Going to sleep and being woken costs more than everything else that a small request costs. When
//! there is much to do, more has usually come by the time the clients have run.
//!
//! Timers keep stale entries: of connections that have gone, and of deadlines that have moved on.
//! While there is much to do nobody looks at them. Once a wait has found nothing, stale entries are
//! dropped until the first live one, which sets the next wake-up.

use std::io;
use std::time::Duration;

use super::state::{Entry, Loop};
use crate::engine::timers::Tick;

/// How many entries are looked at in one go, since the loop is deaf meanwhile.
const AT_ONCE: usize = 16 << 10;

/// After how long without an event a loop is idle.
const QUIET: Duration = Duration::from_millis(250);

/// How often a loop with much to do lets other threads run and looks again before it sleeps.
const LOOKS: usize = 4;

impl Loop {
    /// Waits for events, for this time at most.
    pub(super) fn await_events(&mut self, time: Option<Duration>) -> io::Result<()> {
        // Connections that have been read already need not wait for more of them.
        if self.ready_last_wait > 1 && time != Some(Duration::ZERO) {
            for _ in 0..LOOKS {
                std::thread::yield_now();
                self.readiness.wait(Some(Duration::ZERO))?;
                if !self.readiness.found_nothing() {
                    return Ok(());
                }
            }
        }
        self.readiness.wait(time)
    }

    /// How long until the timers have something to ask.
    pub(super) fn until_next(&self) -> Option<Duration> {
        match self.is_idle {
            true => self.timers.until_next(),
            false => self.timers.until_next_or(QUIET),
        }
    }

    /// Takes note of whether the last wait found anything.
    pub(super) fn note_idleness(&mut self) {
        self.is_idle =
            self.ready.is_empty() && self.shaking.is_empty() && self.readiness.found_nothing();
        if self.is_idle {
            self.is_idle = self.drop_stale_entries();
        }
    }

    /// Drops stale entries from the front of the timers. Says whether the first one that is left
    /// is known to be live.
    fn drop_stale_entries(&mut self) -> bool {
        for _ in 0..AT_ONCE {
            let Some((at, key)) = self.timers.first() else { return true };
            let moved = match self.entries.get_mut(key) {
                // It is asked when it comes back; whether it has moved on is not known before.
                Some(Entry::Away(_)) => return true,
                Some(Entry::Here(connection)) if connection.asked_at == at => {
                    if connection.deadline <= at {
                        return true;
                    }
                    connection.asked_at = connection.deadline;
                    connection.deadline
                }
                _ => Tick::NEVER,
            };
            self.timers.drop_first();
            self.timers.enter(moved, key);
        }
        false
    }
}
