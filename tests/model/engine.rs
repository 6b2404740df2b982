//! A double of `pool.rs` and `event_loop/`: the same calls in the same order, without sockets.

use crate::connection::Connection;
use crate::handoff::{Loan, Reserved, Slot, Spares};
use crate::inbox::Inbox;
use crate::letter::Letter;
use crate::monitor::Monitor;
use crate::readiness::Waker;
use crate::service::{self, NextStep, RunOn};
use crate::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread::{self, JoinHandle};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Weak};

/// How many quiet ticks the monitor takes for rest.
const PATIENCE: u32 = 2;

/// What all threads share. Atomics of the standard library are for the model's own accounts: they
/// are no points at which the checker could let another thread run.
#[derive(Debug)]
pub(crate) struct Pool {
    pub(crate) shards: Vec<Shard>,
    pub(crate) gates: Gates,
    spares: Spares<Job>,
    monitor: Monitor,
    most: usize,
    stop: Mutex<bool>,
    cut: AtomicBool,
    ended: Mutex<usize>,
    all_ended: Condvar,
    this: Weak<Pool>,
    threads: std::sync::Mutex<Vec<JoinHandle<()>>>,
    /// How many threads have a job now.
    at_work: AtomicUsize,
    /// How many starts of threads may still fail.
    failing_starts: AtomicU32,
    ticks: AtomicUsize,
    tickets: AtomicUsize,
    answered: AtomicUsize,
}

#[derive(Debug)]
pub(crate) struct Shard {
    slot: Slot<Box<Loop>>,
    pub(crate) inbox: Inbox<Letter>,
    waker: Waker,
}

#[derive(Debug)]
enum Job {
    Drive(Box<Loop>),
    Serve { shard: usize, key: usize, connection: Box<Connection> },
}

#[derive(Debug)]
pub(crate) struct Loop {
    index: usize,
    connections: Vec<Option<Box<Connection>>>,
    ready: VecDeque<usize>,
    open: usize,
    /// Of the visit that it was last lent for.
    ticket: usize,
    /// It came to its proper end.
    ended: bool,
}

impl Drop for Loop {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.ended, "a loop was lost");
        }
    }
}

fn locked<'m, T>(mutex: &'m Mutex<T>) -> MutexGuard<'m, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What handlers block on.
#[derive(Debug)]
pub(crate) struct Gates {
    open: Mutex<Vec<bool>>,
    changed: Condvar,
}

impl Gates {
    pub(crate) fn new(count: usize) -> Gates {
        Gates { open: Mutex::new(vec![false; count]), changed: Condvar::new() }
    }

    pub(crate) fn open(&self, gate: usize) {
        locked(&self.open)[gate] = true;
        self.changed.notify_all();
    }

    pub(crate) fn open_all(&self) {
        locked(&self.open).fill(true);
        self.changed.notify_all();
    }

    pub(crate) fn pass(&self, gate: usize) {
        let open = self.changed.wait_while(locked(&self.open), |open| !open[gate]);
        drop(open.unwrap_or_else(PoisonError::into_inner));
    }
}

impl Pool {
    /// Starts an engine, as `Pool::start` does.
    pub(crate) fn start(shards: usize, most: usize, gates: usize) -> Arc<Pool> {
        let pool = Arc::new_cyclic(|this| Pool {
            shards: (0..shards).map(|_| Shard::new()).collect(),
            gates: Gates::new(gates),
            spares: Spares::new(most),
            monitor: Monitor::new(PATIENCE),
            most,
            stop: Mutex::new(false),
            cut: AtomicBool::new(false),
            ended: Mutex::new(0),
            all_ended: Condvar::new(),
            this: this.clone(),
            threads: std::sync::Mutex::default(),
            at_work: AtomicUsize::new(0),
            failing_starts: AtomicU32::new(0),
            ticks: AtomicUsize::new(0),
            tickets: AtomicUsize::new(0),
            answered: AtomicUsize::new(0),
        });
        for index in 0..shards {
            let reserved = pool.reserve().expect("there is a thread for each loop");
            reserved.give(Job::Drive(Box::new(Loop {
                index,
                connections: Vec::new(),
                ready: VecDeque::new(),
                open: 0,
                ticket: 0,
                ended: false,
            })));
        }
        let watched = Arc::clone(&pool);
        pool.keep(thread::spawn(move || watched.watch()));
        pool
    }

