//! A loop's poll: what is reported stays until it is seen, and what was reported is not reported
//! again.

use crate::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use shuttle::rand::{Rng, thread_rng};
use std::collections::{HashMap, HashSet, VecDeque};
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// How many occurrences one wait has room for.
const EVENTS: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Occurrence {
    Mail,
    /// Connections have arrived at this listener.
    Arrivals(usize),
    /// A client has sent something.
    Ready(usize),
}

/// What a wait has found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) occurrences: Vec<Occurrence>,
    pub(crate) interrupted: bool,
    /// What there was beside, for the checker only.
    unheard: HashSet<usize>,
}

impl Found {
    /// As `Readiness::has_heard_all`.
    pub(crate) fn has_heard_all(&self) -> bool {
        !self.interrupted && self.occurrences.len() < EVENTS
    }

    /// Whether a connection was ready without being reported.
    pub(crate) fn has_overheard(&self, key: usize) -> bool {
        self.unheard.contains(&key)
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Waker(Arc<Poll>);

#[derive(Debug)]
struct Poll {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    pending: VecDeque<Occurrence>,
    /// The clients that have sent something.
    sent: HashSet<usize>,
    /// The keys of connections, by their clients.
    registered: HashMap<usize, usize>,
}

impl State {
    fn report(&mut self, occurrence: Occurrence) {
        if !self.pending.contains(&occurrence) {
            self.pending.push_back(occurrence);
        }
    }
}

impl Waker {
    pub(crate) fn new() -> Waker {
        Waker(Arc::new(Poll { state: Mutex::default(), changed: Condvar::new() }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[expect(clippy::unnecessary_wraps, reason = "as the original")]
    pub(crate) fn wake(&self) -> io::Result<()> {
        self.report(Occurrence::Mail);
        Ok(())
    }

    pub(crate) fn report(&self, occurrence: Occurrence) {
        self.state().report(occurrence);
        self.0.changed.notify_all();
    }

    /// Reports what a client has sent, or will send.
    pub(crate) fn register(&self, client: usize, key: usize) {
        let mut state = self.state();
        state.registered.insert(client, key);
        if state.sent.contains(&client) {
            state.report(Occurrence::Ready(key));
        }
    }

    pub(crate) fn deregister(&self, client: usize) {
        let key = self.state().registered.remove(&client);
        if let Some(key) = key {
            self.retract(Occurrence::Ready(key));
        }
    }

    /// Reports no more what was not seen yet.
    pub(crate) fn retract(&self, unseen: Occurrence) {
        self.state().pending.retain(|occurrence| *occurrence != unseen);
    }

    /// A client sends something.
    pub(crate) fn send(&self, client: usize) {
        let mut state = self.state();
        state.sent.insert(client);
        if let Some(key) = state.registered.get(&client).copied() {
            state.report(Occurrence::Ready(key));
            drop(state);
            self.0.changed.notify_all();
        }
    }

    /// Waits for occurrences, for this time at most; `None`: until there is one.
    pub(crate) fn poll(&self, time: Option<Duration>) -> Found {
        let mut state = self.state();
        if state.pending.is_empty() && time != Some(Duration::ZERO) {
            state = match time {
                Some(time) => {
                    let waited = self.0.changed.wait_timeout(state, time);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => {
                    let is_quiet = |state: &mut State| state.pending.is_empty();
                    let waited = self.0.changed.wait_while(state, is_quiet);
                    waited.unwrap_or_else(PoisonError::into_inner)
                }
            };
        }
        // As after SIGCONT.
        let interrupted = thread_rng().gen_ratio(1, 20);
        let mut found = Found { interrupted, ..Found::default() };
        if !found.interrupted {
            let count = state.pending.len().min(EVENTS);
            found.occurrences.extend(state.pending.drain(..count));
        }
        found.unheard.extend(state.pending.iter().filter_map(|occurrence| match occurrence {
            Occurrence::Ready(key) => Some(*key),
            _ => None,
        }));
        found
    }
}
