//! `IMF-fixdate`, the form of all dates that a server sends (RFC 9110 section 5.6.7).

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::calendar;

/// Shows a point in time as `Sun, 06 Nov 1994 08:49:37 GMT`. The form has four digits for the year:
/// times that it cannot tell, and those before 1970, are moved to the nearest one.
pub(crate) struct HttpDate(pub(crate) SystemTime);

impl fmt::Display for HttpDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
        let last = UNIX_EPOCH + Duration::from_secs(253_402_300_799);
        let time = calendar::utc(self.0.clamp(UNIX_EPOCH, last)).ok_or(fmt::Error)?;
        let weekday = DAYS[usize::from(time.weekday().number_days_from_sunday()) % 7];
        let (day, month, year) = (time.day(), calendar::month(time), time.year());
        let (hour, minute, second) = time.to_hms();
        write!(f, "{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_imf_fixdate() {
        for (seconds, expected) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
            (253_402_300_800, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] {
            let time = UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(HttpDate(time).to_string(), expected);
        }
        let before = UNIX_EPOCH - Duration::from_secs(1);
        assert_eq!(HttpDate(before).to_string(), "Thu, 01 Jan 1970 00:00:00 GMT");
    }
}
