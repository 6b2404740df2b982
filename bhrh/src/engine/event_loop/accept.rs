//! Letting connections in: it outlives every error that accepting can have.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use super::{Loop, REST};
use crate::engine::connection::Connection;
use crate::engine::pool::Pool;
use crate::net::readiness::Stream;
use crate::peer::canonical;

/// How many connections are accepted before others have their turn.
const ARRIVALS: usize = 64;

/// How long it is silent about those that it closes without a word.
const COMPLAINTS: Duration = Duration::from_secs(1);

/// Which listeners have connections. Beyond so many, one of them stands for several.
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
    pub(super) fn accept(&mut self, pool: &Pool, arrivals: Arrivals) {
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
                    Ok((stream, address)) => self.receive(pool, stream, address),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                    Err(error) if is_the_clients(&error) => {}
                    Err(error) => {
                        let shard = self.shard(pool);
                        pool.complain(shard, format_args!("cannot accept connections: {error}"));
                        self.accept_again = Some(self.timers.now().after(REST));
                        break;
                    }
                }
            }
        }
    }

    /// Takes a connection in, if only to turn it away.
    fn receive(&mut self, pool: &Pool, stream: Stream, address: SocketAddr) {
        let address = canonical(address);
        let Some((seat, refusal)) = pool.census.seat(address) else {
            return self.note_turned_away(pool);
        };
        let requests = pool.settings().limits.requests_per_connection;
        let mut connection = Box::new(Connection::new(stream, address, seat, requests));
        connection.refusal = refusal;
        self.admit(connection);
    }

    /// Complains that not even a refusal could be sent, at most once in a while.
    fn note_turned_away(&mut self, pool: &Pool) {
        self.turned_away += 1;
        let now = self.timers.now();
        if self.complain_again > now {
            return;
        }
        self.complain_again = now.after(COMPLAINTS);
        let count = std::mem::take(&mut self.turned_away);
        let shard = self.shard(pool);
        pool.complain(
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
