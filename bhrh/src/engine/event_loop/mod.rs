//! One event loop: its connections, its timers, and what its driver does with them.
//!
//! A [`Loop`] is a value that moves from thread to thread. Whoever has it drives it: the only
//! place where it is out of a driver's hands is its shard's slot, while a connection is served.

mod accept;
mod clocks;
pub(crate) mod drive;
mod idling;
mod linger;
mod own_thread;

use std::collections::VecDeque;
use std::io;
use std::net::Shutdown;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::connection::{Connection, Phase};
use super::inbox::Letter;
use super::minimum_rate::Direction;
use super::pool::{Pool, Shard};
use super::service::Fate;
use super::timers::{Tick, Timers};
use crate::date::kept as kept_date;
use crate::net::readiness::{Listener, Occurrence, Readiness};
use crate::turn::Closing;
use accept::Arrivals;

/// How long idle connections are kept at shutdown: a request may be under way.
const GRACE: Duration = Duration::from_millis(250);

/// How long accepting rests after an error that will not go away by itself.
const REST: Duration = Duration::from_millis(250);

/// How many more connections than another a loop has to have before it gives a new one away.
/// Below that, the cost of waking the other is not worth it.
const IMBALANCE: usize = 4;

/// One event loop.
pub(crate) struct Loop {
    index: usize,
    readiness: Readiness,
    listeners: Vec<Listener>,
    /// Accepting rests until then.
    accept_again: Option<Tick>,
    connections: Vec<Entry>,
    free: Vec<usize>,
    open: usize,
    ready: VecDeque<usize>,
    /// Those that wait for a thread of their own.
    waiting: VecDeque<usize>,
    letters: Vec<Letter>,
    timers: Timers,
    ending: bool,
    /// How many were turned away without a word since the log heard of it, and when it may again.
    turned_away: usize,
    complain_again: Tick,
    /// How many connections the last wait found ready.
    harvest: usize,
    /// The last wait found nothing at all.
    at_rest: bool,
}

/// A place for a connection.
enum Entry {
    Free,
    Here(Box<Connection>),
    /// Being served. Whether something has happened to it, or its time has come, since.
    Away {
        missed: bool,
        closed: bool,
        asked: bool,
    },
}

impl Loop {
    pub(crate) fn new(
        index: usize,
        readiness: Readiness,
        mut listeners: Vec<Listener>,
    ) -> io::Result<Loop> {
        for (at, listener) in listeners.iter_mut().enumerate() {
            readiness.listen(listener, at)?;
        }
        Ok(Loop {
            index,
            readiness,
            listeners,
            accept_again: None,
            connections: Vec::new(),
            free: Vec::new(),
            open: 0,
            ready: VecDeque::new(),
            waiting: VecDeque::new(),
            letters: Vec::new(),
            timers: Timers::new(),
            ending: false,
            turned_away: 0,
            complain_again: Tick::BEGINNING,
            harvest: 0,
            at_rest: false,
        })
    }

