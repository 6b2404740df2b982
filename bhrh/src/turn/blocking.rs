//! One connection over any stream: without an engine, without clocks.

use std::cell::{Cell, RefCell, RefMut};
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{Closing, Next, Resume, Session, TurnBuffers, drop_body, log_outside, turn};
use crate::exchange::resident::{Line, Resident, Stay};
use crate::exchange::wire::{LiveWire, Transport};
use crate::exchange::{Server, Unscheduled};
use crate::handler::Handler;
use crate::net::duplex::Duplex;
use crate::peer::Peer;
use crate::settings::Limits;
use crate::settings::Profile;

/// Makes a handle of a stream's connection, for another protocol.
pub(crate) type HandOut<'h, S> = &'h dyn Fn(&mut S) -> io::Result<Box<dyn Duplex>>;

/// A stream as a transport.
struct StreamTransport<'h, S> {
    stream: RefCell<S>,
    peer: &'h Peer,
    hand_out: Option<HandOut<'h, S>>,
    deadline: Cell<Option<Instant>>,
    /// A protocol that stays with the connection.
    resident: Cell<Option<Box<dyn Resident>>>,
}

impl<S> StreamTransport<'_, S> {
    /// The stream, unless it is too late for it. A stream that blocks cannot be interrupted.
    fn in_time(&self) -> io::Result<RefMut<'_, S>> {
        match self.deadline.get() {
            Some(deadline) if deadline <= Instant::now() => Err(io::ErrorKind::TimedOut.into()),
            _ => Ok(self.stream.borrow_mut()),
        }
    }
}

impl<S: Read + Write> Transport for StreamTransport<'_, S> {
    fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.in_time()?.read(buffer)
    }

    fn write(&self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        let mut stream = self.in_time()?;
        let count = stream.write_vectored(slices)?;
        // A buffer of the stream's own, such as standard output has, would keep the answer from a
        // client that waits for it.
        loop {
            match stream.flush() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                flushed => return flushed.map(|()| count),
            }
        }
    }

    fn set_deadline(&self, deadline: Option<Instant>) {
        self.deadline.set(deadline);
    }

    fn peer(&self) -> Option<&Peer> {
        Some(self.peer)
    }

    fn has_room_for_residents(&self) -> bool {
        self.hand_out.is_some()
    }

    fn take_resident(&self, resident: Box<dyn Resident>) {
        self.resident.set(Some(resident));
    }

    fn split(&self) -> io::Result<Box<dyn Duplex>> {
        match self.hand_out {
            Some(hand_out) => hand_out(&mut self.stream.borrow_mut()),
            None => {
                let what = "upgrade: a stream that is only borrowed cannot be handed out";
                Err(io::Error::new(io::ErrorKind::Unsupported, what))
            }
        }
    }
}

/// Serves one connection to its end. Without `hand_out`, no other protocol can take it over.
pub(crate) fn serve<S: Read + Write>(
    handler: &dyn Handler,
    stream: S,
    hand_out: Option<HandOut<'_, S>>,
    server: &Server,
    client_address: Peer,
    profile: Profile,
    limits: Limits,
) -> io::Result<()> {
    let client_address = &client_address.canonical();
    let session = Session {
        handler,
        server,
        client_address,
        profile: &profile,
        limits: &limits,
        scheduling: &Unscheduled,
    };
    let transport = StreamTransport {
        stream: RefCell::new(stream),
        peer: client_address,
        hand_out,
        deadline: Cell::new(None),
        resident: Cell::new(None),
    };
    let mut buffers = TurnBuffers::default();
    buffers.take_up(&mut Resume::new(limits.requests_per_connection));
    loop {
        let next = match buffers.is_dropping() {
            true => drop_body(&mut buffers),
            false => turn(&session, &mut buffers, &transport),
        };
        // A deadline is one request's.
        transport.deadline.set(None);
        match next {
            Next::Turn if buffers.is_full() => {
                let live = LiveWire { wire: &buffers.wire, transport: &transport };
                live.send()?;
            }
            Next::Turn => {}
            // Without an engine nothing is collected, and every request runs here.
            Next::Read { .. } | Next::Drop | Next::Elsewhere => {
                let live = LiveWire { wire: &buffers.wire, transport: &transport };
                live.fill()?;
            }
            Next::HandedOut => {
                let Some(mut resident) = transport.resident.take() else { return Ok(()) };
                let duplex = transport.split()?;
                house(duplex, &mut *resident, &session);
                return Ok(());
            }
            // The rest of a response is missing. The owner of the stream has to know when closing
            // it.
            Next::Close(Closing::Cut) => {
                let what = "the response was cut short";
                return Err(io::Error::new(io::ErrorKind::ConnectionAborted, what));
            }
            Next::Close(_) => {
                let live = LiveWire { wire: &buffers.wire, transport: &transport };
                live.send()?;
                return transport.stream.into_inner().flush();
            }
        }
    }
}

/// How long a protocol without a loop is left alone.
const SLICE: Duration = Duration::from_millis(20);

/// How long it may take to send something.
const SEND_TIME: Duration = Duration::from_secs(30);

/// A connection without a loop, for a protocol that stays with it: it waits.
#[derive(Debug)]
struct WaitingLine(Arc<dyn Duplex>);

impl Line for WaitingLine {
    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    /// It looks by itself, soon.
    fn wake(&self) {}
}

/// Runs a protocol that stays with its connection to the end, on this thread.
fn house(duplex: Box<dyn Duplex>, resident: &mut dyn Resident, session: &Session<'_>) {
    let duplex: Arc<dyn Duplex> = duplex.into();
    let (began, mut room) = (Instant::now(), [0; 4 << 10]);
    let set = duplex.set_read_timeout(Some(SLICE));
    if set.and_then(|()| duplex.set_write_timeout(Some(SEND_TIME))).is_err() {
        return;
    }
    resident.begin(Arc::new(WaitingLine(Arc::clone(&duplex))), Duration::ZERO);
    loop {
        let heard_all = match resident.listens().then(|| duplex.read(&mut room)) {
            Some(Ok(0)) => {
                resident.hear_the_end();
                true
            }
            Some(Ok(count)) => {
                resident.hear(&mut room[..count], began.elapsed());
                false
            }
            Some(Err(error)) if error.kind() == io::ErrorKind::TimedOut => true,
            Some(Err(error)) if error.kind() == io::ErrorKind::Interrupted => false,
            Some(Err(error)) => {
                resident.lose(&error.to_string());
                true
            }
            None => true,
        };
        let stay = resident.look(began.elapsed(), heard_all);
        if let Some(complaint) = resident.take_complaint() {
            log_outside(session, format_args!("{complaint}"));
        }
        if !matches!(stay, Stay::Until(_)) {
            // The client may have gone.
            let _ = duplex.finish();
            return;
        }
    }
}
