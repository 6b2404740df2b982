//! Connections that are closed because there are no descriptors for new ones.
//!
//! The client with the most connections that wait loses the first, until all have equally many. Of
//! its own, it loses idle ones before those with a request under way, and of each the one that has
//! waited for the longest.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::io;
use std::time::Duration;

use super::state::{Entry, Loop};
use crate::engine::client::Client;
use crate::engine::connection::{Connection, Phase};
use crate::engine::descriptor_want::Order;
use crate::engine::shared::Shared;
use crate::engine::timers::Tick;
use crate::net::descriptors;
use crate::settings::Timeouts;
use crate::turn::Closing;

/// When to accept again after there was nothing to be closed.
const REST: Duration = Duration::from_millis(100);

/// How long the log is silent about the want.
const COMPLAINTS: Duration = Duration::from_secs(10);

/// A connection that could be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Waiting {
    key: usize,
    is_under_way: bool,
    since: Tick,
}

impl Loop {
    /// Makes room for new connections after accepting has failed for want of descriptors. Says when
    /// to accept again.
    #[cold]
    pub(super) fn make_room(&mut self, shared: &Shared, error: &io::Error) -> Tick {
        let now = self.timers.now();
        let closed = self.evict(shared);
        // The other loops have connections that wait, too.
        self.wants_heard = shared.descriptor_want.call();
        let others = shared.shards.iter().enumerate().filter(|(at, _)| *at != self.index);
        others.for_each(|(_, shard)| shard.inbox.wake());
        if self.want_again <= now {
            self.want_again = now.after(COMPLAINTS);
            let count = shared.descriptor_want.take_closed();
            self.complaints.push(complaint(error, count, shared.settings.limits.connections));
        }
        if closed > 0 { now } else { now.after(REST) }
    }

    /// Closes connections that wait, if another loop wants descriptors.
    pub(super) fn evict_for_others(&mut self, shared: &Shared) {
        let calls = shared.descriptor_want.calls();
        if calls != self.wants_heard {
            self.wants_heard = calls;
            self.evict(shared);
        }
    }

    /// Closes some of the connections that wait. Says how many.
    #[cold]
    fn evict(&mut self, shared: &Shared) -> usize {
        let by_client = self.waiting_by_client(&shared.settings.timeouts);
        let counts = by_client.iter().map(|(client, own)| (*client, own.len())).collect();
        let leaving = choose(by_client, &shared.descriptor_want.order(self.index, counts));
        for Waiting { key, .. } in &leaving {
            if let Some(connection) = self.take(*key) {
                if connection.is_resident() {
                    self.have_it_go(*key, connection);
                    continue;
                }
                let how = match connection.phase {
                    // What is sent of the answer is not all of it.
                    Phase::Write(..) => Closing::Cut,
                    _ => Closing::Clean,
                };
                self.close(shared, *key, connection, how);
            }
        }
        shared.descriptor_want.note_closed(leaving.len());
        leaving.len()
    }

    fn waiting_by_client(&self, timeouts: &Timeouts) -> HashMap<Client, Vec<Waiting>> {
        let mut by_client: HashMap<Client, Vec<Waiting>> = HashMap::new();
        for (key, entry) in self.entries.iter().enumerate() {
            let Entry::Here(connection) = entry else { continue };
            let Some((is_under_way, since)) = waits(connection, timeouts) else { continue };
            let own = by_client.entry(Client::of(&connection.client_address)).or_default();
            own.push(Waiting { key, is_under_way, since });
        }
        by_client
    }
}

/// Whether a connection waits for its client, and since when. One that has something to do waits
/// for nobody. `true`: a request is under way.
fn waits(connection: &Connection, timeouts: &Timeouts) -> Option<(bool, Tick)> {
    if connection.queued {
        return None;
    }
    match connection.phase {
        Phase::ProxyHeader(_) | Phase::Handshake(_) => {
            Some((false, connection.deadline.before(timeouts.handshake)))
        }
        Phase::Idle => Some((false, connection.deadline.before(timeouts.keep_alive))),
        Phase::Linger(progress) => Some((false, progress.began)),
        Phase::Head => Some((true, connection.deadline.before(timeouts.head))),
        Phase::Body(progress) | Phase::Unread(progress) | Phase::Write(_, progress) => {
            Some((true, progress.began))
        }
        Phase::Resident(ref residence) => Some((true, residence.since)),
        Phase::Thread | Phase::InPlace | Phase::Ended(_) => None,
    }
}

/// Chooses those that leave.
fn choose(by_client: HashMap<Client, Vec<Waiting>>, order: &Order) -> Vec<Waiting> {
    let mut ranked = Vec::new();
    for (client, mut own) in by_client {
        // What is kept for the longest comes first.
        own.sort_unstable_by_key(|waiting| (!waiting.is_under_way, Reverse(waiting.since)));
        let count = own.len();
        ranked.extend((0..).zip(own).filter_map(|(place, waiting)| {
            order.rank(client, place, count).map(|rank| (Reverse(rank), waiting.since, waiting))
        }));
    }
    ranked.sort_unstable_by_key(|(rank, since, _)| (*rank, *since));
    ranked.truncate(order.count);
    ranked.into_iter().map(|(.., waiting)| waiting).collect()
}

fn complaint(error: &io::Error, closed: usize, connections: usize) -> String {
    let mut text = format!("cannot accept connections: {error}");
    if closed > 0 {
        text += &format!("; {closed} that waited for their clients were closed for new ones");
    }
    if let Some(shortfall) = descriptors::shortfall(connections) {
        text += &format!("; {shortfall}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::descriptor_want::DescriptorWant;
    use std::net::SocketAddr;

    /// Connections of a client that have been idle since these moments, in seconds.
    fn idle(number: u8, first_key: usize, moments: &[u64]) -> (Client, Vec<Waiting>) {
        let client = Client::of(&SocketAddr::from(([192, 0, 2, number], 1)).into());
        let since = |moment: &u64| Tick::BEGINNING.after(Duration::from_secs(*moment));
        let waiting = |(key, moment)| Waiting { key, is_under_way: false, since: since(moment) };
        (client, (first_key..).zip(moments).map(waiting).collect())
    }

    /// The keys of those that leave.
    fn leaving(clients: Vec<(Client, Vec<Waiting>)>) -> Vec<usize> {
        let counts = clients.iter().map(|(client, own)| (*client, own.len())).collect();
        let order = DescriptorWant::new(1).order(0, counts);
        let chosen = choose(clients.into_iter().collect(), &order);
        chosen.iter().map(|waiting| waiting.key).collect()
    }

    #[test]
    fn the_longest_idle_leaves_first() {
        assert_eq!(leaving(vec![idle(1, 0, &[5, 3, 4])]), [1]);
        assert_eq!(leaving(vec![idle(1, 0, &[9]), idle(2, 1, &[7]), idle(3, 2, &[8])]), [1]);
        let moments: Vec<u64> = (0..32).rev().collect();
        assert_eq!(leaving(vec![idle(1, 0, &moments)]), [31, 30]);
        assert!(leaving(vec![]).is_empty());
    }

    #[test]
    fn the_client_with_the_most_loses_the_first() {
        let many: Vec<u64> = (100..130).collect();
        assert_eq!(leaving(vec![idle(1, 0, &[1, 2]), idle(2, 10, &many)]), [10, 11]);
    }

    #[test]
    fn a_request_under_way_is_worth_more_than_an_idle_connection() {
        let (client, mut own) = idle(1, 0, &[1, 2]);
        own[0].is_under_way = true;
        assert_eq!(leaving(vec![(client, own)]), [1]);
    }
}
