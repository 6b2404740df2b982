//! HTTP's dates, sent as `IMF-fixdate` and read in its three forms (RFC 9110 section 5.6.7).
//!
//! The only file that knows `httpdate`, which panics for a time that the form cannot tell.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The last second of the year 9999: the form has four digits for a year.
const LAST: Duration = Duration::from_secs(253_402_300_799);

/// Of 365.2425 days each.
const FIFTY_YEARS: Duration = Duration::from_secs(1_577_847_600);

/// Shown as `Sun, 06 Nov 1994 08:49:37 GMT`. A time before 1970 or after the year 9999, which the
/// clock of a machine or of a file may say, is shown as the nearest one between them.
pub(crate) fn shown(time: SystemTime) -> impl std::fmt::Display {
    httpdate::HttpDate::from(time.clamp(UNIX_EPOCH, UNIX_EPOCH + LAST))
}

/// The time that a client names. `None`: the text is not a date from 1970 to 9999.
pub(crate) fn read(text: &str) -> Option<SystemTime> {
    match with_two_digits(text) {
        None => httpdate::parse_http_date(text).ok(),
        Some(date) => date.time(SystemTime::now()),
    }
}

/// A date whose year has two digits, as RFC 850 has it: `Sunday, 06-Nov-94 08:49:37 GMT`.
struct TwoDigits<'t> {
    weekday: &'t str,
    day_and_month: [&'t str; 2],
    year: u64,
    rest: &'t str,
}

fn with_two_digits(text: &str) -> Option<TwoDigits<'_>> {
    let (weekday, date) = text.trim().split_once(", ")?;
    const DAYS: [&str; 7] =
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let (date, rest) = date.split_once(' ')?;
    let mut parts = date.split('-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let is_year = year.len() == 2 && year.bytes().all(|byte| byte.is_ascii_digit());
    if !DAYS.contains(&weekday) || !is_year || parts.next().is_some() {
        return None;
    }
    let (day_and_month, year) = ([day, month], year.parse().ok()?);
    Some(TwoDigits { weekday: &weekday[..3], day_and_month, year, rest })
}

impl TwoDigits<'_> {
    /// "Recipients of a timestamp value in rfc850-date format, which uses a two-digit year, MUST
    /// interpret a timestamp that appears to be more than 50 years in the future as representing
    /// the most recent year in the past that had the same last two digits" (RFC 9110 section
    /// 5.6.7).
    fn time(&self, now: SystemTime) -> Option<SystemTime> {
        let latest = now.checked_add(FIFTY_YEARS)?;
        // "Sun, 06 Nov 1994 08:49:37 GMT"
        let latest_year: u64 = shown(latest).to_string().get(12..16)?.parse().ok()?;
        let year = latest_year - (latest_year + 100 - self.year) % 100;
        // In that year it may be too late by months. Its weekday tells two centuries apart, too.
        let times = [year, year.saturating_sub(100)].map(|year| self.in_year(year));
        times.into_iter().flatten().find(|time| *time <= latest)
    }

    fn in_year(&self, year: u64) -> Option<SystemTime> {
        let TwoDigits { weekday, day_and_month: [day, month], rest, .. } = self;
        httpdate::parse_http_date(&format!("{weekday}, {day} {month} {year:04} {rest}")).ok()
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
        ] {
            let time = UNIX_EPOCH + Duration::from_secs(seconds);
            assert_eq!(shown(time).to_string(), expected);
        }
    }

    #[test]
    fn a_time_that_the_form_cannot_tell_is_moved_to_the_nearest() {
        let day = Duration::from_secs(86_400);
        for (time, expected) in [
            (UNIX_EPOCH - Duration::from_nanos(1), "Thu, 01 Jan 1970 00:00:00 GMT"),
            (UNIX_EPOCH - day * 1_000_000, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (UNIX_EPOCH + LAST + Duration::from_nanos(1), "Fri, 31 Dec 9999 23:59:59 GMT"),
            (UNIX_EPOCH + LAST + Duration::from_secs(1), "Fri, 31 Dec 9999 23:59:59 GMT"),
            (UNIX_EPOCH + LAST + day * 1_000_000, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] {
            assert_eq!(shown(time).to_string(), expected);
        }
    }

    /// RFC 9110 section 5.6.7. The weekdays are those of the years.
    #[test]
    fn a_year_of_two_digits_is_at_most_fifty_years_ahead() {
        let now = |text: &str| read(text).expect("a date");
        for (date, now, year) in [
            ("Wednesday, 06-Nov-75 08:49:37 GMT", now("Sun, 29 Nov 2026 12:00:00 GMT"), "2075"),
            ("Friday, 06-Nov-76 08:49:37 GMT", now("Sun, 29 Nov 2026 12:00:00 GMT"), "2076"),
            ("Thursday, 31-Dec-76 08:49:37 GMT", now("Sun, 29 Nov 2026 12:00:00 GMT"), ""),
            ("Sunday, 06-Nov-77 08:49:37 GMT", now("Sun, 29 Nov 2026 12:00:00 GMT"), "1977"),
            ("Sunday, 06-Nov-94 08:49:37 GMT", now("Sun, 29 Nov 2026 12:00:00 GMT"), "1994"),
            ("Friday, 06-Nov-20 08:49:37 GMT", now("Sun, 29 Nov 2026 12:00:00 GMT"), "2020"),
            // The weekday says that it is the past.
            ("Friday, 06-Nov-20 08:49:37 GMT", now("Thu, 01 Jan 2099 12:00:00 GMT"), "2020"),
            ("Wednesday, 06-Nov-20 08:49:37 GMT", now("Thu, 01 Jan 2099 12:00:00 GMT"), "2120"),
            ("Tuesday, 06-Nov-75 08:49:37 GMT", now("Sun, 29 Nov 2026 12:00:00 GMT"), ""),
        ] {
            let found = with_two_digits(date).expect("the form").time(now);
            let found = found.map(|time| shown(time).to_string()[12..16].to_owned());
            assert_eq!(found.as_deref().unwrap_or_default(), year, "{date}");
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic() {
        let then = UNIX_EPOCH + Duration::from_secs(784_111_777);
        let forms = [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ];
        for form in forms {
            assert_eq!(read(form), Some(then), "{form}");
            // Every beginning of the date, and the date with any one character replaced by any
            // other.
            for at in 0..=form.len() {
                assert!(at == form.len() || read(&form[..at]).is_none(), "{}", &form[..at]);
                for byte in 0..=255 {
                    let (before, after) = (&form[..at], form.get(at + 1..).unwrap_or(""));
                    let _ = read(&format!("{before}{}{after}", char::from(byte)));
                }
            }
        }
        for (text, expected) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(UNIX_EPOCH)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(UNIX_EPOCH + LAST)),
            ("Wed, 31 Dec 1969 23:59:59 GMT", None),
            ("Sat, 01 Jan 0000 00:00:00 GMT", None),
            ("Sun, 31 Feb 1994 08:49:37 GMT", None),
            ("Sun, 00 Nov 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 24:00:00 GMT", None),
            ("", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
