//! What happens in one execution: how many loops, threads, connections, and what handlers do.

use crate::client::Client;
use crate::connection::Connection;
use crate::engine::Pool;
use crate::meeting::Meeting;
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
    /// It waits for content that its client never sends.
    NeverSends,
    /// It panics, and nothing catches the panic before the thread does.
    Dies,
    /// It asks to wait for the end of the engine that it runs on.
    Joins,
    /// It gives the connection to a protocol that stays with the loop.
    Parks,
}

/// Who comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guests {
    /// Clients that send requests.
    Requests,
    /// Beside them, clients that stay with another protocol, and threads that send to those.
    Stay,
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
    /// How many clients never send what they have announced.
    hanging: usize,
    failing_starts: u32,
    timeouts: u32,
}

impl Connection {
    pub(crate) fn gives_away(&self) -> bool {
        let request = self.requests.get(self.answered);
        matches!(request, Some(Request::KnowsThatItBlocks(_) | Request::NeverSends))
    }
}

/// Requests that neither block nor open anything.
fn fillers(most: usize) -> Vec<Request> {
    let mut dice = thread_rng();
    let one = |_| match thread_rng().gen_range(0..8) {
        0 | 1 => Request::Busy(3),
        2 | 3 => Request::Elsewhere(None),
        4 => Request::Joins,
        _ => Request::Quick,
    };
    (0..dice.gen_range(0..=most)).map(one).collect()
}

impl Scenario {
    pub(crate) fn draw(room: Room, patience: Patience, guests: Guests) -> Scenario {
        let mut dice = thread_rng();
        let shards = dice.gen_range(1..=2);
        let blocking = dice.gen_range(1..=3);
        let most = match room {
            // As in `Pool::start`, one thread at least drives no loop.
            Room::ForAll => shards + blocking + 1,
            Room::ForFew => shards + dice.gen_range(1..=blocking),
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
        if dice.gen_ratio(1, 3) {
            connections.push([fillers(1), vec![Request::Dies], fillers(1)].concat());
        }
        if guests == Guests::Stay {
            for _ in 0..dice.gen_range(1..=2) {
                connections.push([fillers(1), vec![Request::Parks]].concat());
            }
        }
        let hanging = dice.gen_range(0..=2);
        (0..hanging).for_each(|_| connections.push(vec![Request::NeverSends]));
        for at in (1..connections.len()).rev() {
            connections.swap(at, dice.gen_range(0..=at));
        }
        let (failing_starts, timeouts) = (dice.gen_range(0..=2), dice.gen_range(0..=2));
        let gates = blocking;
        Scenario {
            room,
            patience,
            shards,
            most,
            gates,
            connections,
            hanging,
            failing_starts,
            timeouts,
        }
    }

    /// Plays it to its end.
    pub(crate) fn play(self) {
        sync::begin(self.timeouts);
        let pool = Pool::start(self.shards, self.most, self.gates);
        pool.fail_starts(self.failing_starts);
        let meetings: Vec<_> = self.connections.iter().map(|requests| meeting(requests)).collect();
        let messages: usize = meetings.iter().flatten().map(|meeting| meeting.messages()).sum();
        let requests = self.connections.iter().map(Vec::len).sum::<usize>() - self.hanging;
        // A message counts as a request.
        let requests = requests + messages;
        let patient = self.patience == Patience::Endless;
        let hanging = self.hanging;
        let clients = {
            let pool = Arc::clone(&pool);
            thread::spawn(move || self.arrive(&pool, meetings))
        };
        // The shutdown comes at any moment, or when all is done.
        match patient && thread_rng().gen_ratio(1, 2) {
            true => pool.await_answers(requests),
            false => (0..thread_rng().gen_range(0..40)).for_each(|_| thread::yield_now()),
        }
        // What blocks for longer than that keeps `join` waiting.
        let methods = (!patient).then(|| {
            let pool = Arc::clone(&pool);
            thread::spawn(move || {
                while !pool.is_cut() && !pool.has_ended() {
                    thread::yield_now();
                }
                pool.gates.open_all();
            })
        });
        // Clients that never send are cut at the deadline. All others have had their answers.
        pool.end(patient.then_some(requests), !patient || hanging > 0);
        clients.join().expect("clients do not fail");
        if let Some(methods) = methods {
            methods.join().expect("nothing fails");
        }
        let (answered, refused) = pool.accounts();
        assert!(answered + refused <= requests, "no request is answered twice");
        assert!(answered + refused == requests || !patient, "every request is answered");
    }

    /// Lets the clients come.
    fn arrive(self, pool: &Arc<Pool>, meetings: Vec<Option<Arc<Meeting>>>) {
        let mut dice = thread_rng();
        let (mut silent, mut attending) = (Vec::new(), Vec::new());
        for (id, (requests, meeting)) in self.connections.into_iter().zip(meetings).enumerate() {
            let may_be_cut = self.patience == Patience::Short || self.hanging > 0;
            if let Some(meeting) = meeting.clone() {
                let pool = Arc::clone(pool);
                attending.push(thread::spawn(move || meeting.attend(&pool, may_be_cut)));
            }
            let hangs = requests.contains(&Request::NeverSends);
            let is_silent = !hangs && dice.gen_ratio(1, 3);
            let connection = Connection {
                id,
                client: Client(dice.gen_range(0..2)),
                requests: requests.into(),
                answered: 0,
                // Its requests are answered, but its client may stay for longer than that.
                may_be_cut: self.patience == Patience::Short
                    || hangs
                    || meeting.is_some() && may_be_cut,
                is_silent,
                must_stay: false,
                is_placed: false,
                queued: false,
                meeting,
                residence: None,
            };
            let listener = dice.gen_range(0..2);
            let waker = &pool.shards[0].waker;
            match pool.listeners[listener].connect(listener, waker, Box::new(connection)) {
                Ok(()) if is_silent => silent.push(id),
                Ok(()) => {}
                Err(mut refused) => refused.let_go(pool),
            }
            // Some have sent before the loop gets to hear of them, others after it.
            while dice.gen_ratio(1, 2) {
                let Some(id) = silent.pop() else { break };
                waker.send(id);
            }
        }
        silent.into_iter().for_each(|id| pool.shards[0].waker.send(id));
        if self.room == Room::ForFew {
            (0..dice.gen_range(0..20)).for_each(|_| thread::yield_now());
            (0..self.gates).for_each(|gate| pool.gates.open(gate));
        }
        for client in attending {
            client.join().expect("clients do not fail");
        }
    }
}

/// Who meets, if another protocol follows these requests.
fn meeting(requests: &[Request]) -> Option<Arc<Meeting>> {
    requests.contains(&Request::Parks).then(|| Arc::new(Meeting::draw()))
}
