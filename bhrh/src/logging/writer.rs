//! The log's own thread. If the reader of stderr stops reading, a write to stderr waits. So threads
//! that serve requests never write there. They copy their lines into a queue under a lock. The
//! log's thread takes the lines out, and writes them without the lock.
//!
//! ```text
//! driver: lines of a round ─┐  push           swap              write(2)
//! others: a line ───────────┴──────▶ Queue ────────▶ the thread ────────▶ stderr
//!                                      └ full: dropped and counted, or waited for
//! ```
//!
//! The thread starts with the first line. It takes all lines that have come since its last write,
//! and rests for a moment after each write. So a busy server wakes it at most a few hundred times
//! per second: fewer system calls than one write per round of a loop.

use std::io::{self, Write};
use std::mem;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::logging::time::LogTime;

/// How many bytes of lines wait at most. Up to as many more are being written.
const MOST: usize = 1 << 20;

/// How long lines gather between two writes.
const REST: Duration = Duration::from_millis(2);

/// How long a server that ends waits until its last lines are written.
const LAST: Duration = Duration::from_secs(1);

/// What becomes of log lines while nobody reads what was written before: a terminal that is
/// paused, a pipe whose reader hangs, a full journal.
///
/// ```
/// use bhrh::{HttpServer, LogOverflow};
/// # fn main() -> std::io::Result<()> {
/// let server = HttpServer::bind("127.0.0.1:0")?.log_overflow(LogOverflow::Wait);
/// # drop(server);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum LogOverflow {
    /// Up to 1 MiB of lines is kept, and further lines are dropped. As soon as lines can be written
    /// again, a line says how many were dropped. Requests go on. The default.
    #[default]
    Drop,
    /// No line is lost: if there is no room for a line, the thread that logs it waits. So a log
    /// that nobody reads stops the methods that log; in most formats every request logs a line.
    /// They go on when somebody reads the log again, or when the server is told to stop.
    Wait,
}

/// The lines of a server on their way to stderr.
pub(crate) struct LogWriter {
    overflow: LogOverflow,
    write: fn(&str),
    queue: Mutex<Queue>,
    /// Wakes the thread: there are lines, or no more lines will come.
    come: Condvar,
    /// Wakes the threads that wait for room, or for the end of the log's thread.
    gone: Condvar,
}

#[derive(Default)]
struct Queue {
    lines: String,
    /// How many lines were dropped after the lines in the queue.
    dropped: usize,
    runs: bool,
    /// The thread waits to be woken. Otherwise it looks for lines by itself after its write.
    asleep: bool,
    /// Nobody waits for room any more.
    hurries: bool,
    /// The thread ends when it has written all.
    ends: bool,
}

impl LogWriter {
    pub(crate) fn new(overflow: LogOverflow) -> Arc<LogWriter> {
        LogWriter::writing(overflow, to_stderr)
    }

    fn writing(overflow: LogOverflow, write: fn(&str)) -> Arc<LogWriter> {
        Arc::new(LogWriter {
            overflow,
            write,
            queue: Mutex::default(),
            come: Condvar::new(),
            gone: Condvar::new(),
        })
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes whole lines in. It never waits for a write.
    pub(crate) fn push(self: &Arc<LogWriter>, lines: &str) {
        let mut queue = self.queue();
        queue.take_in(lines, self.overflow);
        if queue.asleep {
            queue.asleep = false;
            drop(queue);
            self.come.notify_one();
        } else if !queue.runs {
            self.start(queue);
        }
    }

    /// Whether a thread that logs may have to wait for room.
    pub(crate) fn may_keep_waiting(&self) -> bool {
        self.overflow == LogOverflow::Wait
    }

    /// Waits until there is room for a line.
    pub(crate) fn await_room(&self) {
        let full = |queue: &mut Queue| queue.lines.len() >= MOST && !queue.hurries;
        drop(self.gone.wait_while(self.queue(), full));
    }

    /// Ends all waiting for room: the server is going to end.
    pub(crate) fn hurry(&self) {
        self.queue().hurries = true;
        self.gone.notify_all();
    }

    /// Waits until all is written and the thread has ended, for a second at most.
    pub(crate) fn end(&self) {
        let mut queue = self.queue();
        queue.hurries = true;
        queue.ends = true;
        self.come.notify_one();
        drop(self.gone.wait_timeout_while(queue, LAST, |queue| queue.runs));
    }

    /// Runs something while lines that are pushed have to wait.
    #[cfg(all(test, not(feature = "log")))] // No line is held with the feature.
    pub(crate) fn while_it_takes_nothing<T>(&self, run: impl FnOnce() -> T) -> T {
        let _queue = self.queue();
        run()
    }

    /// If the thread cannot be started, lines stay in the queue, and the next line tries again.
    #[cold]
    fn start(self: &Arc<LogWriter>, mut queue: MutexGuard<'_, Queue>) {
        let writer = Arc::clone(self);
        let thread = thread::Builder::new().name("bhrh log".into());
        queue.runs = thread.spawn(move || writer.run()).is_ok();
    }

    fn run(&self) {
        let mut lines = String::new();
        while let Some(dropped) = self.next(&mut lines) {
            (self.write)(&lines);
            if dropped > 0 {
                (self.write)(&missing(dropped));
            }
            // Memory that only a burst needed is given back.
            if lines.capacity() > MOST / 8 {
                lines = String::new();
            }
            lines.clear();
            thread::sleep(REST);
        }
    }

    /// Waits for lines and takes them; says how many were dropped behind them. `None`: the end.
    fn next(&self, lines: &mut String) -> Option<usize> {
        let mut queue = self.queue();
        while queue.lines.is_empty() && queue.dropped == 0 {
            if queue.ends {
                queue.runs = false;
                self.gone.notify_all();
                return None;
            }
            queue.asleep = true;
            queue = self.come.wait(queue).unwrap_or_else(PoisonError::into_inner);
            queue.asleep = false;
        }
        mem::swap(&mut queue.lines, lines);
        self.gone.notify_all();
        Some(mem::take(&mut queue.dropped))
    }
}

impl Queue {
    fn take_in(&mut self, lines: &str, overflow: LogOverflow) {
        let fits = self.lines.is_empty() || self.lines.len() + lines.len() <= MOST;
        let drops = overflow == LogOverflow::Drop || self.hurries;
        // Lines that came after the dropped ones stay after the line that counts them.
        if drops && (self.dropped > 0 || !fits) {
            self.dropped += lines.bytes().filter(|byte| *byte == b'\n').count();
        } else {
            self.lines.push_str(lines);
        }
    }
}

impl std::fmt::Debug for LogWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LogWriter").field("overflow", &self.overflow).finish_non_exhaustive()
    }
}

