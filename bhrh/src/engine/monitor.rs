//! The tick: a thread that looks, at a short interval, for loops whose driver is held up.
//!
//! It sleeps while there is nothing to look at, so that an idle server makes no wake-ups.

use std::time::Duration;

use super::handoff::Loan;
use crate::sync::{AtomicBool, Condvar, Mutex, Ordering, PoisonError};

/// The interval. A handler that blocks holds its loop up for one to two of them.
const TICK: Duration = Duration::from_millis(2);

/// The monitor's own state.
#[derive(Debug)]
pub(crate) struct Monitor {
    patience: u32,
    asleep: AtomicBool,
    ended: Mutex<bool>,
    wake: Condvar,
}

impl Monitor {
    /// `patience`: after how many ticks without anything it goes to sleep. Waking it costs the
    /// driver a call.
    pub(crate) fn new(patience: u32) -> Monitor {
        let (asleep, ended, wake) = (AtomicBool::new(false), Mutex::new(false), Condvar::new());
        Monitor { patience, asleep, ended, wake }
    }

    /// Tells the monitor that a loop has been lent.
    pub(crate) fn notice(&self) {
        // The loan was made under its slot's lock, and the monitor's last look, after it has said
        // that it sleeps, takes the same lock. The second of the two sees what the first has done.
        if self.asleep.load(Ordering::Relaxed) {
            self.rouse();
        }
    }

    #[cold]
    fn rouse(&self) {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        self.asleep.store(false, Ordering::Relaxed);
        drop(ended);
        self.wake.notify_all();
    }

    /// Tells the monitor's thread to end.
    pub(crate) fn end(&self) {
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.wake.notify_all();
    }

    /// Ticks until the end. `look` looks at all slots once and says whether any had a loop, now
    /// or at the last look; `anything` asks each under its lock whether it has one.
    pub(crate) fn run(
        &self,
        anything: impl Fn() -> bool,
        mut look: impl FnMut(&mut [Option<Loan>]) -> bool,
        slots: usize,
    ) {
        let mut seen = vec![None; slots];
        let mut quiet = 0;
        loop {
            quiet = if look(&mut seen) { 0 } else { quiet + 1 };
            let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
            if *ended {
                return;
            }
            if quiet < self.patience {
                let _ = self.wake.wait_timeout(ended, TICK);
                continue;
            }
            self.asleep.store(true, Ordering::Relaxed);
            if !anything() {
                let rested = self
                    .wake
                    .wait_while(ended, |ended| !*ended && self.asleep.load(Ordering::Relaxed));
                drop(rested);
            }
            self.asleep.store(false, Ordering::Relaxed);
            quiet = 0;
        }
    }
}
