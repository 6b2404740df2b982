//! A double of `event_loop/residing.rs` and `service/residence.rs`: connections whose protocol
//! stays with the loop.

use crate::connection::Connection;
use crate::engine::{Pool, Shard};
use crate::event_loop::{Died, Entry, Loop, lend_for};
use crate::resident::Stay;
use crate::service::{NextStep, RunOn};
use shuttle::rand::{Rng, thread_rng};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

/// As `service::step`.
pub(crate) fn step(
    pool: &Pool,
    shard: &Shard,
    connection: &mut Connection,
    run_on: RunOn,
) -> NextStep {
    let mut residence = connection.residence.take().expect("its protocol stays");
    let stay = residence.converse(pool);
    residence.is_slow = match run_on {
        RunOn::Driver(loan) | RunOn::DriverAnyway(loan) => !shard.slot.stands(loan),
        RunOn::Spare => thread_rng().gen_ratio(1, 2),
    };
    match stay {
        Stay::On => {
            connection.residence = Some(residence);
            NextStep::Reside
        }
        Stay::Over | Stay::Cut => {
            drop(residence);
            NextStep::Close
        }
    }
}

impl Loop {
    /// As the original.
    pub(crate) fn settle_resident(
        &mut self,
        pool: &Pool,
        key: usize,
        mut connection: Box<Connection>,
        missed_event: bool,
    ) {
        let residence = connection.residence.as_ref().expect("its protocol stays");
        let socket = &residence.meeting().socket;
        if residence.has_begun && !socket.is_watched() {
            socket.watch(&pool.shards[self.index()].waker, key);
        }
        let goes_on = !residence.has_begun
            || residence.has_more
            || missed_event
            || self.ending && !residence.knows_of_end;
        if !std::mem::replace(&mut connection.is_placed, true) {
            match self.place(pool, connection) {
                Some(stays) => connection = stays,
                None => return self.release(key),
            }
        }
        self.entries[key] = Entry::Here(connection);
        if goes_on {
            self.queue(key);
        }
    }

    /// As `Loop::step`.
    pub(crate) fn step(
        mut self: Box<Loop>,
        pool: &Pool,
        key: usize,
        mut connection: Box<Connection>,
    ) -> Result<Option<Box<Loop>>, Died> {
        let residence = connection.residence.as_mut().expect("its protocol stays");
        let wants_thread = residence.is_slow && !residence.must_go;
        if !std::mem::replace(&mut residence.has_begun, true) {
            let meeting = Arc::clone(residence.meeting());
            meeting.socket.watch(&pool.shards[self.index()].waker, key);
            let line = meeting.line(pool.this.clone(), self.index(), key);
            residence.line = Some(Arc::new(line));
        }
        if wants_thread && pool.has_workers() {
            self.serve_on_own_thread(pool, key, connection, true);
            return Ok(Some(self));
        }
        lend_for(pool, self, key, connection)
    }

    /// As the original.
    fn have_it_go(&mut self, key: usize, mut connection: Box<Connection>) {
        self.waiting.retain(|waiting| *waiting != key);
        let residence = connection.residence.as_mut().expect("its protocol stays");
        residence.must_go = true;
        residence.meeting().may_end.store(true, SeqCst);
        self.entries[key] = Entry::Here(connection);
        self.queue(key);
    }

    /// As `Loop::evict` and `Loop::shed_memory`: at any moment, one may have to go.
    pub(crate) fn evict(&mut self) {
        for key in 0..self.entries.len() {
            let Entry::Here(connection) = &self.entries[key] else { continue };
            if connection.residence.is_some()
                && thread_rng().gen_ratio(1, 40)
                && let Some(connection) = self.take(key)
            {
                self.have_it_go(key, connection);
            }
        }
    }

    /// As the original.
    pub(crate) fn rouse_residents(&mut self) {
        for key in 0..self.entries.len() {
            self.nudge(key);
        }
    }

    /// Lets a protocol look.
    pub(crate) fn nudge(&mut self, key: usize) {
        match &mut self.entries[key] {
            Entry::Away { event } => *event = true,
            Entry::Here(connection) if connection.residence.is_some() => self.queue(key),
            // In the original it is visited for nothing.
            Entry::Here(_) | Entry::Free => {}
        }
    }
}
