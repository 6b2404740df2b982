//! Where log lines go: to stderr, by the thread that logs or by the server's own ([`LogWriter`]),
//! or to a test. With the feature `log`, lines go to the logger of that crate instead of stderr.
//!
//! A thread that drives an event loop holds the lines of quick methods back and hands on those of
//! one round in one piece ([`Held`]). When a method turns out to be slow, nothing waits for it: its
//! further lines are handed on at once, and the loop's next driver hands on the lines that were
//! held back.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::logging::writer::{LogWriter, to_stderr};

/// How much is held back at most.
const MOST: usize = 64 << 10;

/// Lines that are held back.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    inside: Arc<Inside>,
}

#[derive(Debug)]
struct Inside {
    lines: Mutex<String>,
    /// Whether lines are held back, for the thread that has handed them on or been given their
    /// loop.
    any: AtomicBool,
    writer: Arc<LogWriter>,
}

enum Destination {
    Stderr,
    Writer(Arc<LogWriter>),
    Held(Held),
    Test(Vec<String>),
}

thread_local! {
    static DESTINATION: RefCell<Destination> = const { RefCell::new(Destination::Stderr) };
    /// Whether this thread may be kept waiting for room in the log.
    static PATIENT: Cell<bool> = const { Cell::new(true) };
}

impl Held {
    pub(crate) fn new(writer: &Arc<LogWriter>) -> Held {
        let (lines, any) = (Mutex::default(), AtomicBool::new(false));
        Held { inside: Arc::new(Inside { lines, any, writer: Arc::clone(writer) }) }
    }

    /// Holds this thread's lines back here until [`attach`] or [`release`].
    pub(crate) fn hold(&self) {
        DESTINATION.set(Destination::Held(self.clone()));
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

    /// Hands on the lines that were held back, if there are any. It never waits for the reader of
    /// the log.
    #[inline]
    pub(crate) fn flush(&self) {
        if self.inside.any.load(Ordering::Relaxed) {
            self.hand_on();
        }
    }

    fn hand_on(&self) {
        let mut lines = self.lines();
        // With the lock, since lines of a later round must not overtake these.
        self.inside.writer.push(&lines);
        lines.clear();
        // Only now: a thread that finds nothing held back may write its later lines before this
        // thread's.
        self.inside.any.store(false, Ordering::Relaxed);
    }
}

/// Hands this thread's lines on one by one.
pub(crate) fn attach(writer: &Arc<LogWriter>) {
    DESTINATION.set(Destination::Writer(Arc::clone(writer)));
}

/// Runs what logs on a thread that is not the server's own, with its lines handed on.
pub(crate) fn by(writer: &Arc<LogWriter>, log: impl FnOnce()) {
    let before = DESTINATION.replace(Destination::Writer(Arc::clone(writer)));
    log();
    DESTINATION.set(before);
}

/// Runs what logs on a thread that must not wait, as that of an event loop outside of a loan.
pub(crate) fn without_waiting<T>(log: impl FnOnce() -> T) -> T {
    PATIENT.set(false);
    let result = log();
    PATIENT.set(true);
    result
}

/// What a line is about, for loggers that sort lines by kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum LogKind {
    /// A message of a handler's.
    #[default]
    Message,
    /// An answered request.
    Request,
    /// A request that was refused because of the client.
    ClientFault,
    /// A fault of the server or of a handler.
    Fault,
    /// A detail that matters only to somebody who searches for it.
    Detail,
}

#[cfg(feature = "log")]
impl LogKind {
    fn target(self) -> &'static str {
        if self == LogKind::Request { "bhrh::access" } else { "bhrh" }
    }

    fn level(self) -> log::Level {
        match self {
            LogKind::Message | LogKind::Request => log::Level::Info,
            LogKind::ClientFault => log::Level::Warn,
            LogKind::Fault => log::Level::Error,
            LogKind::Detail => log::Level::Debug,
        }
    }
}

