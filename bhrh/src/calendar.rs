//! A point in time as year, month, day and so on: in UTC, and where this computer stands.
//!
//! The one file that asks the system for its time zone.

use std::cell::Cell;
use std::time::{SystemTime, UNIX_EPOCH};

use time::{OffsetDateTime, UtcOffset};

thread_local! {
    /// The offset of the local time, and the second that it is for: none at first.
    static OFFSET: Cell<(i64, UtcOffset)> = const { Cell::new((i64::MIN, UtcOffset::UTC)) };
}

/// The month's name, in English whatever the locale.
pub(crate) fn month(time: OffsetDateTime) -> &'static str {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    // January is 1.
    MONTHS[(time.month() as usize - 1) % 12]
}

/// `None` where the year has more than four digits, which the clock of a file may say.
pub(crate) fn utc(time: SystemTime) -> Option<OffsetDateTime> {
    at(seconds(time)?)
}

/// As [`utc`], in local time; in UTC where the system has none.
pub(crate) fn local(time: SystemTime) -> Option<OffsetDateTime> {
    let second = seconds(time)?;
    let offset = offset_at(second)?;
    Some(at(second + i64::from(offset.whole_seconds()))?.replace_offset(offset))
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

fn at(second: i64) -> Option<OffsetDateTime> {
    // Some program may have `time` know more years.
    let time = OffsetDateTime::from_unix_timestamp(second).ok();
    time.filter(|time| (0..=9999).contains(&time.year()))
}

/// Asks the system once a second: its answer is behind a lock that all threads share.
fn offset_at(second: i64) -> Option<UtcOffset> {
    let (known, offset) = OFFSET.get();
    if known == second {
        return Some(offset);
    }
    let offset = UtcOffset::local_offset_at(at(second)?).unwrap_or(UtcOffset::UTC);
    OFFSET.set((second, offset));
    Some(offset)
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
            assert_eq!(utc(time).map(OffsetDateTime::unix_timestamp), Some(expected));
        }
    }

    #[test]
    fn years_of_more_than_four_digits_are_none() {
        let last = UNIX_EPOCH + Duration::from_secs(253_402_300_799);
        assert_eq!(utc(last).map(|time| (time.year(), month(time))), Some((9999, "Dec")));
        assert_eq!(utc(last + Duration::from_secs(1)), None);
        assert_eq!(local(last + Duration::from_secs(1 << 40)), None);
    }
}
