//! Serving one connection for as long as it has requests: reading, turns, writing.
//!
//! This runs on the thread that drives the connection's loop, with the loop lent to its slot, or
//! on a thread of its own. Nothing here blocks in place: where something has to wait, the loop is
//! given away first ([`SocketTransport::block`]).

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::connection::{Connection, Phase};
use super::handoff::Loan;
use super::late_output;
use super::minimum_rate::{Account, Direction, SLICE};
use super::pool::{Pool, Shard};
use super::slow_kinds::Kind;
use crate::error::ProtocolError;
use crate::exchange::LateSender;
use crate::exchange::wire::Transport;
use crate::net::readiness::{SHORT_READ_DRAINS, Stream};
use crate::proto::head::RequestHead;
use crate::turn::refusal;
use crate::turn::{self, Closing, Memory, Next, Session};

/// How many requests of one connection are served before others have their turn.
const TURNS: usize = 128;

/// How often a client is given the processor before the loop is given away.
const YIELDS: usize = 4;

/// Bodies up to this size are collected by the loop before their handler starts, so that a slow
/// client holds no thread.
const COLLECTED: u64 = 64 << 10;

/// What is to become of a connection that has been served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It waits for more from the client.
    Wait(Phase),
    /// It has more to do, but others have waited long enough.
    Again,
    /// It has output that the client must take first; afterwards it closes or goes on.
    Drain(Option<Closing>),
    /// It closes.
    Close(Closing),
    /// Its next request should be served by a thread of its own.
    Elsewhere,
}

/// On which thread a service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// On the loop's driver, under this loan.
    Driver(Loan),
    /// As above, though the request is known to be slow: there is no thread for it.
    DriverAnyway(Loan),
    /// On a thread that drives nothing.
    Spare,
}

/// A connection's socket, and what to do when it is not ready.
struct SocketTransport<'a> {
    stream: &'a Arc<Stream>,
    pool: &'a Pool,
    shard: &'a Shard,
    /// The loan of the loop that this thread drives, as far as it knows.
    loan: Cell<Option<Loan>>,
    may_leave: bool,
    blocking: Cell<bool>,
    deadline: Cell<Option<Instant>>,
    /// What waiting for this request's client has come to.
    waited: Cell<bool>,
    reading: Cell<Account>,
    writing: Cell<Account>,
    /// There was no thread to give the loop to.
    stuck: Cell<bool>,
    /// A handler was to run.
    ran: Cell<bool>,
    /// Of which kind the last request was that a handler was to run on, once kinds are told apart.
    kind: Cell<Option<Kind>>,
}

impl<'a> SocketTransport<'a> {
    fn new(pool: &'a Pool, shard: &'a Shard, stream: &'a Arc<Stream>, place: Place) -> Self {
        let loan = match place {
            Place::Driver(loan) | Place::DriverAnyway(loan) => Some(loan),
            Place::Spare => None,
        };
        SocketTransport {
            stream,
            pool,
            shard,
            loan: Cell::new(loan),
            may_leave: matches!(place, Place::Driver(_)),
            blocking: Cell::new(false),
            deadline: Cell::new(None),
            waited: Cell::new(false),
            reading: Cell::default(),
            writing: Cell::default(),
            stuck: Cell::new(false),
            ran: Cell::new(false),
            kind: Cell::new(None),
        }
    }
}

impl SocketTransport<'_> {
    /// Switches to blocking, for a socket that is not ready, once the loop is in other hands.
    fn block(&self) -> io::Result<()> {
        if let Some(loan) = self.loan.take() {
            // Without a free thread it waits here, loop and all; the monitor goes on trying.
            match self.pool.give_away(self.shard, loan) {
                true => {}
                false => {
                    self.loan.set(Some(loan));
                    self.stuck.set(true);
                }
            }
        }
        if !self.blocking.replace(true) {
            socket2::SockRef::from(&**self.stream).set_nonblocking(false)?;
        }
        self.set_clocks()
    }

    /// Sets how long the next operation may block.
    fn set_clocks(&self) -> io::Result<()> {
        let left = self.deadline.get().map(|at| at.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let timeouts = &self.pool.settings().timeouts;
        let slice = left.map_or(SLICE, |left| left.min(SLICE));
        let within = |time: Duration| Some(slice.min(time));
        let socket = socket2::SockRef::from(&**self.stream);
        socket.set_read_timeout(within(timeouts.body))?;
        socket.set_write_timeout(within(timeouts.write))
    }

    /// Switches back from blocking.
    fn unblock(&self) {
        if self.blocking.replace(false) {
            let _ = socket2::SockRef::from(&**self.stream).set_nonblocking(true);
        }
    }

    /// Runs an operation that may find the socket not ready.
    fn waiting(
        &self,
        direction: Direction,
        mut operation: impl FnMut(&Stream) -> io::Result<usize>,
    ) -> io::Result<usize> {
        if self.is_past_deadline() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        if !self.blocking.get() {
            // Giving the loop away costs more than letting the client run for a moment.
            for _ in 0..=YIELDS {
                match operation(self.stream) {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    result => return result,
                }
                std::thread::yield_now();
            }
            self.block()?;
        } else if self.deadline.get().is_some() {
            // What was left when it began to block is less now.
            self.set_clocks()?;
        }
        self.wait(direction, operation)
    }

    /// Runs an operation on a socket that blocks, for as long as there is patience.
    fn wait(
        &self,
        direction: Direction,
        mut operation: impl FnMut(&Stream) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let kept = match direction {
            Direction::Body => &self.reading,
            Direction::Response => &self.writing,
        };
        self.waited.set(true);
        let mut account = kept.get();
        let result = account.wait(
            direction,
            &self.pool.settings().timeouts,
            || operation(self.stream),
            || match self.deadline.get() {
                Some(_) => self.set_clocks().map(|()| false),
                None => Ok(false),
            },
            || self.pool.is_crowded(),
        );
        kept.set(account);
        result
    }

    /// Turns to the connection's next request.
    fn end_request(&self) {
        self.unblock();
        if self.waited.take() {
            self.reading.take();
            self.writing.take();
        }
        // A deadline is one request's.
        self.deadline.set(None);
    }

    fn is_past_deadline(&self) -> bool {
        self.deadline.get().is_some_and(|deadline| deadline <= Instant::now())
    }
}

