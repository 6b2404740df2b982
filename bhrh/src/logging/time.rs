//! The local time as logs show it, month names in English whatever the locale.

use std::fmt;
use std::time::SystemTime;

use tz::DateTime;

use crate::date::calendar;

/// A point in time in Python's form, `22/Nov/2026 16:47:12`; with `{:#}` in Apache's,
/// `22/Nov/2026:16:47:12 +0100`. A dash if the clock has left the calendar.
// Written field by field: a formatter that reads patterns would be 25 KB of everybody's program.
pub(crate) struct LogTime(Option<DateTime>);

impl LogTime {
    pub(crate) fn now() -> LogTime {
        LogTime(calendar::local(SystemTime::now()))
    }
}

impl fmt::Display for LogTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LogTime(Some(time)) = self else { return f.write_str("-") };
        let (day, month, year) = (time.month_day(), calendar::month(time), time.year());
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        let between = if f.alternate() { ':' } else { ' ' };
        write!(f, "{day:02}/{month}/{year:04}{between}{hour:02}:{minute:02}:{second:02}")?;
        if f.alternate() {
            let seconds = time.local_time_type().ut_offset();
            let (sign, minutes) =
                (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs() / 60);
            write!(f, " {sign}{:02}{:02}", minutes / 60, minutes % 60)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};
    use tz::LocalTimeType;

    #[test]
    fn both_forms_are_those_of_strftime() {
        for (offset, seconds, python, apache) in [
            (3600, 1_795_362_432, "22/Nov/2026 16:47:12", "22/Nov/2026:16:47:12 +0100"),
            (-12_600, 0, "31/Dec/1969 20:30:00", "31/Dec/1969:20:30:00 -0330"),
            (-1800, 951_784_200, "29/Feb/2000 00:00:00", "29/Feb/2000:00:00:00 -0030"),
            (0, 1_709_164_800, "29/Feb/2024 00:00:00", "29/Feb/2024:00:00:00 +0000"),
        ] {
            let local = LocalTimeType::with_ut_offset(offset).unwrap();
            let time = LogTime(calendar::at(seconds, local));
            assert_eq!((time.to_string(), format!("{time:#}")), (python.into(), apache.into()));
        }
    }

    #[test]
    fn a_clock_that_has_left_the_calendar_is_a_dash() {
        let far = UNIX_EPOCH + Duration::from_secs(1 << 40);
        assert_eq!(LogTime(calendar::local(far)).to_string(), "-");
    }
}
