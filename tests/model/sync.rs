//! What the engine's files are made of, by the checker's leave: the same names as in
//! `bhrh/src/sync.rs`.
//!
//! The checker knows no time. A wait that may time out does so where [`allow_timeouts`] lets it: a
//! tick always, so that the monitor ticks whenever the checker runs it; a long wait a few times
//! an execution, so that a wake-up that is lost stays lost.

use std::cell::Cell;
use std::ops::{Deref, DerefMut};
use std::sync::LockResult;
use std::time::Duration;

use shuttle::rand::{Rng, thread_rng};
pub(crate) use shuttle::sync::atomic::{AtomicBool, AtomicU64, Ordering};
pub(crate) use std::sync::PoisonError;

/// Up to here, a wait is a tick.
const TICK: Duration = Duration::from_millis(100);

thread_local! {
    /// How many long waits may still time out in this execution. (An execution runs on one thread
    /// of the system's.)
    static TIMEOUTS: Cell<u32> = const { Cell::new(0) };
}

/// Lets the next `count` long waits time out or wake up spuriously.
pub(crate) fn allow_timeouts(count: u32) {
    TIMEOUTS.set(count);
}

#[derive(Debug)]
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

#[derive(Debug)]
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
            true
        } else {
            let left = TIMEOUTS.get();
            if left == 0 || !thread_rng().gen_ratio(1, 3) {
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
