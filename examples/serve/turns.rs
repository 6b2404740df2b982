//! Places for dear work: a few at once, and fewer for each client, so that no client has them all.

use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::rate::network;

/// Who works now.
#[derive(Debug)]
pub(crate) struct Turns {
    at_once: usize,
    of_each: usize,
    working: Mutex<Vec<Option<IpAddr>>>,
}

/// A place, given back with this value.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    turns: &'a Turns,
    client: Option<IpAddr>,
}

impl Turns {
    pub(crate) fn new(at_once: usize, of_each: usize) -> Turns {
        Turns { at_once, of_each, working: Mutex::default() }
    }

    /// A place for a client, if one is free. Clients of a Unix socket have no address, so they
    /// share all places.
    pub(crate) fn take(&self, client: Option<IpAddr>) -> Option<Turn<'_>> {
        let client = client.map(network);
        let mut working = self.lock();
        let own = working.iter().filter(|other| client.is_some() && **other == client).count();
        if working.len() >= self.at_once || own >= self.of_each {
            return None;
        }
        working.push(client);
        Some(Turn { turns: self, client })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Option<IpAddr>>> {
        self.working.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut working = self.turns.lock();
        if let Some(at) = working.iter().position(|client| *client == self.client) {
            working.swap_remove(at);
        }
    }
}
