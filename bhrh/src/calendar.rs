//! A point in time as year, month, day and so on: in UTC, and where this computer stands.
//!
//! The one file that asks the system for its time zone.

use std::cell::Cell;
use std::time::{SystemTime, UNIX_EPOCH};

use time::{OffsetDateTime, UtcOffset};

thread_local! {
    /// The offset of the local time, and the second that it is for.
    static OFFSET: Cell<(i64, UtcOffset)> = const { Cell::new((0, UtcOffset::UTC)) };
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
    let seconds = match time.duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_secs()).ok()?,
        // Rounded down, as after 1970.
        Err(before) => {
            let before = before.duration();
            let begun = i64::from(before.subsec_nanos() > 0);
            i64::try_from(before.as_secs()).ok()?.checked_neg()?.checked_sub(begun)?
        }
    };
    OffsetDateTime::from_unix_timestamp(seconds).ok()
}

/// As [`utc`], in local time; in UTC where the system has none.
pub(crate) fn local(time: SystemTime) -> Option<OffsetDateTime> {
    let utc = utc(time)?;
    utc.checked_to_offset(offset_at(utc))
}

/// Asks the system once a second: its answer is behind a lock that all threads share.
fn offset_at(utc: OffsetDateTime) -> UtcOffset {
    let second = utc.unix_timestamp();
    let (known, offset) = OFFSET.get();
    if known == second && second != 0 {
        return offset;
    }
    let offset = UtcOffset::local_offset_at(utc).unwrap_or(UtcOffset::UTC);
    OFFSET.set((second, offset));
    offset
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
