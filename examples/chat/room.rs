//! Who is there, and what was said.

use bhrh::websocket::Sender;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many lines are kept for those who come later.
const HISTORY: usize = 50;

/// The longest name, in characters.
const LONGEST_NAME: usize = 24;

#[derive(Default)]
pub(crate) struct Room {
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    guests: BTreeMap<Guest, (String, Sender)>,
    next: u64,
    history: VecDeque<String>,
}

/// A guest's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Guest(u64);

/// A guest leaves when this is dropped.
pub(crate) struct Guard<'r>(&'r Room, Guest);

impl Room {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a guest in, who sees what was said before.
    pub(crate) fn enter(&self, name: &str, sender: Sender) -> Guest {
        let name: String =
            name.trim().chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
        let name = if name.is_empty() { "somebody".to_owned() } else { name };
        let mut inside = self.inside();
        inside.next += 1;
        let guest = Guest(inside.next);
        for line in &inside.history {
            // Who has gone again already is removed by the next line.
            let _ = sender.send(line);
        }
        inside.guests.insert(guest, (name.clone(), sender));
        inside.tell("came", &name, "");
        guest
    }

    pub(crate) fn guard(&self, guest: Guest) -> Guard<'_> {
        Guard(self, guest)
    }

    /// Says something to everybody.
    pub(crate) fn say(&self, guest: Guest, line: &str) {
        let mut inside = self.inside();
        if let Some(name) = inside.guests.get(&guest).map(|(name, _)| name.clone()) {
            inside.tell("said", &name, line);
        }
    }
}

impl Inside {
    /// Sends everybody what has happened: what, who and a text, a line each.
    fn tell(&mut self, what: &str, name: &str, text: &str) {
        let message = format!("{what}\n{name}\n{text}");
        self.guests.retain(|_, (_, sender)| sender.send(&message).is_ok());
        if what == "said" {
            self.history.push_back(message);
            if self.history.len() > HISTORY {
                self.history.pop_front();
            }
        }
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        let mut inside = self.0.inside();
        if let Some((name, _)) = inside.guests.remove(&self.1) {
            inside.tell("left", &name, "");
        }
    }
}
