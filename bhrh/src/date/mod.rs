//! Dates: a day of the calendar, the date of a field (RFC 9110 section 5.6.7), and the `Date` field
//! that is kept for a second.

pub(crate) mod calendar;
pub(crate) mod http;
pub(crate) mod kept;
