//! The `Date` field, formatted once a second.
//!
//! A thread that drives an event loop looks at the clock once in a while for all of its responses.
//! Other threads look at it for each response.

use std::cell::RefCell;
use std::time::{Duration, SystemTime};

use super::http;

/// The current date as text, and the second it stands for.
#[derive(Debug)]
struct Date {
    text: String,
    second: u64,
    /// This thread drives a loop that looks at the clock often enough.
    kept: bool,
}

thread_local! {
    static DATE: RefCell<Date> =
        const { RefCell::new(Date { text: String::new(), second: 0, kept: false }) };
}

impl Date {
    fn look(&mut self) {
        let now = SystemTime::now();
        let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
        if since.as_secs() != self.second || self.text.is_empty() {
            self.second = since.as_secs();
            self.text = http::shown(now).to_string();
        }
    }
}

/// Looks at the clock for this thread's next responses, or stops doing so.
pub(crate) fn keep(kept: bool) {
    DATE.with_borrow_mut(|date| {
        date.kept = kept;
        if kept {
            date.look();
        }
    });
}

/// Hands the current date to `use_it`. `late`: what was kept is too old.
pub(crate) fn with<T>(late: bool, use_it: impl FnOnce(&str) -> T) -> T {
    DATE.with_borrow_mut(|date| {
        if late || !date.kept {
            date.look();
        }
        use_it(&date.text)
    })
}
