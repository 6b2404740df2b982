//! Connections that begin with a handshake. A step of one costs as much as many requests, so steps
//! wait in a line of their own: requests that are ready come first, and then a few steps.
//!
//! A step never waits, and runs while the loop is lent: if one takes long (a large RSA key), the
//! monitor gives the loop to another thread. From the first byte to the last a handshake has one
//! deadline, which no progress moves.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::closing::GRACE;
use super::state::Loop;
use crate::engine::connection::{Connection, Phase, Shaking, WhyEnded};
use crate::engine::handshakes::OneHandshake;
use crate::engine::next_step::NextStep;
use crate::engine::shared::Shared;
use crate::net::channel::Handshake;
use crate::protocol_error::ProtocolError;
use crate::turn::Closing;

/// How many steps are taken before requests have their turn again, if they are quick.
const STEPS: usize = 4;

/// After how long they have it in any case: one step that signs is enough.
const TIME: Duration = Duration::from_micros(100);

impl Loop {
    /// Takes in a connection that begins with a handshake. `refusal`: what it is told afterwards.
    pub(super) fn admit_to_handshake(
        &mut self,
        shared: &Shared,
        mut connection: Box<Connection>,
        refusal: Option<ProtocolError>,
    ) {
        let Some(handshake) = begin(shared, &connection) else {
            return self.note_turned_away("handshakes");
        };
        let refusal = refusal.map(Box::new);
        let shaking = Shaking { _counted: handshake, refusal, watches_room: false };
        connection.phase = Phase::Handshake(Box::new(shaking));
        if self.shaking.len() >= STEPS {
            // One loop accepts for all, but need not shake all hands.
            match self.pass_on(shared, connection) {
                Some(kept) => connection = kept,
                None => return,
            }
        }
        self.begin_handshake(shared, connection);
    }

    /// Begins a handshake here. Its clock is this loop's.
    pub(super) fn begin_handshake(&mut self, shared: &Shared, mut connection: Box<Connection>) {
        let now = self.timers.now();
        let time = shared.settings.timeouts.handshake;
        connection.deadline = now.after(if self.ending { time.min(GRACE) } else { time });
        self.admit(connection);
    }

    /// Begins the handshake of a client that a proxy has named. The deadline stays that of the
    /// proxy's header. `refusal`: what the client is told afterwards.
    pub(super) fn begin_relayed_handshake(
        &mut self,
        shared: &Shared,
        key: usize,
        mut connection: Box<Connection>,
        refusal: Option<ProtocolError>,
    ) {
        let Some(handshake) = begin(shared, &connection) else {
            self.note_turned_away("handshakes");
            return self.close(shared, key, connection, Closing::Clean);
        };
        let refusal = refusal.map(Box::new);
        let shaking = Shaking { _counted: handshake, refusal, watches_room: false };
        connection.phase = Phase::Handshake(Box::new(shaking));
        self.line_up(key, connection);
    }

    /// Passes a handshake on to a loop with fewer connections. `None`: that loop has it now.
    fn pass_on(&mut self, shared: &Shared, connection: Box<Connection>) -> Option<Box<Connection>> {
        let load = |index: usize| shared.shards[index].load.load(Ordering::Relaxed);
        let least = (0..shared.shards.len()).min_by_key(|index| load(*index))?;
        if least == self.index {
            return Some(connection);
        }
        self.send_to(shared, connection, least)
    }

    /// Puts a connection into the line that has something to do for its handshake.
    pub(super) fn line_up(&mut self, key: usize, mut connection: Box<Connection>) {
        connection.queued = true;
        self.put(key, connection);
        self.shaking.push_back(key);
    }

    /// The next connection in the line, as long as steps may be taken. `began`: when the first was.
    pub(super) fn next_to_shake(
        &mut self,
        taken: usize,
        began: &mut Option<Instant>,
    ) -> Option<(usize, Box<Connection>)> {
        if self.shaking.is_empty() || taken >= STEPS {
            return None;
        }
        if began.get_or_insert_with(Instant::now).elapsed() > TIME {
            return None;
        }
        let key = self.shaking.pop_front()?;
        self.take(key).map(|connection| (key, connection))
    }

    /// Sees what a step has come to.
    pub(super) fn settle_handshake(
        &mut self,
        shared: &Shared,
        key: usize,
        mut connection: Box<Connection>,
        step: Handshake,
        missed_event: bool,
    ) {
        let Phase::Handshake(shaking) = &mut connection.phase else {
            return self.close(shared, key, connection, Closing::Clean);
        };
        let watched_room =
            std::mem::replace(&mut shaking.watches_room, step == Handshake::NeedsRoom);
        let needs_room = shaking.watches_room;
        let registered = match watched_room != needs_room {
            true => self.watch_writes(key, &mut connection, needs_room),
            false => self.register(key, &mut connection),
        };
        if registered.is_err() {
            return self.close(shared, key, connection, Closing::Clean);
        }
        match step {
            Handshake::Done => {
                let after = match std::mem::replace(&mut connection.phase, Phase::Idle) {
                    Phase::Handshake(shaking) => shaking.refusal,
                    _ => None,
                };
                if let Some(error) = after {
                    connection.phase = Phase::Ended(WhyEnded::Refused(error));
                }
                connection.deadline = self.timers.now().plus(self.idle_time);
                // The first request may have come along.
                self.put_and_queue(key, connection);
            }
            Handshake::GoesOn => self.put_and_queue(key, connection),
            Handshake::NeedsInput | Handshake::NeedsRoom if missed_event => {
                self.put_and_queue(key, connection);
            }
            Handshake::NeedsInput | Handshake::NeedsRoom => self.put_back(shared, key, connection),
            Handshake::Refused => self.close(shared, key, connection, Closing::Linger),
        }
    }
}

/// `None`: as many go on as may.
fn begin(shared: &Shared, connection: &Connection) -> Option<OneHandshake> {
    shared.endpoints[usize::from(connection.endpoint)].handshakes.begin()
}

/// Takes a step of a connection's handshake. `None`: the loop is in other hands now.
// There is much of it with TLS, and rounds without a handshake do not pay for it.
#[cfg_attr(feature = "tls", inline(never))]
pub(super) fn shake_hands(
    shared: &Shared,
    driven: Box<Loop>,
    key: usize,
    connection: Box<Connection>,
) -> Option<Box<Loop>> {
    let shard = &shared.shards[driven.index];
    shard.begun.forget();
    let loan = shard.slot.lend(driven);
    shared.monitor.notice();
    let next = match connection.channel.rarely().shake_hands() {
        Ok(step) => NextStep::Handshake(step),
        Err(_) => NextStep::Close(Closing::Clean),
    };
    Loop::take_back(shared, shard, loan, key, connection, next)
}
