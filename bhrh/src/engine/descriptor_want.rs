//! A want of file descriptors, which concerns all loops: each closes some of the connections that
//! wait, of the clients that have the most of them in all loops together.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::client::Client;
use super::even_share::even_share;

/// Which part of the connections that wait is closed at once: looking for them has to be worth it.
const PART: usize = 16;

/// What loops tell one another of the want.
#[derive(Debug)]
pub(crate) struct DescriptorWant {
    calls: AtomicUsize,
    closed: AtomicUsize,
    /// How many connections of each client wait in each loop, as of its last look.
    counts: Mutex<Vec<HashMap<Client, usize>>>,
}

/// What one loop is to close.
#[derive(Debug)]
pub(crate) struct Order {
    /// How many connections at most.
    pub(crate) count: usize,
    /// How many each client may keep.
    share: usize,
    totals: HashMap<Client, usize>,
}

impl DescriptorWant {
    pub(crate) fn new(loops: usize) -> DescriptorWant {
        DescriptorWant {
            calls: AtomicUsize::new(0),
            closed: AtomicUsize::new(0),
            counts: Mutex::new(vec![HashMap::new(); loops]),
        }
    }

    /// How often descriptors were wanted.
    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }

    /// Asks the other loops. Says how often that has been done.
    pub(crate) fn call(&self) -> usize {
        self.calls.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Counts connections that were closed.
    pub(crate) fn note_closed(&self, count: usize) {
        self.closed.fetch_add(count, Ordering::Relaxed);
    }

    /// How many were closed since this was last asked.
    pub(crate) fn take_closed(&self) -> usize {
        self.closed.swap(0, Ordering::Relaxed)
    }

    /// What a loop is to close. `own`: how many connections of each client wait in it.
    pub(crate) fn order(&self, index: usize, own: HashMap<Client, usize>) -> Order {
        let own_count: usize = own.values().sum();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts[index] = own;
        let mut totals: HashMap<Client, usize> = HashMap::new();
        for (client, count) in counts.iter().flatten() {
            *totals.entry(*client).or_default() += count;
        }
        drop(counts);
        let all: usize = totals.values().sum();
        let needed = all.div_ceil(PART);
        let share = even_share(totals.values().copied().collect(), all - needed).unwrap_or(all);
        // A loop closes its part.
        let count = (needed * own_count).div_ceil(all.max(1));
        Order { count, share, totals }
    }
}

impl Order {
    /// The rank of one of a client's connections among those in all loops. It is the one at `place`
    /// of `count` in this loop, from the one that is kept for the longest on. `None`: it is kept.
    pub(crate) fn rank(&self, client: Client, place: usize, count: usize) -> Option<usize> {
        let total = self.totals.get(&client).copied().unwrap_or(count);
        let rank = place * total / count;
        (rank >= self.share).then_some(rank)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    fn client(number: u8) -> Client {
        Client::of(&SocketAddr::from(([192, 0, 2, number], 1)).into())
    }

    fn waiting(clients: &[(u8, usize)]) -> HashMap<Client, usize> {
        clients.iter().map(|(number, count)| (client(*number), *count)).collect()
    }

    #[test]
    fn a_client_with_little_keeps_it_wherever_the_others_are() {
        let want = DescriptorWant::new(2);
        let order = want.order(0, waiting(&[(1, 60)]));
        assert_eq!((order.count, order.share), (4, 56));
        assert_eq!(order.rank(client(1), 59, 60), Some(59));
        assert_eq!(order.rank(client(1), 55, 60), None);
        let order = want.order(1, waiting(&[(2, 4)]));
        assert_eq!(order.rank(client(2), 3, 4), None);
    }

    #[test]
    fn loops_share_what_is_to_be_closed() {
        let want = DescriptorWant::new(2);
        want.order(0, waiting(&[(1, 80)]));
        let order = want.order(1, waiting(&[(1, 80)]));
        // 10 of 160, half of them here.
        assert_eq!((order.count, order.share), (5, 150));
        assert_eq!(order.rank(client(1), 74, 80), None);
        assert_eq!(order.rank(client(1), 75, 80), Some(150));
    }

    #[test]
    fn where_all_have_as_many_anyone_may_be_the_one() {
        let want = DescriptorWant::new(1);
        let order = want.order(0, waiting(&[(1, 1), (2, 1), (3, 1)]));
        assert_eq!(order.count, 1);
        assert_eq!(order.rank(client(2), 0, 1), Some(0));
        assert_eq!(want.order(0, HashMap::new()).count, 0);
    }
}