    fn keep(&self, thread: JoinHandle<()>) {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner).push(thread);
    }

    /// Makes the next `count` starts of threads fail.
    pub(crate) fn fail_starts(&self, count: u32) {
        self.failing_starts.store(count, SeqCst);
    }

    fn reserve(&self) -> Option<Reserved<'_, Job>> {
        self.spares.reserve(|| {
            let failing = self.failing_starts.load(SeqCst);
            if failing > 0 && thread_rng().gen_ratio(1, 2) {
                self.failing_starts.store(failing - 1, SeqCst);
                return false;
            }
            let pool = self.this.upgrade().expect("whoever reserves has the pool");
            self.keep(thread::spawn(move || pool.work()));
            true
        })
    }

    pub(crate) fn give_away(&self, shard: &Shard, loan: Loan) -> bool {
        shard.slot.hand_on(loan, || self.reserve(), Job::Drive)
    }

    fn work(&self) {
        let mut job = self.spares.first();
        while let Some(current) = job {
            let at_work = self.at_work.fetch_add(1, SeqCst) + 1;
            assert!(at_work <= self.most, "{at_work} threads at work, of {}", self.most);
            match current {
                Job::Drive(driven) => drive(self, driven),
                Job::Serve { shard, key, mut connection } => {
                    let home = &self.shards[shard];
                    let mut next = self.serve(home, &mut connection, RunOn::Spare);
                    // As `staying::serve`: the next request comes soon enough, or it does not.
                    while next == NextStep::Again && thread_rng().gen_ratio(1, 2) {
                        next = self.serve(home, &mut connection, RunOn::Spare);
                    }
                    let _ = home.inbox.post(Letter::Return { key, connection, next });
                }
            }
            self.at_work.fetch_sub(1, SeqCst);
            job = self.spares.next();
        }
    }

    fn serve(&self, shard: &Shard, connection: &mut Connection, run_on: RunOn) -> NextStep {
        let before = connection.answered;
        let next = service::serve(self, shard, connection, run_on);
        self.answered.fetch_add(connection.answered - before, SeqCst);
        next
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
                        self.give_away(shard, loan);
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
    }

    fn is_cut(&self) -> bool {
        self.cut.load(SeqCst)
    }

    /// Ends the engine, as `Pool::join` does, once all connections are gone or, without
    /// patience, now. Then waits for all threads and says how many requests were answered.
    pub(crate) fn end(&self, patient: bool) -> usize {
        self.stop();
        if patient {
            let all = self.shards.len();
            let ended = self.all_ended.wait_while(locked(&self.ended), |ended| *ended < all);
            drop(ended.unwrap_or_else(PoisonError::into_inner));
        } else {
            // What a deadline would do, at whatever moment this is.
            self.cut.store(true, SeqCst);
            self.shards.iter().for_each(|shard| shard.inbox.wake());
        }
        self.spares.close();
        self.monitor.end();
        self.gates.open_all();
        loop {
            let thread = self.threads.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(thread) = thread else { break };
            thread.join().expect("no thread fails");
        }
        assert_eq!(*locked(&self.ended), self.shards.len(), "each loop ends once");
        assert!(!self.shards.iter().any(|shard| shard.slot.is_lent()), "a loop was left behind");
        self.answered.load(SeqCst)
    }
}

impl Shard {
    fn new() -> Shard {
        let waker = Waker::new();
        Shard { slot: Slot::new(), inbox: Inbox::new(waker.clone()), waker }
    }
}

/// As `event_loop::drive`.
fn drive(pool: &Pool, mut driven: Box<Loop>) {
    loop {
        for _ in 0..driven.ready.len() {
            let Some(key) = driven.ready.pop_front() else { break };
            let Some(connection) = driven.connections[key].take() else { continue };
            match visit(pool, driven, key, connection) {
                Some(back) => driven = back,
                None => return,
            }
        }
        let nothing_left = || driven.open == 0 && pool.shards[driven.index].inbox.close();
        if *locked(&pool.stop) && (nothing_left() || pool.is_cut()) {
            driven.ended = true;
            *locked(&pool.ended) += 1;
            pool.all_ended.notify_all();
            return;
        }
        let shard = &pool.shards[driven.index];
        if shard.waker.poll(driven.ready.is_empty()) {
            driven.read_mail(pool);
        }
    }
}

/// As `event_loop::visit`.
fn visit(
    pool: &Pool,
    mut driven: Box<Loop>,
    key: usize,
    mut connection: Box<Connection>,
) -> Option<Box<Loop>> {
    let shard = &pool.shards[driven.index];
    let ticket = pool.tickets.fetch_add(1, SeqCst) + 1;
    driven.ticket = ticket;
    let ticks = pool.ticks.load(SeqCst);
    let loan = shard.slot.lend(driven);
    pool.monitor.notice();
    let run_on = match std::mem::take(&mut connection.must_stay) {
        true => RunOn::DriverAnyway(loan),
        false => RunOn::Driver(loan),
    };
    let gives_away = connection.gives_away();
    let next = pool.serve(shard, &mut connection, run_on);
    let stood = shard.slot.stands(loan);
    match shard.slot.reclaim(loan) {
        Some(mut driven) => {
            assert!(stood, "its loop is there, but a glance said no");
            assert_eq!(driven.ticket, ticket, "it has reclaimed what another has lent");
            driven.settle(pool, key, connection, next);
            Some(driven)
        }
        None => {
            assert!(!shard.slot.stands(loan), "its loop is gone, but a glance says nothing of it");
            let passed = pool.ticks.load(SeqCst) - ticks;
            assert!(gives_away || passed > 0, "a handler lost its loop within one tick");
            let _ = shard.inbox.post(Letter::Return { key, connection, next });
            None
        }
    }
}

impl Loop {
    fn read_mail(&mut self, pool: &Pool) {
        let mut letters = Vec::new();
        pool.shards[self.index].inbox.empty(&mut letters);
        for letter in letters {
            match letter {
                Letter::Arrival(connection) => {
                    self.connections.push(Some(connection));
                    self.ready.push_back(self.connections.len() - 1);
                    self.open += 1;
                }
                Letter::Return { key, connection, next } => {
                    self.settle(pool, key, connection, next);
                }
            }
        }
    }

    fn settle(&mut self, pool: &Pool, key: usize, mut connection: Box<Connection>, next: NextStep) {
        assert!(self.connections[key].is_none(), "a connection is there twice");
        match next {
            NextStep::Close => {
                self.open -= 1;
                return;
            }
            NextStep::Again => {}
            NextStep::OwnThread => match pool.reserve() {
                Some(reserved) => {
                    return reserved.give(Job::Serve { shard: self.index, key, connection });
                }
                None => connection.must_stay = true,
            },
        }
        self.connections[key] = Some(connection);
        self.ready.push_back(key);
    }
}
