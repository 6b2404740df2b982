//! The local time as logs show it, month names in English whatever the locale.

use std::fmt;
use std::time::SystemTime;

use time::OffsetDateTime;

use crate::calendar;

/// A point in time in Python's form, `22/Nov/2026 16:47:12`; with `{:#}` in Apache's,
/// `22/Nov/2026:16:47:12 +0100`.
// Written field by field: a formatter that reads patterns would be 25 KB of everybody's program.
pub(crate) struct LogTime(OffsetDateTime);

impl LogTime {
    pub(crate) fn now() -> LogTime {
        // A clock that has left the calendar is not worth more than a wrong line.
        LogTime(calendar::local(SystemTime::now()).unwrap_or(OffsetDateTime::UNIX_EPOCH))
    }
}

impl fmt::Display for LogTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &LogTime(time) = self;
        let (day, month, year) = (time.day(), calendar::month(time), time.year());
        let (hour, minute, second) = time.to_hms();
        let between = if f.alternate() { ':' } else { ' ' };
        write!(f, "{day:02}/{month}/{year:04}{between}{hour:02}:{minute:02}:{second:02}")?;
        if f.alternate() {
            let (hours, minutes, _) = time.offset().as_hms();
            let sign = if time.offset().is_negative() { '-' } else { '+' };
            write!(f, " {sign}{:02}{:02}", hours.abs(), minutes.abs())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::UtcOffset;

    #[test]
    fn both_forms_are_those_of_strftime() {
        for (offset, seconds, python, apache) in [
            (3600, 1_795_362_432, "22/Nov/2026 16:47:12", "22/Nov/2026:16:47:12 +0100"),
            (-12_600, 0, "31/Dec/1969 20:30:00", "31/Dec/1969:20:30:00 -0330"),
            (-1800, 951_784_200, "29/Feb/2000 00:00:00", "29/Feb/2000:00:00:00 -0030"),
            (0, 1_709_164_800, "29/Feb/2024 00:00:00", "29/Feb/2024:00:00:00 +0000"),
        ] {
            let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
            let offset = UtcOffset::from_whole_seconds(offset).unwrap();
            let time = LogTime(time.to_offset(offset));
            assert_eq!((time.to_string(), format!("{time:#}")), (python.into(), apache.into()));
        }
    }
}
