//! What the engine's files are made of, by the checker's leave: the same names as in
//! `bhrh/src/sync.rs`.
//!
//! The checker knows no time. A wait that may time out does so where [`begin`] lets it: a
//! tick always, so that the monitor ticks whenever the checker runs it; a long wait a few times
//! an execution, so that a wake-up that is lost stays lost; a very long one, a deadline, once
//! [`end_patience`] was called. Each time-out moves the clock on.

use std::cell::Cell;
use std::ops::{Add, Deref, DerefMut};
use std::sync::LockResult;
use std::time::Duration;

use shuttle::rand::{Rng, thread_rng};
pub(crate) use shuttle::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
pub(crate) use shuttle::thread_local;
pub(crate) use std::sync::PoisonError;

/// Up to here, a wait is a tick.
const TICK: Duration = Duration::from_millis(100);

/// From here on, a wait is one for a deadline.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

// An execution runs on one thread of the system's.
std::thread_local! {
    /// How many long waits may still time out in this execution.
    static TIMEOUTS: Cell<u32> = const { Cell::new(0) };
    /// Deadlines pass.
    static IMPATIENT: Cell<bool> = const { Cell::new(false) };
    /// What the clock says, in milliseconds.
    static NOW: Cell<u64> = const { Cell::new(0) };
}

/// Begins an execution, in which `count` long waits may time out or wake up spuriously.
pub(crate) fn begin(count: u32) {
    TIMEOUTS.set(count);
    IMPATIENT.set(false);
    NOW.set(1);
}

/// From now on deadlines pass, and no other long wait times out.
pub(crate) fn end_patience() {
    TIMEOUTS.set(0);
    IMPATIENT.set(true);
}

fn pass(time: Duration) {
    // What ends has all the time that it needs.
    if IMPATIENT.get() && time < DEADLINE {
        return;
    }
    NOW.set(NOW.get() + u64::try_from(time.as_millis()).expect("no such time"));
}

/// A moment of the model's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(u64);

impl Instant {
    pub(crate) fn now() -> Instant {
        Instant(NOW.get())
    }

    pub(crate) fn elapsed(self) -> Duration {
        Instant::now().saturating_duration_since(self)
    }

    pub(crate) fn saturating_duration_since(self, earlier: Instant) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;

    fn add(self, time: Duration) -> Instant {
        Instant(self.0 + u64::try_from(time.as_millis()).expect("no such time"))
    }
}

#[derive(Debug, Default)]
pub(crate) struct Mutex<T>(shuttle::sync::Mutex<T>);

#[derive(Debug)]
pub(crate) struct MutexGuard<'m, T> {
    mutex: &'m Mutex<T>,
    inner: shuttle::sync::MutexGuard<'m, T>,
}

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Mutex<T> {
        Mutex(shuttle::sync::Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        match self.0.lock() {
            Ok(inner) => Ok(MutexGuard { mutex: self, inner }),
            Err(error) => {
                Err(PoisonError::new(MutexGuard { mutex: self, inner: error.into_inner() }))
            }
        }
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.inner
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.inner
    }
}

#[derive(Debug, Default)]
pub(crate) struct Condvar(shuttle::sync::Condvar);

#[derive(Debug)]
pub(crate) struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    pub(crate) fn timed_out(&self) -> bool {
        self.0
    }
}

impl Condvar {
    pub(crate) fn new() -> Condvar {
        Condvar(shuttle::sync::Condvar::new())
    }

    pub(crate) fn wait<'m, T>(&self, guard: MutexGuard<'m, T>) -> LockResult<MutexGuard<'m, T>> {
        let mutex = guard.mutex;
        match self.0.wait(guard.inner) {
            Ok(inner) => Ok(MutexGuard { mutex, inner }),
            Err(error) => Err(PoisonError::new(MutexGuard { mutex, inner: error.into_inner() })),
        }
    }

    pub(crate) fn wait_while<'m, T>(
        &self,
        mut guard: MutexGuard<'m, T>,
        mut condition: impl FnMut(&mut T) -> bool,
    ) -> LockResult<MutexGuard<'m, T>> {
        while condition(&mut guard) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    pub(crate) fn wait_timeout<'m, T>(
        &self,
        guard: MutexGuard<'m, T>,
        time: Duration,
    ) -> LockResult<(MutexGuard<'m, T>, WaitTimeoutResult)> {
        let timed_out = if time <= TICK {
            // Where other threads run, more time passes.
            pass(time * thread_rng().gen_range(1..=10));
            true
        } else if time >= DEADLINE && IMPATIENT.get() {
            pass(time);
            true
        } else {
            let left = TIMEOUTS.get();
            if left == 0 || time >= DEADLINE || !thread_rng().gen_ratio(1, 3) {
                let guard = self.wait(guard).unwrap_or_else(PoisonError::into_inner);
                return Ok((guard, WaitTimeoutResult(false)));
            }
            TIMEOUTS.set(left - 1);
            // Or it wakes for nothing.
            thread_rng().gen_ratio(3, 4)
        };
        // Here the lock is free, and the checker lets as much time pass as it likes.
        let mutex = guard.mutex;
        drop(guard);
        shuttle::thread::yield_now();
        let guard = mutex.lock().unwrap_or_else(PoisonError::into_inner);
        Ok((guard, WaitTimeoutResult(timed_out)))
    }

    pub(crate) fn notify_one(&self) {
        self.0.notify_one();
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
    }
}
