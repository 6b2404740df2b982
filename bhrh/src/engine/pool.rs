//! The server's engine as a whole: its threads, and how it ends.

use std::cell::Cell;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Weak};

use super::begun::Begun;
use super::census::Census;
use super::descriptor_want::DescriptorWant;
use super::endpoint::{Endpoint, EndpointSettings};
use super::event_loop::drive;
use super::event_loop::state::Loop;
use super::handoff::{Slot, Spares};
use super::handshakes::Handshakes;
use super::inbox::Inbox;
use super::kept_thread;
use super::late_output::LateOutput;
use super::letter::Letter;
use super::monitor::Monitor;
use super::next_step::NextStep;
use super::scarcity::Scarcity;
pub(crate) use super::shared::Settings;
use super::shared::{Hooks, Job, Shard, Shared};
use super::shutdown::{LAST, Progress, Shutdown};
use super::slow_kinds::Scores;
use super::threads::Threads;
use crate::exchange::{Server, StopFlag};
use crate::handler::Handler;
use crate::logging::sink::{self, Held};
use crate::logging::writer::LogWriter;
use crate::net::descriptors;
use crate::net::listener::Listener;
use crate::net::readiness::Readiness;
use crate::turn::{Closing, TurnBuffers, drop_payload};

/// After how many quiet ticks the monitor rests.
const PATIENCE: u32 = 64;

/// A connection keeps the number of its endpoint, and listeners have few tokens of the poller's.
const MOST_LISTENERS: usize = 4096;

/// What did not end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Left {
    /// How many connections had to be cut.
    cut: usize,
    /// How many loops did not even come to that.
    loops: usize,
    /// How many threads still run a method.
    threads: usize,
}

impl Left {
    const NOTHING: Left = Left { cut: 0, loops: 0, threads: 0 };

    /// What there is to say of it.
    pub(crate) fn complaint(self) -> Option<String> {
        let Left { cut, loops, threads } = self;
        if self == Left::NOTHING {
            return None;
        }
        let counted = |count, one: &str, several: &str| match count {
            1 => format!("1 {one}"),
            _ => format!("{count} {several}"),
        };
        let mut message = counted(cut, "connection was cut", "connections were cut");
        message += " at the end of the shutdown";
        if loops > 0 {
            let held_up = counted(loops, "event loop was held up", "event loops were held up");
            message += &format!(", and {held_up} by methods that block");
        }
        if threads > 0 {
            let run = counted(threads, "thread still runs", "threads still run");
            message += &format!("; {run}");
        }
        Some(message)
    }
}

/// A running engine.
pub(crate) struct Pool<'h> {
    shared: Arc<Shared<'h>>,
}

impl<'h> Pool<'h> {
    /// Starts an engine that has these endpoints, of at least one listener and at most
    /// [`MOST_LISTENERS`].
    pub(crate) fn start(
        endpoints: Vec<EndpointSettings>,
        handler: Arc<dyn Handler + 'h>,
        mut settings: Settings,
        threads: &Threads<'h>,
    ) -> io::Result<Pool<'h>> {
        let count: usize = endpoints.iter().map(|endpoint| endpoint.listeners.len()).sum();
        if !(1..=MOST_LISTENERS).contains(&count) {
            let message = format!("a server has 1 to {MOST_LISTENERS} listeners, not {count}");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        descriptors::raise_limit();
        let census = Census::new(&settings.limits);
        let handshakes = Handshakes::new(settings.limits.handshakes);
        let (places, listeners) = places(endpoints, &census, &handshakes);
        // There is always one thread that drives no loop: to wait for a client, for instance.
        settings.max_threads = settings.max_threads.max(2);
        let count = settings.threads.clamp(1, settings.max_threads - 1);
        let sets: Vec<_> = (0..count).map(|_| Readiness::new()).collect::<io::Result<_>>()?;
        let workers = threads.clone();
        let pool = Pool { shared: share(places, census, handler, settings, &sets, workers)? };
        let started = pool.populate(sets, listeners, threads);
        if started.is_err() {
            pool.shared.stop.set();
            pool.shared.let_threads_go();
        }
        started.map(|()| pool)
    }

    /// Starts the loops and the monitor.
    fn populate(
        &self,
        sets: Vec<Readiness>,
        listeners: Vec<(u16, Listener)>,
        threads: &Threads<'h>,
    ) -> io::Result<()> {
        let mut accepting = listeners;
        let keep_alive = self.shared.settings.timeouts.keep_alive;
        for (index, readiness) in sets.into_iter().enumerate() {
            // The first loop accepts for all.
            let listeners = std::mem::take(&mut accepting);
            let event_loop = Box::new(Loop::new(index, readiness, listeners, keep_alive)?);
            let Some(reserved) = self.shared.reserve() else {
                return Err(io::Error::other("the system gives no thread for an event loop"));
            };
            reserved.give(Job::Drive(event_loop));
        }
        thread(threads, "bhrh monitor", Arc::clone(&self.shared), watch)
    }

