//! Letting connections in: it outlives every error that accepting can have.

use std::io;
use std::time::Duration;

use super::state::Loop;
use crate::engine::connection::{Connection, Phase, WhyEnded};
use crate::engine::endpoint::Endpoint;
use crate::engine::shared::Shared;
use crate::engine::timers::Tick;
use crate::net::descriptors;
use crate::net::transports::AnyChannel;
use crate::peer::Peer;

/// How long accepting rests after an error that will not go away by itself.
pub(super) const REST: Duration = Duration::from_millis(250);

/// How many connections are accepted before those that are ready have their turn.
const ARRIVALS: usize = 64;

/// How many connections are accepted at the end at most: as many as may wait for it.
const LAST: usize = 4096;

impl Loop {
    /// Accepts what has arrived at each listener, and keeps it or passes it on.
    pub(super) fn accept(&mut self, shared: &Shared) {
        let now = self.timers.now();
        for index in 0..self.listeners.len() {
            if self.listeners[index].again.is_some_and(|at| at <= now) {
                self.listeners[index].again = self.accept_from(shared, index);
            }
        }
    }

    /// Accepts what has arrived at one listener. Says when to go on, if that is known.
    fn accept_from(&mut self, shared: &Shared, index: usize) -> Option<Tick> {
        for _ in 0..ARRIVALS {
            match self.listeners[index].listener.accept() {
                Ok((channel, client)) => self.receive(shared, index, channel, client),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
                Err(error) if is_the_clients(&error) => {}
                Err(error) if descriptors::are_wanting(&error) => {
                    return Some(self.make_room(shared, &error));
                }
                Err(error) => {
                    self.complaints.push(format!("cannot accept connections: {error}"));
                    return Some(self.timers.now().after(REST));
                }
            }
        }
        // The event has been taken, so nothing else brings the loop back here.
        Some(self.timers.now())
    }

    /// Accepts all that has arrived, before the listeners are closed.
    pub(super) fn accept_the_last(&mut self, shared: &Shared) {
        for index in 0..self.listeners.len() {
            for _ in 0..LAST {
                match self.listeners[index].listener.accept() {
                    Ok((channel, client)) => self.receive(shared, index, channel, client),
                    Err(error) if is_the_clients(&error) => {}
                    Err(_) => break,
                }
            }
        }
    }

    /// Takes a connection in, if only to turn it away.
    fn receive(&mut self, shared: &Shared, listener: usize, channel: AnyChannel, client: Peer) {
        let endpoint = self.listeners[listener].endpoint;
        let Endpoint { census, proxied, .. } = &shared.endpoints[usize::from(endpoint)];
        let seat = match proxied {
            None => census.seat(&client),
            Some(proxies) if proxies.has_peer(&client) => census.seat_unnamed(),
            Some(_) => return self.note_unrelayed(&client, &"it is no trusted proxy"),
        };
        let Some((seat, refusal)) = seat else {
            return self.note_turned_away("connections");
        };
        let requests = shared.settings.limits.requests_per_connection;
        let mut connection = Box::new(Connection::new(channel, client, endpoint, seat, requests));
        if proxied.is_some() {
            connection.phase = Phase::ProxyHeader(Vec::new());
            // Set once: no byte that comes changes it.
            connection.deadline = self.timers.now().after(shared.settings.timeouts.handshake);
        } else if connection.channel.rarely().shakes_hands() {
            return self.admit_to_handshake(shared, connection, refusal);
        }
        if let Some(error) = refusal {
            connection.phase = Phase::Ended(WhyEnded::Refused(Box::new(error)));
        }
        self.admit(connection);
    }

    /// Complains that not even a refusal could be sent, at most once in a while. `what`: what there
    /// are too many of.
    pub(super) fn note_turned_away(&mut self, what: &str) {
        if let Some(count) = self.turned_away.note(self.timers.now()) {
            self.complaints.push(format!("too many {what}: {count} closed without an answer"));
        }
    }
}

/// Errors of the one connection that was to be accepted, not of accepting.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}
