//! Output that has been gathering for too long while its handler does something else: the tick
//! sends it.
//!
//! Each thread that runs handlers has one output, whatever connection it serves. The monitor looks
//! at all of them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::exchange::{Gathered, LateSender, Output, Seen};
use crate::net::channel::Channel;
use crate::net::socket::Socket;

/// How long one tick goes on sending before the loops are looked at again.
const AT_ONCE: Duration = Duration::from_millis(2);

/// The outputs of all threads.
#[derive(Debug, Default)]
pub(crate) struct LateOutput {
    watched: Mutex<Vec<Watched>>,
}

#[derive(Debug)]
struct Watched {
    output: Arc<Gathered<Output>>,
    seen: Seen,
}

/// An output is looked at for as long as this exists.
#[derive(Debug)]
pub(crate) struct Watching<'a> {
    all: &'a LateOutput,
    output: Arc<Gathered<Output>>,
}

impl LateOutput {
    fn watched(&self) -> MutexGuard<'_, Vec<Watched>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds the output of this thread to what the monitor looks at.
    pub(crate) fn watch(&self, output: &Arc<Gathered<Output>>) -> Watching<'_> {
        let output = Arc::clone(output);
        let watched = Watched { output: Arc::clone(&output), seen: Seen::default() };
        self.watched().push(watched);
        Watching { all: self, output }
    }

    /// Looks at all outputs once, `now` milliseconds after some beginning, and sends what is due.
    /// Says whether anything is gathering.
    pub(crate) fn look(&self, now: u64) -> bool {
        let mut gathering = false;
        let mut due = Vec::new();
        for Watched { output, seen } in self.watched().iter_mut() {
            if output.look(seen, now) {
                due.push(Arc::clone(output));
            }
            gathering |= seen.is_gathering();
        }
        if !due.is_empty() {
            send(&due);
        }
        gathering
    }

    /// Makes all connections end in a reset that have output under way: they are cut. The reset
    /// comes when their methods let go of the socket. No safe call resets a socket that another
    /// thread has open, and shutting it down would send an end, which a client takes for the end of
    /// content that has no length.
    pub(crate) fn cut(&self) {
        for watched in self.watched().iter() {
            watched.output.with(|output| output.reset_on_close());
        }
    }

    /// Whether anything is gathering, for a monitor that is about to sleep.
    pub(crate) fn is_gathering(&self) -> bool {
        self.watched().iter().any(|watched| watched.output.is_gathering())
    }
}

/// Sends what is due, as far as there is time. The rest is still due at the next tick.
fn send(due: &[Arc<Gathered<Output>>]) {
    let began = Instant::now();
    for output in due {
        output.with(Output::leave_late);
        if began.elapsed() > AT_ONCE {
            break;
        }
    }
}

impl Drop for Watching<'_> {
    fn drop(&mut self) {
        self.all.watched().retain(|watched| !Arc::ptr_eq(&watched.output, &self.output));
    }
}

/// What the tick sends by, where the system can write without waiting: a thread that serves the
/// connection may have its socket in blocking mode.
pub(super) fn sender<C: Channel>(channel: &Arc<C>) -> Option<Arc<dyn LateSender>> {
    match Socket::WRITES_WITHOUT_WAITING {
        true => Some(Arc::<C>::clone(channel)),
        false => None,
    }
}

impl<C: Channel> LateSender for C {
    fn send_now(&self, bytes: &[u8]) -> std::io::Result<usize> {
        self.write_without_waiting(bytes)
    }

    fn reset_on_close(&self) {
        self.socket().reset_on_close();
    }
}