/// The line that stands for the dropped lines, in Python's form.
pub(crate) fn missing(count: usize) -> String {
    let (time, lines) = (LogTime::now(), if count == 1 { "line was" } else { "lines were" });
    format!("- - - [{time}] {count} log {lines} dropped, since nobody read those before\n")
}

/// Writes to stderr, for as long as that takes.
pub(crate) fn to_stderr(text: &str) {
    // A request must not fail because the log cannot be written.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};

    fn line(writer: &Arc<LogWriter>, text: &str) {
        writer.push(&format!("{text}\n"));
    }

    /// Runs with a reader that takes nothing until it is told to.
    macro_rules! reader {
        ($written:ident, $reads:ident, $write:ident) => {
            static $written: Mutex<String> = Mutex::new(String::new());
            static $reads: AtomicBool = AtomicBool::new(false);
            fn $write(text: &str) {
                $written.lock().unwrap().push_str(text);
                while !$reads.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(1));
                }
            }
        };
    }

    #[test]
    fn what_finds_no_room_is_counted_where_it_is_missing() {
        reader!(WRITTEN, READS, write);
        let writer = LogWriter::writing(LogOverflow::Drop, write);
        line(&writer, "first");
        while WRITTEN.lock().unwrap().is_empty() {
            thread::yield_now();
        }
        let long = "x".repeat(MOST - 1);
        line(&writer, &long);
        line(&writer, "one too many");
        writer.push("two\nmore\n");
        assert_eq!(writer.queue().lines.len(), MOST);
        READS.store(true, Ordering::SeqCst);
        while writer.queue().dropped > 0 {
            thread::yield_now();
        }
        line(&writer, "last");
        writer.end();
        let written = WRITTEN.lock().unwrap();
        let rest = written.strip_prefix(&format!("first\n{long}\n")).expect("what was kept");
        let (gap, rest) = rest.split_once('\n').expect("a line");
        assert!(
            gap.ends_with("] 3 log lines were dropped, since nobody read those before"),
            "{gap}"
        );
        assert_eq!(rest, "last\n");
    }

    #[test]
    fn whoever_waits_gets_room_or_the_end() {
        reader!(WRITTEN, READS, write);
        let writer = LogWriter::writing(LogOverflow::Wait, write);
        line(&writer, "first");
        while WRITTEN.lock().unwrap().is_empty() {
            thread::yield_now();
        }
        line(&writer, &"x".repeat(MOST));
        let waits = |writer: &Arc<LogWriter>| {
            let writer = Arc::clone(writer);
            thread::spawn(move || {
                writer.await_room();
                line(&writer, "waited");
            })
        };
        let waiting = waits(&writer);
        thread::sleep(Duration::from_millis(20));
        assert!(!waiting.is_finished());
        READS.store(true, Ordering::SeqCst);
        waiting.join().unwrap();
        READS.store(false, Ordering::SeqCst);
        line(&writer, &"x".repeat(MOST));
        let waiting = waits(&writer);
        writer.hurry();
        waiting.join().unwrap();
        READS.store(true, Ordering::SeqCst);
        writer.end();
        assert!(WRITTEN.lock().unwrap().contains("xx\nwaited\n"));
    }

    #[test]
    fn the_end_waits_for_a_while_and_a_late_line_is_written_all_the_same() {
        reader!(WRITTEN, READS, write);
        let writer = LogWriter::writing(LogOverflow::Drop, write);
        line(&writer, "stuck");
        let began = std::time::Instant::now();
        writer.end();
        assert!(began.elapsed() >= LAST);
        READS.store(true, Ordering::SeqCst);
        writer.end();
        assert!(!writer.queue().runs);
        line(&writer, "late");
        writer.end();
        assert_eq!(*WRITTEN.lock().unwrap(), "stuck\nlate\n");
    }
}
