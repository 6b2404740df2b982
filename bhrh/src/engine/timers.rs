//! When to look at which connection again: coarse, and cheap for those that are never late.
//!
//! A connection's deadline moves with every request, but its entry here does not: when the entry's
//! time has come, the connection is asked for its deadline, and entered again if that is later. So
//! a busy connection costs an entry every so often, not an entry per request. Entries that are left
//! over wake nobody either: a loop that has come to rest looks through them
//! (`event_loop/idling.rs`).

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

/// Ticks per second. Time-outs are seconds; nobody minds an eighth.
const TICKS: u32 = 16;

/// After how much more time than it asked for a loop was held up.
const HELD_UP: Duration = Duration::from_millis(500);

/// A point in time, in ticks since its loop began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tick(u32);

impl Tick {
    /// Later than everything.
    pub(crate) const NEVER: Tick = Tick(u32::MAX);

    /// When the loop began.
    pub(crate) const BEGINNING: Tick = Tick(0);

    /// The time since its loop began.
    pub(crate) fn time(self) -> Duration {
        Duration::from_micros(u64::from(self.0) * (1_000_000 / u64::from(TICKS)))
    }

    /// So much later, rounded up.
    pub(crate) fn after(self, time: Duration) -> Tick {
        self.plus(Ticks::of(time))
    }

    /// That number of ticks later.
    pub(crate) fn plus(self, ticks: Ticks) -> Tick {
        Tick(self.0.saturating_add(ticks.0))
    }

    /// So much earlier, as [`after`](Tick::after) counts.
    pub(crate) fn before(self, time: Duration) -> Tick {
        Tick(self.0.saturating_sub(Tick(0).after(time).0))
    }
}

/// A time in ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticks(u32);

impl Ticks {
    /// So long, rounded up.
    pub(crate) fn of(time: Duration) -> Ticks {
        let part = (time.subsec_millis() * TICKS).div_ceil(1000);
        let ticks = time.as_secs().saturating_mul(TICKS.into()).saturating_add(part.into());
        Ticks(u32::try_from(ticks).unwrap_or(u32::MAX))
    }
}

/// The clock and the entries of one loop.
#[derive(Debug)]
pub(crate) struct Timers {
    /// When the loop began, moved by the time in which it did not listen.
    began: Instant,
    /// When the clock has last ticked.
    ticked_at: Instant,
    now: Tick,
    /// When it will be later than now.
    next: Instant,
    entries: BinaryHeap<Reverse<(Tick, usize)>>,
}

impl Timers {
    pub(crate) fn new() -> Timers {
        let began = Instant::now();
        Timers { began, ticked_at: began, now: Tick(0), next: began, entries: BinaryHeap::new() }
    }

    /// Looks at the clock after a wait that was to take `asked` at most. Says whether it has
    /// ticked.
    ///
    /// The clock shows the time in which the loop listens. A method that held it up, or a signal
    /// that stopped the process, is no client's fault, and counts for none.
    pub(crate) fn advance(&mut self, asked: Option<Duration>) -> bool {
        let now = Instant::now();
        if now < self.next {
            return false;
        }
        let since = now - self.ticked_at;
        self.ticked_at = now;
        let deaf = asked.map_or(Duration::ZERO, |asked| since.saturating_sub(asked));
        if deaf > HELD_UP {
            self.began += deaf;
        }
        let elapsed = now - self.began;
        let ticks = elapsed.as_secs() * u64::from(TICKS)
            + u64::from(elapsed.subsec_millis() * TICKS / 1000);
        self.now = Tick(u32::try_from(ticks).unwrap_or(u32::MAX - 1));
        // Whole milliseconds, and not before the tick.
        let next = Duration::from_millis(((ticks + 1) * 1000).div_ceil(u64::from(TICKS)));
        self.next = self.began + next;
        true
    }

    /// The time at the last look.
    pub(crate) fn now(&self) -> Tick {
        self.now
    }

    /// Enters a connection, to be asked for its deadline at this time.
    pub(crate) fn enter(&mut self, at: Tick, key: usize) {
        if at != Tick::NEVER {
            self.entries.push(Reverse((at, key)));
        }
    }

    /// The entry whose time comes first.
    pub(crate) fn first(&self) -> Option<(Tick, usize)> {
        self.entries.peek().map(|Reverse(entry)| *entry)
    }

    /// Takes out the entry whose time comes first.
    pub(crate) fn drop_first(&mut self) {
        self.entries.pop();
    }

    /// A connection whose time has come, and for when it was entered.
    pub(crate) fn due(&mut self) -> Option<(Tick, usize)> {
        let first = self.first().filter(|(at, _)| *at <= self.now)?;
        self.drop_first();
        Some(first)
    }

    /// How long until the first entry's time comes, at most: some of the present tick is over.
    pub(crate) fn until_next(&self) -> Option<Duration> {
        let (at, _) = self.first()?;
        let ticks = u64::from(at.0.saturating_sub(self.now.0));
        Some(Duration::from_millis((ticks * 1000).div_ceil(u64::from(TICKS))))
    }

    /// The same, but no longer than `most`. A busy loop mostly gets `most`, and then nothing is
    /// computed.
    pub(crate) fn until_next_or(&self, most: Duration) -> Option<Duration> {
        let (at, _) = self.first()?;
        if at >= self.now.after(most) { Some(most) } else { self.until_next() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_due_in_order() {
        let mut timers = Timers::new();
        let now = timers.now();
        timers.enter(now.after(Duration::from_secs(50)), 3);
        timers.enter(now, 1);
        timers.enter(now, 2);
        timers.enter(Tick::NEVER, 4);
        let due: Vec<usize> = std::iter::from_fn(|| timers.due()).map(|(_, key)| key).collect();
        assert_eq!(due, [1, 2]);
        assert!(timers.until_next().unwrap() > Duration::from_secs(40));
        assert_eq!(timers.first(), Some((now.after(Duration::from_secs(50)), 3)));
        timers.drop_first();
        assert_eq!(timers.until_next(), None);
    }

    #[test]
    fn a_wait_is_no_longer_than_the_most() {
        let most = Duration::from_millis(250);
        for ticks in 0..10 {
            let mut timers = Timers::new();
            timers.enter(timers.now().plus(Ticks(ticks)), 1);
            let time = timers.until_next().map(|time| time.min(most));
            assert_eq!(timers.until_next_or(most), time, "{ticks}");
        }
        assert_eq!(Timers::new().until_next_or(most), None);
    }

    #[test]
    fn durations_are_rounded_up_and_never_overflow() {
        let now = Tick(10);
        assert_eq!(now.after(Duration::from_millis(1)), Tick(11));
        assert_eq!(now.after(Duration::from_secs(2)), Tick(42));
        assert_eq!(now.after(Duration::MAX), Tick::NEVER);
        assert_eq!(now.after(Duration::from_secs(2)).before(Duration::from_secs(2)), now);
        assert_eq!(now.before(Duration::MAX), Tick::BEGINNING);
        for ticks in 0..100 {
            assert_eq!(Tick::BEGINNING.after(Tick(ticks).time()), Tick(ticks));
        }
    }
}
