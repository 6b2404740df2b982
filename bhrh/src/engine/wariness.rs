//! How wary loops are of requests that nothing is known of.
//!
//! As a rule, a request of an unknown kind runs in place: if it blocks, the monitor takes the loop
//! away. That goes wrong if very many block, each of another kind. Every one of them holds a loop
//! up for a tick or two, and once all threads are blocked, nobody can take the loop away any more.
//!
//! So there is a rush, for a second at first, and in any case until there are threads again.
//! Unknown kinds leave at once then, and wait if all threads are busy. If the next rush begins soon
//! after the last, it is twice as long. What is known to be quick stays on its loop all the time,
//! and is learnt from the first hand-off on.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

/// How many hand-offs at a time begin a rush, and how many milliseconds take one off.
const HAND_OFFS: u64 = 16;
const EASES: u64 = 50;

/// How long a rush is, in milliseconds.
const SHORTEST: u64 = 1_000;
const LONGEST: u64 = 32_000;

/// Nothing blocks that is not known to.
const CALM: u8 = 0;
/// Some has lately: it is worth knowing what is quick.
const LEARNING: u8 = 1;
/// Unknown kinds leave.
const RUSH: u8 = 2;

/// What the loops of one engine know together. All times are milliseconds since some beginning.
#[derive(Debug, Default)]
pub(super) struct Wariness {
    state: AtomicU8,
    /// How many hand-offs have not been eased off yet, and when that was. Threads that change them
    /// at the same time may lose a change, which does not matter; likewise for the rush.
    level: AtomicU64,
    eased_at: AtomicU64,
    /// When the last rush ends, and how long it is in all.
    ends: AtomicU64,
    length: AtomicU64,
}

impl Wariness {
    #[inline(always)]
    pub(super) fn is_rush(&self) -> bool {
        self.state.load(Ordering::Relaxed) == RUSH
    }

    /// Whether what is quick in place is to be noted.
    #[inline(always)]
    pub(super) fn learns(&self) -> bool {
        self.state.load(Ordering::Relaxed) != CALM
    }

    /// A method was held up on a loop, which another thread has taken.
    pub(super) fn note_hand_off(&self, now: u64) {
        self.state.fetch_max(LEARNING, Ordering::Relaxed);
        if self.level.fetch_add(1, Ordering::Relaxed) + 1 >= HAND_OFFS {
            self.begin_rush(now);
        }
    }

    /// There is no thread that could take a loop away, or will not be one after the next hand-offs.
    pub(super) fn begin_rush(&self, now: u64) {
        let (ends, last) = (self.ends.load(Ordering::Relaxed), self.length.load(Ordering::Relaxed));
        if now < ends {
            return;
        }
        let length = match now - ends < last {
            true => (2 * last).min(LONGEST),
            false => SHORTEST,
        };
        self.length.store(length, Ordering::Relaxed);
        self.ends.store(now + length, Ordering::Relaxed);
        self.state.store(RUSH, Ordering::Relaxed);
    }

    /// Lets time pass. Called by the monitor at its ticks. `threads_left`: as for
    /// [`Scores::note_hand_off`](super::slow_kinds::Scores::note_hand_off).
    pub(super) fn ease_off(&self, now: u64, threads_left: impl FnOnce() -> bool) {
        let since = now.saturating_sub(self.eased_at.load(Ordering::Relaxed));
        let mut level = self.level.load(Ordering::Relaxed);
        if since >= EASES {
            level = level.saturating_sub(since / EASES);
            self.level.store(level, Ordering::Relaxed);
            self.eased_at.store(now, Ordering::Relaxed);
        }
        let before = self.state.load(Ordering::Relaxed);
        let state = match (now < self.ends.load(Ordering::Relaxed), level) {
            (true, _) => RUSH,
            // A request that blocks in place would hold its loop up for as long as it likes.
            (false, _) if before == RUSH && !threads_left() => RUSH,
            (false, 1..) => LEARNING,
            (false, 0) => CALM,
        };
        if state != before {
            self.state.store(state, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_hand_offs_at_a_time_begin_a_rush_that_ends() {
        let wariness = Wariness::default();
        assert!(!wariness.learns());
        (1..HAND_OFFS).for_each(|_| wariness.note_hand_off(1));
        assert!(wariness.learns() && !wariness.is_rush());
        wariness.note_hand_off(1);
        assert!(wariness.is_rush());
        wariness.ease_off(SHORTEST, || true);
        assert!(wariness.is_rush());
        wariness.ease_off(1 + SHORTEST, || false);
        assert!(wariness.is_rush(), "no thread could take a loop");
        wariness.ease_off(2 + SHORTEST, || true);
        assert!(!wariness.is_rush() && !wariness.learns());
    }

    #[test]
    fn a_few_hand_offs_now_and_then_begin_none() {
        let wariness = Wariness::default();
        for time in (0..100).map(|step| step * EASES) {
            wariness.ease_off(time, || true);
            wariness.note_hand_off(time);
            assert!(!wariness.is_rush() && wariness.learns());
        }
    }

    #[test]
    fn a_rush_soon_after_another_is_twice_as_long() {
        let wariness = Wariness::default();
        let mut now = 5;
        for length in [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 32_000] {
            wariness.begin_rush(now);
            // What comes within a rush changes nothing.
            wariness.begin_rush(now + length - 1);
            wariness.ease_off(now + length - 1, || true);
            assert!(wariness.is_rush());
            wariness.ease_off(now + length, || true);
            assert!(!wariness.is_rush());
            now += length + 10;
        }
        now += LONGEST;
        wariness.begin_rush(now);
        wariness.ease_off(now + SHORTEST, || true);
        assert!(!wariness.is_rush(), "it was calm for long");
    }
}
