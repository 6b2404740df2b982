//! Connections whose protocol stays with the loop.

use std::io;
use std::sync::Arc;

use super::state::{Entry, Loop};
use crate::engine::client::Client;
use crate::engine::connection::{Connection, Home, Phase};
use crate::engine::loop_line::LoopLine;
use crate::engine::next_step::RunOn;
use crate::engine::residence::Residence;
use crate::engine::service;
use crate::engine::shared::Shared;
use crate::engine::timers::Tick;

impl Loop {
    /// Puts a connection back whose protocol stays, at first or after a step.
    pub(super) fn settle_resident(
        &mut self,
        shared: &Shared,
        key: usize,
        mut connection: Box<Connection>,
        mut residence: Box<Residence>,
        missed_event: bool,
    ) {
        // A thread of its own may have had it, for whose time the poller did not watch it. Being
        // watched anew reports what has come since.
        let is_deaf = residence.has_begun
            && !connection.registered
            && self.watch_writes(key, &mut connection, true).is_err();
        residence.must_go |= is_deaf;
        let goes_on = !residence.has_begun
            || residence.must_go
            || residence.has_more
            || missed_event
            || self.ending && !residence.knows_of_end;
        let deadline = residence.until.map_or(Tick::NEVER, |time| Tick::BEGINNING.after(time));
        connection.phase = Phase::Resident(residence);
        if connection.home == Home::Unplaced {
            match self.place(shared, connection) {
                Some(stays) => connection = stays,
                None => return self.release(key),
            }
        }
        connection.deadline = deadline;
        match goes_on {
            true => self.put_and_queue(key, connection),
            false => self.put_back(shared, key, connection),
        }
    }

    /// Gives a protocol that has just come to this loop its place.
    fn let_begin(
        &self,
        shared: &Shared,
        key: usize,
        connection: &mut Connection,
    ) -> io::Result<()> {
        // Later the socket is not the loop's alone.
        self.watch_writes(key, connection, true)?;
        let channel = connection.channel.shared();
        let inbox = Arc::downgrade(&shared.shards[self.index].inbox);
        if let Phase::Resident(residence) = &mut connection.phase {
            residence.has_begun = true;
            residence.since = self.timers.now();
            residence.line = Some(Arc::new(LoopLine { channel, inbox, key }));
        }
        Ok(())
    }

    /// Lets a protocol go on that has something to do, or whose time has come. `None`: the loop is
    /// in other hands now.
    pub(super) fn step(
        mut self: Box<Loop>,
        shared: &Shared,
        key: usize,
        mut connection: Box<Connection>,
    ) -> Option<Box<Loop>> {
        let now = self.timers.now().time();
        let Phase::Resident(residence) = &mut connection.phase else { return Some(self) };
        residence.now = now;
        // One that has to go frees what it holds, and must not wait for a thread to do so.
        let is_slow = residence.is_slow || shared.scores.steps_should_leave();
        let wants_thread = is_slow && !residence.must_go;
        let has_begun = residence.has_begun;
        if !has_begun && self.let_begin(shared, key, &mut connection).is_err() {
            if let Phase::Resident(residence) = &mut connection.phase {
                (residence.has_begun, residence.must_go) = (true, true);
            }
        }
        if wants_thread && shared.has_workers() {
            self.serve_on_own_thread(shared, key, connection, true);
            return Some(self);
        }
        let shard = &shared.shards[self.index];
        shard.begun.note_step();
        let loan = shard.slot.lend(self);
        shared.monitor.notice();
        let next = service::step(shared, shard, &mut connection, RunOn::Driver(loan));
        Loop::take_back(shared, shard, loan, key, connection, next)
    }

    /// Tells the protocol of a connection to give it up. That runs code of the user's, so the loop
    /// is lent meanwhile.
    pub(super) fn have_it_go(&mut self, key: usize, mut connection: Box<Connection>) {
        // It may have waited for a thread.
        self.waiting.remove(Client::of(&connection.client_address), key);
        if let Phase::Resident(residence) = &mut connection.phase {
            residence.must_go = true;
        }
        self.entries[key] = Entry::Here(connection);
        self.queue(key);
    }

    /// Wakes all protocols that stay, so that they ask whether the server ends.
    pub(super) fn rouse_residents(&mut self) {
        for key in 0..self.entries.len() {
            if matches!(&self.entries[key], Entry::Here(connection) if connection.is_resident()) {
                self.queue(key);
            }
        }
    }
}
