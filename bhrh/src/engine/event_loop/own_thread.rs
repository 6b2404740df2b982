//! Requests that are known to be slow, and requests that may have to wait for their client: served
//! by threads of their own, or waiting for one. Their loop goes on with other connections
//! meanwhile.

use std::time::Duration;

use super::state::{Entry, Loop};
use crate::engine::client::Client;
use crate::engine::connection::{Connection, Phase};
use crate::engine::handoff::Reserved;
use crate::engine::shared::{Job, Shared};

/// How often connections that wait for a thread are looked at.
pub(super) const RETRY: Duration = Duration::from_millis(5);

impl Loop {
    /// Gives the connection to a thread of its own, now or when there is one. `must`: the driver
    /// may not serve it, even where there are no other threads.
    pub(super) fn serve_on_own_thread(
        &mut self,
        shared: &Shared,
        key: usize,
        connection: Box<Connection>,
        must: bool,
    ) {
        if !self.waiting.is_empty() {
            return self.wait_for_a_thread(shared, key, connection);
        }
        match shared.reserve_for_request() {
            Some(reserved) => self.give(shared, reserved, key, connection),
            None if must || shared.has_workers() => self.wait_for_a_thread(shared, key, connection),
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

    fn wait_for_a_thread(&mut self, shared: &Shared, key: usize, mut connection: Box<Connection>) {
        // A protocol that stays waits for as long as it takes: there is no answer to be given.
        if !connection.is_resident() {
            connection.phase = Phase::Thread;
            connection.deadline = self.timers.now().after(shared.settings.timeouts.thread);
        }
        // What comes meanwhile is read when it is served.
        connection.queued = true;
        let client = Client::of(&connection.client_address);
        self.put(key, connection);
        self.waiting.push(client, key);
    }

    /// Serves the connection on the driver: all threads drive loops.
    fn serve_in_place(&mut self, key: usize, mut connection: Box<Connection>) {
        connection.phase = Phase::InPlace;
        self.entries[key] = Entry::Here(connection);
        self.queue(key);
    }

    /// Serves the connections that wait, as far as there are threads again. Clients take turns.
    pub(super) fn serve_waiting(&mut self, shared: &Shared) {
        while !self.waiting.is_empty() {
            let Some(reserved) = shared.reserve_for_request() else {
                // Threads that wait for slow clients are wanted back.
                return shared.scarcity.want(self.waiting.len());
            };
            let Some(key) = self.waiting.pop() else { return };
            if let Some(connection) = self.take(key) {
                self.give(shared, reserved, key, connection);
            }
        }
    }
}
