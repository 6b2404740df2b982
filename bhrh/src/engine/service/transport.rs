//! The connection as an exchange sees it: a channel, and what to do when it is not ready.

use std::cell::Cell;
use std::io::{self, IoSlice};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::placement::Placement;
use crate::engine::late_output;
use crate::engine::minimum_rate::{Account, Direction, SLICE};
use crate::engine::scarcity::Wait;
use crate::engine::upgrades::Ticket;
use crate::exchange::file_content::FileContent;
use crate::exchange::resident::Resident;
use crate::exchange::wire::Transport;
use crate::exchange::{LateSender, Upgraded};
use crate::net::channel::Channel;
use crate::net::duplex::Duplex;
use crate::peer::Peer;
use crate::rare::Rare;

/// How often a client is given the processor before the loop is given away.
const YIELDS: usize = 4;

/// Who has a connection that another protocol has taken over.
pub(super) enum TakenOver {
    /// Threads of its own. The connection keeps this place among those that they have.
    ByThreads(Arc<Ticket>),
    /// What stays with the loop.
    ByResident(Box<dyn Resident>),
}

/// A connection's channel, and what waiting for its client has come to.
pub(super) struct ChannelTransport<'t, 's, C> {
    channel: &'t Arc<C>,
    placement: &'t Placement<'s>,
    blocking: Cell<bool>,
    deadline: Cell<Option<Instant>>,
    /// This thread has waited for the client of this request.
    waiting_for: Cell<Rare<Wait<'s>>>,
    /// Another protocol has the connection.
    taken_over: Cell<Rare<TakenOver>>,
    /// What is sent once the method has returned.
    content: Cell<Rare<FileContent>>,
    reading: Cell<Account>,
    writing: Cell<Account>,
}

impl<'t, 's, C: Channel> ChannelTransport<'t, 's, C> {
    pub(super) fn new(channel: &'t Arc<C>, placement: &'t Placement<'s>) -> Self {
        ChannelTransport {
            channel,
            placement,
            blocking: Cell::new(false),
            deadline: Cell::new(None),
            waiting_for: Cell::default(),
            taken_over: Cell::default(),
            content: Cell::default(),
            reading: Cell::default(),
            writing: Cell::default(),
        }
    }

    /// Whether the request that may not run here needs another thread, whatever happens.
    pub(super) fn needs_thread(&self) -> bool {
        self.placement.needs_thread()
    }

    /// Who has the connection, if another protocol does.
    pub(super) fn taken_over(&self) -> Option<TakenOver> {
        self.taken_over.take().into_inner()
    }

    /// What is to be sent once the method has returned, if it has left something.
    #[inline(always)]
    pub(super) fn content(&self) -> Option<FileContent> {
        self.content.take().into_inner()
    }

