//! Answers that no method gives: to requests that cannot be served, and after a panic outside of
//! any method.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use super::buffers::TurnBuffers;
use super::end::ended;
use super::failure::{Failure, caught, log_failure, logged, recover};
use super::next::{Closing, Next};
use super::session::Session;
use crate::base::{DEFAULT_REQUEST_VERSION, PROTOCOL_VERSION};
use crate::exchange::wire::{LiveWire, Transport, TurnProgress, Wire};
use crate::exchange::{ResponseRules, version_keeps};
use crate::proto::framing::BodyLength;
use crate::proto::head::{HeadRules, Progress, RequestHead, VersionNumber};
use crate::protocol_error::ProtocolError;

/// Answers a client that has kept the server waiting for too long, or that is one too many, in the
/// words of `error`. Where the head has come whole, and its body is late, the answer is to that
/// request. It does not panic, whatever the handler's hooks do.
pub(crate) fn refuse_head(
    session: &Session<'_>,
    buffers: &mut TurnBuffers,
    transport: &dyn Transport,
    error: &ProtocolError,
) {
    buffers.wire.progress.set(TurnProgress::Beginning);
    let answer = AssertUnwindSafe(|| answer_refused_head(session, buffers, transport, error));
    let _: Next = catch_unwind(answer).unwrap_or_else(|payload| {
        let failure = Failure::of_panic(payload);
        excuse(session, buffers, transport, &failure)
    });
}

fn answer_refused_head(
    session: &Session<'_>,
    buffers: &mut TurnBuffers,
    transport: &dyn Transport,
    error: &ProtocolError,
) -> Next {
    let TurnBuffers { wire, reader, head, .. } = buffers;
    let rules = HeadRules {
        profile: session.profile,
        limits: session.limits,
        default_version: &|| Cow::Borrowed(DEFAULT_REQUEST_VERSION),
    };
    let read = reader.read(wire.input.borrow().unread(), false, &rules, head);
    let whole = matches!(read, Ok(Progress::Complete { .. }));
    if !whole {
        head.clear();
    }
    refuse(session, wire, transport, head, error, whole)
}

/// Answers a request that cannot be served. Its head is `whole`, or what was understood of it.
#[cold]
pub(super) fn refuse(
    session: &Session<'_>,
    wire: &mut Wire,
    transport: &dyn Transport,
    head: &mut RequestHead,
    error: &ProtocolError,
    whole: bool,
) -> Next {
    // A request that was not understood is answered in full, as Python does since 2026, unless it
    // has HTTP/0.9's form and the profile knows that.
    let simple = head.version() == "HTTP/0.9" && !session.profile.http_09;
    let unknown = head.version.is_empty();
    if unknown || simple {
        head.number = VersionNumber::HTTP_1_1;
    }
    if matches!(error, ProtocolError::RequestLineTooLong) {
        // As in Python, neither is known.
        head.requestline = 0..0;
    } else if unknown {
        head.version = head.fields.append(&session.handler.default_request_version());
    }
    let began = session.handler.wants_log_access().then(Instant::now);
    let server_11 = version_keeps(&session.handler.protocol_version());
    let rules = ResponseRules::for_request(head, session.profile, server_11);
    wire.begin(rules);
    wire.input.get_mut().begin_body(BodyLength::Bytes(0), 0, false);
    let live = &LiveWire { wire, transport };
    let mut http = session.exchange(live, head, true, true, began.is_some());
    if let Some(trusted) = session.server.trusted().filter(|_| whole) {
        http.see_through(trusted);
    }
    let (message, explanation) = (error.message(), error.explanation());
    let outcome = caught(&mut http, |http| {
        http.assign_id();
        let handler = http.handler();
        let (message, explanation) = (message.as_deref(), explanation.as_deref());
        Ok(handler.send_error(http, error.status(), message, explanation)?)
    });
    match ended(&mut http, outcome, session.limits.unread_body, began) {
        Next::Close(Closing::Short) => Next::Close(Closing::Short),
        Next::Close(Closing::Cut) => Next::Close(Closing::Cut),
        _ => Next::Close(Closing::Linger),
    }
}

/// Answers a request after a panic in a setting, which is asked for outside of any method.
#[cold]
pub(super) fn excuse(
    session: &Session<'_>,
    buffers: &mut TurnBuffers,
    transport: &dyn Transport,
    failure: &Failure,
) -> Next {
    let answering = buffers.wire.progress.get() == TurnProgress::Response;
    if buffers.wire.progress.get() == TurnProgress::Beginning {
        // It is the last request's.
        buffers.head.clear();
    }
    let TurnBuffers { wire, head, .. } = buffers;
    if !answering {
        let server_11 = version_keeps(PROTOCOL_VERSION);
        let rules = ResponseRules::for_request(head, session.profile, server_11);
        wire.begin_output(rules);
    }
    let live = &LiveWire { wire, transport };
    let mut http = session.exchange(live, head, true, true, false);
    // The panic may have come before it.
    let _ = caught(&mut http, |http| {
        http.assign_id();
        Ok(())
    });
    if answering {
        // The response that it belongs to may be complete, or in the middle of something.
        logged(&mut http, |http| log_failure(http, failure, wire.loss.get()));
    } else if recover(&mut http, failure) {
        let _ = live.complete_response(true);
        return Next::Close(Closing::Linger);
    }
    live.abandon();
    Next::Close(Closing::Cut)
}
