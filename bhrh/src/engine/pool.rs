//! The server's engine as a whole: its loops, its threads, and how it ends.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::census::Census;
use super::connection::Connection;
use super::event_loop::{Loop, drive};
use super::handoff::{Loan, Slot, Spares};
use super::inbox::{Inbox, Letter};
use super::kept_thread;
use super::late_output::LateOutput;
use super::monitor::Monitor;
use super::slow_kinds::{Begun, Scores};
use crate::exchange::{Server, StopFlag};
use crate::handler::Handler;
use crate::logging::sink::{self, Held};
use crate::logging::writer::{LogOverflow, LogWriter};
use crate::net::readiness::{Listener, Readiness};
use crate::settings::Limits;
use crate::settings::Profile;
use crate::settings::Timeouts;
use crate::turn::{self, Memory, Session};

/// After how many quiet ticks the monitor rests.
const PATIENCE: u32 = 64;

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

/// What all threads of an engine share.
pub(crate) struct Pool {
    pub(crate) handler: Arc<dyn Handler>,
    settings: Settings,
    pub(crate) shards: Vec<Shard>,
    pub(crate) spares: Spares<Job>,
    pub(crate) scores: Scores,
    pub(crate) census: Arc<Census>,
    pub(crate) monitor: Monitor,
    late_output: LateOutput,
    pub(crate) stop: Arc<StopFlag>,
    pub(crate) log: Arc<LogWriter>,
    began: Instant,
    /// When somebody needed a thread and there was none, in milliseconds since then; 0: never, or
    /// there has been one since.
    crowded: AtomicU64,
    /// The shutdown's patience is at its end.
    cut: AtomicBool,
    ended: Mutex<Ended>,
    all_ended: Condvar,
    /// This pool, for the threads it starts.
    this: std::sync::Weak<Pool>,
}

/// How far a shutdown has come.
#[derive(Debug, Default)]
struct Ended {
    loops: usize,
    cut: usize,
}

/// What belongs to one loop, and others may touch.
pub(crate) struct Shard {
    pub(crate) slot: Slot<Box<Loop>>,
    pub(crate) inbox: Inbox,
    /// What its driver does, as far as the scores want to know.
    pub(crate) begun: Begun,
    /// How many connections it has.
    pub(crate) load: AtomicUsize,
    pub(crate) server: Server,
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

impl Pool {
    /// Starts an engine on listeners with known addresses.
    pub(crate) fn start(
        listeners: Vec<(TcpListener, SocketAddr)>,
        handler: Arc<dyn Handler>,
        settings: Settings,
    ) -> io::Result<Arc<Pool>> {
        let count = settings.threads.clamp(1, settings.max_threads.max(1));
        let address = listeners[0].1;
        let mut sets = Vec::with_capacity(count);
        for _ in 0..count {
            sets.push(Readiness::new()?);
        }
        let wakers: Vec<_> = sets.iter().map(Readiness::waker).collect::<io::Result<_>>()?;
        let log = LogWriter::new(settings.log_overflow);
        let pool = Arc::new_cyclic(|this: &std::sync::Weak<Pool>| {
            let woken = this.clone();
            let stop = StopFlag::new(move || {
                if let Some(pool) = woken.upgrade() {
                    pool.log.hurry();
                    pool.shards.iter().for_each(|shard| shard.inbox.wake());
                    // Whoever is about to wait in `join` has the lock or sees the flag.
                    drop(pool.ended.lock());
                    pool.all_ended.notify_all();
                }
            });
            let server = Server::new(address, Arc::clone(&stop));
            let shards = wakers.into_iter().map(|waker| Shard {
                slot: Slot::new(),
                inbox: Inbox::new(waker),
                begun: Begun::new(),
                load: AtomicUsize::new(0),
                server: server.clone(),
                log: Held::new(&log),
            });
            Pool {
                handler,
                settings,
                shards: shards.collect(),
                spares: Spares::new(settings.max_threads.max(count)),
                scores: Scores::new(),
                census: Census::new(&settings.limits),
                monitor: Monitor::new(PATIENCE),
                late_output: LateOutput::default(),
                stop,
                log,
                began: Instant::now(),
                crowded: AtomicU64::new(0),
                cut: AtomicBool::new(false),
                ended: Mutex::default(),
                all_ended: Condvar::new(),
                this: this.clone(),
            }
        });
        let started = pool.populate(sets, listeners);
        if started.is_err() {
            pool.stop.set();
            pool.spares.close();
            pool.monitor.end();
        }
        started.map(|()| pool)
    }

    /// Starts the loops and the monitor.
    fn populate(
        self: &Arc<Pool>,
        sets: Vec<Readiness>,
        listeners: Vec<(TcpListener, SocketAddr)>,
    ) -> io::Result<()> {
        let mut accepting = listeners;
        for (index, readiness) in sets.into_iter().enumerate() {
            // The first loop accepts for all.
            let listeners = std::mem::take(&mut accepting).into_iter();
            let listeners: Vec<Listener> = listeners
                .map(|(listener, _)| Listener::new(listener))
                .collect::<io::Result<_>>()?;
            let event_loop = Box::new(Loop::new(index, readiness, listeners)?);
            let Some(reserved) = self.reserve() else {
                return Err(io::Error::other("the system gives no thread for an event loop"));
            };
            reserved.give(Job::Drive(event_loop));
        }
        thread("bhrh monitor", Arc::clone(self), Pool::watch)
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Keeps a spare thread, a new one if need be.
    pub(crate) fn reserve(&self) -> Option<super::handoff::Reserved<'_, Job>> {
        let reserved = self.spares.reserve(|| {
            let Some(pool) = self.this.upgrade() else { return false };
            thread("bhrh worker", pool, Pool::work).is_ok()
        });
        let crowded = if reserved.is_none() { self.milliseconds() } else { 0 };
        self.crowded.store(crowded, Ordering::Relaxed);
        reserved
    }

