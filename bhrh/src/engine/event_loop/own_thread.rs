//! Requests that are known to be slow: served by threads of their own, or waiting for one. Their
//! loop goes on with other connections meanwhile.

use std::time::Duration;

use super::state::{Entry, Loop};
use crate::engine::connection::{Connection, Phase};
use crate::engine::handoff::Reserved;
use crate::engine::shared::{Job, Shared};
use crate::engine::timers::Tick;

/// How often connections that wait for a thread are looked at.
pub(super) const RETRY: Duration = Duration::from_millis(5);

impl Loop {
    /// Has a thread of its own serve the connection, now or when there is one.
    pub(super) fn serve_on_own_thread(
        &mut self,
        shared: &Shared,
        key: usize,
        connection: Box<Connection>,
    ) {
        if !self.waiting.is_empty() {
            return self.wait_for_a_thread(key, connection);
        }
        match shared.reserve() {
            Some(reserved) => self.give(shared, reserved, key, connection),
            None if shared.has_workers() => self.wait_for_a_thread(key, connection),
            None => self.serve_in_place(key, connection),
        }
    }

    fn give(
        &self,
        shared: &Shared,
        reserved: Reserved<'_, Job>,
        key: usize,
        mut connection: Box<Connection>,
    ) {
        shared.shards[self.index].log.flush();
        // What comes meanwhile is for its thread to hear. When the connection is back, it is
        // registered anew, and that reports what has come. A failure leaves it registered.
        let _ = self.deregister(&mut connection);
        reserved.give(Job::Serve { shard: self.index, key, connection });
    }

    fn wait_for_a_thread(&mut self, key: usize, mut connection: Box<Connection>) {
        connection.phase = Phase::Thread;
        connection.deadline = Tick::NEVER;
        // What comes meanwhile is read when it is served.
        connection.queued = true;
        self.entries[key] = Entry::Here(connection);
        self.waiting.push_back(key);
    }

    /// Has the driver serve the connection: all threads drive loops.
    fn serve_in_place(&mut self, key: usize, mut connection: Box<Connection>) {
        connection.phase = Phase::InPlace;
        self.entries[key] = Entry::Here(connection);
        self.queue(key);
    }

    /// Serves the connections that wait, as far as there are threads again.
    pub(super) fn serve_waiting(&mut self, shared: &Shared) {
        while let Some(key) = self.waiting.front().copied() {
            let reserved = shared.reserve();
            if reserved.is_none() && shared.has_workers() {
                return;
            }
            self.waiting.pop_front();
            let Some(connection) = self.take(key) else { continue };
            match reserved {
                Some(reserved) => self.give(shared, reserved, key, connection),
                None => self.serve_in_place(key, connection),
            }
        }
    }
}
