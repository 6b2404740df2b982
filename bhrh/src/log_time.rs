//! The local time as logs show it, month names in English whatever the locale.

use std::fmt;

use chrono::{DateTime, Datelike, Local, Timelike};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A point in time in Python's form, `22/Nov/2026 16:47:12`; with `{:#}` in Apache's,
/// `22/Nov/2026:16:47:12 +0100`.
// Written field by field: chrono's own formatter would be 25 KB of everybody's program.
pub(crate) struct LogTime(DateTime<Local>);

impl LogTime {
    pub(crate) fn now() -> LogTime {
        LogTime(Local::now())
    }
}

impl fmt::Display for LogTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LogTime(time) = self;
        let month = MONTHS.get(time.month0() as usize).unwrap_or(&"???");
        let between = if f.alternate() { ':' } else { ' ' };
        write!(f, "{:02}/{month}/{:04}{between}", time.day(), time.year())?;
        write!(f, "{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())?;
        if f.alternate() {
            let minutes = time.offset().local_minus_utc() / 60;
            let sign = if minutes < 0 { '-' } else { '+' };
            write!(f, " {sign}{:02}{:02}", minutes.abs() / 60, minutes.abs() % 60)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_those_of_strftime() {
        // Twenty times 53 days: all months, and both times of the year.
        for round in 0..20 {
            let time = LogTime(DateTime::from(
                std::time::UNIX_EPOCH
                    + std::time::Duration::from_secs(1_700_000_000 + round * 4_586_401),
            ));
            assert_eq!(time.to_string(), time.0.format("%d/%b/%Y %H:%M:%S").to_string());
            assert_eq!(format!("{time:#}"), time.0.format("%d/%b/%Y:%H:%M:%S %z").to_string());
        }
    }
}