    /// What tells the engine to end, and what handlers know of their server.
    pub(crate) fn server(&self) -> &Server {
        &self.shared.shards[0].servers[0]
    }

    /// The flag that tells the engine to end.
    #[cfg(feature = "signals")]
    pub(crate) fn stop_flag(&self) -> &Arc<StopFlag> {
        &self.shared.stop
    }

    /// Tells the engine to end; returns at once.
    pub(crate) fn stop(&self) {
        self.shared.stop.set();
    }

    /// Whether the engine was told to end.
    pub(crate) fn is_stopping(&self) -> bool {
        self.shared.stop.is_set()
    }

    /// Whether anybody has ever connected.
    pub(crate) fn was_visited(&self) -> bool {
        self.shared.census.was_visited()
    }

    /// Where the engine's log lines go.
    pub(crate) fn log(&self) -> &Arc<LogWriter> {
        &self.shared.log
    }

    /// Writes a line of the server's own, by way of the handler's log.
    pub(crate) fn complain(&self, message: std::fmt::Arguments<'_>) {
        self.shared.complain(Hooks::Own, &self.shared.shards[0], message);
    }

    /// Says what was wrong with certificates, likewise, for as long as the engine runs.
    #[cfg(feature = "tls")]
    pub(crate) fn complainer(&self) -> impl Fn(&io::Error) + Send + use<'h> {
        let shared = Arc::downgrade(&self.shared);
        move |error| {
            if let Some(shared) = shared.upgrade() {
                sink::by(&shared.log, || {
                    let words = "the old certificates stay in use";
                    let shard = &shared.shards[0];
                    shared.complain(Hooks::Own, shard, format_args!("{error}: {words}"));
                });
            }
        }
    }

    /// Waits until the engine was told to end and has done so, with all of its threads. `None`:
    /// this is one of its threads, which would wait for itself.
    pub(crate) fn join(&self) -> Option<Left> {
        let shared = &self.shared;
        if shared.crew.has_this_thread() {
            return None;
        }
        let upgrades_cut = Cell::new((0, 0));
        let (cut, loops) = shared.shutdown.wait(
            shared.shards.len(),
            || shared.stop.is_set(),
            shared.settings.timeouts.shutdown,
            |deadline| shared.upgrades.wait(deadline) == 0,
            || {
                shared.late_output.cut();
                upgrades_cut.set(shared.upgrades.cut());
                shared.shards.iter().for_each(|shard| shard.inbox.wake());
            },
        );
        // A method whose connection was cut may have returned before its loop counted it.
        let (own, in_methods) = upgrades_cut.get();
        let cut = cut.max(in_methods) + own;
        shared.let_threads_go();
        let threads = shared.crew.wait(LAST);
        shared.log.end();
        Some(Left { cut, loops, threads })
    }
}

/// Takes endpoints apart: into what the engine keeps of each, and their listeners with the index of
/// their endpoint.
fn places(
    endpoints: Vec<EndpointSettings>,
    census: &Arc<Census>,
    handshakes: &Arc<Handshakes>,
) -> (Vec<Endpoint>, Vec<(u16, Listener)>) {
    let (mut places, mut listeners) = (Vec::with_capacity(endpoints.len()), Vec::new());
    for (index, endpoint) in (0..).zip(endpoints) {
        let EndpointSettings { listeners: its_own, address, limits, trusted, proxied } = endpoint;
        let place = Endpoint::new(address, limits, census, handshakes);
        places.push(Endpoint { trusted, proxied, ..place });
        listeners.extend(its_own.into_iter().map(|listener| (index, listener)));
    }
    (places, listeners)
}

/// Makes what all threads share. There is a loop for each of the `sets`.
fn share<'h>(
    places: Vec<Endpoint>,
    census: Arc<Census>,
    handler: Arc<dyn Handler + 'h>,
    settings: Settings,
    sets: &[Readiness],
    workers: Threads<'h>,
) -> io::Result<Arc<Shared<'h>>> {
    let log = LogWriter::new(settings.log_overflow);
    let wakers: Vec<_> = sets.iter().map(Readiness::waker).collect::<io::Result<_>>()?;
    let registrars: Vec<_> = sets.iter().map(Readiness::registrar).collect::<io::Result<_>>()?;
    let inboxes: Vec<_> = wakers.into_iter().map(|waker| Arc::new(Inbox::new(waker))).collect();
    let shutdown = Shutdown::default();
    let stop = stop_flag(Arc::clone(&log), inboxes.clone(), shutdown.progress());
    let server = |endpoint: &Endpoint| {
        let trusted = endpoint.trusted.clone();
        Server::new(endpoint.address.clone(), Arc::clone(&stop), trusted)
    };
    let servers: Box<[Server]> = places.iter().map(server).collect();
    let shards = inboxes.into_iter().zip(registrars).map(|(inbox, registrar)| Shard {
        slot: Slot::new(),
        inbox,
        registrar,
        begun: Begun::new(),
        load: AtomicUsize::new(0),
        servers: servers.clone(),
        log: Held::new(&log),
    });
    let shards = shards.collect();
    Ok(Arc::new_cyclic(|this: &Weak<Shared<'h>>| {
        let this = this.clone();
        Shared {
            handler,
            settings,
            endpoints: places,
            shards,
            spares: Spares::new(settings.max_threads),
            scores: Scores::new(),
            census,
            monitor: Monitor::new(PATIENCE),
            late_output: LateOutput::default(),
            stop,
            log,
            scarcity: Scarcity::new(),
            descriptor_want: DescriptorWant::new(sets.len()),
            shutdown,
            crew: Arc::default(),
            upgrades: Arc::default(),
            start_worker: Box::new(move || {
                let start = |shared| thread(&workers, "bhrh worker", shared, work);
                this.upgrade().is_some_and(|shared| start(shared).is_ok())
            }),
        }
    }))
}

