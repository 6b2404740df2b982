//! A double of `event_loop/`: what a loop's driver does.

use crate::connection::Connection;
use crate::engine::{Job, Pool};
use crate::handoff::Reserved;
use crate::letter::Letter;
use crate::readiness::{Found, Occurrence};
use crate::service::{self, NextStep, RunOn};
use shuttle::rand::{Rng, thread_rng};
use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

/// How many connections are accepted before those that are ready have their turn.
const ARRIVALS: usize = 2;

/// How often a loop looks up that waits for something which no event will tell.
const RETRY: Duration = Duration::from_millis(5);

#[derive(Debug)]
pub(crate) struct Loop {
    index: usize,
    pub(crate) entries: Vec<Entry>,
    free: Vec<usize>,
    ready: VecDeque<usize>,
    /// Connections that wait for a thread of their own.
    pub(crate) waiting: VecDeque<usize>,
    open: usize,
    /// Which listeners have more connections, as far as is known.
    again: Vec<bool>,
    has_heard_all: bool,
    pub(crate) ending: bool,
    /// Of the visit that it was last lent for.
    ticket: usize,
    /// It came to its proper end.
    ended: bool,
}

#[derive(Debug)]
pub(crate) enum Entry {
    Free,
    Here(Box<Connection>),
    Away {
        /// It was reported meanwhile.
        event: bool,
    },
}

/// The thread's job has died.
#[derive(Debug)]
pub(crate) struct Died;

impl Drop for Loop {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert!(self.ended, "a loop was lost");
        }
    }
}

/// As `drive::drive`.
pub(crate) fn drive(
    pool: &Pool,
    driven: Box<Loop>,
    visiting: &Cell<Option<usize>>,
) -> Result<(), Died> {
    let log = &pool.shards[driven.index].log;
    log.flush();
    drive_on(pool, driven, visiting)?;
    log.flush();
    Ok(())
}

fn drive_on(
    pool: &Pool,
    mut driven: Box<Loop>,
    visiting: &Cell<Option<usize>>,
) -> Result<(), Died> {
    loop {
        for _ in 0..driven.ready.len() {
            let Some(key) = driven.ready.pop_front() else { break };
            let Some(connection) = driven.take(key) else { continue };
            if connection.is_silent {
                // Another one had this place, and was let go of.
                driven.entries[key] = Entry::Here(connection);
                continue;
            }
            visiting.set(Some(key));
            let back = visit(pool, driven, key, connection)?;
            visiting.set(None);
            match back {
                Some(back) => driven = back,
                None => return Ok(()),
            }
        }
        if pool.is_stopping() && driven.end(pool) {
            driven.ended = true;
            pool.shards[driven.index].log.flush();
            pool.loop_ended();
            return Ok(());
        }
        driven.wait(pool);
    }
}

/// As `drive::visit`.
fn visit(
    pool: &Pool,
    driven: Box<Loop>,
    key: usize,
    connection: Box<Connection>,
) -> Result<Option<Box<Loop>>, Died> {
    match connection.residence {
        Some(_) => driven.step(pool, key, connection),
        None => lend_for(pool, driven, key, connection),
    }
}

/// Serves a connection with the loop lent, as `drive::visit` and `Loop::take_back`.
pub(crate) fn lend_for(
    pool: &Pool,
    mut driven: Box<Loop>,
    key: usize,
    mut connection: Box<Connection>,
) -> Result<Option<Box<Loop>>, Died> {
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
    let next = service::serve(pool, shard, &mut connection, run_on);
    if next == NextStep::Died {
        return Err(Died);
    }
    let stood = shard.slot.stands(loan);
    match shard.slot.reclaim(loan) {
        Some(mut driven) => {
            assert!(stood, "its loop is there, but a glance said no");
            assert_eq!(driven.ticket, ticket, "it has reclaimed what another has lent");
            driven.settle(pool, key, connection, next);
            Ok(Some(driven))
        }
        None => {
            assert!(!shard.slot.stands(loan), "its loop is gone, but a glance says nothing of it");
            let passed = pool.ticks.load(SeqCst) - ticks;
            assert!(gives_away || passed > 0, "a handler lost its loop within one tick");
            let _ = shard.inbox.post(Letter::Return { key, connection, next });
            Ok(None)
        }
    }
}

