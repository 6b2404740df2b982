//! Requests that are known to be slow: served by threads of their own, or waiting for one. Their
//! loop goes on with the others meanwhile.

use std::time::Duration;

use super::{Entry, Loop};
use crate::engine::connection::{Connection, Phase};
use crate::engine::handoff::Reserved;
use crate::engine::pool::{Job, Pool};
use crate::engine::timers::Tick;

/// How often those that wait for a thread are looked at.
pub(super) const RETRY: Duration = Duration::from_millis(5);

impl Loop {
    /// Has a thread of its own serve the connection, now or when there is one.
    pub(super) fn serve_elsewhere(
        &mut self,
        pool: &Pool,
        key: usize,
        mut connection: Box<Connection>,
    ) {
        if !self.waiting.is_empty() {
            return self.wait_for_a_thread(key, connection);
        }
        match pool.reserve() {
            Some(reserved) => self.give(pool, reserved, key, connection),
            None if pool.has_others() => self.wait_for_a_thread(key, connection),
            None => {
                connection.phase = Phase::Body;
                connection.must_stay = true;
                self.connections[key] = Entry::Here(connection);
                self.queue(key);
            }
        }
    }

    fn give(
        &self,
        pool: &Pool,
        reserved: Reserved<'_, Job>,
        key: usize,
        mut connection: Box<Connection>,
    ) {
        self.shard(pool).log.flush();
        // What comes meanwhile is for its thread to hear. When it is back, it is registered anew,
        // and that reports what has come.
        let registered = connection.registered;
        let stream = connection.own_stream();
        if registered && stream.is_ok_and(|stream| self.readiness.deregister(stream).is_ok()) {
            connection.registered = false;
        }
        reserved.give(Job::Serve { shard: self.index, key, connection });
    }

    fn wait_for_a_thread(&mut self, key: usize, mut connection: Box<Connection>) {
        connection.phase = Phase::Thread;
        connection.deadline = Tick::NEVER;
        // What comes meanwhile is read when it is served.
        connection.queued = true;
        self.connections[key] = Entry::Here(connection);
        self.waiting.push_back(key);
    }

    /// Serves those that wait, as far as there are threads again.
    pub(super) fn serve_waiting(&mut self, pool: &Pool) {
        while let Some(key) = self.waiting.front().copied() {
            let reserved = pool.reserve();
            if reserved.is_none() && pool.has_others() {
                return;
            }
            self.waiting.pop_front();
            let Some(mut connection) = self.take(key) else { continue };
            match reserved {
                Some(reserved) => self.give(pool, reserved, key, connection),
                None => {
                    connection.must_stay = true;
                    self.connections[key] = Entry::Here(connection);
                    self.queue(key);
                }
            }
        }
    }
}
