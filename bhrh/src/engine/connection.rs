//! One connection on a thread of its own: its clocks, and how it closes.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use super::registry::Place;
use super::turn::{self, Closing, Memory, Next, Session};
use crate::error::ProtocolError;
use crate::exchange::wire::{Link, Transport};
use crate::limits::Timeouts;

/// After how long a running handler's output is no longer gathered.
const SLOW: Duration = Duration::from_millis(10);

/// How long, and how much, a lingering close reads what the client still sends.
const LINGER_TIME: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 1 << 20;

/// A socket with the clock of the phase that its connection is in.
struct SocketTransport<'a> {
    stream: &'a TcpStream,
    /// What the system has been told, so that it is told only of changes.
    patience: Cell<Option<Duration>>,
    turn_began: Cell<Instant>,
}

impl SocketTransport<'_> {
    /// Sets how long the next reads may wait; zero is as good as over.
    fn wait_at_most(&self, patience: Duration) -> io::Result<()> {
        if patience.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        if self.patience.replace(Some(patience)) != Some(patience) {
            self.stream.set_read_timeout(Some(patience))?;
        }
        Ok(())
    }
}

impl Transport for SocketTransport<'_> {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut stream = self.stream;
        stream.read(buffer)
    }

    fn write(&self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        let mut stream = self.stream;
        stream.write_vectored(slices)
    }

    fn is_slow(&self) -> bool {
        self.turn_began.get().elapsed() > SLOW
    }
}

/// Drives a connection from its first byte to its close.
pub(crate) fn drive(session: &Session<'_>, place: &Place, timeouts: &Timeouts) -> io::Result<()> {
    let stream = place.stream();
    // Output is gathered here, so the system need not wait for more of it.
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(timeouts.write))?;
    let began = Cell::new(Instant::now());
    let transport = SocketTransport { stream, patience: Cell::new(None), turn_began: began };
    let mut memory = Memory::default();
    let mut head_began = None;
    loop {
        transport.turn_began.set(Instant::now());
        transport.wait_at_most(timeouts.body)?;
        match turn::turn(session, &mut memory, &transport) {
            Next::Turn => head_began = None,
            Next::Read => {
                if !read_head(session, &mut memory, &transport, place, timeouts, &mut head_began)? {
                    return Ok(());
                }
            }
            Next::Close(how) => return close(&memory, &transport, how),
        }
    }
}

/// Waits for more of a request's head. `false`: the connection has been closed instead.
fn read_head(
    session: &Session<'_>,
    memory: &mut Memory,
    transport: &SocketTransport<'_>,
    place: &Place,
    timeouts: &Timeouts,
    head_began: &mut Option<Instant>,
) -> io::Result<bool> {
    let idle = memory.wire.input.borrow().unread().is_empty();
    let patience = match (idle, &head_began) {
        (true, _) => timeouts.keep_alive,
        (false, None) => {
            *head_began = Some(Instant::now());
            timeouts.head
        }
        (false, Some(began)) => timeouts.head.saturating_sub(began.elapsed()),
    };
    if idle && session.server.is_shutting_down() {
        let link = Link { wire: &memory.wire, transport };
        memory.wire.output.borrow_mut().send(&link)?;
        return Ok(false);
    }
    place.set_idle(idle);
    let waited = transport.wait_at_most(patience).and_then(|()| {
        let link = Link { wire: &memory.wire, transport };
        memory.wire.input.borrow_mut().fill(&link)
    });
    place.set_idle(false);
    match waited {
        Ok(_) => {
            // A head's clock starts with its first byte, not with the wait for it.
            if idle {
                *head_began = Some(Instant::now());
            }
            Ok(true)
        }
        Err(error) if error.kind() == io::ErrorKind::TimedOut && !idle => {
            turn::refuse_head(session, memory, transport, &ProtocolError::HeadTimeout);
            close(memory, transport, Closing::Linger)?;
            Ok(false)
        }
        // An idle connection that is given up, or a client that went away.
        Err(_) => Ok(false),
    }
}

fn close(memory: &Memory, transport: &SocketTransport<'_>, how: Closing) -> io::Result<()> {
    let link = Link { wire: &memory.wire, transport };
    match how {
        Closing::Cut => {
            // A reset is the only way to say "incomplete" where the close itself would have been
            // the end of the body.
            socket2::SockRef::from(transport.stream).set_linger(Some(Duration::ZERO))
        }
        Closing::Clean => memory.wire.output.borrow_mut().send(&link),
        Closing::Linger => {
            memory.wire.output.borrow_mut().send(&link)?;
            linger(transport)
        }
    }
}

/// Reads and drops what the client still sends, so that its system does not answer our close
/// with a reset that drops our last response (RFC 9112 section 9.6).
fn linger(transport: &SocketTransport<'_>) -> io::Result<()> {
    transport.stream.shutdown(Shutdown::Write)?;
    let deadline = Instant::now() + LINGER_TIME;
    let mut scratch = [0; 8192];
    let mut dropped = 0;
    while dropped < LINGER_BYTES {
        transport.wait_at_most(deadline.saturating_duration_since(Instant::now()))?;
        match transport.read(&mut scratch)? {
            0 => break,
            count => dropped += count,
        }
    }
    Ok(())
}
