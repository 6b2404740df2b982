//! Where log lines go: to stderr at once, to stderr together with others, or to a test.
//!
//! A thread that drives an event loop holds the lines of quick methods back and writes those of
//! one round in one piece ([`Held`]). A method that turns out to be slow is nobody to wait for: its
//! lines are written at once, and the loop's next driver writes what was held.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much is held back at most.
const MOST: usize = 64 << 10;

/// Lines that are held back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Held {
    lines: Arc<Mutex<String>>,
}

enum Target {
    Stderr,
    Held(Held),
    Test(Vec<String>),
}

thread_local! {
    static TARGET: RefCell<Target> = const { RefCell::new(Target::Stderr) };
}

impl Held {
    /// Has this thread's lines held back here until [`release`].
    pub(crate) fn hold(&self) {
        TARGET.set(Target::Held(self.clone()));
    }

    fn lines(&self) -> MutexGuard<'_, String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what was held back, if anything was.
    pub(crate) fn flush(&self) {
        let mut lines = self.lines();
        if !lines.is_empty() {
            to_stderr(&lines);
            lines.clear();
        }
    }
}

/// Has this thread's lines written at once again.
pub(crate) fn release() {
    TARGET.set(Target::Stderr);
}

/// Writes a line, which ends in a newline. `at_once`: whoever logs it may be at it for long.
pub(crate) fn write(line: &str, at_once: bool) {
    TARGET.with_borrow_mut(|target| match target {
        Target::Test(lines) => lines.push(line.trim_end_matches('\n').to_owned()),
        Target::Held(held) => {
            held.lines().push_str(line);
            if at_once || held.lines().len() > MOST {
                held.flush();
            }
        }
        Target::Stderr => to_stderr(line),
    });
}

fn to_stderr(text: &str) {
    // A log that cannot be written must not take the request with it.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Runs something with this thread's log lines collected. Not for calls inside one another: the
/// inner one's lines would be missing from the outer's.
pub(crate) fn collect<T>(run: impl FnOnce() -> T) -> (T, Vec<String>) {
    /// Ends the collection even if what runs panics.
    struct Collecting;
    impl Drop for Collecting {
        fn drop(&mut self) {
            release();
        }
    }

    TARGET.set(Target::Test(Vec::new()));
    let collecting = Collecting;
    let result = run();
    let lines = match TARGET.replace(Target::Stderr) {
        Target::Test(lines) => lines,
        _ => Vec::new(),
    };
    drop(collecting);
    (result, lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_lines_wait_for_the_flush_and_for_no_longer_than_that() {
        let held = Held::default();
        held.hold();
        write("one\n", false);
        write("two\n", false);
        assert_eq!(*held.lines(), "one\ntwo\n");
        held.flush();
        assert_eq!(*held.lines(), "");
        write("three\n", true);
        assert_eq!(*held.lines(), "");
        release();
    }
}
