//! One turn: from the bytes that have come to the next thing that a connection has to do.
//!
//! ```text
//! head ─▶ meaning ─▶ expectation ─▶ method ─▶ end of the response ─▶ rest of the request ─▶ Next
//!   └────────┴─ refused: send_error, close
//! ```
//!
//! It knows a connection only as a transport. Faults of handlers end here: whatever a method does,
//! the client gets an answer or sees that there is none, and the connection's next turn, if it has
//! one, begins where the next request does.

pub(crate) mod blocking;
mod end;
pub(crate) mod failure;
pub(crate) mod refusal;

use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use crate::error::ProtocolError;
use crate::exchange::wire::{Link, Point, Transport, Wire};
use crate::exchange::{Exchange, ExchangeParts, Input, ResponseRules, Server, version_keeps};
use crate::handler::Handler;
use crate::proto::framing::BodyLength;
use crate::proto::head::{HeadReader, HeadRules, Progress, RequestHead};
use crate::proto::meaning::{self, Expectation, Meaning, Persistence};
use crate::settings::Limits;
use crate::settings::Profile;
use end::ended;
use failure::{Failure, caught, panic_message};
use refusal::{excuse, refuse};

/// What stays the same for all turns of a connection.
#[derive(Clone, Copy)]
pub(crate) struct Session<'a> {
    pub(crate) handler: &'a dyn Handler,
    pub(crate) server: &'a Server,
    pub(crate) client_address: SocketAddr,
    pub(crate) profile: &'a Profile,
    pub(crate) limits: &'a Limits,
}

/// A connection's memory between turns.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) wire: Wire,
    pub(super) reader: HeadReader,
    pub(super) head: RequestHead,
    /// How many requests the connection may still have.
    pub(crate) requests_left: u64,
}

impl Memory {
    /// Takes up a connection where it was put down.
    #[inline(always)]
    pub(crate) fn take_up(&mut self, unread: &mut Vec<u8>, reader: HeadReader, at_end: bool) {
        self.wire.input.get_mut().take_up(unread, at_end);
        self.wire.loss.set(None);
        self.reader = reader;
    }

    /// Puts it down: what it has to remember, and whether it has ended.
    #[inline(always)]
    pub(crate) fn put_down(&mut self, unread: &mut Vec<u8>) -> (HeadReader, bool) {
        let at_end = self.wire.input.get_mut().put_down(unread);
        (std::mem::take(&mut self.reader), at_end)
    }

    /// How many bytes have come and were not read.
    pub(crate) fn unread(&mut self) -> usize {
        self.wire.input.get_mut().unread().len()
    }

    /// Whether no request has begun: nothing has come, or line ends that will be skipped (RFC 9112
    /// section 2.2).
    pub(crate) fn is_between_requests(&mut self) -> bool {
        self.wire.input.get_mut().unread().iter().all(|byte| matches!(byte, b'\r' | b'\n'))
    }

    /// Whether the client has closed its side.
    pub(crate) fn at_end(&mut self) -> bool {
        self.wire.input.get_mut().at_end()
    }

    /// Reads more by `read`.
    pub(crate) fn fill(
        &mut self,
        read: impl FnOnce(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.wire.input.get_mut().fill_by(read)
    }

    /// Whether so much is ready to be sent that it should leave before the next turn: answers to
    /// pipelined requests leave together, but they do not pile up without bound.
    pub(crate) fn is_full(&self) -> bool {
        self.wire.is_full()
    }

    /// Hands what is ready to be sent to `send`, and forgets it.
    pub(crate) fn send_ready<T>(&mut self, send: impl FnOnce(&[u8]) -> T) -> T {
        self.wire.send_ready(send)
    }
}

/// What a connection has to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Read more: before there are so many bytes unread (as far as is known), another turn comes
    /// to nothing.
    Read { at_least: usize },
    /// Take another turn: there may be a request in what has been read. What is ready leaves first
    /// if it [is much](Memory::is_full).
    Turn,
    /// Take the same turn again on a thread that may be kept.
    Elsewhere,
    /// Send what is ready and close, in this way.
    Close(Closing),
}

/// How a connection is to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closing {
    /// The client has sent what it had to send.
    Clean,
    /// The client may be sending still. Closing at once would make its system drop our answer,
    /// so its bytes are read for a while (RFC 9112 section 9.6).
    Linger,
    /// The response is incomplete, and the client has to see that.
    Cut,
}

/// Takes one turn. It does not panic: a panic of the handler's that nothing inside has caught,
/// such as one in `protocol_version`, is answered here if there was no answer yet.
pub(crate) fn turn(session: &Session<'_>, memory: &mut Memory, transport: &dyn Transport) -> Next {
    memory.wire.point.set(Point::Beginning);
    let turn = AssertUnwindSafe(|| read_and_answer(session, memory, transport));
    catch_unwind(turn).unwrap_or_else(|panic| {
        let failure = Failure::Panicked(panic_message(&*panic));
        excuse(session, memory, transport, &failure)
    })
}

