//! Whether threads are scarce, and which of them can be done without: those that wait for a client
//! which is merely slow, of the clients that have the most of them.
//!
//! A thread whose method has taken the connection over does not count here. Whether it waits for
//! its client is not known, and its protocol may wait for as long as it likes.

use std::collections::HashMap;

use super::client::Client;
use crate::sync::{AtomicU64, AtomicUsize, Instant, Mutex, MutexGuard, Ordering, PoisonError};

/// For how many milliseconds a thread that was not to be had counts. A request that waits for one
/// asks again every few milliseconds.
const RECENT: u64 = 100;

/// Who needs threads, and who keeps them waiting.
#[derive(Debug)]
pub(crate) struct Scarcity {
    began: Instant,
    /// When a thread was needed and not to be had, in milliseconds since then; 0: never, or there
    /// has been a thread since.
    since: AtomicU64,
    /// How many threads are wanted.
    wanted: AtomicUsize,
    /// When that was last said, in milliseconds likewise.
    asked_at: AtomicU64,
    /// How many threads wait for each client.
    waits: Mutex<HashMap<Client, usize>>,
}

/// A thread waits for a client as long as this exists.
#[derive(Debug)]
pub(crate) struct Wait<'s> {
    scarcity: &'s Scarcity,
    client: Client,
}

impl Scarcity {
    pub(crate) fn new() -> Scarcity {
        Scarcity {
            began: Instant::now(),
            since: AtomicU64::new(0),
            wanted: AtomicUsize::new(0),
            asked_at: AtomicU64::new(0),
            waits: Mutex::new(HashMap::new()),
        }
    }

    /// Milliseconds since the engine began; never 0.
    pub(crate) fn milliseconds(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX).max(1)
    }

    /// Notes whether a thread was to be had.
    pub(crate) fn note(&self, found: bool) {
        let since = if found { 0 } else { self.milliseconds() };
        self.since.store(since, Ordering::Relaxed);
    }

    /// Whether somebody lately waited for a thread.
    pub(crate) fn is_now(&self) -> bool {
        match self.since.load(Ordering::Relaxed) {
            0 => false,
            since => self.milliseconds().saturating_sub(since) <= RECENT,
        }
    }

    /// Asks for threads that wait for slow clients. What was asked for lately is still on its way.
    pub(crate) fn want(&self, count: usize) {
        let now = self.milliseconds();
        let asked_at = self.asked_at.load(Ordering::Relaxed);
        if asked_at == 0 || now.saturating_sub(asked_at) >= RECENT {
            self.asked_at.store(now, Ordering::Relaxed);
            self.wanted.store(count, Ordering::Relaxed);
        }
    }

    fn waits(&self) -> MutexGuard<'_, HashMap<Client, usize>> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes that this thread waits for a client.
    pub(crate) fn begin_to_wait(&self, client: Client) -> Wait<'_> {
        *self.waits().entry(client).or_default() += 1;
        Wait { scarcity: self, client }
    }

    /// Whether a thread that waits for this client is to be given up. Each `true` is one thread
    /// fewer that is wanted.
    pub(crate) fn claims_thread_of(&self, client: Client) -> bool {
        if !self.is_now() {
            return false;
        }
        let waits = self.waits();
        let all: usize = waits.values().sum();
        let own = waits.get(&client).copied().unwrap_or_default();
        // A client with less than its share keeps what it has.
        own * waits.len() >= all
            && self
                .wanted
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |count| count.checked_sub(1))
                .is_ok()
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        let mut waits = self.scarcity.waits();
        if let Some(count) = waits.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                waits.remove(&self.client);
            }
        }
    }
}
