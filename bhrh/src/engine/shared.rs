//! What all threads of an engine share.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Instant;

use super::begun::Begun;
use super::census::Census;
use super::connection::Connection;
use super::crew::Crew;
use super::descriptor_want::DescriptorWant;
use super::endpoint::Endpoint;
use super::event_loop::state::Loop;
use super::handoff::{Loan, Reserved, Slot, Spares};
use super::inbox::Inbox;
use super::late_output::LateOutput;
use super::letter::Letter;
use super::monitor::Monitor;
use super::next_step::NextStep;
use super::scarcity::Scarcity;
use super::shutdown::Shutdown;
use super::slow_kinds::Scores;
use super::upgrades::Upgrades;
use crate::exchange::{Exchange, Scheduling, Server, StopFlag, Unscheduled};
use crate::handler::Handler;
use crate::handler::outcome::Dispatch;
use crate::logging::sink::{self, Held};
use crate::logging::writer::{LogOverflow, LogWriter};
use crate::net::readiness::Registrar;
use crate::peer::Peer;
use crate::settings::{Limits, Profile, Timeouts};
use crate::turn::{self, Session};

/// What an engine is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) profile: Profile,
    pub(crate) limits: Limits,
    pub(crate) timeouts: Timeouts,
    /// How many event loops.
    pub(crate) threads: usize,
    /// How many threads at most, the loops' drivers counted.
    pub(crate) max_threads: usize,
    pub(crate) log_overflow: LogOverflow,
}

/// What all threads of an engine share. They live no longer than what the handler borrows.
pub(crate) struct Shared<'h> {
    pub(crate) handler: Arc<dyn Handler + 'h>,
    pub(crate) settings: Settings,
    /// By the index that connections have.
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) shards: Vec<Shard>,
    pub(crate) spares: Spares<Job>,
    pub(crate) scores: Scores,
    pub(crate) census: Arc<Census>,
    pub(crate) monitor: Monitor,
    pub(crate) late_output: LateOutput,
    pub(crate) stop: Arc<StopFlag>,
    pub(crate) log: Arc<LogWriter>,
    pub(crate) scarcity: Scarcity,
    pub(crate) descriptor_want: DescriptorWant,
    pub(crate) shutdown: Shutdown,
    pub(crate) crew: Arc<Crew>,
    pub(crate) upgrades: Arc<Upgrades>,
    /// Starts a thread that takes jobs. `false`: the system gives none.
    pub(crate) start_worker: Box<dyn Fn() -> bool + Send + Sync + 'h>,
}

/// What belongs to one loop, and other threads may touch.
pub(crate) struct Shard {
    pub(crate) slot: Slot<Box<Loop>>,
    pub(crate) inbox: Arc<Inbox<Letter>>,
    pub(crate) registrar: Registrar,
    /// What its driver does, as far as the scores want to know.
    pub(crate) begun: Begun,
    /// How many connections it has.
    pub(crate) load: AtomicUsize,
    /// The server as the requests of each endpoint see it. (Loops have copies, since requests
    /// count the references.)
    pub(crate) servers: Box<[Server]>,
    /// Log lines of the current round.
    pub(crate) log: Held,
}

/// Something for a spare thread to do.
pub(crate) enum Job {
    /// Drive this loop from now on.
    Drive(Box<Loop>),
    /// Serve this connection of this shard's.
    Serve { shard: usize, key: usize, connection: Box<Connection> },
}

impl Shard {
    /// The server as the requests of this connection see it.
    #[inline(always)]
    pub(crate) fn server(&self, connection: &Connection) -> &Server {
        &self.servers[usize::from(connection.endpoint)]
    }

    /// Gives a connection that was served back to its loop. A loop that waits for connections ends
    /// only if they are to be cut.
    pub(crate) fn hand_back(&self, key: usize, connection: Box<Connection>, next: NextStep) {
        let refused = self.inbox.post(Letter::Return { key, connection, next });
        if let Err(Letter::Return { connection, .. }) = refused {
            connection.channel.socket().reset_on_close();
        }
    }
}

