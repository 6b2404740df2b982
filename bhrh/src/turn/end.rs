//! The end of a turn: the response is ended, and the rest of the request is got out of the way.

use std::fmt::Display;
use std::io;
use std::time::Instant;

use super::failure::{Failure, caught, log_failure, named, recover};
use super::{Closing, Next};
use crate::error::Error;
use crate::exchange::wire::{Link, Loss};
use crate::exchange::{Ending, Exchange, Leftover};

/// Ends an exchange whose handler has come to this outcome.
#[inline(always)]
pub(super) fn ended(
    http: &mut Exchange<'_>,
    outcome: Result<(), Failure>,
    limit: u64,
    began: Option<Instant>,
) -> Next {
    if http.wire_link().wire.aborted.get() {
        return aborted(http, outcome, began);
    }
    let recovered = match outcome {
        Ok(()) => true,
        Err(failure) => recover(http, &failure),
    };
    let wire = http.wire_link().wire;
    let finished = (recovered && !wire.is_lost()).then(|| finish(http, limit, began));
    match finished {
        // The end of the response may be what the client does not take.
        Some(next) if !wire.is_lost() => next,
        _ => broken(http, recovered, finished.is_some(), began),
    }
}

/// The method wants no answer.
#[cold]
fn aborted(http: &mut Exchange<'_>, outcome: Result<(), Failure>, began: Option<Instant>) -> Next {
    let link = http.wire_link();
    if let Err(failure) = outcome {
        let _ = caught(http, |http| {
            log_failure(http, &failure, link.wire.loss.get());
            Ok(())
        });
    }
    let is_unseen = link.discard() && !link.wire.is_lost();
    log_access(http, began);
    if is_unseen { Next::Close(Closing::Linger) } else { cut(link) }
}

/// The connection has failed under a response, or the response has.
#[cold]
fn broken(
    http: &mut Exchange<'_>,
    recovered: bool,
    finished: bool,
    began: Option<Instant>,
) -> Next {
    let link = http.wire_link();
    if recovered {
        // A write has failed, and the handler took no notice of it.
        let loss = link.wire.loss.get().or(Some(Loss::Gone));
        let _ = caught(http, |http| {
            log_failure(http, &Failure::Returned(Error::from("timed out")), loss);
            Ok(())
        });
    }
    if !finished {
        log_access(http, began);
    }
    cut(link)
}

/// Ends the response and gets the rest of the request out of the way.
fn finish(http: &mut Exchange<'_>, limit: u64, began: Option<Instant>) -> Next {
    let link = http.wire_link();
    let closing = http.will_close() || link.wire.input.borrow().will_not_drain(limit);
    if let Err(error) = link.finish_content() {
        return incomplete(http, &error, began);
    }
    let ending = link.finish(closing);
    let must_close = match ending {
        Ok(Ending::Complete { must_close, dropped }) => {
            if dropped > 0 {
                note_dropped(http, dropped);
            }
            must_close
        }
        Ok(Ending::Damaged(damage)) => {
            return incomplete(http, &damage, began);
        }
        Ok(Ending::Nothing) => return unanswered(http, None, began),
        Err(error) => return unanswered(http, Some(error), began),
    };
    if must_close || closing {
        return closed(http, began);
    }
    let leftover = link.wire.input.borrow_mut().drain(&link, limit);
    // Few handlers want one, and the others need no call to say so.
    if began.is_some() {
        log_access(http, began);
    }
    match leftover {
        Leftover::Settled { dropped: 0 } => Next::Turn,
        Leftover::Settled { dropped } => {
            let what = "bytes of its body were left unread, and dropped";
            note(http, format_args!("{dropped} {what}"));
            Next::Turn
        }
        Leftover::Unreadable => {
            note(http, "its body was left unread, and the connection is closed");
            Next::Close(Closing::Linger)
        }
    }
}

/// A complete response after which the connection closes.
fn closed(http: &mut Exchange<'_>, began: Option<Instant>) -> Next {
    let link = http.wire_link();
    log_access(http, began);
    let unread = !link.wire.input.borrow().body_is_done();
    if unread {
        note(http, "its body was left unread, and the connection is closed");
    }
    let input = link.wire.input.borrow();
    let settled = input.body_is_done() && input.unread().is_empty();
    Next::Close(if settled { Closing::Clean } else { Closing::Linger })
}

/// A line for those who look for what is no fault and may be a surprise.
#[cold]
fn note(http: &mut Exchange<'_>, what: impl Display) {
    let _ = caught(http, |http| {
        http.log_debug(format_args!("{}: {what}", named(http)));
        Ok(())
    });
}

/// A body that a handler has written where there is none: of a 204, for instance.
#[cold]
fn note_dropped(http: &mut Exchange<'_>, bytes: u64) {
    note(http, format_args!("its response has no body, so {bytes} bytes were not sent"));
}

/// A response that contradicts itself. What was announced and written is the client's; the rest of
/// it never comes, and that is what closing tells.
#[cold]
fn incomplete(
    http: &mut Exchange<'_>,
    why: &dyn std::fmt::Display,
    began: Option<Instant>,
) -> Next {
    let _ = caught(http, |http| {
        http.log_error(format_args!("{}: {why}", named(http)));
        Ok(())
    });
    let link = http.wire_link();
    let _ = link.flush();
    log_access(http, began);
    Next::Close(Closing::Linger)
}

/// A handler that has returned without an answer, or with one that cannot be sent.
#[cold]
fn unanswered(http: &mut Exchange<'_>, error: Option<io::Error>, began: Option<Instant>) -> Next {
    let what = match error {
        Some(error) => Error::from(error),
        None => Error::from("it returned without sending a response"),
    };
    let link = http.wire_link();
    if !recover(http, &Failure::Returned(what)) {
        log_access(http, began);
        return cut(link);
    }
    let _ = link.finish(true);
    log_access(http, began);
    Next::Close(Closing::Linger)
}

/// Cuts the connection: what has not left never will.
pub(super) fn cut(link: Link<'_>) -> Next {
    link.abandon();
    Next::Close(Closing::Cut)
}

/// The access line, once the response is with the system.
fn log_access(http: &mut Exchange<'_>, began: Option<Instant>) {
    let Some(began) = began else { return };
    let link = http.wire_link();
    let _ = link.send();
    let (status, bytes) = link.output(|output| (output.status(), output.body_bytes()));
    let logged = caught(http, |http| {
        http.handler().log_access(http, status, bytes, began.elapsed());
        Ok(())
    });
    if let Err(failure) = logged {
        let _ = caught(http, |http| {
            log_failure(http, &failure, None);
            Ok(())
        });
    }
}