    /// Since the engine began; never 0.
    fn milliseconds(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX).max(1)
    }

    /// Whether somebody waits for a thread. Whoever does tries again every few milliseconds.
    pub(crate) fn is_crowded(&self) -> bool {
        const RECENT: u64 = 100;
        match self.crowded.load(Ordering::Relaxed) {
            0 => false,
            at => self.milliseconds().saturating_sub(at) <= RECENT,
        }
    }

    /// Whether one more thread than there are now would still be allowed, and nobody has lately
    /// waited for one.
    pub(crate) fn has_room(&self) -> bool {
        !self.is_crowded() && self.spares.threads() < self.settings.max_threads
    }

    /// Whether there are threads beside those that drive loops, so that one of them will be free.
    pub(crate) fn has_others(&self) -> bool {
        self.spares.threads() > self.shards.len()
    }

    /// Takes the loop that this thread has lent out of its slot and gives it to a spare thread.
    /// `false`: there is no spare thread. The loop is not this thread's afterwards.
    pub(crate) fn give_away(&self, shard: &Shard, loan: Loan) -> bool {
        shard.slot.hand_on(loan, || self.reserve(), Job::Drive)
    }

    /// Takes the loop away from a driver that is held up, likewise.
    fn take_away(&self, shard: &Shard, loan: Loan) {
        let job = |event_loop| {
            self.scores.begin();
            if let Some(kind) = shard.begun.take() {
                self.scores.was_handed_off(kind);
            }
            Job::Drive(event_loop)
        };
        shard.slot.hand_on(loan, || self.reserve(), job);
    }

    /// A worker thread, from its first job to its last.
    fn work(&self) {
        sink::attach(&self.log);
        let mut memory = Memory::default();
        let _watching = self.late_output.watch(&memory.wire.output);
        let mut job = self.spares.first();
        while let Some(current) = job {
            match current {
                Job::Drive(event_loop) => drive::drive(self, event_loop, &mut memory),
                Job::Serve { shard, key, mut connection } => {
                    let home = &self.shards[shard];
                    let fate = kept_thread::serve(self, home, &mut connection, &mut memory);
                    // A loop that waits for connections ends only if they are to be cut.
                    let _ = home.inbox.post(Letter::Return { key, connection, fate });
                }
            }
            job = self.spares.next();
        }
    }

    /// The monitor's thread.
    fn watch(&self) {
        self.monitor.run(
            || {
                self.shards.iter().any(|shard| shard.slot.is_lent())
                    || self.late_output.is_gathering()
            },
            |seen| {
                let mut busy = false;
                for (shard, seen) in self.shards.iter().zip(seen) {
                    let before = *seen;
                    if let Some(loan) = shard.slot.look(seen) {
                        self.take_away(shard, loan);
                    }
                    busy |= seen.is_some() || before.is_some();
                }
                busy | self.late_output.look(self.milliseconds())
            },
            self.shards.len(),
        );
    }

    /// Has the engine end; returns at once.
    pub(crate) fn stop(&self) {
        self.stop.set();
    }

    pub(crate) fn is_cut(&self) -> bool {
        self.cut.load(Ordering::Acquire)
    }

    /// A loop has ended, with so many connections cut.
    pub(crate) fn loop_ended(&self, cut: usize) {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.loops += 1;
        ended.cut += cut;
        drop(ended);
        self.all_ended.notify_all();
    }

    /// Waits until the engine was told to end and has done so; says how many connections had to
    /// be cut, and how many loops did not even come to that.
    pub(crate) fn join(&self) -> (usize, usize) {
        /// What loops get to do the cutting.
        const LAST: Duration = Duration::from_millis(500);
        /// More than anybody waits, and less than clocks can tell.
        const AGES: Duration = Duration::from_secs(u32::MAX as u64);
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        while ended.loops < self.shards.len() && !self.stop.is_set() {
            ended = self.all_ended.wait(ended).unwrap_or_else(PoisonError::into_inner);
        }
        let mut deadline = Instant::now() + self.settings.timeouts.shutdown.min(AGES);
        while ended.loops < self.shards.len() {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() && self.is_cut() {
                break;
            }
            if left.is_zero() {
                self.cut.store(true, Ordering::Release);
                self.shards.iter().for_each(|shard| shard.inbox.wake());
                deadline = Instant::now() + LAST;
                continue;
            }
            let waited = self.all_ended.wait_timeout(ended, left);
            ended = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        self.spares.close();
        self.monitor.end();
        let left = (ended.cut, self.shards.len() - ended.loops);
        drop(ended);
        self.log.end();
        left
    }

    /// What all turns of a connection of this shard's have in common.
    pub(crate) fn session<'p>(&'p self, shard: &'p Shard, client: SocketAddr) -> Session<'p> {
        Session {
            handler: &*self.handler,
            server: &shard.server,
            client_address: client,
            profile: &self.settings.profile,
            limits: &self.settings.limits,
        }
    }

    /// A log line of the server's own, by way of the handler's log.
    pub(crate) fn complain(&self, shard: &Shard, message: std::fmt::Arguments<'_>) {
        let session = self.session(shard, shard.server.server_address());
        sink::without_waiting(|| turn::log_outside(&session, message));
    }
}

/// Starts a thread of the pool's. For all of them: what std makes of a closure is 2 KB each time.
fn thread(name: &str, pool: Arc<Pool>, run: fn(&Pool)) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(move || run(&pool))?;
    Ok(())
}
