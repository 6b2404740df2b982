//! How long a thread waits for the client that it serves: until the next piece, as long as the
//! client keeps to a least rate, and less while other requests need the thread.
//!
//! A thread that waits looks up every [`SLICE`]. Only here are clocks read while content moves,
//! and only for a client that has kept a thread waiting once in the same request.

use std::io;
use std::time::{Duration, Instant};

use crate::settings::Timeouts;

/// For how long a thread blocks before it looks up.
pub(super) const SLICE: Duration = Duration::from_millis(250);

/// After how much more than a slice a thread was held up itself: the process was stopped, for
/// instance. No client is to blame for that.
const HELD_UP: Duration = Duration::from_millis(500);

/// How much a client may be behind [`HURRIED_RATE`] while a request needs the thread that it keeps
/// waiting.
const HURRY: Duration = Duration::from_secs(1);

/// The rate that is expected then, in bytes per second: a slow line by today's measure.
const HURRIED_RATE: u64 = 64 << 10;

/// What a thread waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Content of the request.
    Body,
    /// Room for the response.
    Response,
}

/// How much longer a request's client may keep a thread waiting in one direction: less with time,
/// more with each byte. `None`: it has not kept one waiting yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Account(Option<Credit>);

/// Bytes add to it at the rate, up to a bound: what the system's buffers swallow at once must not
/// count for hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Credit {
    usual: Duration,
    hurried: Duration,
}