/// The form of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// With the time.
    Whole,
    /// Without the time: the logger adds its own.
    #[cfg(feature = "log")]
    Untimed,
}

/// The form for a line of this kind, or `None` if nobody wants it.
pub(crate) fn form(kind: LogKind) -> Option<Form> {
    #[cfg(feature = "log")]
    if !DESTINATION.with_borrow(|destination| matches!(destination, Destination::Test(_))) {
        let wanted = log::log_enabled!(target: kind.target(), kind.level());
        return wanted.then_some(Form::Untimed);
    }
    (kind != LogKind::Detail).then_some(Form::Whole)
}

/// From now on this thread writes its lines itself again.
pub(crate) fn release() {
    DESTINATION.set(Destination::Stderr);
}

/// Writes a line, which ends in a newline. `at_once`: the method that logs the line may run for
/// long, so the line is not held back.
pub(crate) fn write(_kind: LogKind, line: &str, at_once: bool) {
    #[cfg(feature = "log")]
    if form(_kind) == Some(Form::Untimed) {
        let line = line.trim_end_matches('\n');
        // Not inside the closure below: a logger may log.
        return log::log!(target: _kind.target(), _kind.level(), "{line}");
    }
    DESTINATION.with_borrow_mut(|destination| match destination {
        Destination::Test(lines) => lines.push(line.trim_end_matches('\n').to_owned()),
        Destination::Held(held) => {
            await_room(&held.inside.writer);
            held.add(line, at_once);
        }
        Destination::Writer(writer) => {
            await_room(writer);
            writer.push(line);
        }
        Destination::Stderr => to_stderr(line),
    });
}

fn await_room(writer: &LogWriter) {
    if writer.may_keep_waiting() && PATIENT.get() {
        writer.await_room();
    }
}

/// Runs something and collects this thread's log lines. Calls must not be nested: the outer call
/// would miss the lines of the inner call.
pub(crate) fn collect<T>(run: impl FnOnce() -> T) -> (T, Vec<String>) {
    /// Ends the collection even if what runs panics.
    struct Collecting;
    impl Drop for Collecting {
        fn drop(&mut self) {
            release();
        }
    }

    DESTINATION.set(Destination::Test(Vec::new()));
    let collecting = Collecting;
    let result = run();
    let lines = match DESTINATION.replace(Destination::Stderr) {
        Destination::Test(lines) => lines,
        _ => Vec::new(),
    };
    drop(collecting);
    (result, lines)
}

// With the feature `log` no line is held: tests/logging.rs.
#[cfg(all(test, not(feature = "log")))]
mod tests {
    use super::*;
    use crate::logging::writer::LogOverflow;

    #[test]
    fn held_lines_wait_for_the_flush_and_for_no_longer_than_that() {
        let held = Held::new(&LogWriter::new(LogOverflow::Drop));
        held.hold();
        write(LogKind::Message, "one\n", false);
        write(LogKind::Message, "two\n", false);
        assert_eq!(*held.lines(), "one\ntwo\n");
        held.flush();
        assert_eq!(*held.lines(), "");
        write(LogKind::Message, "three\n", true);
        assert_eq!(*held.lines(), "");
        release();
    }

    #[test]
    fn a_second_flush_returns_after_the_lines_of_the_first_were_handed_on() {
        let writer = LogWriter::new(LogOverflow::Drop);
        let held = Held::new(&writer);
        held.add("- - - a line of a test\n", false);
        let (first, second) = writer.while_it_takes_nothing(|| {
            let flushing = || {
                let held = held.clone();
                std::thread::spawn(move || held.flush())
            };
            let first = flushing();
            while held.inside.lines.try_lock().is_ok() {
                std::thread::yield_now();
            }
            let second = flushing();
            std::thread::sleep(std::time::Duration::from_millis(20));
            assert!(!second.is_finished());
            (first, second)
        });
        first.join().unwrap();
        second.join().unwrap();
        assert_eq!(*held.lines(), "");
        writer.end();
    }
}
