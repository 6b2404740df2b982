//! Who is connected: how many connections there are, in all and from each address.
//!
//! It is asked once when a connection arrives, and told once when it has gone. What connections
//! hold while they wait is counted beside it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::client::Client;
use super::waiting_memory::WaitingMemory;
use crate::peer::Peer;
use crate::protocol_error::ProtocolError;
use crate::settings::{EndpointLimits, Limits};

/// How many clients that are turned away are told so at the same time. Beyond that, connections
/// are closed without a word: answers must not cost what the bound is there to save.
const TOLD: usize = 256;

/// The counts of a whole server, or those of an endpoint with limits of its own: then its clients
/// count in the whole's as well.
#[derive(Debug)]
pub(crate) struct Census {
    most: usize,
    most_per_address: usize,
    guests: AtomicUsize,
    /// Empty if addresses are not counted.
    addresses: Mutex<HashMap<Client, usize>>,
    whole: Option<Arc<Census>>,
    turned_away: AtomicUsize,
    /// Whether anybody has ever come.
    visited: AtomicBool,
    /// All endpoints have it in common.
    memory: Arc<WaitingMemory>,
}

/// A connection's place in the counts, free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Seat {
    census: Arc<Census>,
    standing: Standing,
}

#[derive(Debug)]
enum Standing {
    Guest(Client),
    TurnedAway,
}

impl Census {
    pub(crate) fn new(limits: &Limits) -> Arc<Census> {
        let memory = Arc::new(WaitingMemory::new(limits.waiting_memory));
        Census::with(limits.connections, limits.connections_per_address, memory, None)
    }

    /// The counts of an endpoint of this server, which has these limits.
    pub(crate) fn part(self: &Arc<Census>, limits: &EndpointLimits) -> Arc<Census> {
        let EndpointLimits { connections, connections_per_address, .. } = *limits;
        let memory = Arc::clone(&self.memory);
        Census::with(connections, connections_per_address, memory, Some(Arc::clone(self)))
    }

    fn with(
        most: usize,
        most_per_address: usize,
        memory: Arc<WaitingMemory>,
        whole: Option<Arc<Census>>,
    ) -> Arc<Census> {
        Arc::new(Census {
            most,
            most_per_address,
            guests: AtomicUsize::new(0),
            addresses: Mutex::default(),
            whole,
            turned_away: AtomicUsize::new(0),
            visited: AtomicBool::new(false),
            memory,
        })
    }

    fn whole(&self) -> &Census {
        self.whole.as_deref().unwrap_or(self)
    }

    /// Whether anybody has come, turned away or not.
    pub(crate) fn was_visited(&self) -> bool {
        self.whole().visited.load(Ordering::Relaxed)
    }

    /// What connections hold while they wait.
    pub(crate) fn memory(&self) -> &WaitingMemory {
        &self.memory
    }

    fn addresses(&self) -> MutexGuard<'_, HashMap<Client, usize>> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A seat for a connection that has arrived, and why it is to be turned away, if it is.
    /// `None`: it is to be closed without a word.
    pub(crate) fn seat(self: &Arc<Census>, client: &Peer) -> Option<(Seat, Option<ProtocolError>)> {
        let whole = self.whole();
        whole.visited.store(true, Ordering::Relaxed);
        let client = Client::of(client);
        let (standing, refusal) = match self.admit(client) {
            Ok(()) => (Standing::Guest(client), None),
            Err(_) if !below(&whole.turned_away, TOLD) => return None,
            Err(error) => (Standing::TurnedAway, Some(error)),
        };
        Some((Seat { census: Arc::clone(self), standing }, refusal))
    }

    /// The same for a connection whose client is not known yet: no address counts.
    pub(crate) fn seat_unnamed(self: &Arc<Census>) -> Option<(Seat, Option<ProtocolError>)> {
        self.seat(&Peer::unix(""))
    }

    /// Counts a client here and in the whole's.
    fn admit(&self, client: Client) -> Result<(), ProtocolError> {
        self.count(client)?;
        match &self.whole {
            Some(whole) => whole.count(client).inspect_err(|_| self.uncount(client)),
            None => Ok(()),
        }
    }

    fn count(&self, client: Client) -> Result<(), ProtocolError> {
        if !below(&self.guests, self.most) {
            return Err(ProtocolError::TooManyConnections { limit: self.most });
        }
        self.count_address(client).inspect_err(|_| {
            self.guests.fetch_sub(1, Ordering::Relaxed);
        })
    }

    fn count_address(&self, client: Client) -> Result<(), ProtocolError> {
        if !self.counts_address_of(client) {
            return Ok(());
        }
        let mut addresses = self.addresses();
        let count = addresses.entry(client).or_default();
        if *count >= self.most_per_address {
            let limit = self.most_per_address;
            return Err(ProtocolError::TooManyFromAddress { limit });
        }
        *count += 1;
        Ok(())
    }

    fn uncount(&self, client: Client) {
        self.uncount_address(client);
        self.guests.fetch_sub(1, Ordering::Relaxed);
    }

