//! Who is there, and what was said.

use bhrh::websocket::Sender;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many lines are kept for those who come later.
const HISTORY: usize = 50;

/// The longest name, in characters.
const LONGEST_NAME: usize = 24;

/// Sending never waits, so the lock is held while everybody is sent a line: then all guests see the
/// same order.
#[derive(Default)]
pub(crate) struct Room {
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    guests: BTreeMap<Number, (String, Sender)>,
    next: u64,
    history: VecDeque<String>,
}

/// A guest's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Number(u64);

impl Room {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a guest in, who sees what was said before.
    pub(crate) fn enter(&self, name: &str, sender: Sender) -> Number {
        let name: String =
            name.trim().chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
        let name = if name.is_empty() { "somebody".to_owned() } else { name };
        let mut inside = self.inside();
        inside.next += 1;
        let number = Number(inside.next);
        for line in &inside.history {
            // A guest who has gone already leaves soon.
            let _ = sender.send(line);
        }
        inside.guests.insert(number, (name.clone(), sender));
        inside.tell("came", &name, "");
        number
    }

    /// Says something to everybody.
    pub(crate) fn say(&self, number: Number, line: &str) {
        let mut inside = self.inside();
        if let Some(name) = inside.guests.get(&number).map(|(name, _)| name.clone()) {
            inside.tell("said", &name, line);
        }
    }

    pub(crate) fn leave(&self, number: Number) {
        let mut inside = self.inside();
        if let Some((name, _)) = inside.guests.remove(&number) {
            inside.tell("left", &name, "");
        }
    }
}

impl Inside {
    /// Sends everybody what has happened: what, who and a text, a line each.
    fn tell(&mut self, what: &str, name: &str, text: &str) {
        let message = format!("{what}\n{name}\n{text}");
        for (_, sender) in self.guests.values() {
            // A guest who has gone leaves soon.
            let _ = sender.send(&message);
        }
        if what == "said" {
            self.history.push_back(message);
            if self.history.len() > HISTORY {
                self.history.pop_front();
            }
        }
    }
}
