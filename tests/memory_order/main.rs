//! The monitor's sleep under a checker that knows how memory is ordered.
//!
//! A driver that has lent its loop and a monitor that lies down look at one another's words without
//! a fence between: each slot's lock is enough. The checker of `tests/model` takes every atomic for
//! sequentially consistent and could not tell; this one tries every order that the memory model
//! allows.

#[path = "../../bhrh/src/exchange/gathered.rs"]
mod gathered;
#[path = "../../bhrh/src/engine/handoff.rs"]
#[expect(dead_code, reason = "only slots are used here")]
mod handoff;
#[path = "../../bhrh/src/engine/monitor.rs"]
mod monitor;
mod sync;

use gathered::{Gather, Gathered, PATIENCE, Seen};
use handoff::Slot;
use loom::sync::Arc;
use loom::thread;
use monitor::Monitor;

#[test]
fn a_monitor_that_lies_down_sees_what_is_lent() {
    loom::model(|| {
        let shared = Arc::new((Slot::new(), Monitor::new(0)));
        let watched = Arc::clone(&shared);
        let monitor = thread::spawn(move || {
            let (slot, monitor) = &*watched;
            let look = |seen: &mut [Option<handoff::Loan>]| {
                if let Some(loan) = slot.look(&mut seen[0]) {
                    assert_eq!(slot.reclaim(loan), Some("loop"));
                    monitor.end();
                }
                seen[0].is_some()
            };
            // Were the loan overlooked, it would sleep for ever.
            monitor.run(|| slot.is_lent(), look, 1);
        });
        let (slot, monitor_of_all) = &*shared;
        let loan = slot.lend("loop");
        monitor_of_all.notice();
        monitor.join().expect("the monitor does not fail");
        assert_eq!(slot.reclaim(loan), None);
    });
}

/// The number of a piece, if one is gathering.
struct Piece(u64);

impl Gather for Piece {
    fn piece(&self) -> u64 {
        self.0
    }
}

#[test]
fn a_clock_that_lies_down_sees_what_gathers() {
    loom::model(|| {
        let shared = Arc::new((Gathered::new(Piece(0)), Monitor::new(0)));
        let watched = Arc::clone(&shared);
        let clock = thread::spawn(move || {
            let (output, monitor) = &*watched;
            let (mut seen, mut now) = (Seen::default(), 0);
            let look = |_: &mut [Option<handoff::Loan>]| {
                now += PATIENCE;
                if output.look(&mut seen, now) {
                    output.with(|piece| piece.0 = 0);
                    monitor.end();
                }
                seen.is_gathering()
            };
            // Were the piece overlooked, it would sleep for ever.
            monitor.run(|| output.is_gathering(), look, 0);
        });
        let (output, monitor) = &*shared;
        let ((), began) = output.with(|piece| piece.0 = 1);
        assert!(began);
        monitor.notice();
        clock.join().expect("the clock does not fail");
        assert!(!output.is_gathering());
    });
}
