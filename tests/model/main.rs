//! The engine's hand-off under a model checker.
//!
//! What is checked is the engine's own source: `handoff.rs`, `monitor.rs`, `inbox.rs`,
//! `scarcity.rs`, `shutdown.rs` and `crew.rs`, and `gathered.rs` and `outlet.rs` of the exchange,
//! compiled here beside a [`sync`] whose locks hand every decision about who runs next to the
//! checker. What surrounds them is a double: of `pool.rs` in [`engine`], of `event_loop/` in
//! [`event_loop`] and [`residing`], of `logging/` in [`log`]. What handlers and clients do is
//! drawn anew for each execution in [`scenario`] and [`meeting`]: methods block, clients never
//! send what they have announced, jobs die, connections arrive while the engine ends, clients are
//! silent until just before they are judged, nobody reads the log, and protocols that stay with
//! the loop get messages of other threads and have to go at any moment.
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
mod meeting;
#[path = "../../bhrh/src/engine/monitor.rs"]
mod monitor;
#[path = "../../bhrh/src/exchange/outlet.rs"]
#[expect(dead_code, reason = "not all of it is called here")]
mod outlet;
mod readiness;
mod resident;
mod residing;
#[path = "../../bhrh/src/engine/scarcity.rs"]
mod scarcity;
mod scenario;
mod service;
#[path = "../../bhrh/src/engine/shutdown.rs"]
mod shutdown;
mod sync;

use scenario::{Guests, Patience, Room, Scenario};
use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, MaxSteps, Runner};

fn iterations(unless_told: usize) -> usize {
    let told = std::env::var("MODEL_ITERATIONS").ok();
    told.map_or(unless_told, |text| text.parse().expect("MODEL_ITERATIONS is a number"))
}

fn check(scheduler: impl Scheduler + 'static, room: Room, patience: Patience) {
    check_with(scheduler, room, patience, Guests::Requests);
}

fn check_with(scheduler: impl Scheduler + 'static, room: Room, patience: Patience, guests: Guests) {
    let mut config = Config::new();
    // Atomics are sequentially consistent here; `tests/memory_order` looks at the rest.
    config.silence_warnings = true;
    config.max_steps = MaxSteps::FailAfter(200_000);
    Runner::new(scheduler, config).run(move || Scenario::draw(room, patience, guests).play());
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

/// Arrivals against a shutdown, threads that send against the driver, and eviction against a step.
#[test]
fn protocols_that_stay_hear_and_say_everything_and_end() {
    let check = |scheduler, patience| check_with(scheduler, Room::ForAll, patience, Guests::Stay);
    check(RandomScheduler::new(iterations(300)), Patience::Endless);
    check(RandomScheduler::new(iterations(150)), Patience::Short);
    let check = |scheduler, room| check_with(scheduler, room, Patience::Endless, Guests::Stay);
    check(PctScheduler::new(3, iterations(300)), Room::ForAll);
    check(PctScheduler::new(3, iterations(150)), Room::ForFew);
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
