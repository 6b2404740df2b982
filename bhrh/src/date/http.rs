//! HTTP's dates, sent as `IMF-fixdate` and read in its three forms (RFC 9110 section 5.6.7).
//!
//! The only file that knows `httpdate`, which panics for a time that the form cannot tell.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The last second of the year 9999: the form has four digits for a year.
const LAST: Duration = Duration::from_secs(253_402_300_799);

/// Shown as `Sun, 06 Nov 1994 08:49:37 GMT`. A time before 1970 or after the year 9999, which the
/// clock of a machine or of a file may say, is shown as the nearest one between them.
pub(crate) fn shown(time: SystemTime) -> impl std::fmt::Display {
    httpdate::HttpDate::from(time.clamp(UNIX_EPOCH, UNIX_EPOCH + LAST))
}

/// The time that a client names. `None`: the text is not a date from 1970 to 9999.
pub(crate) fn read(text: &str) -> Option<SystemTime> {
    httpdate::parse_http_date(text).ok()
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
