//! Where log lines go: to stderr, unless a test on this thread collects them.

use std::cell::RefCell;
use std::io::{self, Write};

thread_local! {
    static COLLECTED: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Writes a line, which ends in a newline, in one piece.
pub(crate) fn write(line: &str) {
    let collected = COLLECTED.with_borrow_mut(|collected| match collected {
        Some(lines) => {
            lines.push(line.trim_end_matches('\n').to_owned());
            true
        }
        None => false,
    });
    if !collected {
        // A log that cannot be written must not take the request with it.
        let _ = io::stderr().lock().write_all(line.as_bytes());
    }
}

/// Runs something with this thread's log lines collected. Not for calls inside one another: the
/// inner one's lines would be missing from the outer's.
pub(crate) fn collect<T>(run: impl FnOnce() -> T) -> (T, Vec<String>) {
    COLLECTED.set(Some(Vec::new()));
    let result = run();
    (result, COLLECTED.take().unwrap_or_default())
}
