//! One turn: from the bytes that have come to the next thing that a connection has to do.
//!
//! ```text
//! head ─▶ meaning ─▶ expectation ─▶ method ─▶ end of the response ─▶ rest of the request ─▶ Next
//!   └────────┴─ refused: send_error, close
//! ```
//!
//! A turn knows a connection only as a transport. Faults of handlers end here: whatever a method
//! does, the client gets an answer or sees that the answer is missing, and the connection's next
//! turn, if it has one, begins where the next request does.
//!
//! | file | what it is |
//! | --- | --- |
//! | `understand` | what the bytes that have come mean |
//! | `end` | the response is ended, and the rest of the request is got out of the way |
//! | `failure` | what becomes of a handler that fails |
//! | `refusal` | answers that no method gives |
//! | `buffers` | what a thread serves by, and what a connection takes along |
//! | `session`, `next` | what a turn is given, and what it answers |
//! | `blocking` | turn after turn over a stream of the user's own, without an engine |

pub(crate) mod blocking;
mod buffers;
mod end;
mod failure;
mod next;
pub(crate) mod refusal;
mod session;
mod understand;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

pub(crate) use buffers::{Resume, TurnBuffers};
use end::ended;
pub(crate) use failure::drop_payload;
use failure::{Failure, caught, logged};
pub(crate) use next::{Closing, Next};
use refusal::{excuse, refuse};
pub(crate) use session::Session;
use understand::{Understood, understand};

use crate::exchange::wire::{LiveWire, Transport, TurnProgress, Wire};
use crate::exchange::{Exchange, Leftover, ResponseRules, version_keeps};
use crate::net::duplex::Duplex;
use crate::proto::field_meaning::{Expectation, Meaning, Persistence};
use crate::proto::head::RequestHead;

/// Takes one turn. It does not panic: a panic of the handler's that nothing inside has caught,
/// such as one in `protocol_version`, is answered here if there was no answer yet.
///
/// All of a turn is compiled in line for each kind of transport. Calls that several kinds shared
/// would cost each request some forty instructions.
#[inline(always)]
pub(crate) fn turn<T: Transport>(
    session: &Session<'_>,
    buffers: &mut TurnBuffers,
    transport: &T,
) -> Next {
    buffers.wire.progress.set(TurnProgress::Beginning);
    let turn = AssertUnwindSafe(|| read_and_answer(session, buffers, transport));
    catch_unwind(turn).unwrap_or_else(|payload| {
        let failure = Failure::of_panic(payload);
        excuse(session, buffers, transport, &failure)
    })
}

#[inline(always)]
fn read_and_answer<T: Transport>(
    session: &Session<'_>,
    buffers: &mut TurnBuffers,
    transport: &T,
) -> Next {
    let TurnBuffers { wire, reader, head, requests_left } = buffers;
    match understand(session, wire, transport, reader, head) {
        Understood::Request(meaning) => {
            *requests_left = requests_left.saturating_sub(1);
            answer(session, wire, transport, head, meaning, *requests_left == 0)
        }
        Understood::Refused { .. } if !session.scheduling.may_refuse() => Next::Elsewhere,
        Understood::Refused { error, whole } => {
            refuse(session, wire, transport, head, &error, whole)
        }
        Understood::NotYet(next) => next,
    }
}

/// Drops what has come of a body that a method has left unread. No code of the handler's runs.
pub(crate) fn drop_body(buffers: &mut TurnBuffers) -> Next {
    match buffers.wire.input.get_mut().drop_more() {
        Leftover::Dropped { .. } => Next::Turn,
        Leftover::Coming => Next::Drop,
        Leftover::Unreadable => Next::Close(Closing::Linger),
    }
}

/// Whether the connection closes, before the handler has had its say: by version and
/// `Connection` (RFC 9112 section 9.3; Python's rules agree).
fn closes(head: &RequestHead, meaning: &Meaning, persistent_server: bool) -> bool {
    match meaning.persistence {
        Persistence::Close => true,
        Persistence::KeepAlive => !persistent_server,
        Persistence::Unsaid => !(head.is_11() && persistent_server),
    }
}

/// Runs the handler on an understood request, and ends the exchange. `last`: the connection has
/// had as many as it may.
#[inline(always)]
fn answer<T: Transport>(
    session: &Session<'_>,
    wire: &mut Wire,
    transport: &T,
    head: &RequestHead,
    meaning: Meaning,
    last: bool,
) -> Next {
    let began = session.handler.wants_log_access().then(Instant::now);
    let server_11 = version_keeps(&session.handler.protocol_version());
    let rules = ResponseRules::for_request(head, session.profile, server_11);
    let expects = meaning.expectation == Expectation::Continue;
    wire.begin(rules);
    wire.input.get_mut().begin_body(meaning.body, session.limits.body, expects);
    let closing = closes(head, &meaning, server_11);
    let client_closes = meaning.persistence == Persistence::Close;
    let closes_now = closing || last;
    let live = &LiveWire { wire, transport };
    let mut http = session.exchange(live, head, closes_now, client_closes, began.is_some());
    if let Some(trusted) = session.server.trusted() {
        http.see_through(trusted);
    }

    let ask = expects && server_11 && expectation_is_open(&http, session);
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
    let live = http.live_wire();
    let input = live.wire.input.borrow();
    session.profile.lax_expect || !input.body_is_done() && input.unread().is_empty()
}

/// Logs what concerns no request, through the handler's log.
pub(crate) fn log_outside(session: &Session<'_>, message: std::fmt::Arguments<'_>) {
    outside(session, |http| http.log_error(message));
}

/// Logs a detail that concerns no request, likewise.
pub(crate) fn log_detail_outside(session: &Session<'_>, message: std::fmt::Arguments<'_>) {
    outside(session, |http| http.log_debug(message));
}

fn outside(session: &Session<'_>, log: impl FnOnce(&Exchange<'_>)) {
    let (wire, head) = (Wire::default(), RequestHead::default());
    let live = &LiveWire { wire: &wire, transport: &Nowhere };
    let mut http = session.exchange(live, &head, true, true, false);
    logged(&mut http, log);
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

    fn set_deadline(&self, _: Option<Instant>) {}

    fn split(&self) -> io::Result<Box<dyn Duplex>> {
        Err(io::ErrorKind::NotConnected.into())
    }
}
