//! A double of `pool.rs` and `shared.rs`: the same calls in the same order, without sockets.

use crate::connection::Connection;
use crate::crew::Crew;
use crate::event_loop::{Died, Loop, drive};
use crate::gates::Gates;
use crate::handoff::{Loan, Reserved, Slot, Spares};
use crate::inbox::Inbox;
use crate::letter::Letter;
use crate::listener::Listener;
use crate::log::{Held, LogWriter};
use crate::monitor::Monitor;
use crate::readiness::Waker;
use crate::scarcity::Scarcity;
use crate::service::{self, NextStep, RunOn};
use crate::shutdown::{LAST, Shutdown};
use crate::sync::{DEADLINE, Mutex, MutexGuard, PoisonError, end_patience};
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread::{self, JoinHandle};
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Weak};

/// How many quiet ticks the monitor takes for rest.
const PATIENCE: u32 = 2;

/// What all threads share. Atomics of the standard library are for the model's own accounts: they
/// are no points at which the checker could let another thread run.
#[derive(Debug)]
pub(crate) struct Pool {
    pub(crate) shards: Vec<Shard>,
    pub(crate) listeners: Vec<Listener>,
    pub(crate) gates: Gates,
    pub(crate) scarcity: Scarcity,
    pub(crate) shutdown: Shutdown,
    pub(crate) log: Arc<LogWriter>,
    pub(crate) monitor: Monitor,
    spares: Spares<Job>,
    crew: Arc<Crew>,
    most: usize,
    stop: Mutex<bool>,
    pub(crate) this: Weak<Pool>,
    threads: std::sync::Mutex<Vec<JoinHandle<()>>>,
    /// How many threads hold this.
    holders: Arc<AtomicUsize>,
    /// How many threads have a job now.
    at_work: AtomicUsize,
    /// How many starts of threads may still fail.
    failing_starts: AtomicU32,
    pub(crate) ticks: AtomicUsize,
    pub(crate) tickets: AtomicUsize,
    answered: AtomicUsize,
    refused: AtomicUsize,
    lines: AtomicUsize,
}

#[derive(Debug)]
pub(crate) struct Shard {
    pub(crate) slot: Slot<Box<Loop>>,
    pub(crate) inbox: Inbox<Letter>,
    pub(crate) waker: Waker,
    pub(crate) log: Held,
}

#[derive(Debug)]
pub(crate) enum Job {
    Drive(Box<Loop>),
    Serve { shard: usize, key: usize, connection: Box<Connection> },
}

/// What did not end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) loops: usize,
    pub(crate) threads: usize,
}

