//! Output that gathers, its writer, and the clock that sends what is late: `gathered.rs` and
//! `monitor.rs` themselves, around a double of the output.
//!
//! A writer that waits here waits until all that it has written has arrived. So a piece that the
//! clock overlooks, because it sleeps or takes the piece for another one, is a deadlock. That
//! bytes arrive once and in order is asserted as they do.

use crate::gathered::{Gather, Gathered, PATIENCE, Seen};
use crate::monitor::Monitor;
use crate::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};

/// What a writer does next.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// It adds this number of bytes to the buffered output.
    Write(u64),
    /// It takes out everything, and sends it outside of the lock.
    Send,
    /// It waits until everything has arrived. The clock has to see to that.
    Wait,
    /// It turns to another connection, whose bytes must not reach the last one.
    TurnTo,
}

/// The double of `Output`.
#[derive(Debug, Default)]
struct Output {
    ready: Vec<u64>,
    away: bool,
    departures: u64,
}

impl Gather for Output {
    fn piece(&self) -> u64 {
        if self.ready.is_empty() || self.away { 0 } else { self.departures + 1 }
    }
}

/// A client: how many bytes it has, of those that are numbered one by one.
#[derive(Debug)]
struct Client {
    arrived: Mutex<u64>,
    more: Condvar,
}

impl Client {
    fn arrived(&self) -> MutexGuard<'_, u64> {
        self.arrived.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn receive(&self, bytes: &[u64]) {
        let mut arrived = self.arrived();
        for byte in bytes {
            assert_eq!(*byte, *arrived, "bytes arrive out of order, or twice");
            *arrived += 1;
        }
        drop(arrived);
        self.more.notify_all();
    }

    fn await_all(&self, written: u64) {
        let arrived = self.more.wait_while(self.arrived(), |arrived| *arrived < written);
        drop(arrived.unwrap_or_else(PoisonError::into_inner));
    }
}

#[derive(Debug)]
struct Shared {
    output: Gathered<Output>,
    client: Client,
    monitor: Monitor,
    /// What the clock says, in the monitor's milliseconds.
    now: AtomicU64,
}

impl Shared {
    fn new() -> Shared {
        Shared {
            output: Gathered::new(Output::default()),
            client: Client { arrived: Mutex::new(0), more: Condvar::new() },
            monitor: Monitor::new(2),
            now: AtomicU64::new(0),
        }
    }

    /// As `LiveWire::output`.
    fn with<R>(&self, work: impl FnOnce(&mut Output) -> R) -> R {
        let (result, began) = self.output.with(work);
        if began {
            self.monitor.notice();
        }
        result
    }

    /// As `LiveWire::leave`.
    fn send(&self) {
        let leaving = self.with(|output| {
            output.away = true;
            output.departures += 1;
            std::mem::take(&mut output.ready)
        });
        thread::yield_now();
        self.client.receive(&leaving);
        self.with(|output| output.away = false);
    }

    /// As `Output::leave_late`: the connection takes some of it.
    fn send_late(&self) {
        self.output.with(|output| {
            if output.piece() == 0 {
                return;
            }
            output.departures += 1;
            let taken = thread_rng().gen_range(0..=output.ready.len());
            let sent: Vec<u64> = output.ready.drain(..taken).collect();
            self.client.receive(&sent);
        });
    }

    /// As `Pool::watch` and `LateOutput::look`.
    fn watch(&self) {
        let mut seen = Seen::default();
        self.monitor.run(
            || self.output.is_gathering(),
            |_| {
                let passed = thread_rng().gen_range(0..=PATIENCE);
                let now = self.now.fetch_add(passed, SeqCst) + passed;
                if self.output.look(&mut seen, now) {
                    self.send_late();
                }
                seen.is_gathering()
            },
            0,
        );
    }
}

fn draw() -> Vec<Step> {
    let mut random = thread_rng();
    let steps = (0..random.gen_range(1..8)).map(|_| match random.gen_range(0..8) {
        0..=3 => Step::Write(random.gen_range(1..4)),
        4 => Step::Send,
        5 | 6 => Step::Wait,
        _ => Step::TurnTo,
    });
    steps.collect()
}

/// One execution.
pub(crate) fn play() {
    let shared = Arc::new(Shared::new());
    let watched = Arc::clone(&shared);
    let clock = thread::spawn(move || watched.watch());
    let mut written = 0;
    for step in draw() {
        match step {
            Step::Write(count) => {
                shared.with(|output| output.ready.extend(written..written + count));
                written += count;
            }
            Step::Send => shared.send(),
            Step::Wait => shared.client.await_all(written),
            Step::TurnTo => {
                shared.send();
                // All of it is this connection's, and none of it can come later.
                assert_eq!(*shared.client.arrived(), written);
            }
        }
    }
    shared.send();
    assert_eq!(*shared.client.arrived(), written);
    shared.monitor.end();
    clock.join().expect("the clock does not fail");
}
