//! Where log lines go: to stderr at once, to stderr together with others, or to a test; with the
//! feature `log`, to the logger of that crate in the place of stderr.
//!
//! A thread that drives an event loop holds the lines of quick methods back and writes those of
//! one round in one piece ([`Held`]). A method that turns out to be slow is nobody to wait for: its
//! lines are written at once, and the loop's next driver writes what was held.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much is held back at most.
const MOST: usize = 64 << 10;

/// Lines that are held back.
#[derive(Debug, Clone, Default)]
pub(crate) struct Held {
    inside: Arc<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    lines: Mutex<String>,
    /// Whether there are any, for the thread that has written them or been given their loop.
    any: AtomicBool,
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
        self.inside.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, line: &str, at_once: bool) {
        let mut lines = self.lines();
        lines.push_str(line);
        self.inside.any.store(true, Ordering::Relaxed);
        let flushes = at_once || lines.len() > MOST;
        drop(lines);
        if flushes {
            self.flush();
        }
    }

    /// Writes what was held back, if anything was.
    #[inline]
    pub(crate) fn flush(&self) {
        if self.inside.any.load(Ordering::Relaxed) {
            self.write_out();
        }
    }

    fn write_out(&self) {
        let mut lines = self.lines();
        self.inside.any.store(false, Ordering::Relaxed);
        to_stderr(&lines);
        lines.clear();
    }
}

/// What a line is about, for those who file lines by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    /// Whatever a handler has to say.
    #[default]
    Message,
    /// An answered request.
    Request,
    /// A request that the client got wrong.
    ClientFault,
    /// Something that went wrong here.
    Fault,
    /// What matters only when looked for.
    Detail,
}

#[cfg(feature = "log")]
impl Kind {
    fn target(self) -> &'static str {
        if self == Kind::Request { "bhrh::access" } else { "bhrh" }
    }

    fn level(self) -> log::Level {
        match self {
            Kind::Message | Kind::Request => log::Level::Info,
            Kind::ClientFault => log::Level::Warn,
            Kind::Fault => log::Level::Error,
            Kind::Detail => log::Level::Debug,
        }
    }
}

/// How a line is to be put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// With the time.
    Whole,
    /// Without it: the logger knows it.
    #[cfg(feature = "log")]
    Untimed,
}

/// The form for a line of this kind, or `None` if nobody wants it.
pub(crate) fn form(kind: Kind) -> Option<Form> {
    #[cfg(feature = "log")]
    if !TARGET.with_borrow(|target| matches!(target, Target::Test(_))) {
        let wanted = log::log_enabled!(target: kind.target(), kind.level());
        return wanted.then_some(Form::Untimed);
    }
    (kind != Kind::Detail).then_some(Form::Whole)
}

/// Has this thread's lines written at once again.
pub(crate) fn release() {
    TARGET.set(Target::Stderr);
}

/// Writes a line, which ends in a newline. `at_once`: whoever logs it may be at it for long.
pub(crate) fn write(_kind: Kind, line: &str, at_once: bool) {
    #[cfg(feature = "log")]
    if form(_kind) == Some(Form::Untimed) {
        let line = line.trim_end_matches('\n');
        // Not inside the closure below: a logger may log.
        return log::log!(target: _kind.target(), _kind.level(), "{line}");
    }
    TARGET.with_borrow_mut(|target| match target {
        Target::Test(lines) => lines.push(line.trim_end_matches('\n').to_owned()),
        Target::Held(held) => held.add(line, at_once),
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

// With the feature `log` no line is held: tests/logging.rs.
#[cfg(all(test, not(feature = "log")))]
mod tests {
    use super::*;

    #[test]
    fn held_lines_wait_for_the_flush_and_for_no_longer_than_that() {
        let held = Held::default();
        held.hold();
        write(Kind::Message, "one\n", false);
        write(Kind::Message, "two\n", false);
        assert_eq!(*held.lines(), "one\ntwo\n");
        held.flush();
        assert_eq!(*held.lines(), "");
        write(Kind::Message, "three\n", true);
        assert_eq!(*held.lines(), "");
        release();
    }
}