fn locked<'m, T>(mutex: &'m Mutex<T>) -> MutexGuard<'m, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    /// Starts an engine, as `Pool::start` does.
    pub(crate) fn start(shards: usize, most: usize, gates: usize) -> Arc<Pool> {
        let log = Arc::<LogWriter>::default();
        let pool = Arc::new_cyclic(|this| Pool {
            shards: (0..shards).map(|_| Shard::new(&log)).collect(),
            listeners: (0..2).map(|_| Listener::new()).collect(),
            gates: Gates::new(gates),
            scarcity: Scarcity::new(),
            shutdown: Shutdown::default(),
            log: Arc::clone(&log),
            monitor: Monitor::new(PATIENCE),
            spares: Spares::new(most),
            crew: Arc::default(),
            most,
            stop: Mutex::new(false),
            this: this.clone(),
            threads: std::sync::Mutex::default(),
            holders: Arc::default(),
            at_work: AtomicUsize::new(0),
            failing_starts: AtomicU32::new(0),
            ticks: AtomicUsize::new(0),
            tickets: AtomicUsize::new(0),
            answered: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            lines: AtomicUsize::new(0),
        });
        for index in 0..shards {
            let reserved = pool.reserve().expect("there is a thread for each loop");
            reserved.give(Job::Drive(Box::new(Loop::new(index))));
        }
        pool.thread(Pool::watch, true);
        pool.keep(thread::spawn(move || log.run()));
        pool
    }

    fn keep(&self, thread: JoinHandle<()>) {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
    }

    /// As `pool::thread`. `starts`: the system gives a thread.
    fn thread(&self, run: fn(&Pool), starts: bool) {
        let member = self.crew.enlist();
        if !starts {
            return;
        }
        let shared = self.this.upgrade().expect("the caller has it");
        let holders = Arc::clone(&self.holders);
        holders.fetch_add(1, SeqCst);
        self.keep(thread::spawn(move || {
            member.report();
            run(&shared);
            // Letting go takes its time.
            thread::yield_now();
            drop(shared);
            holders.fetch_sub(1, SeqCst);
            drop(member);
        }));
    }

    /// Makes the next `count` starts of threads fail.
    pub(crate) fn fail_starts(&self, count: u32) {
        self.failing_starts.store(count, SeqCst);
    }

    pub(crate) fn reserve(&self) -> Option<Reserved<'_, Job>> {
        let reserved = self.spares.reserve(|| {
            let failing = self.failing_starts.load(SeqCst);
            let starts = failing == 0 || thread_rng().gen_ratio(1, 2);
            if !starts {
                self.failing_starts.store(failing - 1, SeqCst);
            }
            self.thread(Pool::work, starts);
            starts
        });
        self.scarcity.note(reserved.is_some());
        reserved
    }

    pub(crate) fn reserve_for_request(&self) -> Option<Reserved<'_, Job>> {
        let lent = || self.shards.iter().filter(|shard| shard.slot.is_lent()).count();
        let loops = self.shards.len();
        let are_few = self.spares.left() < loops.min(self.most - loops);
        if are_few && self.spares.left() <= lent() {
            self.scarcity.note(false);
            return None;
        }
        self.reserve()
    }

    pub(crate) fn has_workers(&self) -> bool {
        self.spares.threads() > self.shards.len()
    }

    pub(crate) fn give_away<'s>(
        &'s self,
        shard: &Shard,
        loan: Loan,
        reserved: Option<Reserved<'s, Job>>,
    ) -> bool {
        shard.slot.hand_on(loan, || reserved.or_else(|| self.reserve()), Job::Drive)
    }

    fn take_away(&self, shard: &Shard, loan: Loan) {
        if !shard.slot.hand_on(loan, || self.reserve(), Job::Drive) {
            self.scarcity.want(1);
        }
    }

    fn work(&self) {
        let mut job = self.spares.first();
        while let Some(current) = job {
            let at_work = self.at_work.fetch_add(1, SeqCst) + 1;
            assert!(at_work <= self.most, "{at_work} threads at work, of {}", self.most);
            match current {
                Job::Drive(driven) => {
                    let home = &self.shards[driven.index()];
                    let visiting = Cell::new(None);
                    let driven = drive(self, driven, &visiting);
                    // The loop was lent, so another thread drives it, or will.
                    if let (Err(Died), Some(key)) = (driven, visiting.get()) {
                        let _ = home.inbox.post(Letter::Lost { key });
                    }
                }
                Job::Serve { shard, key, mut connection } => {
                    let home = &self.shards[shard];
                    let mut next = service::serve(self, home, &mut connection, RunOn::Spare);
                    // As `kept_thread::serve`: the next request comes soon enough, or it does not.
                    while next == NextStep::Again && thread_rng().gen_ratio(1, 2) {
                        next = service::serve(self, home, &mut connection, RunOn::Spare);
                    }
                    home.log.flush();
                    let next = if next == NextStep::Died { NextStep::Close } else { next };
                    let _ = home.inbox.post(Letter::Return { key, connection, next });
                }
            }
            self.at_work.fetch_sub(1, SeqCst);
            job = self.spares.next();
        }
    }

    /// Counts requests that were answered, and requests that could not be.
    pub(crate) fn account(&self, answered: usize, refused: usize) {
        self.answered.fetch_add(answered, SeqCst);
        self.refused.fetch_add(refused, SeqCst);
    }

    /// How many requests were answered, and how many could not be.
    pub(crate) fn accounts(&self) -> (usize, usize) {
        (self.answered.load(SeqCst), self.refused.load(SeqCst))
    }

    /// Counts a request that was answered, and logged.
    pub(crate) fn count_answer(&self) {
        self.account(1, 0);
        self.lines.fetch_add(1, SeqCst);
    }

    fn watch(&self) {
        self.monitor.run(
            || self.shards.iter().any(|shard| shard.slot.is_lent()),
            |seen| {
                self.ticks.fetch_add(1, SeqCst);
                let mut busy = false;
                for (shard, seen) in self.shards.iter().zip(seen) {
                    let before = *seen;
                    if let Some(loan) = shard.slot.look(seen) {
                        self.take_away(shard, loan);
                    }
                    busy |= seen.is_some() || before.is_some();
                }
                busy
            },
            self.shards.len(),
        );
    }

    pub(crate) fn stop(&self) {
        *locked(&self.stop) = true;
        self.shards.iter().for_each(|shard| shard.inbox.wake());
        self.shutdown.progress().begin();
    }

    pub(crate) fn is_stopping(&self) -> bool {
        *locked(&self.stop)
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.shutdown.is_cut()
    }

    pub(crate) fn loop_ended(&self) {
        if self.shutdown.loop_ended(0) == self.shards.len() {
            self.let_threads_go();
        }
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.holders.load(SeqCst) == 0
    }

    fn let_threads_go(&self) {
        self.spares.close();
        self.monitor.end();
    }

    /// As `Pool::join`.
    pub(crate) fn join(&self) -> Option<Left> {
        if self.crew.has_this_thread() {
            return None;
        }
        let wake = || self.shards.iter().for_each(|shard| shard.inbox.wake());
        let stopping = || self.is_stopping();
        let shards = self.shards.len();
        let nothing_else = |_| true;
        let (_, loops) = self.shutdown.wait(shards, stopping, DEADLINE, nothing_else, wake);
        self.let_threads_go();
        let threads = self.crew.wait(LAST);
        Some(Left { loops, threads })
    }

    /// Waits until this number of requests is accounted for.
    pub(crate) fn await_answers(&self, count: usize) {
        while self.accounts().0 + self.accounts().1 < count {
            thread::yield_now();
        }
    }

    /// Ends the engine. `await_answers`: until that number is accounted for, there is no
    /// deadline.
    pub(crate) fn end(&self, await_answers: Option<usize>, cuts: bool) {
        self.stop();
        if let Some(count) = await_answers {
            self.await_answers(count);
        }
        if cuts {
            end_patience();
        }
        let left = self.join();
        assert_eq!(left, Some(Left { loops: 0, threads: 0 }), "`join` did not wait");
        assert_eq!(self.holders.load(SeqCst), 0, "the handler is still held");
        assert!(!self.shards.iter().any(|shard| shard.slot.is_lent()), "a loop was left behind");
        // Letters that came after the last round go with the engine.
        self.shards.iter().for_each(|shard| shard.inbox.empty(&mut Vec::new()));
        // Nobody has read the log so far.
        self.log.read();
        assert_eq!(self.log.end(), self.lines.load(SeqCst), "lines are lost without a word");
        loop {
            let thread = self.threads.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(thread) = thread else { break };
            thread.join().expect("no thread fails");
        }
    }
}

impl Shard {
    fn new(log: &Arc<LogWriter>) -> Shard {
        let waker = Waker::new();
        Shard { slot: Slot::new(), inbox: Inbox::new(waker.clone()), waker, log: Held::new(log) }
    }
}
