//! The thread that a service runs on: whether a request may run there, how it gets rid of its loop,
//! and what it learns about the request's kind.

use std::cell::Cell;
use std::time::{Duration, Instant};

use crate::engine::handoff::Loan;
use crate::engine::next_step::RunOn;
use crate::engine::shared::{Shard, Shared};
use crate::engine::slow_kinds::Kind;
use crate::exchange::Scheduling;
use crate::proto::head::RequestHead;

/// Bodies up to this size are collected by the loop before their handler starts, so that a slow
/// client holds no thread.
const COLLECTED: u64 = 64 << 10;

/// Where one service runs.
pub(super) struct Placement<'a> {
    pub(super) shared: &'a Shared,
    shard: &'a Shard,
    /// The loan of the loop that this thread drives, as far as it knows.
    loan: Cell<Option<Loan>>,
    may_leave: bool,
    /// There was no thread to give the loop to.
    stuck: Cell<bool>,
    /// A handler was to run.
    has_run: Cell<bool>,
    /// The kind of the last request that a handler was to run on, once some request has been slow.
    kind: Cell<Option<Kind>>,
}

impl<'a> Placement<'a> {
    pub(super) fn new(shared: &'a Shared, shard: &'a Shard, run_on: RunOn) -> Placement<'a> {
        let loan = match run_on {
            RunOn::Driver(loan) | RunOn::DriverAnyway(loan) => Some(loan),
            RunOn::Spare => None,
        };
        Placement {
            shared,
            shard,
            loan: Cell::new(loan),
            may_leave: matches!(run_on, RunOn::Driver(_)),
            stuck: Cell::new(false),
            has_run: Cell::new(false),
            kind: Cell::new(None),
        }
    }

    /// Gives the loop to another thread, because this one is about to wait for a client. Without a
    /// free thread this one waits with the loop; the monitor goes on trying.
    pub(super) fn give_loop_away(&self) {
        if let Some(loan) = self.loan.take() {
            if !self.shared.give_away(self.shard, loan) {
                self.loan.set(Some(loan));
                self.stuck.set(true);
            }
        }
    }

    /// Whether a method was to run.
    pub(super) fn has_run(&self) -> bool {
        self.has_run.get()
    }

    /// Remembers whether the last request was slow. `began`: when this service did, if it has a
    /// thread of its own. If the loop was taken away, the monitor has already scored the request.
    #[inline(always)]
    pub(super) fn score(&self, began: Option<Instant>) {
        const QUICK: Duration = Duration::from_millis(1);
        if !self.has_run.get() {
            return;
        }
        let scores = &self.shared.scores;
        // In place, and it held its loop up, since no other thread could have it.
        let held_up = self.stuck.get() && !self.is_slow();
        match (self.kind.get(), began) {
            // On a thread of its own: by the clock.
            (Some(kind), Some(began)) if began.elapsed() < QUICK => scores.was_quick(kind),
            (Some(kind), Some(_)) => scores.was_slow(kind),
            (Some(kind), None) if held_up => scores.was_handed_off(kind),
            (None, None) if held_up => scores.begin(),
            _ => {}
        }
    }
}

impl Scheduling for Placement<'_> {
    fn is_slow(&self) -> bool {
        !self.loan.get().is_some_and(|loan| self.shard.slot.stands(loan))
    }

    fn collects(&self) -> u64 {
        if self.shared.settings.profile.eager_methods { 0 } else { COLLECTED }
    }

    fn may_run(&self, head: &RequestHead) -> bool {
        self.has_run.set(true);
        let kind = || Kind::of(head.method_and_target());
        let Some(kind) = self.shared.scores.kind(kind) else { return true };
        if self.may_leave && self.shared.scores.is_slow(kind) {
            return false;
        }
        self.kind.set(Some(kind));
        // A loop that is another thread's by now has requests of its own.
        if !self.is_slow() {
            self.shard.begun.note(kind);
        }
        true
    }
}
