//! What the log hears of at most once in a while, however often it happens.

use std::time::Duration;

use super::timers::Tick;

/// How long the log is silent about it.
const SILENCE: Duration = Duration::from_secs(1);

/// How often something has happened since the log heard of it.
#[derive(Debug)]
pub(crate) struct Repeated {
    count: usize,
    /// When the log may hear of it again.
    again: Tick,
}

impl Default for Repeated {
    fn default() -> Repeated {
        Repeated { count: 0, again: Tick::BEGINNING }
    }
}

impl Repeated {
    /// Notes that it has happened. If the log may hear of it now, says how often it has.
    pub(crate) fn note(&mut self, now: Tick) -> Option<usize> {
        self.count += 1;
        if self.again > now {
            return None;
        }
        self.again = now.after(SILENCE);
        Some(std::mem::take(&mut self.count))
    }
}
