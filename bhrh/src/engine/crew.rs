//! The threads of an engine, counted until they have let go of everything that they share.

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use crate::sync::{Condvar, Instant, Mutex, MutexGuard, PoisonError, thread_local};

thread_local! {
    /// The crew that this thread belongs to, by its address.
    static OWN: Cell<usize> = const { Cell::new(0) };
}

/// How many threads there are.
#[derive(Debug, Default)]
pub(crate) struct Crew {
    count: Mutex<usize>,
    all_gone: Condvar,
}

/// A thread is counted as long as this exists.
#[derive(Debug)]
pub(crate) struct Member(Arc<Crew>);

impl Crew {
    fn count(&self) -> MutexGuard<'_, usize> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a thread that is about to be started.
    pub(crate) fn enlist(self: &Arc<Crew>) -> Member {
        *self.count() += 1;
        Member(Arc::clone(self))
    }

    /// Whether this thread is one of them, so that it must not wait for them.
    pub(crate) fn has_this_thread(&self) -> bool {
        OWN.with(Cell::get) == std::ptr::from_ref(self) as usize
    }

    /// Waits until all have gone, but no longer than `time`. Says how many are left.
    pub(crate) fn wait(&self, time: Duration) -> usize {
        let deadline = Instant::now() + time;
        let mut count = self.count();
        while *count > 0 {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let waited = self.all_gone.wait_timeout(count, left);
            count = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        *count
    }
}

impl Member {
    /// Notes that this thread is the one that was counted.
    pub(crate) fn report(&self) {
        OWN.with(|own| own.set(Arc::as_ptr(&self.0) as usize));
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let mut count = self.0.count();
        *count -= 1;
        if *count == 0 {
            self.0.all_gone.notify_all();
        }
    }
}
