//! The engine's hand-off under a model checker.
//!
//! What is checked is the engine's own source: `handoff.rs`, `monitor.rs`, `inbox.rs`,
//! `scarcity.rs`, `shutdown.rs` and `crew.rs`, and `gathered.rs` of the exchange, compiled here
//! beside a [`sync`] whose locks hand every decision about who runs next to the checker. What
//! surrounds them is a double: of `pool.rs` in [`engine`], of `event_loop/` in [`event_loop`], of
//! `logging/` in [`log`]. What handlers and clients do is drawn anew for each execution in
//! [`scenario`]: methods block, clients never send what they have announced, jobs die, connections
//! arrive while the engine ends, clients are silent until just before they are judged, and nobody
//! reads the log.
//!
//! A lost wake-up shows as a deadlock, a loop that nobody drives as an execution without end. All
//! else is asserted on the way: nothing is lost or served twice, a loan is reclaimed by its maker
//! only, no handler that is quicker than a tick loses its loop, there are never more threads
//! at work than allowed, no client is judged that has not been heard, every client that sends is
//! answered however many do not, and `join` returns when all threads have let go of the handler.
//! (`handoff.rs` itself asserts that no reservation is broken.)
//!
//! `MODEL_ITERATIONS` sets how many executions each test tries. A failure prints its schedule.

mod client;
mod connection;
#[path = "../../bhrh/src/engine/crew.rs"]
mod crew;
mod engine;
mod event_loop;
mod gates;
#[path = "../../bhrh/src/exchange/gathered.rs"]
mod gathered;
mod gathering;
#[path = "../../bhrh/src/engine/handoff.rs"]
mod handoff;
#[path = "../../bhrh/src/engine/inbox.rs"]
mod inbox;
mod letter;
mod listener;
mod log;
#[path = "../../bhrh/src/engine/monitor.rs"]
mod monitor;
mod readiness;
#[path = "../../bhrh/src/engine/scarcity.rs"]
mod scarcity;
mod scenario;
mod service;
#[path = "../../bhrh/src/engine/shutdown.rs"]
mod shutdown;
mod sync;

use scenario::{Patience, Room, Scenario};
use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, MaxSteps, Runner};

fn iterations(unless_told: usize) -> usize {
    let told = std::env::var("MODEL_ITERATIONS").ok();
    told.map_or(unless_told, |text| text.parse().expect("MODEL_ITERATIONS is a number"))
}

fn check(scheduler: impl Scheduler + 'static, room: Room, patience: Patience) {
    let mut config = Config::new();
    // Atomics are sequentially consistent here; `tests/memory_order` looks at the rest.
    config.silence_warnings = true;
    config.max_steps = MaxSteps::FailAfter(200_000);
    Runner::new(scheduler, config).run(move || Scenario::draw(room, patience).play());
}

#[test]
fn every_handler_ends_where_there_is_a_thread_for_each() {
    check(RandomScheduler::new(iterations(800)), Room::ForAll, Patience::Endless);
    check(PctScheduler::new(3, iterations(800)), Room::ForAll, Patience::Endless);
}

#[test]
fn requests_wait_where_there_are_too_few_threads() {
    check(RandomScheduler::new(iterations(400)), Room::ForFew, Patience::Endless);
    check(PctScheduler::new(3, iterations(400)), Room::ForFew, Patience::Endless);
}

#[test]
fn a_shutdown_that_has_lost_its_patience_ends_all_threads() {
    check(RandomScheduler::new(iterations(400)), Room::ForAll, Patience::Short);
    check(PctScheduler::new(3, iterations(400)), Room::ForFew, Patience::Short);
}

#[test]
fn what_gathers_leaves_once_in_order_and_in_time() {
    fn check(scheduler: impl Scheduler + 'static) {
        let mut config = Config::new();
        config.silence_warnings = true;
        config.max_steps = MaxSteps::FailAfter(200_000);
        Runner::new(scheduler, config).run(gathering::play);
    }
    check(RandomScheduler::new(iterations(4_000)));
    check(PctScheduler::new(3, iterations(4_000)));
}