fn read_and_answer(session: &Session<'_>, memory: &mut Memory, transport: &dyn Transport) -> Next {
    let Memory { wire, reader, head, requests_left } = memory;
    let link = Link { wire, transport };
    let rules = HeadRules {
        profile: session.profile,
        limits: session.limits,
        default_version: &|| session.handler.default_request_version(),
    };
    let read = {
        let input = wire.input.borrow();
        reader.read(input.unread(), input.at_end(), &rules, head)
    };
    wire.point.set(Point::Head);
    let understood = match read {
        Ok(Progress::Partial) => return Next::Read { at_least: 0 },
        Ok(Progress::Silence) => return Next::Close(Closing::Linger),
        Ok(Progress::Complete { length }) => match meaning::of(head, session.profile) {
            Ok(Meaning { body: BodyLength::Bytes(body), .. }) if body > session.limits.body => {
                Err(ProtocolError::BodyTooLarge { limit: session.limits.body })
            }
            Ok(meaning) => {
                let mut input = wire.input.borrow_mut();
                if let Some(at_least) = awaited(&input, length, &meaning, transport) {
                    return Next::Read { at_least };
                }
                if !transport.may_run(head) {
                    return Next::Elsewhere;
                }
                input.consume(length);
                if !session.profile.lax_target {
                    head.settle_host();
                }
                Ok(meaning)
            }
            Err(error) => Err(error),
        },
        Err(error) => Err(error),
    };
    match understood {
        Ok(meaning) => {
            *requests_left = requests_left.saturating_sub(1);
            answer(session, link, head, meaning, *requests_left == 0)
        }
        Err(error) => refuse(session, link, head, &error),
    }
}

/// How many bytes there have to be before the handler starts, if there are fewer: a small body is
/// waited for by the engine, which holds no thread for it. Not where the client itself waits.
fn awaited(
    input: &Input,
    head: usize,
    meaning: &Meaning,
    transport: &dyn Transport,
) -> Option<usize> {
    let BodyLength::Bytes(body) = meaning.body else { return None };
    if body == 0 || body > transport.collects() || meaning.expectation != Expectation::None {
        return None;
    }
    let at_least = head + usize::try_from(body).ok()?;
    (input.unread().len() < at_least && !input.at_end()).then_some(at_least)
}

impl<'a> Session<'a> {
    #[inline(always)]
    pub(super) fn exchange<'e>(
        &self,
        link: Link<'e>,
        head: &'e RequestHead,
        close_connection: bool,
        client_closes: bool,
        logged_late: bool,
    ) -> Exchange<'e>
    where
        'a: 'e,
    {
        Exchange::new(ExchangeParts {
            client_address: self.client_address,
            server: self.server,
            handler: self.handler,
            link,
            head,
            profile: self.profile,
            limits: self.limits,
            close_connection,
            client_closes,
            logged_late,
        })
    }
}

/// Whether the connection closes, before the handler has had its say: by version and
/// `Connection` (RFC 9112 section 9.3; Python's rules agree).
fn closes(head: &RequestHead, meaning: &Meaning, protocol: &str) -> bool {
    let persistent_server = version_keeps(protocol);
    match meaning.persistence {
        Persistence::Close => true,
        Persistence::KeepAlive => !persistent_server,
        Persistence::Unsaid => !(head.is_11() && persistent_server),
    }
}

/// Runs the handler on an understood request, and ends the exchange. `last`: the connection has
/// had as many as it may.
fn answer(
    session: &Session<'_>,
    link: Link<'_>,
    head: &RequestHead,
    meaning: Meaning,
    last: bool,
) -> Next {
    let began = session.handler.wants_log_access().then(Instant::now);
    let protocol = session.handler.protocol_version();
    let rules = ResponseRules::for_request(head, session.profile, &protocol);
    let expects = meaning.expectation == Expectation::Continue;
    link.begin(rules);
    link.wire.input.borrow_mut().begin_body(meaning.body, session.limits.body, expects);
    let closing = closes(head, &meaning, &protocol);
    let client_closes = meaning.persistence == Persistence::Close;
    let closes_now = closing || last;
    let mut http = session.exchange(link, head, closes_now, client_closes, began.is_some());

    let ask = expects && version_keeps(&protocol) && expectation_is_open(&http, session);
    let outcome = caught(&mut http, |http| {
        http.assign_id();
        let handler = http.handler();
        if ask && !handler.handle_expect_100(http)? {
            return match http.is_answered() {
                true => Ok(()),
                false => Ok(http.send_error(417)?),
            };
        }
        handler.handle_one_request(http)
    });
    match ended(&mut http, outcome, session.limits.unread_body, began) {
        // The client could not know, and may have sent its next request.
        Next::Close(Closing::Clean) if !closing => Next::Close(Closing::Linger),
        next => next,
    }
}

/// Whether the client may still be waiting for an interim response (RFC 9110 section 10.1.1).
fn expectation_is_open(http: &Exchange<'_>, session: &Session<'_>) -> bool {
    let link = http.wire_link();
    let input = link.wire.input.borrow();
    session.profile.lax_expect || !input.body_is_done() && input.unread().is_empty()
}

/// Logs what concerns no request, through the handler's log.
pub(crate) fn log_outside(session: &Session<'_>, message: std::fmt::Arguments<'_>) {
    let (wire, head) = (Wire::default(), RequestHead::default());
    let link = Link { wire: &wire, transport: &Nowhere };
    let mut http = session.exchange(link, &head, true, true, false);
    let _ = caught(&mut http, |http| {
        http.log_error(message);
        Ok(())
    });
}

/// The transport of an exchange that is only there to be logged.
struct Nowhere;

impl Transport for Nowhere {
    fn read(&self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }

    fn write(&self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        Ok(slices.iter().map(|slice| slice.len()).sum())
    }

    fn is_slow(&self) -> bool {
        false
    }

    fn set_deadline(&self, _: Option<Instant>) {}
}