impl Loop {
    pub(crate) fn new(index: usize) -> Loop {
        Loop {
            index,
            entries: Vec::new(),
            free: Vec::new(),
            ready: VecDeque::new(),
            waiting: VecDeque::new(),
            open: 0,
            again: vec![false; 2],
            has_heard_all: true,
            ending: false,
            ticket: 0,
            ended: false,
        }
    }

    pub(crate) fn index(&self) -> usize {
        self.index
    }

    /// As `Loop::wait`.
    fn wait(&mut self, pool: &Pool) {
        let shard = &pool.shards[self.index];
        shard.log.flush();
        let found = shard.waker.poll(self.time_out());
        self.sort_out(pool, &found);
        self.accept(pool);
        self.evict();
        self.serve_waiting(pool);
        self.has_heard_all = found.has_heard_all();
        if self.has_heard_all {
            self.ask_the_late(pool, &found);
        }
    }

    fn time_out(&self) -> Option<Duration> {
        if !self.ready.is_empty() || !self.has_heard_all || self.again.contains(&true) {
            return Some(Duration::ZERO);
        }
        let is_silent = |entry: &Entry| matches!(entry, Entry::Here(one) if one.is_silent);
        let looks_up = !self.waiting.is_empty() || self.entries.iter().any(is_silent);
        looks_up.then_some(RETRY)
    }

    fn sort_out(&mut self, pool: &Pool, found: &Found) {
        for occurrence in &found.occurrences {
            match *occurrence {
                Occurrence::Mail => self.read_mail(pool),
                Occurrence::Arrivals(listener) => self.again[listener] = true,
                Occurrence::Ready(key) => self.queue(key),
            }
        }
    }

    fn read_mail(&mut self, pool: &Pool) {
        let mut letters = Vec::new();
        pool.shards[self.index].inbox.empty(&mut letters);
        for letter in letters {
            match letter {
                Letter::Arrival(connection) => self.admit(pool, connection),
                Letter::Nudge { key } => self.nudge(key),
                Letter::Lost { key } => {
                    if matches!(self.entries[key], Entry::Away { .. }) {
                        self.release(key);
                    }
                }
                Letter::Return { key, connection, next } => {
                    self.settle(pool, key, connection, next);
                }
            }
        }
    }

    /// As `Loop::accept`: a listener that has more goes on after the others.
    fn accept(&mut self, pool: &Pool) {
        for index in 0..self.again.len() {
            if !std::mem::take(&mut self.again[index]) {
                continue;
            }
            self.again[index] = (0..ARRIVALS).all(|_| match pool.listeners[index].accept() {
                Some(connection) => {
                    self.admit(pool, connection);
                    true
                }
                None => false,
            });
        }
    }

    fn admit(&mut self, pool: &Pool, connection: Box<Connection>) {
        let (id, is_silent) = (connection.id, connection.is_silent);
        let key = self.free.pop().unwrap_or_else(|| {
            self.entries.push(Entry::Free);
            self.entries.len() - 1
        });
        self.entries[key] = Entry::Here(connection);
        self.open += 1;
        match is_silent {
            true => pool.shards[self.index].waker.register(id, key),
            false => self.queue(key),
        }
    }

    pub(crate) fn queue(&mut self, key: usize) {
        match &mut self.entries[key] {
            Entry::Here(connection) => {
                connection.is_silent = false;
                if !connection.queued {
                    connection.queued = true;
                    self.ready.push_back(key);
                }
            }
            Entry::Away { event } => *event = true,
            Entry::Free => {}
        }
    }

    pub(crate) fn take(&mut self, key: usize) -> Option<Box<Connection>> {
        match std::mem::replace(&mut self.entries[key], Entry::Away { event: false }) {
            Entry::Here(mut connection) => {
                connection.queued = false;
                Some(connection)
            }
            other => {
                self.entries[key] = other;
                None
            }
        }
    }

