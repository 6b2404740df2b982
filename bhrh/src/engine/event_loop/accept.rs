//! Letting connections in: it outlives every error that accepting can have.

use std::io;

use super::{Loop, REST};
use crate::engine::connection::Connection;
use crate::engine::pool::Pool;

/// How many connections are accepted before others have their turn.
const ARRIVALS: usize = 64;

impl Loop {
    /// Accepts what has arrived, and keeps it or passes it on.
    pub(super) fn accept(&mut self, pool: &Pool, arrivals: [bool; 64]) {
        let again = self.accept_again.is_some_and(|at| at <= self.timers.now());
        if again {
            self.accept_again = None;
        }
        for index in 0..self.listeners.len() {
            if !(arrivals[index % 64] || again) || self.accept_again.is_some() {
                continue;
            }
            for count in 0.. {
                if count == ARRIVALS {
                    // The edge has been taken, so nothing else will bring us back here.
                    self.accept_again = Some(self.timers.now());
                    break;
                }
                match self.listeners[index].accept() {
                    Ok((stream, address)) => {
                        self.admit(Box::new(Connection::new(stream, address)));
                    }
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
}

/// Errors of the one connection that was to be accepted, not of accepting.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}
