//! The end of a turn: the response is ended, and the rest of the request is got out of the way.

use std::fmt::{self, Display};
use std::io;
use std::time::Instant;

use super::failure::{Failure, caught, log_failure, log_loss, logged, named, recover};
use super::next::{Closing, Next};
use crate::error::Error;
use crate::exchange::wire::{LiveWire, Loss};
use crate::exchange::{Ending, Exchange, Leftover};

/// How a turn ends.
struct End {
    next: Next,
    /// Something that is not a fault, but may be a surprise.
    remark: Option<Remark>,
}

impl From<Next> for End {
    fn from(next: Next) -> End {
        End { next, remark: None }
    }
}

const CUT: Next = Next::Close(Closing::Cut);

/// Ends an exchange whose handler has come to this outcome. `limit`: how many bytes of an unread
/// body are read and dropped. `began`: when the request did, if its access line is wanted.
#[inline(always)]
pub(super) fn ended(
    http: &mut Exchange<'_>,
    outcome: Result<(), Failure>,
    limit: u64,
    began: Option<Instant>,
) -> Next {
    let live = http.live_wire();
    let mut end = match outcome {
        outcome if live.wire.aborted.get() => end_without_answer(http, outcome),
        Err(failure) if !recover(http, &failure) => CUT.into(),
        // A write has failed, and the handler took no notice of it.
        _ if live.wire.is_lost() => lost(http),
        _ => complete(http, limit),
    };
    // Few handlers want one, and the others need no call to say so.
    if let Some(began) = began {
        log_access(http, began);
    }
    // The end of the response may be what the client does not take.
    if live.wire.is_lost() && end.next != CUT {
        end = lost(http);
    }
    if end.next == Next::HandedOut {
        live.wire.take_moved();
    }
    if let Some(remark) = end.remark {
        note(http, remark);
    }
    if !http.extensions.is_empty() {
        drop_extensions(http);
    }
    if end.next == CUT {
        live.abandon();
    }
    end.next
}

/// Drops what middleware has left for handlers and logs. That runs code of the user's, which can no
/// longer harm the response.
#[cold]
fn drop_extensions(http: &mut Exchange<'_>) {
    let extensions = std::mem::take(&mut http.extensions);
    let dropped = caught(http, |_| {
        drop(extensions);
        Ok(())
    });
    if let Err(failure) = dropped {
        logged(http, |http| log_failure(http, &failure, None));
    }
}

/// Another protocol has the connection.
fn end_of_http(http: &mut Exchange<'_>, outcome: Result<(), Failure>) -> End {
    if let Err(failure) = outcome {
        let loss = failure.is_of_connection().then_some(Loss::Gone);
        logged(http, |http| log_failure(http, &failure, loss));
    }
    Next::HandedOut.into()
}

/// The method wants no answer, or has sent the last one.
#[cold]
fn end_without_answer(http: &mut Exchange<'_>, outcome: Result<(), Failure>) -> End {
    let live = http.live_wire();
    if live.wire.is_handed_out() {
        return end_of_http(http, outcome);
    }
    if let Err(failure) = outcome {
        let loss = live.wire.loss.get();
        logged(http, |http| log_failure(http, &failure, loss));
    }
    let is_unseen = live.discard() && !live.wire.is_lost();
    if is_unseen { Next::Close(Closing::Linger).into() } else { CUT.into() }
}

/// The connection has failed under a response.
#[cold]
fn lost(http: &mut Exchange<'_>) -> End {
    let loss = http.live_wire().wire.loss.get();
    logged(http, |http| log_loss(http, loss));
    CUT.into()
}

