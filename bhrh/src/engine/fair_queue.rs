//! A queue in which clients take turns: however many entries one of them has, the others wait for
//! one entry of its at a time.

use std::collections::{BTreeMap, HashMap};

use super::client::Client;

/// Connections that wait, by client. Nothing takes longer than the logarithm of how many wait, so
/// that thousands of them can leave at once.
#[derive(Debug, Default)]
pub(crate) struct FairQueue {
    /// Numbers that entries and turns have drawn so far. The lower one is first.
    drawn: u64,
    /// Clients with entries, by turn.
    turns: BTreeMap<u64, Client>,
    clients: HashMap<Client, Entries>,
    /// The numbers of the entries.
    numbers: HashMap<usize, u64>,
}

/// What waits for one client.
#[derive(Debug)]
struct Entries {
    turn: u64,
    keys: BTreeMap<u64, usize>,
}

impl FairQueue {
    pub(crate) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.numbers.len()
    }

    fn draw(&mut self) -> u64 {
        self.drawn += 1;
        self.drawn
    }

    /// Adds an entry, which is not in the queue yet, behind the client's others.
    pub(crate) fn push(&mut self, client: Client, key: usize) {
        let number = self.draw();
        self.numbers.insert(key, number);
        let entries = self.clients.entry(client).or_insert_with(|| {
            self.turns.insert(number, client);
            Entries { turn: number, keys: BTreeMap::new() }
        });
        entries.keys.insert(number, key);
    }

    /// Takes the first entry of the client whose turn it is.
    pub(crate) fn pop(&mut self) -> Option<usize> {
        let (_, client) = self.turns.pop_first()?;
        let turn = self.draw();
        let entries = self.clients.get_mut(&client)?;
        let (_, key) = entries.keys.pop_first()?;
        self.numbers.remove(&key);
        if entries.keys.is_empty() {
            self.clients.remove(&client);
        } else {
            entries.turn = turn;
            self.turns.insert(turn, client);
        }
        Some(key)
    }

    /// Takes out an entry wherever it stands.
    pub(crate) fn remove(&mut self, client: Client, key: usize) {
        let Some(entries) = self.clients.get_mut(&client) else { return };
        let Some(number) = self.numbers.remove(&key) else { return };
        entries.keys.remove(&number);
        if entries.keys.is_empty() {
            self.turns.remove(&entries.turn);
            self.clients.remove(&client);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    fn client(number: u8) -> Client {
        Client::of(&SocketAddr::from(([192, 0, 2, number], 1)).into())
    }

    #[test]
    fn clients_take_turns() {
        let mut queue = FairQueue::default();
        for key in 0..4 {
            queue.push(client(1), key);
        }
        queue.push(client(2), 10);
        queue.push(client(3), 20);
        queue.push(client(2), 11);
        let order: Vec<usize> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, [0, 10, 20, 1, 11, 2, 3]);
        assert!(queue.is_empty());
    }

    #[test]
    fn an_entry_can_leave_wherever_it_stands() {
        let mut queue = FairQueue::default();
        for (number, key) in [(1, 0), (1, 1), (1, 2), (2, 3)] {
            queue.push(client(number), key);
        }
        queue.remove(client(1), 1);
        queue.remove(client(2), 3);
        queue.remove(client(2), 3);
        queue.remove(client(9), 0);
        assert_eq!(queue.len(), 2);
        queue.push(client(2), 4);
        let order: Vec<usize> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, [0, 4, 2]);
    }
    /// Half of them leave from behind, the others in order: neither is a walk through all.
    #[test]
    fn a_hundred_thousand_entries_can_leave_one_by_one() {
        let mut queue = FairQueue::default();
        for key in 0..100_000 {
            queue.push(client((key % 2) as u8), key);
        }
        for key in (50_000..100_000).rev() {
            queue.remove(client((key % 2) as u8), key);
        }
        assert_eq!(queue.len(), 50_000);
        let order: Vec<usize> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, Vec::from_iter(0..50_000));
        assert!(queue.turns.is_empty() && queue.clients.is_empty() && queue.numbers.is_empty());
    }
}
