//! A thread that stays with its connection for a moment.
//!
//! Whoever asks for something that takes long often asks for the next such thing as soon as the
//! answer is there. If its thread is still there too, neither the loop nor another thread has to be
//! woken for it, which is most of what such a request costs beside the method itself.
//!
//! A stay is short beside the request that it follows, so that it takes few threads more than there
//! would be without, and there is none while threads are scarce.

use std::io;
use std::time::{Duration, Instant};

use super::connection::{Connection, Phase};
use super::pool::{Pool, Shard};
use super::service::{self, Fate, Place};
use crate::turn::Memory;

/// Which part of the time that a request took may be added to it.
const PART: u32 = 8;

/// The longest stay: more than a client takes that only waits for its answer.
const LONGEST: Duration = Duration::from_millis(20);

/// Less than this is not worth the calls.
const SHORTEST: Duration = Duration::from_millis(1);

/// Serves a connection on a thread that drives nothing, for as long as it is worth it.
pub(super) fn serve(
    pool: &Pool,
    shard: &Shard,
    connection: &mut Connection,
    memory: &mut Memory,
) -> Fate {
    loop {
        let began = Instant::now();
        let fate = service::serve(pool, shard, connection, memory, Place::Spare);
        let between_requests = fate == Fate::Wait(Phase::Idle);
        let time = stay_after(began.elapsed(), pool.settings().timeouts.keep_alive);
        let Some(time) = time.filter(|_| between_requests && !pool.stop.is_set()) else {
            return fate;
        };
        if !(pool.has_room() && something_comes(connection, time)) {
            return fate;
        }
    }
}

/// How long to stay after a service that took so long, if at all.
fn stay_after(took: Duration, keep_alive: Duration) -> Option<Duration> {
    let time = (took / PART).min(LONGEST).min(keep_alive);
    (time >= SHORTEST).then_some(time)
}

/// Waits for so long for the next request's first byte, or for the client's end.
fn something_comes(connection: &Connection, time: Duration) -> bool {
    let socket = socket2::SockRef::from(&*connection.stream);
    let blocks = socket.set_read_timeout(Some(time)).and_then(|()| socket.set_nonblocking(false));
    let peeked = blocks.and_then(|()| connection.stream.peek(&mut [0]));
    // Whatever else there is to see of the socket, the next service will see it.
    socket.set_nonblocking(true).is_ok() && !peeked.is_err_and(|error| is_nothing(&error))
}

/// How systems say that nothing has come.
fn is_nothing(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
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
