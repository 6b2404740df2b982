//! Whether threads are scarce: somebody needed one lately, and there was none.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// For how many milliseconds a thread that was not to be had counts. A request that waits for one
/// asks again every few milliseconds.
const RECENT: u64 = 100;

/// Remembers the last time that a thread was needed and not to be had.
#[derive(Debug)]
pub(crate) struct Scarcity {
    began: Instant,
    /// In milliseconds since then; 0: never, or there has been a thread since.
    since: AtomicU64,
}

impl Scarcity {
    pub(crate) fn new() -> Scarcity {
        Scarcity { began: Instant::now(), since: AtomicU64::new(0) }
    }

    /// Milliseconds since the engine began; never 0.
    pub(crate) fn milliseconds(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX).max(1)
    }

    /// Notes whether a thread was to be had.
    pub(crate) fn note(&self, found: bool) {
        let since = if found { 0 } else { self.milliseconds() };
        self.since.store(since, Ordering::Relaxed);
    }

    /// Whether somebody lately waited for a thread.
    pub(crate) fn is_now(&self) -> bool {
        match self.since.load(Ordering::Relaxed) {
            0 => false,
            since => self.milliseconds().saturating_sub(since) <= RECENT,
        }
    }
}
