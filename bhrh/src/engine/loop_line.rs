//! The way to a connection whose protocol stays with its loop, for all threads that send.

use std::fmt;
use std::io::{self, IoSlice};
use std::sync::{Arc, Weak};

use super::inbox::Inbox;
use super::letter::Letter;
use crate::exchange::resident::Line;
use crate::net::channel::Channel;

/// A connection and its place in a loop.
pub(crate) struct LoopLine {
    pub(crate) channel: Arc<dyn Channel>,
    /// Its letters may hold the connection, which holds this.
    pub(crate) inbox: Weak<Inbox<Letter>>,
    pub(crate) key: usize,
}

impl Line for LoopLine {
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.channel.write(&[IoSlice::new(bytes)])
    }

    fn wake(&self) {
        if let Some(inbox) = self.inbox.upgrade() {
            // A loop that has ended cuts its connections.
            let _ = inbox.post(Letter::Nudge { key: self.key });
        }
    }
}

impl fmt::Debug for LoopLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoopLine").field("key", &self.key).finish_non_exhaustive()
    }
}
