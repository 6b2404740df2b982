//! Waiting for something to do, and sorting out what has come.

use std::io;
use std::time::Duration;

use super::accept::REST;
use super::own_thread;
use super::state::{Entry, Loop};
use crate::date::kept as kept_date;
use crate::engine::connection::Phase;
use crate::engine::letter::Letter;
use crate::engine::shared::Shared;
use crate::net::readiness::Occurrence;

/// What a wait has found beside connections that are ready.
#[derive(Debug, Default)]
struct Found {
    mail: bool,
    /// How many occurrences there were in all.
    occurrences: usize,
}

impl Loop {
    /// Waits for something to do, and sorts out what came.
    pub(super) fn wait(&mut self, shared: &Shared) -> io::Result<()> {
        shared.shards[self.index].log.flush();
        let time = self.time_out();
        self.await_events(time)?;
        if self.timers.advance(time) {
            kept_date::keep(true);
        }
        let before = self.ready.len();
        let found = self.sort_out();
        if found.mail {
            self.read_mail(shared);
        }
        if self.listeners.iter().any(|listener| listener.again.is_some()) {
            self.accept(shared);
        }
        self.evict_for_others(shared);
        if shared.census.memory().is_exceeded() {
            self.shed_memory(shared);
        }
        self.ready_last_wait = self.ready.len() - before;
        self.serve_waiting(shared);
        // Who is silent is known only after listening to the end. What was not heard now is heard
        // by the next wait.
        self.has_heard_all = self.readiness.has_heard_all(found.occurrences);
        if time == Some(Duration::ZERO) {
            if self.has_heard_all {
                self.ask_the_late(shared);
            }
        } else if self.timers.first().is_some_and(|(at, _)| at <= self.timers.now()) {
            // The process may have been stopped after this wait had ended, and the clock counts the
            // time that the wait was to take. A wait that takes none tells.
            self.has_heard_all = false;
        }
        self.note_idleness();
        Ok(())
    }

    /// How long to wait for events at most. `None`: until there is one.
    fn time_out(&self) -> Option<Duration> {
        if !(self.ready.is_empty() && self.shaking.is_empty() && self.has_heard_all) {
            return Some(Duration::ZERO);
        }
        let mut time = self.until_next();
        let mut at_most = |most: Duration| time = Some(time.map_or(most, |time| time.min(most)));
        if !self.waiting.is_empty() {
            at_most(own_thread::RETRY);
        }
        if let Some(at) = self.listeners.iter().filter_map(|listener| listener.again).min() {
            at_most(if at <= self.timers.now() { Duration::ZERO } else { REST });
        }
        time
    }

    /// Goes through what the last wait found: connections are queued.
    fn sort_out(&mut self) -> Found {
        let mut found = Found::default();
        let now = self.timers.now();
        let Loop { readiness, entries, ready, listeners, .. } = self;
        for occurrence in readiness.occurrences() {
            found.occurrences += 1;
            match occurrence {
                Occurrence::Mail => found.mail = true,
                Occurrence::Arrivals(listener) => {
                    if let Some(listener) = listeners.get_mut(listener) {
                        listener.again.get_or_insert(now);
                    }
                }
                Occurrence::Ready { key, closed } => match entries.get_mut(key) {
                    Some(Entry::Here(connection)) => {
                        if closed {
                            connection.note_hang_up();
                        }
                        if !connection.queued {
                            connection.queued = true;
                            ready.push_back(key);
                        }
                    }
                    Some(Entry::Away(missed)) => {
                        missed.event = true;
                        missed.hang_up |= closed;
                    }
                    _ => {}
                },
            }
        }
        found
    }

    fn read_mail(&mut self, shared: &Shared) {
        let mut letters = std::mem::take(&mut self.letters);
        shared.shards[self.index].inbox.empty(&mut letters);
        for letter in letters.drain(..) {
            match letter {
                Letter::Arrival(connection) => match connection.phase {
                    Phase::Handshake(_) => self.begin_handshake(shared, connection),
                    _ => self.admit(connection),
                },
                Letter::Nudge { key } => match self.entries.get_mut(key) {
                    Some(Entry::Away(missed)) => missed.event = true,
                    _ => self.queue(key),
                },
                Letter::Lost(visit) => self.release_lost(shared, visit),
                Letter::Return { key, connection, next } => {
                    self.settle(shared, key, connection, next);
                }
            }
        }
        self.letters = letters;
    }
}