impl Transport for SocketTransport<'_> {
    fn read_now(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        // A socket that blocks, blocks; and after the deadline nothing is read at all.
        if self.blocking.get() || self.is_past_deadline() {
            return Ok(None);
        }
        let mut stream = &**self.stream;
        match stream.read(buffer) {
            Ok(count) => Ok(Some(count)),
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Ok(None),
                _ => Err(error),
            },
        }
    }

    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.waiting(Direction::Body, |mut stream| stream.read(buffer))
    }

    fn write(&self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        self.waiting(Direction::Response, |mut stream| match slices {
            [one] => stream.write(one),
            more => stream.write_vectored(more),
        })
    }

    fn is_slow(&self) -> bool {
        !self.loan.get().is_some_and(|loan| self.shard.slot.stands(loan))
    }

    fn late_sender(&self) -> Option<Arc<dyn LateSender>> {
        late_output::sender(self.stream)
    }

    fn gathers(&self) {
        self.pool.monitor.notice();
    }

    fn has_ended(&self) -> bool {
        // The next operation that has to wait blocks again.
        self.unblock();
        match self.stream.peek(&mut [0]) {
            Ok(count) => count == 0,
            Err(error) => {
                !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
            }
        }
    }

    fn collects(&self) -> u64 {
        if self.pool.settings().profile.eager_methods { 0 } else { COLLECTED }
    }

    fn may_run(&self, head: &RequestHead) -> bool {
        self.ran.set(true);
        let kind = || Kind::of(head.method_and_target());
        let Some(kind) = self.pool.scores.kind(kind) else { return true };
        if self.may_leave && self.pool.scores.is_slow(kind) {
            return false;
        }
        self.kind.set(Some(kind));
        // A loop that is another's by now has requests of its own.
        if !self.is_slow() {
            self.shard.begun.note(kind);
        }
        true
    }

    fn set_deadline(&self, deadline: Option<Instant>) {
        self.deadline.set(deadline);
        // The next operation that has to wait sets the clocks anew.
        self.unblock();
    }
}

/// Serves a connection whose loop is lent, or that has a thread to itself.
pub(crate) fn serve(
    pool: &Pool,
    shard: &Shard,
    connection: &mut Connection,
    memory: &mut Memory,
    place: Place,
) -> Fate {
    let transport = SocketTransport::new(pool, shard, &connection.stream, place);
    let session = pool.session(shard, connection.client_address);
    memory.take_up(&mut connection.unread, connection.reader, connection.at_end);
    memory.requests_left = connection.requests_left;
    let began = (place == Place::Spare).then(Instant::now);
    let mut pass = Pass {
        session: &session,
        transport: &transport,
        at_least: connection.at_least,
        read_to_the_end: connection.read_to_the_end,
        drained: false,
    };
    let fate = pass.run(memory);
    connection.at_least = pass.at_least;
    connection.requests_left = memory.requests_left;
    connection.served |= transport.ran.get();
    if transport.ran.get() {
        // Whatever head is unfinished now has begun since.
        connection.phase = Phase::Idle;
        score(pool, &transport, began);
    }
    transport.unblock();
    (connection.reader, connection.at_end) = memory.put_down(&mut connection.unread);
    send(connection, memory, fate)
}

/// Remembers whether the last request was slow. One that lost its loop is the monitor's to tell of.
fn score(pool: &Pool, transport: &SocketTransport<'_>, began: Option<Instant>) {
    const QUICK: Duration = Duration::from_millis(1);
    // In place, and it held its loop up, since nobody else could have it.
    let held_up = transport.stuck.get() && !transport.is_slow();
    match (transport.kind.get(), began) {
        // On a thread of its own: by the clock.
        (Some(kind), Some(began)) if began.elapsed() < QUICK => pool.scores.was_quick(kind),
        (Some(kind), Some(_)) => pool.scores.was_slow(kind),
        (Some(kind), None) if held_up => pool.scores.was_handed_off(kind),
        (None, None) if held_up => pool.scores.begin(),
        _ => {}
    }
}

