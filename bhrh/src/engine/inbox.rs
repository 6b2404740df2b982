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
    letters: Mutex<Vec<Letter>>,
    waker: Waker,
}

impl Inbox {
    pub(crate) fn new(waker: Waker) -> Inbox {
        Inbox { letters: Mutex::new(Vec::new()), waker }
    }

    fn letters(&self) -> MutexGuard<'_, Vec<Letter>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a letter, and wakes the loop for the first one.
    pub(crate) fn post(&self, letter: Letter) {
        let first = {
            let mut letters = self.letters();
            letters.push(letter);
            letters.len() == 1
        };
        if first {
            self.wake();
        }
    }

    /// Wakes the loop.
    pub(crate) fn wake(&self) {
        // A pipe that is full has wakings enough in it; no other failure is known.
        let _: io::Result<()> = self.waker.wake();
    }

    /// Takes all letters.
    pub(crate) fn empty(&self, into: &mut Vec<Letter>) {
        into.append(&mut self.letters());
    }
}
