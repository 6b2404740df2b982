//! The connections that other protocols have taken over: counted until they end, and cut at the end
//! of a shutdown.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::census::Seat;
use crate::exchange::{Leash, Upgraded};

/// All of them.
#[derive(Default)]
pub(crate) struct Upgrades {
    open: Mutex<Open>,
    all_closed: Condvar,
}

#[derive(Default)]
struct Open {
    leashes: HashMap<u64, (Leash, Arc<Place>)>,
    next: u64,
}

/// The place of one of them, free again when the connection has gone.
pub(crate) struct Ticket {
    upgrades: Arc<Upgrades>,
    key: u64,
    place: Arc<Place>,
}

/// What is counted with a place.
#[derive(Default)]
struct Place {
    /// Its seat among the connections, once its method has returned.
    seat: Mutex<Option<Seat>>,
    /// Its method has returned, so that no loop counts it any more.
    is_on_its_own: AtomicBool,
}

impl Upgrades {
    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a connection until it has gone.
    pub(crate) fn enter(self: &Arc<Upgrades>, upgraded: &Upgraded) -> Arc<Ticket> {
        let place = Arc::<Place>::default();
        let mut open = self.open();
        let key = open.next;
        open.next += 1;
        open.leashes.insert(key, (upgraded.leash(), Arc::clone(&place)));
        drop(open);
        let ticket = Arc::new(Ticket { upgrades: Arc::clone(self), key, place });
        upgraded.hold(Arc::<Ticket>::clone(&ticket));
        ticket
    }

    /// Waits until all have gone, but no longer than until `deadline`. Says how many are left.
    pub(crate) fn wait(&self, deadline: Instant) -> usize {
        let mut open = self.open();
        while !open.leashes.is_empty() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left == Duration::ZERO {
                break;
            }
            let waited = self.all_closed.wait_timeout(open, left);
            open = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        open.leashes.len()
    }

    /// Cuts all of them. Says how many of them no loop counts, and how many are in a method's
    /// hands.
    pub(crate) fn cut(&self) -> (usize, usize) {
        // A leash may be the last that holds its connection for a moment, and letting go of that
        // takes the lock.
        let leashes: Vec<_> = self.open().leashes.values().cloned().collect();
        leashes.iter().for_each(|(leash, _)| leash.cut());
        let is_on_its_own = |place: &Place| place.is_on_its_own.load(Ordering::Relaxed);
        let own = leashes.iter().filter(|(_, place)| is_on_its_own(place)).count();
        (own, leashes.len() - own)
    }
}

impl Ticket {
    /// Takes over the seat of a connection whose method has returned.
    pub(crate) fn take_seat(&self, seat: Option<Seat>) {
        self.place.is_on_its_own.store(true, Ordering::Relaxed);
        *self.place.seat.lock().unwrap_or_else(PoisonError::into_inner) = seat;
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let mut open = self.upgrades.open();
        open.leashes.remove(&self.key);
        if open.leashes.is_empty() {
            self.upgrades.all_closed.notify_all();
        }
    }
}

impl fmt::Debug for Upgrades {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upgrades").field("open", &self.open().leashes.len()).finish()
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ticket").field("key", &self.key).finish_non_exhaustive()
    }
}