    pub(crate) fn release(&mut self, key: usize) {
        self.entries[key] = Entry::Free;
        self.free.push(key);
        self.open -= 1;
    }

    fn settle(&mut self, pool: &Pool, key: usize, mut connection: Box<Connection>, next: NextStep) {
        let Entry::Away { event } = self.entries[key] else {
            panic!("a connection is there twice");
        };
        match next {
            NextStep::Reside => self.settle_resident(pool, key, connection, event),
            NextStep::Close | NextStep::Died => self.release(key),
            NextStep::Again => {
                if !std::mem::replace(&mut connection.is_placed, true) {
                    match self.place(pool, connection) {
                        Some(stays) => connection = stays,
                        None => return self.release(key),
                    }
                }
                self.entries[key] = Entry::Here(connection);
                self.queue(key);
            }
            NextStep::OwnThread { must } => self.serve_on_own_thread(pool, key, connection, must),
        }
    }

    /// As `Loop::place`: the connection may belong to another loop.
    pub(crate) fn place(
        &mut self,
        pool: &Pool,
        connection: Box<Connection>,
    ) -> Option<Box<Connection>> {
        let other = &pool.shards[thread_rng().gen_range(0..pool.shards.len())];
        match other.inbox.post(Letter::Arrival(connection)) {
            // That loop has ended.
            Err(Letter::Arrival(refused)) => Some(refused),
            _ => None,
        }
    }

    pub(crate) fn serve_on_own_thread(
        &mut self,
        pool: &Pool,
        key: usize,
        mut connection: Box<Connection>,
        must: bool,
    ) {
        let waits = !self.waiting.is_empty();
        match if waits { None } else { pool.reserve_for_request() } {
            Some(reserved) => self.give(pool, reserved, key, connection),
            None if waits || must || pool.has_workers() => {
                // What comes meanwhile is read when it is served.
                connection.queued = true;
                self.entries[key] = Entry::Here(connection);
                self.waiting.push_back(key);
            }
            None => {
                connection.must_stay = true;
                self.entries[key] = Entry::Here(connection);
                self.queue(key);
            }
        }
    }

    fn give(
        &self,
        pool: &Pool,
        reserved: Reserved<'_, Job>,
        key: usize,
        connection: Box<Connection>,
    ) {
        pool.shards[self.index].log.flush();
        if let Some(meeting) = &connection.meeting {
            meeting.socket.unwatch();
        }
        reserved.give(Job::Serve { shard: self.index, key, connection });
    }

    fn serve_waiting(&mut self, pool: &Pool) {
        while !self.waiting.is_empty() {
            let Some(reserved) = pool.reserve_for_request() else {
                return pool.scarcity.want(self.waiting.len());
            };
            let Some(key) = self.waiting.pop_front() else { return };
            if let Some(connection) = self.take(key) {
                self.give(pool, reserved, key, connection);
            }
        }
    }

    /// As `Loop::ask_the_late`: at any moment, the time of those may be up that are silent.
    fn ask_the_late(&mut self, pool: &Pool, found: &Found) {
        for key in 0..self.entries.len() {
            let Entry::Here(connection) = &self.entries[key] else { continue };
            if !connection.is_silent || !thread_rng().gen_ratio(1, 4) {
                continue;
            }
            assert!(!found.has_overheard(key), "it is judged without having been heard");
            pool.shards[self.index].waker.deregister(connection.id);
            if let Some(mut connection) = self.take(key) {
                connection.let_go(pool);
                self.release(key);
            }
        }
    }

    /// As `Loop::end`.
    fn end(&mut self, pool: &Pool) -> bool {
        let begins = !std::mem::replace(&mut self.ending, true);
        if begins && self.index == 0 {
            for index in 0..pool.listeners.len() {
                while let Some(connection) = pool.listeners[index].accept() {
                    self.admit(pool, connection);
                }
                // What has come since is reset by the system.
                for mut connection in pool.listeners[index].close() {
                    connection.let_go(pool);
                }
            }
            self.again.fill(false);
        }
        if begins {
            self.rouse_residents();
        }
        self.open == 0 && pool.shards[self.index].inbox.close() || pool.is_cut()
    }
}
