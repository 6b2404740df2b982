//! Who is connected: how many connections there are, in all and from each address.
//!
//! It is asked once when a connection arrives, and told once when it has gone.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::client::Client;
use crate::peer::Peer;
use crate::protocol_error::ProtocolError;
use crate::settings::Limits;

/// How many clients that are turned away are told so at the same time. Beyond that, connections
/// are closed without a word: answers must not cost what the bound is there to save.
const TOLD: usize = 256;

/// The counts.
#[derive(Debug)]
pub(crate) struct Census {
    most: usize,
    most_per_address: usize,
    guests: AtomicUsize,
    turned_away: AtomicUsize,
    /// Empty if addresses are not counted.
    addresses: Mutex<HashMap<Client, usize>>,
    /// Whether anybody has ever come.
    visited: AtomicBool,
}

/// A connection's place in the counts, free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    census: Arc<Census>,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Guest,
    GuestOf(Client),
    TurnedAway,
}

impl Census {
    pub(crate) fn new(limits: &Limits) -> Arc<Census> {
        Arc::new(Census {
            most: limits.connections,
            most_per_address: limits.connections_per_address,
            guests: AtomicUsize::new(0),
            turned_away: AtomicUsize::new(0),
            addresses: Mutex::default(),
            visited: AtomicBool::new(false),
        })
    }

    /// Whether anybody has come, turned away or not.
    pub(crate) fn was_visited(&self) -> bool {
        self.visited.load(Ordering::Relaxed)
    }

    fn addresses(&self) -> MutexGuard<'_, HashMap<Client, usize>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A seat for a connection that has arrived, and why it is to be turned away, if it is.
    /// `None`: it is to be closed without a word.
    pub(crate) fn seat(self: &Arc<Census>, client: &Peer) -> Option<(Seat, Option<ProtocolError>)> {
        self.visited.store(true, Ordering::Relaxed);
        match self.place(client) {
            Ok(place) => Some((Seat { census: Arc::clone(self), place }, None)),
            Err(error) => {
                if !below(&self.turned_away, TOLD) {
                    return None;
                }
                let seat = Seat { census: Arc::clone(self), place: Place::TurnedAway };
                Some((seat, Some(error)))
            }
        }
    }

    fn place(&self, client: &Peer) -> Result<Place, ProtocolError> {
        if !below(&self.guests, self.most) {
            return Err(ProtocolError::TooManyConnections { limit: self.most });
        }
        let client = Client::of(client);
        // Who may use a Unix socket is for the file system to say.
        if self.most_per_address == usize::MAX || client.is_local() {
            return Ok(Place::Guest);
        }
        let mut addresses = self.addresses();
        let count = addresses.entry(client).or_default();
        if *count >= self.most_per_address {
            self.guests.fetch_sub(1, Ordering::Relaxed);
            let limit = self.most_per_address;
            return Err(ProtocolError::TooManyFromAddress { limit });
        }
        *count += 1;
        Ok(Place::GuestOf(client))
    }
}

/// Counts one more, unless there are `most`.
fn below(count: &AtomicUsize, most: usize) -> bool {
    let more = |count: usize| (count < most).then(|| count + 1);
    count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
}

impl Drop for Seat {
    fn drop(&mut self) {
        let census = &*self.census;
        match self.place {
            Place::TurnedAway => {
                census.turned_away.fetch_sub(1, Ordering::Relaxed);
                return;
            }
            Place::Guest => {}
            Place::GuestOf(client) => {
                let mut addresses = census.addresses();
                if let Some(count) = addresses.get_mut(&client) {
                    *count -= 1;
                    if *count == 0 {
                        addresses.remove(&client);
                    }
                }
            }
        }
        census.guests.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    fn census(connections: usize, connections_per_address: usize) -> Arc<Census> {
        Census::new(&Limits { connections, connections_per_address, ..Limits::default() })
    }

    fn from(address: &str) -> Peer {
        (address.parse::<IpAddr>().unwrap(), 1).into()
    }

    #[test]
    fn seats_are_counted_in_all_and_free_again() {
        let census = census(2, usize::MAX);
        let first = census.seat(&from("192.0.2.1")).unwrap();
        let second = census.seat(&from("192.0.2.1")).unwrap();
        assert!(first.1.is_none() && second.1.is_none());
        let (_, third) = census.seat(&from("192.0.2.1")).unwrap();
        assert_eq!(third, Some(ProtocolError::TooManyConnections { limit: 2 }));
        drop(first);
        assert!(census.seat(&from("192.0.2.1")).unwrap().1.is_none());
    }

    #[test]
    fn an_address_has_its_share_and_no_trace_of_it_stays() {
        let census = census(10, 1);
        let first = census.seat(&from("192.0.2.1")).unwrap();
        let (_, second) = census.seat(&from("192.0.2.1")).unwrap();
        assert_eq!(second, Some(ProtocolError::TooManyFromAddress { limit: 1 }));
        assert!(census.seat(&from("192.0.2.2")).unwrap().1.is_none());
        drop(first);
        assert!(census.addresses().is_empty());
        assert_eq!(census.guests.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn clients_of_a_unix_socket_count_in_all_and_share_nothing() {
        let census = census(3, 1);
        let seats = [Peer::unix(""), Peer::unix(""), Peer::unix("/run/a")].map(|client| {
            let (seat, refusal) = census.seat(&client).unwrap();
            assert_eq!(refusal, None);
            seat
        });
        assert!(census.addresses().is_empty());
        let (_, fourth) = census.seat(&Peer::unix("")).unwrap();
        assert_eq!(fourth, Some(ProtocolError::TooManyConnections { limit: 3 }));
        drop(seats);
        assert_eq!(census.guests.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn only_so_many_are_told_that_they_are_too_many() {
        let census = census(1, usize::MAX);
        let guest = census.seat(&from("192.0.2.1"));
        let told: Vec<_> = (0..TOLD).map(|_| census.seat(&from("192.0.2.1"))).collect();
        assert!(told.iter().all(|seat| seat.as_ref().is_some_and(|seat| seat.1.is_some())));
        assert!(census.seat(&from("192.0.2.1")).is_none());
        drop(told);
        assert!(census.seat(&from("192.0.2.1")).is_some());
        drop(guest);
    }
}
