//! What is let go of when waiting connections hold too much memory.

use std::cmp::Reverse;
use std::time::Duration;

use super::state::{Entry, Loop};
use crate::engine::client::Client;
use crate::engine::connection::{Connection, Phase, WhyEnded};
use crate::engine::shared::Shared;
use crate::protocol_error::ProtocolError;
use crate::turn::Closing;

/// When to look again after there was nothing more to let go of.
const AGAIN: Duration = Duration::from_millis(50);

impl Loop {
    /// Lets go of connections whose clients hold more than their share, if all together hold too
    /// much: first of those with the largest part of a request or of a response, and of whole
    /// requests last.
    #[cold]
    pub(super) fn shed_memory(&mut self, shared: &Shared) {
        self.must_shed = false;
        let now = self.timers.now();
        let memory = shared.census.memory();
        let Some(share) = memory.share().filter(|_| self.shed_again <= now) else { return };
        let mut candidates: Vec<_> = self.entries.iter().enumerate().filter_map(holder).collect();
        candidates.sort_unstable();
        for (_, _, key) in candidates {
            let Some(Entry::Here(connection)) = self.entries.get_mut(key) else { continue };
            let client = Client::of(&connection.client_address);
            if memory.release_beyond(share, client, connection.held) {
                connection.held = 0;
                self.let_go(shared, key);
            }
        }
        if memory.is_exceeded() {
            // What is being served is not this loop's to close, so looking again at once is in
            // vain.
            self.shed_again = now.after(AGAIN);
            let others = shared.shards.iter().enumerate().filter(|(at, _)| *at != self.index);
            others.for_each(|(_, shard)| shard.inbox.wake());
        }
    }

    /// Frees what a connection holds. Its client is told, if it waits for an answer.
    fn let_go(&mut self, shared: &Shared, key: usize) {
        let Some(mut connection) = self.take(key) else { return };
        connection.resume.forget();
        let why = match connection.phase {
            Phase::Thread => {
                self.waiting.remove(Client::of(&connection.client_address), key);
                WhyEnded::Refused(Box::new(ProtocolError::NoMemory))
            }
            Phase::Head | Phase::Body(_) => WhyEnded::Refused(Box::new(ProtocolError::NoMemory)),
            Phase::Write(..) => WhyEnded::NotKept,
            Phase::Resident(_) => return self.have_it_go(key, connection),
            _ => return self.close(shared, key, connection, Closing::Clean),
        };
        connection.phase = Phase::Ended(why);
        self.put_and_queue(key, connection);
    }
}

/// A connection that holds something: in which order it is let go of.
fn holder((key, entry): (usize, &Entry)) -> Option<(bool, Reverse<u32>, usize)> {
    let Entry::Here(connection) = entry else { return None };
    let Connection { phase, held, .. } = &**connection;
    let is_whole = match phase {
        Phase::Head | Phase::Body(_) | Phase::Unread(_) | Phase::Write(..) | Phase::Resident(_) => {
            false
        }
        Phase::Thread => true,
        // These are about to let go of it, or hold next to nothing.
        Phase::ProxyHeader(_)
        | Phase::Handshake(_)
        | Phase::Idle
        | Phase::InPlace
        | Phase::Ended(_)
        | Phase::Linger(_) => return None,
    };
    (*held > 0).then_some((is_whole, Reverse(*held), key))
}