impl Account {
    /// Waits for one operation of a socket that blocks for at most [`SLICE`] at a time. `is_over`
    /// is asked between two slices, and so are the clocks; `is_claimed`, whether a request needs
    /// the thread more, and only of a client that is behind.
    pub(super) fn wait(
        &mut self,
        direction: Direction,
        timeouts: &Timeouts,
        mut operation: impl FnMut() -> io::Result<usize>,
        incomplete: impl Fn() -> usize,
        is_over: impl Fn() -> io::Result<bool>,
        is_claimed: impl Fn() -> bool,
    ) -> io::Result<usize> {
        let gap = direction.gap(timeouts);
        let mut waited = Duration::ZERO;
        let mut pieces = incomplete();
        loop {
            let began = Instant::now();
            let result = operation();
            let time = clients_part(began.elapsed());
            waited += time;
            let credit = self.pay(time, direction, timeouts);
            let is_late = credit.is_some_and(|credit| {
                credit.usual.is_zero() || credit.hurried.is_zero() && is_claimed()
            });
            match result {
                Ok(0) => return Ok(0),
                Ok(_) if is_late => return Err(io::ErrorKind::TimedOut.into()),
                Ok(count) => {
                    self.earn(count, direction, timeouts);
                    return Ok(count);
                }
                Err(error) if is_a_slice(&error) => {
                    let more = incomplete();
                    if more > pieces {
                        self.earn(more - pieces, direction, timeouts);
                        (waited, pieces) = (Duration::ZERO, more);
                    }
                    if is_late || waited >= gap || is_over()? {
                        return Err(io::ErrorKind::TimedOut.into());
                    }
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes off what was waited. `None`: there is no rate.
    fn pay(&mut self, time: Duration, direction: Direction, timeouts: &Timeouts) -> Option<Credit> {
        direction.worth(0, timeouts)?;
        let credit = self.0.get_or_insert(Credit { usual: timeouts.grace, hurried: HURRY });
        credit.usual = credit.usual.saturating_sub(time);
        credit.hurried = credit.hurried.saturating_sub(time);
        Some(*credit)
    }

    /// Adds what bytes are worth.
    fn earn(&mut self, bytes: usize, direction: Direction, timeouts: &Timeouts) {
        let worth = direction.worth(bytes as u64, timeouts);
        if let (Some(credit), Some(worth)) = (&mut self.0, worth) {
            let most = direction.gap(timeouts).max(timeouts.grace);
            credit.usual = credit.usual.saturating_add(worth).min(most);
            let hurried = Duration::from_millis(bytes as u64 * 1000 / HURRIED_RATE);
            credit.hurried = credit.hurried.saturating_add(hurried).min(HURRY);
        }
    }
}

impl Direction {
    /// The longest time between two pieces.
    pub(super) fn gap(self, timeouts: &Timeouts) -> Duration {
        match self {
            Direction::Body => timeouts.body,
            Direction::Response => timeouts.write,
        }
    }

    /// The longest time that this many bytes may take.
    pub(super) fn time_for(self, bytes: u64, timeouts: &Timeouts) -> Duration {
        let worth = self.worth(bytes, timeouts);
        worth.map_or(Duration::MAX, |worth| timeouts.grace.saturating_add(worth))
    }

    /// The time that this many bytes take at the least rate. `None`: no rate is set.
    fn worth(self, bytes: u64, timeouts: &Timeouts) -> Option<Duration> {
        let rate = match self {
            Direction::Body => timeouts.body_rate,
            Direction::Response => timeouts.write_rate,
        };
        bytes.saturating_mul(1000).checked_div(u64::from(rate)).map(Duration::from_millis)
    }
}

/// How systems say that a socket has blocked for as long as it may, or was interrupted (by SIGCONT,
/// for instance).
fn is_a_slice(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), WouldBlock | TimedOut | Interrupted)
}

/// The part of an operation's time in which the thread waited for the client.
fn clients_part(time: Duration) -> Duration {
    if time > SLICE + HELD_UP { SLICE } else { time }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left after these bytes and these seconds, in turn.
    fn left(steps: &[(usize, u64)]) -> Credit {
        let (timeouts, mut account) = (Timeouts::default(), Account::default());
        let mut left = account.pay(Duration::ZERO, Direction::Body, &timeouts);
        for (bytes, seconds) in steps {
            account.earn(*bytes, Direction::Body, &timeouts);
            left = account.pay(Duration::from_secs(*seconds), Direction::Body, &timeouts);
        }
        left.unwrap()
    }

    #[test]
    fn a_rate_holds_after_the_grace() {
        assert_eq!(left(&[(0, 19)]).usual, Duration::from_secs(1));
        assert!(left(&[(0, 20)]).usual.is_zero());
        // 500 bytes are worth a second.
        assert_eq!(left(&[(500, 20)]).usual, Duration::from_secs(1));
        assert!(left(&[(500, 1); 100]).usual > Duration::ZERO);
        assert!(left(&[(250, 1); 100]).usual.is_zero());
    }

    #[test]
    fn what_comes_at_once_is_no_credit_for_hours() {
        assert_eq!(left(&[(10_000_000, 0)]).usual, Timeouts::default().body);
        assert_eq!(left(&[(10_000_000, 0)]).hurried, HURRY);
        assert!(left(&[(10_000_000, 1)]).hurried.is_zero());
    }

    #[test]
    fn in_a_hurry_more_is_expected() {
        let rate = usize::try_from(HURRIED_RATE).unwrap();
        assert!(left(&[(rate / 2, 1)]).hurried.is_zero());
        assert_eq!(left(&[(rate, 1), (rate, 0)]).hurried, HURRY);
        assert!(left(&[(rate / 2, 1), (rate / 2, 0)]).usual > HURRY);
    }

    #[test]
    fn no_rate_is_no_rate() {
        let timeouts = Timeouts { body_rate: 0, ..Timeouts::default() };
        assert_eq!(Direction::Body.time_for(0, &timeouts), Duration::MAX);
        let timeouts = Timeouts { grace: Duration::MAX, ..Timeouts::default() };
        assert_eq!(Direction::Body.time_for(u64::MAX, &timeouts), Duration::MAX);
    }

    #[test]
    fn a_thread_that_was_held_up_charges_nobody() {
        let timeouts = Timeouts { body: SLICE * 2, grace: SLICE * 2, ..Timeouts::default() };
        let mut calls = 0;
        let stopped = || {
            calls += 1;
            if calls == 1 {
                std::thread::sleep(SLICE + HELD_UP + Duration::from_millis(50));
                return Err(io::ErrorKind::Interrupted.into());
            }
            Ok(5)
        };
        let mut account = Account::default();
        let wait = account.wait(Direction::Body, &timeouts, stopped, || 0, || Ok(false), || false);
        assert_eq!(wait.unwrap(), 5);
        assert_eq!(clients_part(SLICE + HELD_UP), SLICE + HELD_UP);
    }

    #[test]
    fn a_wait_ends_with_the_gap_the_rate_or_whoever_says_so() {
        let quick = Timeouts {
            body: Duration::from_millis(20),
            grace: Duration::from_millis(20),
            ..Timeouts::default()
        };
        let never = || {
            std::thread::sleep(Duration::from_millis(5));
            Err(io::ErrorKind::WouldBlock.into())
        };
        let endless = Timeouts { body: Duration::MAX, body_rate: 0, ..Timeouts::default() };
        let by_rate = Timeouts { body: Duration::MAX, ..quick };
        let by_gap = Timeouts { body_rate: 0, ..quick };
        for (timeouts, over) in [(&by_rate, false), (&by_gap, false), (&endless, true)] {
            let mut account = Account::default();
            let wait = account.wait(Direction::Body, timeouts, never, || 0, || Ok(over), || false);
            assert_eq!(wait.unwrap_err().kind(), io::ErrorKind::TimedOut);
        }
    }
}