/// Ends the response and gets the rest of the request out of the way.
#[inline(always)] // Refusals, the other caller, are rare.
fn complete(http: &mut Exchange<'_>, limit: u64) -> End {
    let live = http.live_wire();
    let closing = http.will_close() || live.wire.input.borrow().will_not_drain(limit);
    if let Err(error) = live.end_content() {
        return incomplete(http, &error);
    }
    let must_close = match live.complete_response(closing) {
        Ok(Ending::Complete { must_close, dropped: 0 }) => must_close,
        Ok(Ending::Complete { must_close, dropped }) => {
            note(http, Remark::NoBody(dropped));
            must_close
        }
        Ok(Ending::Damaged(damage)) => return incomplete(http, &damage),
        Ok(Ending::Nothing) => return unanswered(http, None),
        Err(error) => return unanswered(http, Some(error)),
    };
    if must_close || closing {
        return closed(live);
    }
    let leftover = live.wire.input.borrow_mut().drop_body(limit);
    match leftover {
        Leftover::Dropped { bytes: 0 } => Next::Turn.into(),
        Leftover::Dropped { bytes: dropped } => {
            End { next: Next::Turn, remark: Some(Remark::Dropped(dropped)) }
        }
        Leftover::Coming => End { next: Next::Drop, remark: Some(Remark::Dropping) },
        Leftover::Unreadable => {
            End { next: Next::Close(Closing::Linger), remark: Some(Remark::Unread) }
        }
    }
}

/// A complete response after which the connection closes.
fn closed(live: &LiveWire<'_>) -> End {
    let input = live.wire.input.borrow();
    let body_is_done = input.body_is_done();
    let nothing_follows = body_is_done && input.unread().is_empty();
    End {
        next: Next::Close(if nothing_follows { Closing::Clean } else { Closing::Linger }),
        remark: (!body_is_done).then_some(Remark::Unread),
    }
}

/// A response that contradicts itself. What was announced and written is the client's; the rest of
/// it never comes, and that is what closing tells.
#[cold]
fn incomplete(http: &mut Exchange<'_>, why: &dyn Display) -> End {
    logged(http, |http| http.log_error(format_args!("{}: {why}", named(http))));
    let _ = http.live_wire().flush();
    Next::Close(Closing::Short).into()
}

/// A handler that has returned without an answer, or with one that cannot be sent.
#[cold]
fn unanswered(http: &mut Exchange<'_>, error: Option<io::Error>) -> End {
    let what = match error {
        Some(error) => Error::from(error),
        None => Error::from("it returned without sending a response"),
    };
    if !recover(http, &Failure::Returned(what)) {
        return CUT.into();
    }
    let _ = http.live_wire().complete_response(true);
    Next::Close(Closing::Linger).into()
}

/// Something that is not a fault, but may be a surprise.
enum Remark {
    /// The handler has written a body where the response has none: of a 204, for instance.
    NoBody(u64),
    Dropped(u64),
    Dropping,
    Unread,
}

impl Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Remark::NoBody(bytes) => {
                write!(f, "its response has no body, so {bytes} bytes were not sent")
            }
            Remark::Dropped(bytes) => {
                write!(f, "{bytes} bytes of its body were left unread, and dropped")
            }
            Remark::Dropping => f.write_str("its body was left unread, and is dropped as it comes"),
            Remark::Unread => f.write_str("its body was left unread, and the connection is closed"),
        }
    }
}

#[cold]
fn note(http: &mut Exchange<'_>, remark: Remark) {
    logged(http, |http| http.log_debug(format_args!("{}: {remark}", named(http))));
}

/// The access line, once the system has what it takes of the response. The method has returned, so
/// nobody waits for a slow client here.
fn log_access(http: &mut Exchange<'_>, began: Instant) {
    let live = http.live_wire();
    let (status, bytes) = live.output(|output| {
        output.send_now(|bytes| live.transport.write_now(bytes));
        (output.status(), output.body_bytes())
    });
    let bytes = live.wire.take_moved().map_or(bytes, |moved| moved.written());
    let outcome = caught(http, |http| {
        http.handler().log_access(http, status, bytes, began.elapsed());
        Ok(())
    });
    if let Err(failure) = outcome {
        logged(http, |http| log_failure(http, &failure, None));
    }
}
