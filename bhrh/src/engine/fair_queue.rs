//! A queue in which clients take turns: however many entries one of them has, the others wait for
//! one entry of its at a time.

use std::collections::{HashMap, VecDeque};

use super::client::Client;

/// Connections that wait, by client.
#[derive(Debug, Default)]
pub(crate) struct FairQueue {
    /// Clients with entries, in the order of their turns.
    turns: VecDeque<Client>,
    entries: HashMap<Client, VecDeque<usize>>,
    count: usize,
}

impl FairQueue {
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Adds an entry behind the client's others.
    pub(crate) fn push(&mut self, client: Client, key: usize) {
        let entries = self.entries.entry(client).or_default();
        if entries.is_empty() {
            self.turns.push_back(client);
        }
        entries.push_back(key);
        self.count += 1;
    }

    /// Takes the first entry of the client whose turn it is.
    pub(crate) fn pop(&mut self) -> Option<usize> {
        let client = self.turns.pop_front()?;
        let entries = self.entries.get_mut(&client)?;
        let key = entries.pop_front()?;
        self.count -= 1;
        match entries.is_empty() {
            true => drop(self.entries.remove(&client)),
            false => self.turns.push_back(client),
        }
        Some(key)
    }

    /// Takes out an entry wherever it stands.
    pub(crate) fn remove(&mut self, client: Client, key: usize) {
        let Some(entries) = self.entries.get_mut(&client) else { return };
        let before = entries.len();
        entries.retain(|entry| *entry != key);
        self.count -= before - entries.len();
        if entries.is_empty() {
            self.entries.remove(&client);
            self.turns.retain(|other| *other != client);
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
}