    fn shard<'p>(&self, pool: &'p Pool) -> &'p Shard {
        &pool.shards[self.index]
    }

    /// Waits for something to do, and sorts out what came.
    fn wait(&mut self, pool: &Pool) -> io::Result<()> {
        self.shard(pool).log.flush();
        let mut time = self.until_next();
        if !self.ready.is_empty() {
            time = Some(Duration::ZERO);
        }
        if !self.waiting.is_empty() {
            time = Some(time.unwrap_or(own_thread::RETRY).min(own_thread::RETRY));
        }
        if let Some(at) = self.accept_again {
            let rest = if at <= self.timers.now() { Duration::ZERO } else { REST };
            time = Some(time.unwrap_or(rest).min(rest));
        }
        self.await_events(time)?;
        if self.timers.advance() {
            kept_date::keep(true);
        }
        let mut mail = false;
        let mut arrivals = Arrivals::default();
        let before = self.ready.len();
        for occurrence in self.readiness.occurrences() {
            match occurrence {
                Occurrence::Mail => mail = true,
                Occurrence::Arrivals(listener) => arrivals.note(listener),
                Occurrence::Ready { key, closed } => match self.connections.get_mut(key) {
                    Some(Entry::Here(connection)) => {
                        connection.read_to_the_end |= closed;
                        if !connection.queued {
                            connection.queued = true;
                            self.ready.push_back(key);
                        }
                    }
                    Some(Entry::Away { missed, closed: known, .. }) => {
                        *missed = true;
                        *known |= closed;
                    }
                    _ => {}
                },
            }
        }
        if mail {
            self.read_mail(pool);
        }
        if arrivals.any() || self.accept_again.is_some() {
            self.accept(pool, arrivals);
        }
        self.harvest = self.ready.len() - before;
        self.serve_waiting(pool);
        self.ask_the_late(pool);
        self.rest();
        Ok(())
    }

    fn queue(&mut self, key: usize) {
        if let Some(Entry::Here(connection)) = self.connections.get_mut(key) {
            if !connection.queued {
                connection.queued = true;
                self.ready.push_back(key);
            }
        }
    }

    fn read_mail(&mut self, pool: &Pool) {
        let mut letters = std::mem::take(&mut self.letters);
        self.shard(pool).inbox.empty(&mut letters);
        for letter in letters.drain(..) {
            match letter {
                Letter::Arrival(connection) => {
                    self.admit(connection);
                }
                Letter::Return { key, connection, fate } => {
                    self.settle(pool, key, connection, fate);
                }
            }
        }
        self.letters = letters;
    }

    /// The loop that a connection should belong to which has turned out to stay.
    fn home(&self, pool: &Pool) -> usize {
        let load = |index: usize| pool.shards[index].load.load(Ordering::Relaxed);
        let least = (0..pool.shards.len()).min_by_key(|index| load(*index)).unwrap_or(self.index);
        if load(least) + IMBALANCE < load(self.index) { least } else { self.index }
    }

    /// Gives a connection a place; its first bytes may have come already.
    fn admit(&mut self, connection: Box<Connection>) {
        let entry = Entry::Here(connection);
        let key = match self.free.pop() {
            Some(key) => {
                self.connections[key] = entry;
                key
            }
            None => {
                self.connections.push(entry);
                self.connections.len() - 1
            }
        };
        self.open += 1;
        self.queue(key);
    }

    /// Takes a connection out to be served.
    fn take(&mut self, key: usize) -> Option<Box<Connection>> {
        let entry = self.connections.get_mut(key)?;
        match std::mem::replace(entry, Entry::Away { missed: false, closed: false, asked: false }) {
            Entry::Here(mut connection) => {
                connection.queued = false;
                Some(connection)
            }
            other => {
                *entry = other;
                None
            }
        }
    }

    /// Puts a connection back after it was served, or lets it go.
    fn settle(&mut self, pool: &Pool, key: usize, mut connection: Box<Connection>, fate: Fate) {
        let mut missed = false;
        if let Some(Entry::Away { missed: event, closed, asked }) = self.connections.get(key) {
            missed = *event;
            connection.read_to_the_end |= *closed;
            if *asked {
                connection.asked_at = Tick::NEVER;
            }
        }
        let timeouts = &pool.settings().timeouts;
        match fate {
            Fate::Again => {
                connection.phase = Phase::Idle;
                // Its last one may be long past.
                connection.deadline = self.timers.now().after(timeouts.keep_alive);
            }
            Fate::Wait(phase) => {
                let begins = phase != connection.phase;
                connection.phase = phase;
                let patience = match phase {
                    Phase::Idle if self.ending => Some(GRACE),
                    Phase::Idle => Some(timeouts.keep_alive),
                    // A head's time runs from its beginning.
                    Phase::Head => begins.then_some(timeouts.head),
                    _ => None,
                };
                if let Some(patience) = patience {
                    connection.deadline = self.timers.now().after(patience);
                }
                if phase == Phase::Body {
                    self.await_body(pool, &mut connection, begins);
                }
            }
            Fate::Drain(afterwards) => {
                connection.phase = Phase::Write;
                connection.afterwards = afterwards;
                (connection.began, connection.moved) = (self.timers.now(), 0);
                connection.deadline = self.piece_deadline(pool, &connection, Direction::Response);
                if self.watch_writes(&mut connection, key, true).is_err() {
                    return self.close(pool, key, connection, Closing::Clean);
                }
            }
            Fate::Close(how) => return self.close(pool, key, connection, how),
            Fate::Elsewhere => return self.serve_elsewhere(pool, key, connection),
        }
        // One that has been served and stays gets its place; most that close at once never do.
        if !connection.placed && connection.served && matches!(fate, Fate::Wait(_)) {
            match self.place(pool, connection) {
                Some(stays) => connection = stays,
                None => return self.release(key),
            }
        }
        if self.register(&mut connection, key).is_err() {
            return self.close(pool, key, connection, Closing::Clean);
        }
        if !missed && fate != Fate::Again {
            return self.put_back(pool, key, connection);
        }
        self.time(key, &mut connection);
        self.connections[key] = Entry::Here(connection);
        self.queue(key);
    }

    /// Gives a connection the loop that it will belong to. `None`: that is another one.
    fn place(&mut self, pool: &Pool, mut connection: Box<Connection>) -> Option<Box<Connection>> {
        connection.placed = true;
        let home = self.home(pool);
        if home != self.index && self.detach(&mut connection).is_ok() {
            // Its next lines are another loop's: they must not come before those so far.
            self.shard(pool).log.flush();
            let other = &pool.shards[home];
            other.load.fetch_add(1, Ordering::Relaxed);
            match other.inbox.post(Letter::Arrival(connection)) {
                // That loop has ended; this one is about to.
                Err(Letter::Arrival(refused)) => connection = refused,
                _ => return None,
            }
            other.load.fetch_sub(1, Ordering::Relaxed);
        }
        self.shard(pool).load.fetch_add(1, Ordering::Relaxed);
        Some(connection)
    }

    fn watch_writes(&self, connection: &mut Connection, key: usize, on: bool) -> io::Result<()> {
        self.register(connection, key)?;
        self.readiness.also_writes(connection.own_stream()?, key, on)
    }

    /// Has the loop hear of what comes from a connection, if it does not yet.
    fn register(&self, connection: &mut Connection, key: usize) -> io::Result<()> {
        if !connection.registered {
            self.readiness.register(connection.own_stream()?, key)?;
            connection.registered = true;
        }
        Ok(())
    }

    /// Makes a connection nobody's, so that another loop can have it.
    fn detach(&self, connection: &mut Connection) -> io::Result<()> {
        if std::mem::take(&mut connection.registered) {
            self.readiness.deregister(connection.own_stream()?)?;
        }
        connection.asked_at = Tick::NEVER;
        Ok(())
    }

    fn close(&mut self, pool: &Pool, key: usize, mut connection: Box<Connection>, how: Closing) {
        match how {
            Closing::Linger => {
                // Registering first: an edge of what has come already is wanted.
                let lingering = connection.stream.shutdown(Shutdown::Write).is_ok()
                    && self.register(&mut connection, key).is_ok();
                if lingering {
                    connection.phase = Phase::Linger;
                    connection.unread = Vec::new();
                    connection.began = self.timers.now();
                    connection.moved = 0;
                    connection.deadline = self.linger_deadline(pool, &connection);
                    self.time(key, &mut connection);
                    self.connections[key] = Entry::Here(connection);
                    return self.queue(key);
                }
            }
            Closing::Cut => {
                // A reset is the only way to say "incomplete" where the close itself would have
                // been the end of the body.
                let socket = socket2::SockRef::from(&*connection.stream);
                let _ = socket.set_linger(Some(Duration::ZERO));
            }
            Closing::Clean => {}
        }
        self.forget(pool, key, &connection);
    }

    fn forget(&mut self, pool: &Pool, key: usize, connection: &Connection) {
        if connection.placed {
            self.shard(pool).load.fetch_sub(1, Ordering::Relaxed);
        }
        self.release(key);
    }

    fn release(&mut self, key: usize) {
        self.connections[key] = Entry::Free;
        self.free.push(key);
        self.open -= 1;
    }

    /// Begins or goes on with the end. `true`: nothing is left.
    fn end(&mut self, pool: &Pool) -> bool {
        if !self.ending {
            self.ending = true;
            self.listeners.clear();
            self.accept_again = None;
            for key in 0..self.connections.len() {
                let Some(mut connection) = self.take(key) else { continue };
                let patience = match connection.phase {
                    Phase::Idle => Some(GRACE),
                    Phase::Linger => Some(clocks::LAST_LINGER),
                    _ => None,
                };
                if let Some(patience) = patience {
                    connection.deadline =
                        connection.deadline.min(self.timers.now().after(patience));
                    self.time(key, &mut connection);
                }
                let waits = connection.phase == Phase::Thread;
                connection.queued = waits || self.ready.contains(&key);
                self.connections[key] = Entry::Here(connection);
            }
        }
        // What others have sent on its way counts, too.
        self.open == 0 && self.shard(pool).inbox.close() || pool.is_cut()
    }
}