/// The flag that ends the engine, and wakes everybody who waits for something else. Copies of it
/// may outlive the engine, so it knows nothing of the handler.
fn stop_flag(
    log: Arc<LogWriter>,
    inboxes: Vec<Arc<Inbox<Letter>>>,
    progress: Arc<Progress>,
) -> Arc<StopFlag> {
    StopFlag::new(move || {
        log.hurry();
        inboxes.iter().for_each(|inbox| inbox.wake());
        progress.begin();
    })
}

/// A worker thread, from its first job to its last. It outlives every panic: what a job has in hand
/// is accounted for, and the thread goes on.
fn work(shared: &Shared) {
    sink::attach(&shared.log);
    let mut buffers = TurnBuffers::default();
    let _watching = shared.late_output.watch(&buffers.wire.output);
    let mut job = shared.spares.first();
    while let Some(current) = job {
        let done = match current {
            Job::Drive(event_loop) => {
                let home = &shared.shards[event_loop.index()];
                let visiting = Cell::new(None);
                let drive = || drive::drive(shared, event_loop, &mut buffers, &visiting);
                let done = outlived(drive).is_some();
                // The loop was lent, so another thread drives it, or will.
                if let (false, Some(visit)) = (done, visiting.get()) {
                    let _ = home.inbox.post(Letter::Lost(visit));
                }
                done
            }
            Job::Serve { shard, key, mut connection } => {
                let home = &shared.shards[shard];
                let next =
                    outlived(|| kept_thread::serve(shared, home, &mut connection, &mut buffers));
                let done = next.is_some();
                let next = next.unwrap_or(NextStep::Close(Closing::Cut));
                home.hand_back(key, connection, next);
                done
            }
        };
        if !done {
            buffers.forget_connection();
            sink::attach(&shared.log);
        }
        job = shared.spares.next();
    }
}

/// Runs a job. `None`: it has panicked.
fn outlived<T>(job: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(job)).map_err(drop_payload).ok()
}

/// The monitor's thread.
fn watch(shared: &Shared) {
    shared.monitor.run(
        || {
            shared.shards.iter().any(|shard| shard.slot.is_lent())
                || shared.late_output.is_gathering()
        },
        |seen| {
            let mut busy = false;
            for (shard, seen) in shared.shards.iter().zip(seen) {
                let before = *seen;
                if let Some(loan) = shard.slot.look(seen) {
                    shared.take_away(shard, loan);
                }
                busy |= seen.is_some() || before.is_some();
            }
            let now = shared.scarcity.milliseconds();
            shared.scores.ease_off(now, || shared.has_threads_left());
            busy | shared.late_output.look(now)
        },
        shared.shards.len(),
    );
}

/// Starts a thread of the engine's.
fn thread<'h>(
    threads: &Threads<'h>,
    name: &str,
    shared: Arc<Shared<'h>>,
    run: fn(&Shared<'_>),
) -> io::Result<()> {
    let member = shared.crew.enlist();
    threads.start(name, move || {
        member.report();
        run(&shared);
        // Counted until it has let go of the handler.
        drop(shared);
        drop(member);
    })
}

#[cfg(test)]
mod tests {
    use super::Left;

    #[test]
    fn what_is_left_is_counted_in_words() {
        for (cut, loops, threads, complaint) in [
            (1, 0, 0, "1 connection was cut at the end of the shutdown"),
            (
                1,
                1,
                1,
                "1 connection was cut at the end of the shutdown, and 1 event loop was held up by \
                 methods that block; 1 thread still runs",
            ),
            (
                0,
                2,
                3,
                "0 connections were cut at the end of the shutdown, and 2 event loops were held up \
                 by methods that block; 3 threads still run",
            ),
        ] {
            let left = Left { cut, loops, threads };
            assert_eq!(left.complaint().as_deref(), Some(complaint));
        }
        assert_eq!(Left::NOTHING.complaint(), None);
    }
}
