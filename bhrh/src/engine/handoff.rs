//! The hand-off: how a thread that drives something can run code that may block, without the
//! something standing still.
//!
//! Three parties, and a thing (for the server: an event loop) that must always have exactly one
//! driver:
//!
//! * The **driver** lends the thing to its [`Slot`] before it runs foreign code, and reclaims it
//!   afterwards. Usually it is still there, and the driver goes on.
//! * The **monitor** looks into the slots at its ticks. A thing that it finds lent under the same
//!   loan twice is taken and given to a spare.
//! * A **spare** is a thread that waits for something to do. Given a thing, it is its driver.
//!
//! A driver that comes back to find its thing gone finishes what it has in hand and becomes a
//! spare. A driver that knows that it will block takes the thing out itself and gives it away.
//!
//! | who | step | slot before | slot after |
//! | --- | --- | --- | --- |
//! | driver | `lend` | empty | thing, new loan |
//! | driver | `reclaim(loan)` | thing of this loan | empty; it has the thing |
//! | driver | `reclaim(loan)` | empty, or another loan's thing | unchanged; it has lost the thing |
//! | monitor | `look`, first time | thing | unchanged; remembers the loan |
//! | monitor | `look`, same loan again | thing | unchanged; the loan is ripe |
//! | monitor | `reclaim(ripe loan)` | as for the driver | empty; the monitor gives the thing to a spare |
//!
//! Nobody takes a thing without having a spare for it first ([`Spares::reserve`]), so a thing that
//! is out of its slot is always in somebody's hands. Nothing here knows what the thing is, what
//! time it is, or how threads are made: a model checker runs this file as it stands.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::sync::{AtomicU64, Condvar, Mutex, MutexGuard, Ordering, PoisonError};

/// After how long without a job a spare thread ends, if it is not the only one.
const QUIET: Duration = Duration::from_secs(10);

/// Where a driver leaves its thing while it runs foreign code.
#[derive(Debug)]
pub(crate) struct Slot<T> {
    inside: Mutex<Option<T>>,
    /// Counts loans and takings, so it is a loan's own number only while that loan stands.
    generation: AtomicU64,
}

/// The receipt for a thing that was lent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Loan(u64);

impl<T> Slot<T> {
    pub(crate) fn new() -> Slot<T> {
        Slot { inside: Mutex::new(None), generation: AtomicU64::new(0) }
    }

    fn inside(&self) -> MutexGuard<'_, Option<T>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves the thing here.
    #[inline(always)]
    pub(crate) fn lend(&self, thing: T) -> Loan {
        let mut inside = self.inside();
        *inside = Some(thing);
        Loan(self.next_generation())
    }

    /// Takes the thing back, if nobody else did.
    #[inline(always)]
    pub(crate) fn reclaim(&self, loan: Loan) -> Option<T> {
        let mut inside = self.inside();
        if !self.stands(loan) {
            return None;
        }
        self.next_generation();
        inside.take()
    }

    /// Takes the thing out and gives it to a spare thread, as a job made by `job`; `reserve` finds
    /// the thread. `false`: there is no spare thread, and nothing has changed. After `true` the
    /// thing is no longer the driver's, whether this call or the monitor took it.
    pub(crate) fn hand_on<'s, J: 's>(
        &self,
        loan: Loan,
        reserve: impl FnOnce() -> Option<Reserved<'s, J>>,
        job: impl FnOnce(T) -> J,
    ) -> bool {
        if !self.stands(loan) {
            return true;
        }
        let Some(reserved) = reserve() else { return false };
        if let Some(thing) = self.reclaim(loan) {
            reserved.give(job(thing));
        }
        true
    }

    /// Whether the loan still stands: a check without the lock. Only the thread that made the loan
    /// may rely on it, and only on `false`.
    pub(crate) fn stands(&self, loan: Loan) -> bool {
        self.generation.load(Ordering::Acquire) == loan.0
    }

    /// The loan that stands, if it is the one that stood at the last look.
    pub(crate) fn look(&self, seen: &mut Option<Loan>) -> Option<Loan> {
        let inside = self.inside();
        let loan = inside.as_ref().map(|_| Loan(self.generation.load(Ordering::Relaxed)));
        let ripe = loan.filter(|_| *seen == loan);
        *seen = loan;
        ripe
    }

    /// Whether there is a thing here.
    pub(crate) fn is_lent(&self) -> bool {
        self.inside().is_some()
    }

    /// Only called under the lock; the counter is atomic for those who read it without.
    fn next_generation(&self) -> u64 {
        let next = self.generation.load(Ordering::Relaxed) + 1;
        self.generation.store(next, Ordering::Release);
        next
    }
}

/// Threads that wait for something to do.
#[derive(Debug)]
pub(crate) struct Spares<J> {
    most: usize,
    state: Mutex<State<J>>,
}

/// Always: `jobs.len() + reserved <= idle <= threads`. That is what a reservation promises.
#[derive(Debug)]
struct State<J> {
    jobs: VecDeque<J>,
    /// Threads that wait, or are about to.
    idle: usize,
    /// Idle threads that are kept for somebody.
    reserved: usize,
    /// All threads, working ones included.
    threads: usize,
    /// The bells of the threads that sleep. The last is rung first. If there are too many threads,
    /// some of them so sleep on until they have been [`QUIET`] for long enough to end.
    bells: Vec<Arc<Condvar>>,
    closed: bool,
}