/// One connection's requests, one after another.
struct Pass<'a> {
    session: &'a Session<'a>,
    transport: &'a SocketTransport<'a>,
    at_least: usize,
    read_to_the_end: bool,
    /// The socket is known to have nothing more.
    drained: bool,
}

impl Pass<'_> {
    fn run(&mut self, memory: &mut Memory) -> Fate {
        // What was left over comes first: it may hold a whole request.
        let unread = memory.unread();
        let mut read_first = unread == 0 || unread < self.at_least;
        for _ in 0..TURNS {
            if read_first {
                match self.read(memory) {
                    Ok(true) => {}
                    Ok(false) => return Fate::Wait(self.phase(memory)),
                    // The client is gone; there is nobody to tell.
                    Err(_) => return Fate::Close(Closing::Clean),
                }
            }
            self.at_least = 0;
            let next = turn::turn(self.session, memory, self.transport);
            // A method that had to wait has left the socket blocking, and what follows must not
            // wait here: the end of its answer has not left.
            self.transport.end_request();
            match next {
                // With nothing unread, what is ready leaves next in any case.
                Next::Turn if memory.unread() > 0 && memory.is_full() => return Fate::Again,
                Next::Turn => read_first = memory.unread() == 0 && !memory.at_end(),
                Next::Read { at_least } => {
                    self.at_least = at_least;
                    read_first = true;
                }
                Next::Elsewhere => return Fate::Elsewhere,
                Next::Close(how) => return Fate::Close(how),
            }
        }
        Fate::Again
    }

    /// Reads what has come. `false`: nothing has.
    fn read(&mut self, memory: &mut Memory) -> io::Result<bool> {
        if self.drained && !memory.at_end() {
            return Ok(false);
        }
        loop {
            let mut room = 0;
            let count = memory.fill(|buffer| {
                room = buffer.len();
                let mut stream = &**self.transport.stream;
                stream.read(buffer)
            });
            match count {
                Ok(count) => {
                    self.drained = SHORT_READ_DRAINS && count < room && !self.read_to_the_end;
                    if count > 0 && memory.unread() < self.at_least && !self.drained {
                        continue;
                    }
                    return Ok(count == 0 || memory.unread() >= self.at_least);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.drained = true;
                    return Ok(false);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn phase(&self, memory: &mut Memory) -> Phase {
        match self.at_least {
            0 if memory.is_between_requests() => Phase::Idle,
            0 => Phase::Head,
            _ => Phase::Body,
        }
    }
}

/// Answers a connection that is not to be served, in the words of `error`.
pub(crate) fn refuse(
    pool: &Pool,
    shard: &Shard,
    connection: &mut Connection,
    memory: &mut Memory,
    loan: Loan,
    error: &ProtocolError,
) -> Fate {
    let place = Place::DriverAnyway(loan);
    let transport = SocketTransport::new(pool, shard, &connection.stream, place);
    let session = pool.session(shard, connection.client_address);
    memory.take_up(&mut connection.unread, connection.reader, connection.at_end);
    refusal::refuse_head(&session, memory, &transport, error);
    transport.unblock();
    (connection.reader, connection.at_end) = memory.put_down(&mut connection.unread);
    send(connection, memory, Fate::Close(Closing::Linger))
}

/// Sends what is ready, as far as the system takes it now, and says what follows from that.
fn send(connection: &mut Connection, memory: &mut Memory, fate: Fate) -> Fate {
    if fate == Fate::Close(Closing::Cut) {
        memory.send_ready(|_| ());
        return fate;
    }
    let Connection { stream, unsent, .. } = connection;
    let broken = memory.send_ready(|ready| {
        let mut sent = 0;
        while sent < ready.len() {
            match (&**stream).write(&ready[sent..]) {
                Ok(count) if count > 0 => sent += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                _ => return true,
            }
        }
        if sent < ready.len() {
            unsent.extend_from_slice(&ready[sent..]);
        }
        false
    });
    match (unsent.is_empty(), fate) {
        _ if broken => Fate::Close(Closing::Clean),
        (true, fate) => fate,
        (false, Fate::Close(how)) => Fate::Drain(Some(how)),
        (false, _) => Fate::Drain(None),
    }
}

/// Sends what was left unsent. `Ok(true)`: all of it is gone.
pub(crate) fn resume_sending(connection: &mut Connection) -> io::Result<bool> {
    let mut stream = &*connection.stream;
    let mut sent = 0;
    while sent < connection.unsent.len() {
        match stream.write(&connection.unsent[sent..]) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => sent += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    connection.unsent.drain(..sent);
    if connection.unsent.is_empty() {
        connection.unsent = Vec::new();
    }
    Ok(connection.unsent.is_empty())
}