    pub(super) fn channel(&self) -> &'t C {
        self.channel
    }

    /// Switches to blocking, for a socket that is not ready, once the loop is in other hands.
    fn block(&self) -> io::Result<()> {
        self.placement.give_loop_away()?;
        let (read, write) = self.times()?;
        match self.blocking.replace(true) {
            false => self.channel.socket().block(read, Some(write)),
            true => self.channel.socket().set_times(read, write),
        }
    }

    /// How long the next operation may block, by direction.
    fn times(&self) -> io::Result<(Duration, Duration)> {
        let left = self.deadline.get().map(|at| at.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let timeouts = &self.placement.shared.settings.timeouts;
        let slice = left.map_or(SLICE, |left| left.min(SLICE));
        Ok((slice.min(timeouts.body), slice.min(timeouts.write)))
    }

    fn set_clocks(&self) -> io::Result<()> {
        let (read, write) = self.times()?;
        self.channel.socket().set_times(read, write)
    }

    /// Switches back from blocking.
    pub(super) fn unblock(&self) {
        if self.blocking.replace(false) {
            let _ = self.channel.socket().unblock();
        }
    }

    /// Runs an operation that may find the channel not ready.
    fn waiting(
        &self,
        direction: Direction,
        mut operation: impl FnMut(&C) -> io::Result<usize>,
    ) -> io::Result<usize> {
        if self.is_past_deadline() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.check_cut()?;
        if !self.blocking.get() {
            // Giving the loop away costs more than letting the client run for a moment.
            for _ in 0..=YIELDS {
                match operation(self.channel) {
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

    /// Runs an operation on a channel that blocks, for as long as there is patience.
    fn wait(
        &self,
        direction: Direction,
        mut operation: impl FnMut(&C) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let shared = self.placement.shared;
        let kept = match direction {
            Direction::Body => &self.reading,
            Direction::Response => &self.writing,
        };
        let waiting_for = self.waiting_for.take().into_inner();
        let waiting_for = waiting_for.unwrap_or_else(|| self.placement.begin_to_wait());
        self.waiting_for.set(waiting_for.into());
        let mut account = kept.get();
        let began = Instant::now();
        let result = account.wait(
            direction,
            &shared.settings.timeouts,
            || operation(self.channel),
            || match direction {
                Direction::Body => self.channel.incomplete(),
                Direction::Response => 0,
            },
            || {
                self.check_cut()?;
                match self.deadline.get() {
                    Some(_) => self.set_clocks().map(|()| false),
                    None => Ok(false),
                }
            },
            || self.placement.is_claimed(),
        );
        self.placement.note_wait(began.elapsed());
        kept.set(account);
        result
    }

    /// Fails once the shutdown's deadline has passed: from then on nothing moves.
    fn check_cut(&self) -> io::Result<()> {
        if self.placement.shared.shutdown.is_cut() {
            self.channel.socket().reset_on_close();
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        Ok(())
    }

    /// Turns to the connection's next request.
    pub(super) fn end_request(&self) {
        self.unblock();
        self.placement.end_request();
        if self.waiting_for.take().is_some() {
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

impl<C: Channel> Transport for ChannelTransport<'_, '_, C> {
    fn read_now(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        // A socket that blocks, blocks; and after the deadline nothing is read at all.
        if self.blocking.get() || self.is_past_deadline() {
            return Ok(None);
        }
        match self.channel.read(buffer) {
            Ok(received) => Ok(Some(received.count)),
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Ok(None),
                _ => Err(error),
            },
        }
    }

    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.waiting(Direction::Body, |channel| Ok(channel.read(buffer)?.count))
    }

    fn write(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.waiting(Direction::Response, |channel| channel.write(slices))
    }

    fn write_now(&self, bytes: &[u8]) -> io::Result<usize> {
        match self.blocking.get() {
            true => self.channel.write_without_waiting(bytes),
            false => self.channel.write(&[IoSlice::new(bytes)]),
        }
    }

    fn late_sender(&self) -> Option<Arc<dyn LateSender>> {
        late_output::sender(self.channel)
    }

    fn gathers(&self) {
        self.placement.shared.monitor.notice();
    }

    fn split(&self) -> io::Result<Box<dyn Duplex>> {
        self.block()?;
        self.channel.hand_out()
    }

    fn handed_out(&self, upgraded: &Upgraded) -> io::Result<()> {
        upgraded.set_read_timeout(None)?;
        upgraded.set_write_timeout(Some(self.placement.shared.settings.timeouts.write))?;
        // It goes on blocking, and whether the client is slow is not known here any more.
        self.waiting_for.take();
        self.blocking.set(false);
        let ticket = self.placement.hand_out(upgraded, self.channel.socket());
        self.taken_over.set(TakenOver::ByThreads(ticket).into());
        Ok(())
    }

    fn has_room_for_residents(&self) -> bool {
        true
    }

    fn take_resident(&self, resident: Box<dyn Resident>) {
        self.taken_over.set(TakenOver::ByResident(resident).into());
    }

    fn take_content(&self, content: FileContent) -> Result<(), FileContent> {
        // Only the method's thread keeps a deadline of the method's.
        if self.deadline.get().is_some() {
            return Err(content);
        }
        self.content.set(content.into());
        Ok(())
    }

    #[cfg(feature = "tls")]
    fn encryption(&self) -> Option<crate::net::encryption::Encryption> {
        self.channel.encryption()
    }

    fn has_ended(&self) -> bool {
        // The next operation that has to wait blocks again.
        self.unblock();
        self.channel.is_at_end()
    }

    #[cfg(feature = "unix-credentials")]
    fn unix_credentials(&self) -> Option<crate::peer::UnixCredentials> {
        self.channel.socket().unix_credentials()
    }

    fn peer(&self) -> Option<&Peer> {
        Some(self.placement.client_address())
    }

    fn is_secured(&self) -> bool {
        self.channel.is_encrypted() || self.channel.socket().is_secured()
    }

    fn set_deadline(&self, deadline: Option<Instant>) {
        self.deadline.set(deadline);
        // The next operation that has to wait sets the clocks anew.
        self.unblock();
    }
}
