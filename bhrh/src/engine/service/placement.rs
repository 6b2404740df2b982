//! The thread that a service runs on: whether a request may run there, how it gets rid of its loop,
//! and what it learns about the request's kind.

use std::cell::Cell;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::engine::client::Client;
use crate::engine::handoff::{Loan, Reserved};
use crate::engine::next_step::RunOn;
use crate::engine::scarcity::Wait;
use crate::engine::shared::{Job, Shard, Shared};
use crate::engine::slow_kinds::{Kind, QUICK};
use crate::engine::upgrades::Ticket;
use crate::exchange::{Scheduling, Upgraded};
use crate::net::socket::Socket;
use crate::peer::Peer;
use crate::proto::head::RequestHead;

/// Bodies up to this size are collected by the loop before their handler starts, so that a slow
/// client holds no thread.
const COLLECTED: u64 = 64 << 10;

/// Where one service runs.
pub(super) struct Placement<'a> {
    pub(super) shared: &'a Shared<'a>,
    shard: &'a Shard,
    client_address: &'a Peer,
    /// The loan of the loop that this thread drives, as far as it knows.
    loan: Cell<Option<Loan>>,
    may_leave: bool,
    /// The thread that gets the loop if this one has to wait for the client.
    reserved: Cell<Option<Reserved<'a, Job>>>,
    /// The last request may not run here because it may have to wait for its client.
    needs_thread: Cell<bool>,
    /// For how long this thread has waited for the client.
    waited: Cell<Duration>,
    /// A handler was to run.
    has_run: Cell<bool>,
    /// When a refusal began that holds up no loop.
    refusing: Cell<Option<Instant>>,
    /// The kind of the last request that a handler was to run on, once some request has been slow.
    kind: Cell<Option<Kind>>,
}

impl<'a> Placement<'a> {
    pub(super) fn new(
        shared: &'a Shared<'a>,
        shard: &'a Shard,
        client_address: &'a Peer,
        run_on: RunOn,
    ) -> Placement<'a> {
        let loan = match run_on {
            RunOn::Driver(loan) | RunOn::DriverAnyway(loan) => Some(loan),
            RunOn::Spare => None,
        };
        Placement {
            shared,
            shard,
            client_address,
            loan: Cell::new(loan),
            may_leave: matches!(run_on, RunOn::Driver(_)),
            reserved: Cell::new(None),
            needs_thread: Cell::new(false),
            waited: Cell::new(Duration::ZERO),
            has_run: Cell::new(false),
            refusing: Cell::new(None),
            kind: Cell::new(None),
        }
    }

    pub(super) fn client_address(&self) -> &Peer {
        self.client_address
    }

    /// Gives the loop to another thread, because this one is about to wait for its client.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::ResourceBusy`] if there is no other thread: the driver of a loop never
    /// waits for a client.
    pub(super) fn give_loop_away(&self) -> io::Result<()> {
        let Some(loan) = self.loan.take() else { return Ok(()) };
        let reserved = self.reserved.take();
        if self.shared.give_away(self.shard, loan, reserved) {
            return Ok(());
        }
        self.loan.set(Some(loan));
        // The next request of the kind waits for a thread, rather than failing likewise.
        self.shared.scores.could_not_wait(self.kind.get());
        Err(io::Error::new(io::ErrorKind::ResourceBusy, "no thread to wait for the client"))
    }

    /// Notes that this thread waits for its client from now on.
    pub(super) fn begin_to_wait(&self) -> Wait<'a> {
        self.shared.scarcity.begin_to_wait(Client::of(self.client_address))
    }

    /// Notes for how long this thread has waited for its client.
    pub(super) fn note_wait(&self, time: Duration) {
        self.waited.set(self.waited.get() + time);
    }

    /// Whether other requests need this thread more than its client does, which is slow.
    pub(super) fn is_claimed(&self) -> bool {
        self.shared.scarcity.claims_thread_of(Client::of(self.client_address))
    }

    /// Whether the request that may not run here needs another thread, whatever happens.
    pub(super) fn needs_thread(&self) -> bool {
        self.needs_thread.get()
    }

    /// Another protocol has the connection. Its life is not the time that the request took, and the
    /// loop's poller reports nothing about it.
    pub(super) fn hand_out(&self, upgraded: &Upgraded, socket: &Socket) -> Arc<Ticket> {
        self.kind.set(None);
        self.shard.registrar.forget(socket);
        self.shared.upgrades.enter(upgraded)
    }

    /// Turns to the connection's next request.
    #[inline(always)]
    pub(super) fn end_request(&self) {
        self.reserved.take();
    }

    /// Whether a method was to run.
    pub(super) fn has_run(&self) -> bool {
        self.has_run.get()
    }

    /// Remembers whether the last request was slow. `began`: when this service did, if it has a
    /// thread of its own. If the loop was taken away, the monitor has already scored the request.
    #[inline(always)]
    pub(super) fn score(&self, began: Option<Instant>) {
        if let Some(began) = self.refusing.get() {
            self.shared.scores.note_refusal(began.elapsed());
        }
        if !self.has_run.get() {
            return;
        }
        let scores = &self.shared.scores;
        let Some(kind) = self.kind.get() else { return };
        // On a thread of its own: by the clock, less the time that was the client's.
        match began.map(|began| began.elapsed().saturating_sub(self.waited.get())) {
            Some(time) if time < QUICK => scores.was_quick(kind),
            Some(_) => scores.was_slow(kind),
            None if scores.learns() && !self.is_slow() => scores.was_quick_in_place(kind),
            None => {}
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

    fn may_run(&self, head: &RequestHead, body_is_here: bool) -> bool {
        if !body_is_here && self.loan.get().is_some() {
            // Begun only with a thread at hand for the loop, so that it can wait for its client.
            let reserved = self.shared.reserve();
            self.needs_thread.set(reserved.is_none());
            if reserved.is_none() {
                return false;
            }
            self.reserved.set(reserved);
        }
        self.has_run.set(true);
        let parts = || head.method_and_target();
        let Some(kind) = self.shared.scores.kind(parts) else { return true };
        if self.may_leave && self.shared.scores.should_leave(kind) {
            return false;
        }
        self.kind.set(Some(kind));
        // A loop that is another thread's by now has requests of its own.
        if !self.is_slow() {
            self.shard.begun.note(kind);
        }
        true
    }

    fn may_refuse(&self) -> bool {
        let leaves = self.shared.scores.refusals_should_leave();
        if self.is_slow() {
            self.refusing.set(leaves.then(Instant::now));
            return true;
        }
        if leaves {
            self.needs_thread.set(true);
            return false;
        }
        self.shard.begun.note_refusal();
        true
    }
}
