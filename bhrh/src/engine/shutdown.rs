//! How the engine ends: its loops report, and `join` waits for them, up to a deadline.

use std::sync::Arc;
use std::time::Duration;

use crate::sync::{AtomicBool, Condvar, Instant, Mutex, MutexGuard, Ordering, PoisonError};

/// How long loops get to cut what is left once the deadline has passed, and then threads to go.
pub(crate) const LAST: Duration = Duration::from_millis(500);

/// More than anybody waits, and less than clocks can tell.
const AGES: Duration = Duration::from_secs(u32::MAX as u64);

/// The state of an engine's end.
#[derive(Debug, Default)]
pub(crate) struct Shutdown {
    /// The deadline has passed: what is left is cut.
    cut: AtomicBool,
    progress: Arc<Progress>,
}

/// How far the end has come, for threads that wait for it.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    ended: Mutex<Ended>,
    all_ended: Condvar,
}

/// What has ended so far.
#[derive(Debug, Default, Clone, Copy)]
struct Ended {
    loops: usize,
    cut: usize,
}

impl Progress {
    fn ended(&self) -> MutexGuard<'_, Ended> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes who waits for the end to begin. It has to be visible before.
    pub(crate) fn begin(&self) {
        // A thread that is about to wait holds the lock, or sees that the end has begun.
        drop(self.ended());
        self.all_ended.notify_all();
    }
}

impl Shutdown {
    /// What is told that the end has begun.
    pub(crate) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// Whether connections that are left are to be cut.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut.load(Ordering::Acquire)
    }

    /// Notes that a loop has ended, with this many connections cut. Says how many have ended.
    pub(crate) fn loop_ended(&self, cut: usize) -> usize {
        let mut ended = self.progress.ended();
        ended.loops += 1;
        ended.cut += cut;
        let loops = ended.loops;
        drop(ended);
        self.progress.all_ended.notify_all();
        loops
    }

    /// Waits until the end has begun and all loops have ended, and then by `others` until a
    /// deadline for what no loop has, which says whether that has ended. After `time` calls
    /// `cut_now`, and waits only for [`LAST`] more. Says how many connections were cut, and how
    /// many loops have not ended.
    pub(crate) fn wait(
        &self,
        loops: usize,
        has_begun: impl Fn() -> bool,
        time: Duration,
        others: impl Fn(Instant) -> bool,
        cut_now: impl Fn(),
    ) -> (usize, usize) {
        let Progress { all_ended, .. } = &*self.progress;
        let mut ended = self.progress.ended();
        while ended.loops < loops && !has_begun() {
            ended = all_ended.wait(ended).unwrap_or_else(PoisonError::into_inner);
        }
        let mut deadline = Instant::now() + time.min(AGES);
        while ended.loops < loops {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() && self.is_cut() {
                break;
            }
            if left.is_zero() {
                self.cut.store(true, Ordering::Release);
                cut_now();
                deadline = Instant::now() + LAST;
                continue;
            }
            let waited = all_ended.wait_timeout(ended, left);
            ended = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let ended = *ended;
        if !others(deadline) && !self.is_cut() {
            self.cut.store(true, Ordering::Release);
            cut_now();
            others(Instant::now() + LAST);
        }
        (ended.cut, loops - ended.loops)
    }
}
