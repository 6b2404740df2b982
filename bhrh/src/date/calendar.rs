//! A point in time as year, month, day and so on: in UTC, and where this computer stands.
//!
//! The one file that knows the time zone. It is the one that C programs have, Python among them:
//! `TZ`, else `/etc/localtime`; UTC where neither leads to a zone, and where there is no such file
//! (Windows). A call of `localtime_r` itself needs `unsafe`. `tz-rs` reads the same files in safe
//! code and depends on nothing; a crate that calls the C function brings five more.

use std::cell::Cell;
use std::env::{self, VarError};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use tz::{DateTime, LocalTimeType, TimeZone};

thread_local! {
    /// The kind of local time, and the second that it was looked up for: no real second at first.
    static LOCAL: Cell<(i64, LocalTimeType)> = const { Cell::new((i64::MIN, LocalTimeType::utc())) };
}

/// The month's name, in English whatever the locale.
pub(crate) fn month(time: &DateTime) -> &'static str {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    // January is 1.
    MONTHS[(usize::from(time.month()) + 11) % 12]
}

/// `None` where the year has more than four digits, which the clock of a file may say.
#[cfg(any(test, feature = "files"))]
pub(crate) fn utc(time: SystemTime) -> Option<DateTime> {
    at(seconds(time)?, LocalTimeType::utc())
}

/// In local time; `None` where the year has more than four digits.
pub(crate) fn local(time: SystemTime) -> Option<DateTime> {
    let second = seconds(time)?;
    at(second, local_at(second))
}

/// Since 1970, rounded down on both sides of it.
fn seconds(time: SystemTime) -> Option<i64> {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).ok(),
        Err(before) => {
            let before = before.duration();
            let begun = i64::from(before.subsec_nanos() > 0);
            i64::try_from(before.as_secs()).ok()?.checked_neg()?.checked_sub(begun)
        }
    }
}

pub(crate) fn at(second: i64, local: LocalTimeType) -> Option<DateTime> {
    let time = DateTime::from_timespec_and_local(second, 0, local).ok();
    time.filter(|time| (0..=9999).contains(&time.year()))
}

/// Searches the zone's table at most once per second.
fn local_at(second: i64) -> LocalTimeType {
    let (known, local) = LOCAL.get();
    if known == second {
        return local;
    }
    let local = zone().find_local_time_type(second).copied().unwrap_or(LocalTimeType::utc());
    LOCAL.set((second, local));
    local
}

/// Read when it is first asked for, as C programs do: a machine that moves to another zone is seen
/// by the next process.
fn zone() -> &'static TimeZone {
    static ZONE: OnceLock<TimeZone> = OnceLock::new();
    ZONE.get_or_init(|| {
        let zone = match env::var("TZ") {
            Ok(name) => TimeZone::from_posix_tz(&name).ok(),
            Err(VarError::NotPresent) => TimeZone::local().ok(),
            Err(VarError::NotUnicode(_)) => None,
        };
        zone.unwrap_or_else(TimeZone::utc)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn seconds_are_rounded_down_on_both_sides_of_1970() {
        for (time, expected) in [
            (UNIX_EPOCH + Duration::from_millis(1500), 1),
            (UNIX_EPOCH, 0),
            (UNIX_EPOCH - Duration::from_millis(500), -1),
            (UNIX_EPOCH - Duration::from_secs(2), -2),
        ] {
            assert_eq!(utc(time).map(|time| time.unix_time()), Some(expected));
        }
    }

    #[test]
    fn years_of_more_than_four_digits_are_none() {
        let last = UNIX_EPOCH + Duration::from_secs(253_402_300_799);
        assert_eq!(utc(last).map(|time| (time.year(), month(&time))), Some((9999, "Dec")));
        assert_eq!(utc(last + Duration::from_secs(1)), None);
        assert_eq!(local(last + Duration::from_secs(1 << 40)), None);
    }
}
