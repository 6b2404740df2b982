//! Coming to rest: a loop with much to do looks again before it sleeps, and one with nothing to do is
//! not woken before somebody's time is really up.
//!
//! Going to sleep and being woken costs more than all else that a small request costs. When there is
//! much to do, more has usually come by the time the clients have run.
//!
//! Timers keep what is left over: entries of connections that have gone, and of deadlines that have
//! moved on. While there is much to do nobody looks at them. Once a wait has found nothing they are
//! looked through, as far as the first that is true, and only that one ends the next wait.

use std::io;
use std::time::Duration;

use super::{Entry, Loop};
use crate::engine::timers::Tick;

/// How many of them are looked at in one go, since the loop is deaf meanwhile.
const AT_ONCE: usize = 16 << 10;

/// After how long without an event a loop is at rest.
const SETTLING: Duration = Duration::from_millis(250);

/// How often a loop with much to do lets others run and looks again before it sleeps.
const LOOKS: usize = 4;

impl Loop {
    /// Waits for events, for so long at most.
    pub(super) fn await_events(&mut self, time: Option<Duration>) -> io::Result<()> {
        // What has been read already need not wait for others.
        if self.harvest > 1 && time != Some(Duration::ZERO) {
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

    /// How long there is nothing to do but for what may come.
    pub(super) fn until_next(&self) -> Option<Duration> {
        let time = self.timers.until_next();
        if self.at_rest { time } else { time.map(|time| time.min(SETTLING)) }
    }

    /// Takes note of what the last wait found.
    pub(super) fn rest(&mut self) {
        self.at_rest = self.ready.is_empty() && self.readiness.found_nothing();
        if self.at_rest {
            self.at_rest = self.drop_left_overs();
        }
    }

    /// Has the timers' first entry be one that is true. `false`: it may not be yet.
    fn drop_left_overs(&mut self) -> bool {
        for _ in 0..AT_ONCE {
            let Some((at, key)) = self.timers.first() else { return true };
            let moved = match self.connections.get_mut(key) {
                // It is asked when it comes back; whether it has moved on is not known before.
                Some(Entry::Away { .. }) => return true,
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
