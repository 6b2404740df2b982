//! Letting connections in: it outlives every error that accepting can have.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use super::state::Loop;
use crate::engine::connection::{Connection, Phase};
use crate::engine::shared::Shared;
use crate::net::transports::AnyChannel;
use crate::peer::canonical;

/// How long accepting rests after an error that will not go away by itself.
pub(super) const REST: Duration = Duration::from_millis(250);

/// How many connections are accepted before those that are ready have their turn.
const ARRIVALS: usize = 64;

/// How long the log is silent about connections that were closed without a word.
const COMPLAINTS: Duration = Duration::from_secs(1);

/// A bit set of listeners that have connections. With more than 64, listeners share bits, which only
/// costs a call of `accept` that finds nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Arrivals(u64);

impl Arrivals {
    pub(super) fn note(&mut self, listener: usize) {
        self.0 |= 1 << (listener % 64);
    }

    pub(super) fn any(self) -> bool {
        self.0 != 0
    }

    fn has(self, listener: usize) -> bool {
        self.0 & 1 << (listener % 64) != 0
    }
}

impl Loop {
    /// Accepts what has arrived, and keeps it or passes it on.
    pub(super) fn accept(&mut self, shared: &Shared, arrivals: Arrivals) {
        let again = self.accept_again.is_some_and(|at| at <= self.timers.now());
        if again {
            self.accept_again = None;
        }
        for index in 0..self.listeners.len() {
            if !(arrivals.has(index) || again) || self.accept_again.is_some() {
                continue;
            }
            for count in 0.. {
                if count == ARRIVALS {
                    // The edge has been taken, so nothing else will bring us back here.
                    self.accept_again = Some(self.timers.now());
                    break;
                }
                match self.listeners[index].accept() {
                    Ok((channel, address)) => self.receive(shared, channel, address),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    Err(error) if is_the_clients(&error) => {}
                    Err(error) => {
                        let shard = &shared.shards[self.index];
                        shared.complain(shard, format_args!("cannot accept connections: {error}"));
                        self.accept_again = Some(self.timers.now().after(REST));
                        break;
                    }
                }
            }
        }
    }

    /// Takes a connection in, if only to turn it away.
    fn receive(&mut self, shared: &Shared, channel: AnyChannel, address: SocketAddr) {
        let address = canonical(address);
        let Some((seat, refusal)) = shared.census.seat(address) else {
            return self.note_turned_away(shared);
        };
        let requests = shared.settings.limits.requests_per_connection;
        let mut connection = Box::new(Connection::new(channel, address, seat, requests));
        if let Some(error) = refusal {
            connection.phase = Phase::Refused(Box::new(error));
        }
        self.admit(connection);
    }

    /// Complains that not even a refusal could be sent, at most once in a while.
    fn note_turned_away(&mut self, shared: &Shared) {
        self.turned_away += 1;
        let now = self.timers.now();
        if self.complain_again > now {
            return;
        }
        self.complain_again = now.after(COMPLAINTS);
        let count = std::mem::take(&mut self.turned_away);
        let shard = &shared.shards[self.index];
        shared.complain(
            shard,
            format_args!("too many connections: {count} closed without an answer"),
        );
    }
}

/// Errors of the one connection that was to be accepted, not of accepting.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}