impl Shared<'_> {
    /// Reserves a spare thread, a new one if need be.
    pub(crate) fn reserve(&self) -> Option<Reserved<'_, Job>> {
        let reserved = self.spares.reserve(|| (self.start_worker)());
        self.scarcity.note(reserved.is_some());
        reserved
    }

    /// Reserves a thread for a request. Each loop that runs a method now is left one, since it may
    /// have to be taken away.
    pub(crate) fn reserve_for_request(&self) -> Option<Reserved<'_, Job>> {
        let lent = || self.shards.iter().filter(|shard| shard.slot.is_lent()).count();
        if !self.has_threads_left() && self.spares.left() <= lent() {
            self.scarcity.note(false);
            return None;
        }
        self.reserve()
    }

    /// Whether there are threads for all loops, should all of them be held up at once; where there
    /// are never as many, whether all threads but the loops' own are free.
    pub(crate) fn has_threads_left(&self) -> bool {
        let loops = self.shards.len();
        self.spares.left() >= loops.min(self.settings.max_threads - loops)
    }

    /// Whether one more thread than there are now would still be allowed, and nobody has lately
    /// waited for one.
    pub(crate) fn may_add_thread(&self) -> bool {
        !self.scarcity.is_now() && self.spares.threads() < self.settings.max_threads
    }

    /// Whether there are threads beside those that drive loops, so that one of them will be free.
    pub(crate) fn has_workers(&self) -> bool {
        self.spares.threads() > self.shards.len()
    }

    /// Takes the loop that this thread has lent out of its slot and gives it to a spare thread.
    /// `false`: there is no spare thread. The loop is not this thread's afterwards.
    /// A thread that was `reserved` for it is that one.
    pub(crate) fn give_away<'s>(
        &'s self,
        shard: &Shard,
        loan: Loan,
        reserved: Option<Reserved<'s, Job>>,
    ) -> bool {
        shard.slot.hand_on(loan, || reserved.or_else(|| self.reserve()), Job::Drive)
    }

    /// Does something that runs hooks where no method runs, with this thread's loop lent. If hooks
    /// have blocked lately, the loop goes to another thread at once; where no thread is free, the
    /// original hooks are to run.
    pub(crate) fn by_hooks_in_place<T>(
        &self,
        shard: &Shard,
        loan: Loan,
        act: impl FnOnce(Hooks) -> T,
    ) -> T {
        shard.begun.note_refusal();
        let must_leave = self.scores.refusals_should_leave();
        if must_leave && !self.give_away(shard, loan, None) {
            return sink::without_waiting(|| act(Hooks::Original));
        }
        let began = (!shard.slot.stands(loan)).then(Instant::now);
        let done = act(Hooks::Own);
        if let Some(began) = began {
            self.scores.note_refusal(began.elapsed());
        }
        done
    }

    /// Takes the loop away from a driver that is held up, likewise.
    pub(crate) fn take_away(&self, shard: &Shard, loan: Loan) {
        let now = self.scarcity.milliseconds();
        let job = |event_loop| {
            self.scores.note_hand_off(shard.begun.take(), now, self.has_threads_left());
            Job::Drive(event_loop)
        };
        if !shard.slot.hand_on(loan, || self.reserve(), job) {
            self.scores.note_held(shard.begun.take(), now);
            // All threads are busy, and some of them perhaps only with slow clients.
            self.scarcity.want(1);
        }
    }

    /// Notes that a loop has ended, with this many connections cut. The last one takes all threads
    /// along, whether anybody waits for them or not.
    pub(crate) fn loop_ended(&self, cut: usize) {
        if self.shutdown.loop_ended(cut) == self.shards.len() {
            self.let_threads_go();
        }
    }

    /// Tells all threads to end once they have nothing to do.
    pub(crate) fn let_threads_go(&self) {
        self.spares.close();
        self.monitor.end();
    }

    /// What all turns of a connection have in common.
    pub(crate) fn session<'s>(
        &'s self,
        server: &'s Server,
        client_address: &'s Peer,
        scheduling: &'s dyn Scheduling,
    ) -> Session<'s> {
        Session {
            handler: &*self.handler,
            server,
            client_address,
            profile: &self.settings.profile,
            limits: &self.settings.limits,
            scheduling,
        }
    }

    /// The same, with pages and log lines by these hooks.
    pub(crate) fn session_by<'s>(
        &'s self,
        hooks: Hooks,
        server: &'s Server,
        client_address: &'s Peer,
        scheduling: &'s dyn Scheduling,
    ) -> Session<'s> {
        let session = self.session(server, client_address, scheduling);
        match hooks {
            Hooks::Own => session,
            Hooks::Original => Session { handler: &Original, ..session },
        }
    }

    /// Writes a line that concerns this client, but no request.
    pub(crate) fn log_of_client(
        &self,
        hooks: Hooks,
        server: &Server,
        client_address: &Peer,
        message: std::fmt::Arguments<'_>,
    ) {
        let session = self.session_by(hooks, server, client_address, &Unscheduled);
        turn::log_outside(&session, message);
    }

    /// The same for a detail.
    pub(crate) fn detail_of_client(
        &self,
        hooks: Hooks,
        server: &Server,
        client_address: &Peer,
        message: std::fmt::Arguments<'_>,
    ) {
        let session = self.session_by(hooks, server, client_address, &Unscheduled);
        turn::log_detail_outside(&session, message);
    }

    /// Writes a line of the server's own.
    pub(crate) fn complain(&self, hooks: Hooks, shard: &Shard, message: std::fmt::Arguments<'_>) {
        let server = &shard.servers[0];
        sink::without_waiting(|| self.log_of_client(hooks, server, server.address(), message));
    }
}

/// Whose hooks make pages and log lines where no method runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hooks {
    /// The handler's, which may block.
    Own,
    /// The original ones: no code of the user's runs.
    Original,
}

/// A handler that overrides nothing, in the server's own version of HTTP: what it answers ends its
/// connection.
struct Original;

impl Handler for Original {
    fn protocol_version(&self) -> Cow<'_, str> {
        "HTTP/1.1".into()
    }

    fn dispatch(&self, _: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Unsupported
    }
}
