//! A loop's letterbox: what other threads leave for it.

use std::io;

use super::readiness::Waker;
use crate::sync::{Mutex, MutexGuard, PoisonError};

/// A letterbox, and what wakes the loop for a letter.
#[derive(Debug)]
pub(crate) struct Inbox<L> {
    /// `None`: the loop has ended.
    letters: Mutex<Option<Vec<L>>>,
    waker: Waker,
}

impl<L> Inbox<L> {
    pub(crate) fn new(waker: Waker) -> Inbox<L> {
        Inbox { letters: Mutex::new(Some(Vec::new())), waker }
    }

    fn letters(&self) -> MutexGuard<'_, Option<Vec<L>>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a letter, and wakes the loop for the first one.
    ///
    /// # Errors
    ///
    /// The letter, if the loop has ended.
    pub(crate) fn post(&self, letter: L) -> Result<(), L> {
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
        // A pipe that is full holds enough wake-ups already; no other failure is known.
        let _: io::Result<()> = self.waker.wake();
    }

    /// Takes all letters.
    pub(crate) fn empty(&self, into: &mut Vec<L>) {
        if let Some(letters) = &mut *self.letters() {
            into.append(letters);
        }
    }

    /// Refuses letters from now on, unless there is one. Says whether it does.
    pub(crate) fn close(&self) -> bool {
        let mut letters = self.letters();
        if letters.as_ref().is_some_and(|letters| !letters.is_empty()) {
            return false;
        }
        *letters = None;
        true
    }
}