impl<J> State<J> {
    /// Whether it is as it always has to be; asked in debug builds after every change.
    fn holds(&self) -> bool {
        self.jobs.len() + self.reserved <= self.idle && self.idle <= self.threads
    }

    fn ring_all(&mut self) {
        for bell in self.bells.drain(..) {
            bell.notify_one();
        }
    }
}

/// A spare thread that is kept for a job. Redeemed by [`Reserved::give`]; dropped, it is free
/// again.
#[derive(Debug)]
pub(crate) struct Reserved<'s, J> {
    spares: &'s Spares<J>,
}

impl<J> Spares<J> {
    /// `most`: how many threads there may be.
    pub(crate) fn new(most: usize) -> Spares<J> {
        let state = State {
            jobs: VecDeque::new(),
            idle: 0,
            reserved: 0,
            threads: 0,
            bells: Vec::new(),
            closed: false,
        };
        Spares { most: most.max(1), state: Mutex::new(state) }
    }

    fn state(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a spare thread for a job that is still to be named. `start` makes a new thread, which
    /// has to take jobs from [`first`](Spares::first) and then from [`next`](Spares::next) until
    /// there are none; it is called if no thread is free and there may be one more. `None`: all
    /// are busy, or the system gives no thread.
    pub(crate) fn reserve(&self, start: impl FnOnce() -> bool) -> Option<Reserved<'_, J>> {
        let mut state = self.state();
        if state.closed {
            return None;
        }
        if state.idle <= state.jobs.len() + state.reserved {
            if state.threads >= self.most {
                return None;
            }
            // Counted before it exists, so that two who come at once don't start one too many.
            state.threads += 1;
            drop(state);
            if !start() {
                self.state().threads -= 1;
                return None;
            }
            state = self.state();
            state.idle += 1;
        }
        state.reserved += 1;
        debug_assert!(state.holds() && state.threads <= self.most);
        Some(Reserved { spares: self })
    }

    /// How many threads there are, working ones included.
    pub(crate) fn threads(&self) -> usize {
        self.state().threads
    }

    /// How many more jobs could be given now, as far as there may be threads.
    pub(crate) fn left(&self) -> usize {
        let state = self.state();
        self.most.saturating_sub(state.threads) + state.idle - state.jobs.len() - state.reserved
    }

    /// The first job of a thread that was started for one.
    pub(crate) fn first(&self) -> Option<J> {
        self.await_job(self.state())
    }

    /// The next job of a thread that has finished one. `None`: the thread is not needed any more.
    pub(crate) fn next(&self) -> Option<J> {
        let mut state = self.state();
        state.idle += 1;
        self.await_job(state)
    }

    fn await_job(&self, mut state: MutexGuard<'_, State<J>>) -> Option<J> {
        loop {
            if let Some(job) = state.jobs.pop_front() {
                state.idle -= 1;
                debug_assert!(state.holds());
                return Some(job);
            }
            let free = state.reserved < state.idle;
            if state.closed && free {
                return self.leave(state);
            }
            let bell = Arc::new(Condvar::new());
            state.bells.push(Arc::clone(&bell));
            // One stays for the next driver that blocks. It is the first to sleep and the last to
            // be rung, so it need not look up to see whether it is still the one.
            let stays = state.idle == 1;
            let timed_out;
            (state, timed_out) = wait(&bell, state, (!stays).then_some(QUIET));
            // The thread that rang the bell has taken it away.
            state.bells.retain(|other| !Arc::ptr_eq(other, &bell));
            let unneeded = state.jobs.is_empty() && state.reserved < state.idle;
            if timed_out && unneeded {
                return self.leave(state);
            }
        }
    }

    fn leave(&self, mut state: MutexGuard<'_, State<J>>) -> Option<J> {
        state.idle -= 1;
        state.threads -= 1;
        debug_assert!(state.holds());
        None
    }

    /// Tells all threads to end once they have nothing to do. Jobs that were given are still taken.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.ring_all();
    }
}

/// Waits for the bell, or until the time is over. Says whether it was.
fn wait<'m, S>(
    bell: &Condvar,
    state: MutexGuard<'m, S>,
    time: Option<Duration>,
) -> (MutexGuard<'m, S>, bool) {
    match time {
        None => (bell.wait(state).unwrap_or_else(PoisonError::into_inner), false),
        Some(time) => {
            let woken = bell.wait_timeout(state, time).unwrap_or_else(PoisonError::into_inner);
            (woken.0, woken.1.timed_out())
        }
    }
}

impl<J> Reserved<'_, J> {
    /// Gives the job to the thread that was kept for it.
    pub(crate) fn give(self, job: J) {
        // Job and reservation change under one lock, so the drop has nothing left to do.
        let mut state = self.spares.state();
        state.jobs.push_back(job);
        state.reserved -= 1;
        debug_assert!(state.holds());
        let bell = state.bells.pop();
        drop(state);
        if let Some(bell) = bell {
            bell.notify_one();
        }
        std::mem::forget(self);
    }
}

impl<J> Drop for Reserved<'_, J> {
    fn drop(&mut self) {
        let mut state = self.spares.state();
        state.reserved -= 1;
        // Threads that wait would begin to wait anew; one that has stayed after the close for
        // this reservation has to go.
        if state.closed {
            state.ring_all();
        }
    }
}
