//! A double of `logging/sink.rs` and `logging/writer.rs`: lines that a loop holds back, a queue
//! with a bound, and a thread that writes, to a reader that stops reading.

use crate::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::sync::Arc;
use std::time::Duration;

/// How many lines wait at most.
const MOST: usize = 3;

/// As `LAST` there.
const LAST: Duration = Duration::from_secs(1);

/// Lines that a loop holds back.
#[derive(Debug)]
pub(crate) struct Held {
    lines: Mutex<usize>,
    writer: Arc<LogWriter>,
}

impl Held {
    pub(crate) fn new(writer: &Arc<LogWriter>) -> Held {
        Held { lines: Mutex::new(0), writer: Arc::clone(writer) }
    }

    pub(crate) fn add(&self) {
        *self.lines.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    }

    /// Hands the lines on, with the lock: later lines must not overtake these.
    pub(crate) fn flush(&self) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        self.writer.push(std::mem::take(&mut *lines));
    }
}

#[derive(Debug, Default)]
pub(crate) struct LogWriter {
    queue: Mutex<Queue>,
    come: Condvar,
    gone: Condvar,
    /// The reader reads.
    reads: Mutex<bool>,
    read: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    lines: usize,
    dropped: usize,
    written: usize,
    ends: bool,
    ended: bool,
}

impl LogWriter {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, lines: usize) {
        let mut queue = self.queue();
        for _ in 0..lines {
            match queue.lines < MOST {
                true => queue.lines += 1,
                false => queue.dropped += 1,
            }
        }
        drop(queue);
        self.come.notify_one();
    }

    /// The log's thread.
    pub(crate) fn run(&self) {
        loop {
            let is_quiet = |queue: &mut Queue| queue.lines == 0 && !queue.ends;
            let waited = self.come.wait_while(self.queue(), is_quiet);
            let mut queue = waited.unwrap_or_else(PoisonError::into_inner);
            let lines = std::mem::take(&mut queue.lines);
            if lines == 0 {
                queue.ended = true;
                drop(queue);
                return self.gone.notify_all();
            }
            drop(queue);
            self.write();
            self.queue().written += lines;
        }
    }

    /// `write(2)`: it waits for the reader.
    fn write(&self) {
        let reads = self.reads.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.read.wait_while(reads, |reads| !*reads));
    }

    /// Lets the reader read again.
    pub(crate) fn read(&self) {
        *self.reads.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.read.notify_all();
    }

    /// Ends it, and says how many lines were written or counted as dropped.
    pub(crate) fn end(&self) -> usize {
        let mut queue = self.queue();
        queue.ends = true;
        self.come.notify_one();
        while !queue.ended {
            let waited = self.gone.wait_timeout(queue, LAST);
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        queue.written + queue.dropped
    }
}
