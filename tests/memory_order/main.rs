//! The monitor's sleep under a checker that knows how memory is ordered.
//!
//! A driver that has lent its loop and a monitor that lies down look at one another's words without
//! a fence between: each slot's lock is enough. The checker of `tests/model` takes every atomic for
//! sequentially consistent and could not tell; this one tries every order that the memory model
//! allows.

#[path = "../../bhrh/src/engine/handoff.rs"]
#[expect(dead_code, reason = "only slots are used here")]
mod handoff;
#[path = "../../bhrh/src/engine/monitor.rs"]
mod monitor;
mod sync;

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
