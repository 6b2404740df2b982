//! What happens in one execution: how many loops, threads, connections, and what handlers do.

use crate::connection::Connection;
use crate::engine::Pool;
use crate::letter::Letter;
use crate::sync;
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread;
use std::sync::Arc;

/// What the handler of a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Request {
    /// It returns at once.
    Quick,
    /// It takes its time, but does not block.
    Busy(usize),
    /// It opens a gate.
    Opens(usize),
    /// It waits for a gate to open, which nobody expected of it.
    Blocks(usize),
    /// It waits for a gate to open, and gives its loop away first.
    KnowsThatItBlocks(usize),
    /// It has a thread to itself, and may wait for a gate there.
    Elsewhere(Option<usize>),
}

/// How many threads there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// Enough that all loops are driven while all handlers that can block do: gates are opened by
    /// other handlers, so a loop that stands still is never opened.
    ForAll,
    /// Too few for that: gates are opened from without.
    ForFew,
}

/// How the shutdown ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// All requests are answered.
    Endless,
    /// At some moment, what runs is cut.
    Short,
}

/// One execution.
#[derive(Debug)]
pub(crate) struct Scenario {
    room: Room,
    patience: Patience,
    shards: usize,
    most: usize,
    gates: usize,
    /// The requests of each connection.
    connections: Vec<Vec<Request>>,
    failing_starts: u32,
    timeouts: u32,
}

impl Connection {
    pub(crate) fn gives_away(&self) -> bool {
        matches!(self.requests[self.answered], Request::KnowsThatItBlocks(_))
    }
}

/// Requests that neither block nor open anything.
fn fillers(most: usize) -> Vec<Request> {
    let mut dice = thread_rng();
    let one = |_| match thread_rng().gen_range(0..4) {
        0 => Request::Busy(3),
        1 => Request::Elsewhere(None),
        _ => Request::Quick,
    };
    (0..dice.gen_range(0..=most)).map(one).collect()
}

impl Scenario {
    pub(crate) fn draw(room: Room, patience: Patience) -> Scenario {
        let mut dice = thread_rng();
        let shards = dice.gen_range(1..=2);
        let blocking = dice.gen_range(1..=3);
        let most = match room {
            Room::ForAll => shards + blocking,
            Room::ForFew => shards + dice.gen_range(0..blocking),
        };
        let mut connections = Vec::new();
        for gate in 0..blocking {
            let request = match dice.gen_range(0..3) {
                0 => Request::Blocks(gate),
                1 => Request::KnowsThatItBlocks(gate),
                _ => Request::Elsewhere(Some(gate)),
            };
            connections.push([fillers(1), vec![request], fillers(1)].concat());
        }
        if room == Room::ForAll {
            let opens = (0..blocking).map(Request::Opens).collect();
            connections.push([fillers(1), opens, fillers(1)].concat());
        }
        if dice.gen_ratio(1, 2) {
            connections.push([fillers(2), vec![Request::Quick]].concat());
        }
        for at in (1..connections.len()).rev() {
            connections.swap(at, dice.gen_range(0..=at));
        }
        let (failing_starts, timeouts) = (dice.gen_range(0..=2), dice.gen_range(0..=2));
        let gates = blocking;
        Scenario { room, patience, shards, most, gates, connections, failing_starts, timeouts }
    }

    /// Plays it to its end.
    pub(crate) fn play(self) {
        sync::allow_timeouts(self.timeouts);
        let pool = Pool::start(self.shards, self.most, self.gates);
        pool.fail_starts(self.failing_starts);
        let requests: usize = self.connections.iter().map(Vec::len).sum();
        let patient = self.patience == Patience::Endless;
        let clients = {
            let pool = Arc::clone(&pool);
            thread::spawn(move || self.arrive(&pool))
        };
        // The shutdown comes at any moment.
        (0..thread_rng().gen_range(0..40)).for_each(|_| thread::yield_now());
        let answered = pool.end(patient);
        let refused = clients.join().expect("clients do not fail");
        assert!(answered + refused <= requests, "no request is answered twice");
        assert!(answered + refused == requests || !patient, "every request is answered");
    }

    /// Has the clients come. Says how many requests came too late.
    fn arrive(self, pool: &Pool) -> usize {
        let mut refused = 0;
        for requests in self.connections {
            let shard = thread_rng().gen_range(0..pool.shards.len());
            let may_be_cut = self.patience == Patience::Short;
            let connection =
                Connection { requests: requests.into(), answered: 0, may_be_cut, must_stay: false };
            let letter = Letter::Arrival(Box::new(connection));
            if let Err(Letter::Arrival(mut late)) = pool.shards[shard].inbox.post(letter) {
                late.may_be_cut = true;
                refused += late.requests.len();
            }
        }
        let outside = self.room == Room::ForFew || refused > 0;
        if outside {
            (0..thread_rng().gen_range(0..20)).for_each(|_| thread::yield_now());
            (0..self.gates).for_each(|gate| pool.gates.open(gate));
        }
        refused
    }
}