    fn uncount_address(&self, client: Client) {
        if self.counts_address_of(client) {
            let mut addresses = self.addresses();
            if let Some(count) = addresses.get_mut(&client) {
                *count -= 1;
                if *count == 0 {
                    addresses.remove(&client);
                }
            }
        }
    }

    fn counts_address_of(&self, client: Client) -> bool {
        // Who may use a Unix socket is for the file system to say.
        self.most_per_address != usize::MAX && !client.is_local()
    }
}

impl Seat {
    /// Where what the connection holds is counted.
    pub(crate) fn memory(&self) -> &WaitingMemory {
        &self.census.memory
    }

    /// Gives the seat to the client that a proxy has named, so that its address counts.
    ///
    /// # Errors
    ///
    /// If there are too many from there. Then the seat stays as it was.
    pub(crate) fn move_to(&mut self, client: &Peer) -> Result<(), ProtocolError> {
        let Standing::Guest(before) = &mut self.standing else { return Ok(()) };
        let (census, client) = (&*self.census, Client::of(client));
        census.count_address(client)?;
        if let Some(whole) = &census.whole {
            whole.count_address(client).inspect_err(|_| census.uncount_address(client))?;
            whole.uncount_address(*before);
        }
        census.uncount_address(std::mem::replace(before, client));
        Ok(())
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
        match self.standing {
            Standing::TurnedAway => {
                census.whole().turned_away.fetch_sub(1, Ordering::Relaxed);
            }
            Standing::Guest(client) => {
                census.uncount(client);
                if let Some(whole) = &census.whole {
                    whole.uncount(client);
                }
            }
        }
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
    fn an_endpoint_has_limits_of_its_own_within_those_of_the_server() {
        let whole = census(3, 2);
        let part = whole.part(&EndpointLimits::default().connections(2).connections_per_address(1));
        let refusal = |census: &Arc<Census>, client| census.seat(&from(client)).unwrap().1;
        let first = part.seat(&from("192.0.2.1")).unwrap();
        let of_address = |limit| Some(ProtocolError::TooManyFromAddress { limit });
        assert_eq!(refusal(&part, "192.0.2.1"), of_address(1));
        let beside = whole.seat(&from("192.0.2.1")).unwrap();
        assert_eq!((&first.1, &beside.1), (&None, &None));
        // Refused by the whole's count, it leaves no trace in the part's.
        assert_eq!(refusal(&whole, "192.0.2.1"), of_address(2));
        let second = part.seat(&from("192.0.2.2")).unwrap();
        let of_all = |limit| Some(ProtocolError::TooManyConnections { limit });
        assert_eq!(refusal(&part, "192.0.2.3"), of_all(2));
        assert_eq!(refusal(&whole, "192.0.2.3"), of_all(3));
        drop(beside);
        assert!(whole.seat(&from("192.0.2.3")).unwrap().1.is_none());
        drop((first, second));
        for census in [&part, &whole] {
            assert!(census.addresses().is_empty());
            assert_eq!(census.guests.load(Ordering::Relaxed), 0);
        }
        assert!(part.was_visited() && whole.was_visited());

        // Full for this address as a whole, though not here.
        let _beside = [(); 2].map(|()| whole.seat(&from("192.0.2.4")));
        assert_eq!(refusal(&part, "192.0.2.4"), of_address(2));
        assert_eq!(part.guests.load(Ordering::Relaxed), 0);
        assert!(part.addresses().is_empty());
    }

    #[test]
    fn a_seat_moves_to_the_client_that_a_proxy_names() {
        let whole = census(4, 2);
        let part = whole.part(&EndpointLimits::default().connections_per_address(1));
        let mut seats = [(); 3].map(|()| part.seat_unnamed().unwrap().0);
        assert!(part.addresses().is_empty() && whole.addresses().is_empty());
        let (first, second) = (from("192.0.2.1"), from("192.0.2.2"));
        assert_eq!(seats[0].move_to(&first), Ok(()));
        let full = Err(ProtocolError::TooManyFromAddress { limit: 1 });
        assert_eq!(seats[1].move_to(&first), full);
        assert_eq!(seats[1].move_to(&second), Ok(()));
        assert_eq!(seats[1].move_to(&from("192.0.2.3")), Ok(()));
        assert_eq!(seats[2].move_to(&second), Ok(()));
        let beside = whole.seat(&from("192.0.2.4")).unwrap();
        assert!(beside.1.is_none());
        assert_eq!(part.guests.load(Ordering::Relaxed), 3);
        let (_, refusal) = whole.seat(&from("192.0.2.5")).unwrap();
        assert_eq!(refusal, Some(ProtocolError::TooManyConnections { limit: 4 }));
        drop((beside, seats));
        for census in [&part, &whole] {
            assert!(census.addresses().is_empty());
            assert_eq!(census.guests.load(Ordering::Relaxed), 0);
        }
        // Full for this address as a whole, though not here.
        let _others = [(); 2].map(|()| whole.seat(&first));
        let (mut seat, _) = part.seat_unnamed().unwrap();
        assert_eq!(seat.move_to(&first), Err(ProtocolError::TooManyFromAddress { limit: 2 }));
        assert!(part.addresses().is_empty());
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
