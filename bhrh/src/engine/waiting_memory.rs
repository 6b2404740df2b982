//! How much the connections that wait hold in all, and which clients hold the most.
//!
//! Counted is what a connection keeps between two services: a head or a small body that has not
//! come whole, and output that its client has not taken. An idle connection keeps none of these, so
//! a request that comes whole costs nothing here.
//!
//! Over the bound, clients that hold more than their share lose connections, until all of them
//! have shares that fit the bound. A client that holds less than that keeps what it has.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::client::Client;
use super::even_share::even_share;

/// Which part of the bound becomes free when it was exceeded. Looking for connections to close
/// takes time, so it has to be worth it.
const FREED: usize = 32;

/// The count.
#[derive(Debug)]
pub(crate) struct WaitingMemory {
    most: usize,
    total: AtomicUsize,
    by_client: Mutex<HashMap<Client, usize>>,
}

/// How many bytes each client may hold, so that all together fit the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share(usize);

impl WaitingMemory {
    pub(crate) fn new(most: usize) -> WaitingMemory {
        WaitingMemory { most, total: AtomicUsize::new(0), by_client: Mutex::default() }
    }

    fn by_client(&self) -> MutexGuard<'_, HashMap<Client, usize>> {
        self.by_client.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether all together hold too much.
    pub(crate) fn is_exceeded(&self) -> bool {
        self.total.load(Ordering::Relaxed) > self.most
    }

    /// Notes how much a connection of this client's holds now, and how much it did `before`.
    pub(crate) fn note(&self, client: Client, before: u32, now: u32) {
        let (before, now) = (before as usize, now as usize);
        let mut by_client = self.by_client();
        let held = by_client.entry(client).or_default();
        *held = (*held + now).saturating_sub(before);
        if *held == 0 {
            by_client.remove(&client);
        }
        // It changes only under the lock.
        let total = self.total.load(Ordering::Relaxed) + now;
        self.total.store(total.saturating_sub(before), Ordering::Relaxed);
    }

    /// What each client may keep. `None`: all of them keep everything, since it is not too much.
    pub(crate) fn share(&self) -> Option<Share> {
        if !self.is_exceeded() {
            return None;
        }
        let holdings: Vec<usize> = self.by_client().values().copied().collect();
        even_share(holdings, self.most - self.most / FREED).map(Share)
    }

    /// Takes what a connection holds off its client's, if the client holds more than its share.
    pub(crate) fn release_beyond(&self, share: Share, client: Client, held: u32) -> bool {
        let has = self.by_client().get(&client).copied().unwrap_or_default();
        let is_beyond = has > share.0;
        if is_beyond {
            self.note(client, held, 0);
        }
        is_beyond
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    fn client(number: u8) -> Client {
        Client::of(&SocketAddr::from(([192, 0, 2, number], 1)).into())
    }

    fn holding(most: usize, clients: &[(u8, u32)]) -> WaitingMemory {
        let memory = WaitingMemory::new(most);
        for (number, bytes) in clients {
            memory.note(client(*number), 0, *bytes);
        }
        memory
    }

    #[test]
    fn shares_are_even_for_those_that_want_more() {
        // 3200 less a part of 32 are 3100.
        assert_eq!(holding(3200, &[(1, 3200)]).share(), None);
        assert_eq!(holding(3200, &[(1, 3201)]).share(), Some(Share(3100)));
        assert_eq!(holding(3200, &[(1, 3000), (2, 3000)]).share(), Some(Share(1550)));
        // What small ones leave is for the others.
        let mixed = holding(3200, &[(1, 100), (2, 5000), (3, 1000), (4, 1000)]);
        assert_eq!(mixed.share(), Some(Share(1000)));
        assert_eq!(holding(0, &[(1, 1)]).share(), Some(Share(0)));
    }

    #[test]
    fn only_who_holds_more_than_its_share_loses_something() {
        let memory = holding(3200, &[(1, 100), (2, 2000), (2, 2000)]);
        let share = memory.share().unwrap();
        assert!(!memory.release_beyond(share, client(1), 100));
        assert!(memory.release_beyond(share, client(2), 2000));
        assert!(!memory.release_beyond(share, client(2), 2000), "it has its share now");
        assert!(!memory.is_exceeded());
    }

    #[test]
    fn nothing_is_left_of_clients_that_hold_nothing() {
        let memory = holding(10, &[(1, 5), (2, 7)]);
        memory.note(client(1), 5, 0);
        memory.note(client(2), 7, 3);
        memory.note(client(2), 3, 0);
        assert!(memory.by_client().is_empty() && !memory.is_exceeded());
        assert_eq!(memory.total.load(Ordering::Relaxed), 0);
    }
}
