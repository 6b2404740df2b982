//! A thread that stays with its connection for a moment.
//!
//! A client that asks for something that takes long often asks for the next such thing as soon as
//! the answer is there. If the thread is still there too, neither the loop nor another thread has
//! to be woken. Beside the method itself, waking a thread costs the most.
//!
//! A stay is short beside the request that it follows, so that stays take few threads more. No
//! thread stays while threads are scarce.

use std::time::{Duration, Instant};

use super::connection::Connection;
use super::next_step::{Awaited, NextStep, RunOn};
use super::service;
use super::shared::{Shard, Shared};
use crate::turn::TurnBuffers;

/// Which part of the time that a request took may be added to it.
const PART: u32 = 8;

/// The longest stay: more than a client takes that only waits for its answer.
const LONGEST: Duration = Duration::from_millis(20);

/// Less than this is not worth the calls.
const SHORTEST: Duration = Duration::from_millis(1);

/// Serves a connection on a thread that drives nothing, for as long as it is worth it.
pub(super) fn serve(
    shared: &Shared,
    shard: &Shard,
    connection: &mut Connection,
    buffers: &mut TurnBuffers,
) -> NextStep {
    if connection.is_resident() {
        return service::step(shared, shard, connection, RunOn::Spare);
    }
    loop {
        let began = Instant::now();
        let next = service::serve(shared, shard, connection, buffers, RunOn::Spare);
        let between_requests = matches!(next, NextStep::Await(Awaited::Request));
        let time = stay_after(began.elapsed(), shared.settings.timeouts.keep_alive);
        let Some(time) = time.filter(|_| between_requests && !shared.stop.is_set()) else {
            return next;
        };
        if !(shared.may_add_thread() && connection.channel.socket().wait_readable(time)) {
            return next;
        }
    }
}

/// How long to stay after a service that took this long, if at all.
fn stay_after(took: Duration, keep_alive: Duration) -> Option<Duration> {
    let time = (took / PART).min(LONGEST).min(keep_alive);
    (time >= SHORTEST).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stay_is_short_beside_what_it_follows() {
        let stay = |milliseconds, keep_alive| {
            stay_after(Duration::from_millis(milliseconds), Duration::from_millis(keep_alive))
        };
        assert_eq!(stay(7, 75_000), None);
        assert_eq!(stay(8, 75_000), Some(SHORTEST));
        assert_eq!(stay(80, 75_000), Some(Duration::from_millis(10)));
        assert_eq!(stay(80_000, 75_000), Some(LONGEST));
        assert_eq!(stay(80_000, 5), Some(Duration::from_millis(5)));
    }
}
