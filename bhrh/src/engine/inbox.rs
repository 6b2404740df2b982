//! What others have for a loop: new connections, and those that it had given away.

use std::io;

use super::connection::Connection;
use super::readiness::Waker;
use super::service::Fate;
use super::sync::{Mutex, MutexGuard, PoisonError};

/// A letter to a loop.
#[derive(Debug)]
pub(crate) enum Letter {
    /// A connection that another loop has accepted.
    Arrival(Box<Connection>),
    /// A connection of this loop's that a thread of its own has served.
    Return { key: usize, connection: Box<Connection>, fate: Fate },
}

/// A loop's letterbox.
#[derive(Debug)]
pub(crate) struct Inbox {
    /// `None`: the loop has ended.
    letters: Mutex<Option<Vec<Letter>>>,
    waker: Waker,
}

impl Inbox {
    pub(crate) fn new(waker: Waker) -> Inbox {
        Inbox { letters: Mutex::new(Some(Vec::new())), waker }
    }

    fn letters(&self) -> MutexGuard<'_, Option<Vec<Letter>>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a letter, and wakes the loop for the first one. A loop that has ended takes none.
    pub(crate) fn post(&self, letter: Letter) -> Result<(), Letter> {
        let first = match &mut *self.letters() {
            Some(letters) => {
                letters.push(letter);
                letters.len() == 1
            }
            None => return Err(letter),
        };
        if first {
            self.wake();
        }
        Ok(())
    }

    /// Wakes the loop.
    pub(crate) fn wake(&self) {
        // A pipe that is full has wakings enough in it; no other failure is known.
        let _: io::Result<()> = self.waker.wake();
    }

    /// Takes all letters.
    pub(crate) fn empty(&self, into: &mut Vec<Letter>) {
        if let Some(letters) = &mut *self.letters() {
            into.append(letters);
        }
    }

    /// Takes no letter any more, if there is none. `false`: there is one.
    pub(crate) fn close(&self) -> bool {
        let mut letters = self.letters();
        if letters.as_ref().is_some_and(|letters| !letters.is_empty()) {
            return false;
        }
        *letters = None;
        true
    }
}
