//! One connection's requests, one after another.

use std::io;

use super::transport::{ChannelTransport, TakenOver};
use crate::engine::connection::Unsent;
use crate::engine::next_step::{Awaited, NextStep};
use crate::engine::residence::Residence;
use crate::exchange::file_content::FileContent;
use crate::net::channel::Channel;
use crate::turn::{self, Closing, Next, Session, TurnBuffers};

/// How many requests of one connection are served before other connections have their turn.
const TURNS: usize = 128;

/// Rounds of reading and taking a turn.
pub(super) struct RequestRounds<'r, 's, C> {
    session: &'r Session<'r>,
    transport: &'r ChannelTransport<'r, 's, C>,
    /// How many bytes there have to be before another turn can come to anything.
    at_least: &'r mut usize,
    /// The channel is known to have nothing more.
    drained: bool,
}

impl<'r, 's, C: Channel> RequestRounds<'r, 's, C> {
    pub(super) fn new(
        session: &'r Session<'r>,
        transport: &'r ChannelTransport<'r, 's, C>,
        at_least: &'r mut usize,
    ) -> Self {
        RequestRounds { session, transport, at_least, drained: false }
    }

    #[inline(always)]
    pub(super) fn run(&mut self, buffers: &mut TurnBuffers) -> NextStep {
        // What was left over comes first: it may hold a whole request.
        let unread = buffers.unread();
        let mut read_first = unread == 0 || unread < *self.at_least;
        for _ in 0..TURNS {
            if read_first {
                match self.read(buffers) {
                    Ok(true) => {}
                    Ok(false) => return NextStep::Await(self.awaited(buffers)),
                    // The client is gone, and nobody is left to be told.
                    Err(_) => return NextStep::Close(Closing::Clean),
                }
            }
            *self.at_least = 0;
            let next = match buffers.is_dropping() {
                true => turn::drop_body(buffers),
                false => {
                    let next = turn::turn(self.session, buffers, self.transport);
                    // A method that had to wait has left the socket blocking, and what follows
                    // must not wait here: the end of its answer has not left.
                    self.transport.end_request();
                    if cfg!(feature = "files") {
                        if let Some(content) = self.transport.content() {
                            return leave(content, next);
                        }
                    }
                    next
                }
            };
            match next {
                // With nothing unread, what is ready leaves next in any case.
                Next::Turn if buffers.unread() > 0 && buffers.is_full() => return NextStep::Again,
                Next::Turn => read_first = buffers.unread() == 0 && !buffers.at_end(),
                Next::Read { at_least } => {
                    *self.at_least = at_least;
                    read_first = true;
                }
                Next::Drop => read_first = true,
                Next::Elsewhere => {
                    let must = self.transport.needs_thread();
                    return NextStep::OwnThread { must };
                }
                Next::Close(how) => return NextStep::Close(how),
                Next::HandedOut => {
                    return match self.transport.taken_over() {
                        Some(TakenOver::ByResident(resident)) => {
                            NextStep::Reside(Box::new(Residence::new(resident)))
                        }
                        Some(TakenOver::ByThreads(ticket)) => NextStep::Forget(Some(ticket)),
                        None => NextStep::Forget(None),
                    };
                }
            }
        }
        NextStep::Again
    }

    /// Reads what has come. `false`: too little for another turn.
    fn read(&mut self, buffers: &mut TurnBuffers) -> io::Result<bool> {
        let is_drained = self.drained && !self.transport.channel().holds_input();
        if is_drained && !buffers.at_end() {
            return Ok(false);
        }
        loop {
            let mut drained = false;
            let count = buffers.fill(|room| {
                let received = self.transport.channel().read(room)?;
                drained = received.drained;
                Ok(received.count)
            });
            match count {
                Ok(count) => {
                    self.drained = drained;
                    if count > 0 && buffers.unread() < *self.at_least && !drained {
                        continue;
                    }
                    return Ok(count == 0 || buffers.unread() >= *self.at_least);
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.drained = true;
                    return Ok(false);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn awaited(&self, buffers: &mut TurnBuffers) -> Awaited {
        match *self.at_least {
            _ if buffers.is_dropping() => Awaited::Unread,
            // A part of a record is the beginning of a head.
            0 if buffers.is_between_requests() && self.transport.channel().incomplete() == 0 => {
                Awaited::Request
            }
            0 => Awaited::Head,
            _ => Awaited::Body,
        }
    }
}

/// What follows a method that has left content to be sent: nothing else, until it is.
#[cold]
fn leave(content: FileContent, next: Next) -> NextStep {
    let then = match next {
        Next::Close(Closing::Cut) => return NextStep::Close(Closing::Cut),
        Next::Close(how) => Some(how),
        _ => None,
    };
    NextStep::Send(Box::new(Unsent { bytes: Vec::new(), content: Some(content), then }))
}
