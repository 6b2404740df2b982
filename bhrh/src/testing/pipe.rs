//! A connection in memory whose ends are in two threads.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::net::duplex::Duplex;

/// How much one direction holds, as a socket's buffers do.
const ROOM: usize = 256 << 10;

/// One direction.
#[derive(Debug, Default)]
struct Pipe {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    bytes: VecDeque<u8>,
    /// Nothing more comes.
    ended: bool,
    /// Nobody reads any more.
    abandoned: bool,
}

/// One end of a connection. A clone is the same end; the last one closes it when it is dropped.
#[derive(Debug, Clone)]
pub(super) struct End(Arc<Inside>);

#[derive(Debug)]
struct Inside {
    incoming: Arc<Pipe>,
    outgoing: Arc<Pipe>,
    times: Mutex<[Option<Duration>; 2]>,
}

/// The two ends of a connection.
pub(super) fn pair() -> (End, End) {
    let (one, other) = (Arc::<Pipe>::default(), Arc::<Pipe>::default());
    let end = |incoming: &Arc<Pipe>, outgoing: &Arc<Pipe>| {
        let (incoming, outgoing) = (Arc::clone(incoming), Arc::clone(outgoing));
        End(Arc::new(Inside { incoming, outgoing, times: Mutex::default() }))
    };
    (end(&one, &other), end(&other, &one))
}

impl Pipe {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `is_ready`.
    fn wait(
        &self,
        time: Option<Duration>,
        is_ready: impl Fn(&State) -> bool,
    ) -> io::Result<MutexGuard<'_, State>> {
        let deadline = time.and_then(|time| Instant::now().checked_add(time));
        let mut state = self.state();
        while !is_ready(&state) {
            let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
            state = match left {
                Some(Duration::ZERO) => {
                    return Err(io::Error::new(io::ErrorKind::TimedOut, "timed out"));
                }
                Some(left) => {
                    self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
        Ok(state)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_all();
    }
}

impl Inside {
    fn times(&self) -> MutexGuard<'_, [Option<Duration>; 2]> {
        self.times.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) {
        self.outgoing.change(|state| state.ended = true);
        self.incoming.change(|state| {
            state.ended = true;
            state.abandoned = true;
        });
    }
}

impl End {
    /// Says this and no more, however much it is.
    pub(super) fn say_all(&self, bytes: &[u8]) {
        self.0.outgoing.change(|state| {
            state.bytes.extend(bytes);
            state.ended = true;
        });
    }
}

impl Duplex for End {
    fn read(&self, room: &mut [u8]) -> io::Result<usize> {
        let time = self.0.times()[0];
        let mut state =
            self.0.incoming.wait(time, |state| !state.bytes.is_empty() || state.ended)?;
        let count = state.bytes.read(room)?;
        drop(state);
        self.0.incoming.changed.notify_all();
        Ok(count)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let time = self.0.times()[1];
        let is_ready = |state: &State| state.bytes.len() < ROOM || state.ended || state.abandoned;
        let mut state = self.0.outgoing.wait(time, is_ready)?;
        if state.ended || state.abandoned {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        let count = bytes.len().min(ROOM - state.bytes.len());
        state.bytes.extend(&bytes[..count]);
        drop(state);
        self.0.outgoing.changed.notify_all();
        Ok(count)
    }

    fn set_read_timeout(&self, time: Option<Duration>) -> io::Result<()> {
        self.0.times()[0] = time;
        Ok(())
    }

    fn set_write_timeout(&self, time: Option<Duration>) -> io::Result<()> {
        self.0.times()[1] = time;
        Ok(())
    }

    fn finish(&self) -> io::Result<()> {
        self.0.outgoing.change(|state| state.ended = true);
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        self.0.close();
        Ok(())
    }

    fn reset_on_close(&self) {}
}

impl Read for &End {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        Duplex::read(*self, room)
    }
}

impl Write for &End {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Duplex::write(*self, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.close();
    }
}
