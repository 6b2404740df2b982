//! What one event loop has: its connections, its listeners, its clock.
//!
//! A [`Loop`] is a value that moves from thread to thread. The thread that has it drives it: the
//! only place where it is out of a driver's hands is its shard's slot, while a connection is
//! served.

use std::collections::VecDeque;
use std::io;
use std::time::Duration;

use crate::engine::connection::Connection;
use crate::engine::fair_queue::FairQueue;
use crate::engine::letter::Letter;
use crate::engine::repeated::Repeated;
use crate::engine::timers::{Tick, Ticks, Timers};
use crate::net::listener::Listener;
use crate::net::readiness::Readiness;

/// One event loop.
pub(crate) struct Loop {
    pub(super) index: usize,
    pub(super) readiness: Readiness,
    pub(super) listeners: Vec<Accepting>,
    pub(super) entries: Vec<Entry>,
    free: Vec<usize>,
    /// How many connections there are.
    pub(super) open: usize,
    /// Connections that have something to do.
    pub(super) ready: VecDeque<usize>,
    /// Connections that have something to do for their handshakes.
    pub(super) shaking: VecDeque<usize>,
    /// Connections that wait for a thread of their own.
    pub(super) waiting: FairQueue,
    /// Room for the letters that are being read.
    pub(super) letters: Vec<Letter>,
    pub(super) timers: Timers,
    /// How long a connection may be idle.
    pub(super) idle_time: Ticks,
    pub(super) ending: bool,
    /// Connections that were closed without a word, since there were too many.
    pub(super) turned_away: Repeated,
    /// Connections that were closed because no trusted proxy has relayed them.
    pub(super) unrelayed: Repeated,
    /// How many connections the last wait found ready.
    pub(super) ready_last_wait: usize,
    /// The last wait has reported everything that there was to report.
    pub(super) has_heard_all: bool,
    /// The last wait found nothing at all.
    pub(super) is_idle: bool,
    /// Lines for the log that wait for the loop to be lent.
    pub(super) complaints: Vec<String>,
    /// Connections hold too much memory.
    pub(super) must_shed: bool,
    /// When to look next for something to let go of.
    pub(super) shed_again: Tick,
    /// How many wants of descriptors it has heard of.
    pub(super) wants_heard: usize,
    /// When the log may hear of a want again.
    pub(super) want_again: Tick,
    /// Connections that were cut since the shutdown's deadline.
    pub(super) cut: usize,
}

/// A listener. What happens to it concerns no other.
#[derive(Debug)]
pub(super) struct Accepting {
    pub(super) listener: Listener,
    /// Which of the engine's endpoints it is.
    pub(super) endpoint: u16,
    /// When to accept from it: connections have arrived there, or an error is to be over by then.
    pub(super) again: Option<Tick>,
}

/// A place for a connection.
#[derive(Debug)]
pub(super) enum Entry {
    Free,
    Here(Box<Connection>),
    /// The connection is being served.
    Away(Missed),
}

/// What has happened to a connection while it was served.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Missed {
    /// The poller has reported it.
    pub(super) event: bool,
    /// The client has closed its side.
    pub(super) hang_up: bool,
    /// The timers have asked for its deadline.
    pub(super) asked: bool,
}

impl Loop {
    pub(crate) fn new(
        index: usize,
        readiness: Readiness,
        listeners: Vec<(u16, Listener)>,
        keep_alive: Duration,
    ) -> io::Result<Loop> {
        let mut accepting = Vec::with_capacity(listeners.len());
        for (at, (endpoint, mut listener)) in listeners.into_iter().enumerate() {
            readiness.listen(&mut listener, at)?;
            accepting.push(Accepting { listener, endpoint, again: None });
        }
        Ok(Loop {
            index,
            readiness,
            listeners: accepting,
            entries: Vec::new(),
            free: Vec::new(),
            open: 0,
            ready: VecDeque::new(),
            shaking: VecDeque::new(),
            waiting: FairQueue::default(),
            letters: Vec::new(),
            timers: Timers::new(),
            idle_time: Ticks::of(keep_alive),
            ending: false,
            turned_away: Repeated::default(),
            unrelayed: Repeated::default(),
            ready_last_wait: 0,
            has_heard_all: true,
            is_idle: false,
            complaints: Vec::new(),
            must_shed: false,
            shed_again: Tick::BEGINNING,
            wants_heard: 0,
            want_again: Tick::BEGINNING,
            cut: 0,
        })
    }

    /// Which of the engine's loops it is.
    pub(crate) fn index(&self) -> usize {
        self.index
    }

    /// Gives a connection a place; its first bytes may have come already.
    pub(super) fn admit(&mut self, connection: Box<Connection>) {
        let entry = Entry::Here(connection);
        let key = match self.free.pop() {
            Some(key) => {
                self.entries[key] = entry;
                key
            }
            None => {
                self.entries.push(entry);
                self.entries.len() - 1
            }
        };
        self.open += 1;
        self.queue(key);
    }

    /// Notes that a connection has something to do.
    pub(super) fn queue(&mut self, key: usize) {
        if let Some(Entry::Here(connection)) = self.entries.get_mut(key) {
            if !connection.queued {
                connection.queued = true;
                self.ready.push_back(key);
            }
        }
    }

    /// Takes a connection out to be served.
    pub(super) fn take(&mut self, key: usize) -> Option<Box<Connection>> {
        let entry = self.entries.get_mut(key)?;
        match std::mem::replace(entry, Entry::Away(Missed::default())) {
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

    /// Puts a connection back that [`take`](Loop::take) has taken out. The timers ask for its
    /// deadline when it comes, or earlier.
    #[inline(always)] // As `put_back`, which calls it.
    pub(super) fn put(&mut self, key: usize, mut connection: Box<Connection>) {
        if connection.deadline < connection.asked_at {
            connection.asked_at = connection.deadline;
            self.timers.enter(connection.deadline, key);
        }
        let holds = connection.holds();
        if holds != connection.held {
            self.must_shed |= connection.note_held(holds);
        }
        self.entries[key] = Entry::Here(connection);
    }

    /// Puts a connection back and notes that it has something to do.
    pub(super) fn put_and_queue(&mut self, key: usize, connection: Box<Connection>) {
        self.put(key, connection);
        self.queue(key);
    }

    /// Frees the place of a connection that was taken out.
    pub(super) fn release(&mut self, key: usize) {
        self.entries[key] = Entry::Free;
        self.free.push(key);
        self.open -= 1;
    }

    /// Tells the poller to watch the connection's socket, if it does not yet.
    pub(super) fn register(&self, key: usize, connection: &mut Connection) -> io::Result<()> {
        if !connection.registered {
            self.readiness.register(connection.channel.own_socket()?, key)?;
            connection.registered = true;
        }
        Ok(())
    }

    /// Tells the poller to watch it no longer.
    pub(super) fn deregister(&self, connection: &mut Connection) -> io::Result<()> {
        if connection.registered {
            self.readiness.deregister(connection.channel.own_socket()?)?;
            connection.registered = false;
        }
        Ok(())
    }

    /// Tells the poller whether to report, too, when the client has taken something.
    pub(super) fn watch_writes(
        &self,
        key: usize,
        connection: &mut Connection,
        on: bool,
    ) -> io::Result<()> {
        self.register(key, connection)?;
        self.readiness.also_writes(connection.channel.own_socket()?, key, on)
    }
}
