//! The first half of a turn: what the bytes that have come mean, and whether their request can be
//! answered now.

use super::next::{Closing, Next};
use super::session::Session;
use crate::exchange::Input;
use crate::exchange::wire::{Transport, TurnProgress, Wire};
use crate::proto::field_meaning::{self, Expectation, Meaning};
use crate::proto::framing::BodyLength;
use crate::proto::head::{HeadRules, Progress, RequestHead};
use crate::proto::head_reader::HeadReader;
use crate::protocol_error::ProtocolError;

/// What the bytes that have come are worth.
pub(super) enum Understood {
    /// A request that is to be answered now. Its head has been consumed.
    Request(Meaning),
    /// A request that nobody answers but the server.
    Refused {
        error: ProtocolError,
        /// All of the head has come, so that its fields are what they were meant to be.
        whole: bool,
    },
    /// Nothing yet.
    NotYet(Next),
}

/// Reads a head and decides what is to be done about it.
#[inline(always)]
pub(super) fn understand(
    session: &Session<'_>,
    wire: &mut Wire,
    transport: &dyn Transport,
    reader: &mut HeadReader,
    head: &mut RequestHead,
) -> Understood {
    let rules = HeadRules {
        profile: session.profile,
        limits: session.limits,
        default_version: &|| session.handler.default_request_version(),
    };
    let input = wire.input.get_mut();
    let read = reader.read(input.unread(), input.at_end(), &rules, head);
    wire.progress.set(TurnProgress::Head);
    let length = match read {
        Ok(Progress::Complete { length }) => length,
        Ok(Progress::Partial) => return Understood::NotYet(Next::Read { at_least: 0 }),
        Ok(Progress::Silence) => return Understood::NotYet(Next::Close(Closing::Linger)),
        // RFC 9110 section 7.4: the connection knows what the profile cannot.
        Err(ProtocolError::NotSecured) if transport.is_secured() => {
            match read_secured(session, input, reader, head) {
                Ok(Progress::Complete { length }) => length,
                Ok(_) => return Understood::NotYet(Next::Read { at_least: 0 }),
                Err(error) => return Understood::Refused { error, whole: false },
            }
        }
        Err(error) => return Understood::Refused { error, whole: false },
    };
    let meaning = match field_meaning::of(head, session.profile) {
        Ok(Meaning { body: BodyLength::Bytes(body), .. }) if body > session.limits.body => {
            let error = ProtocolError::BodyTooLarge { limit: session.limits.body };
            return Understood::Refused { error, whole: true };
        }
        Ok(meaning) => meaning,
        Err(error) => return Understood::Refused { error, whole: true },
    };
    if let Some(at_least) = awaited(session, input, length, &meaning) {
        return Understood::NotYet(Next::Read { at_least });
    }
    let body_is_here = input.holds(length, meaning.body);
    if !session.scheduling.may_run(head, body_is_here) {
        return Understood::NotYet(Next::Elsewhere);
    }
    input.consume(length);
    if !session.profile.lax_target {
        head.adopt_target_host();
    }
    Understood::Request(meaning)
}

/// Reads a head again whose target names https, which a secured connection may serve.
#[cold]
fn read_secured(
    session: &Session<'_>,
    input: &Input,
    reader: &mut HeadReader,
    head: &mut RequestHead,
) -> Result<Progress, ProtocolError> {
    let mut profile = *session.profile;
    profile.https_target = true;
    let rules = HeadRules {
        profile: &profile,
        limits: session.limits,
        default_version: &|| session.handler.default_request_version(),
    };
    reader.read(input.unread(), input.at_end(), &rules, head)
}

/// How many bytes there have to be before the handler starts, if there are fewer: a small body is
/// waited for by the engine, which holds no thread for it. Not where the client itself waits.
fn awaited(session: &Session<'_>, input: &Input, head: usize, meaning: &Meaning) -> Option<usize> {
    let BodyLength::Bytes(body) = meaning.body else { return None };
    if body == 0 || body > session.scheduling.collects() {
        return None;
    }
    if meaning.expectation != Expectation::None {
        return None;
    }
    let at_least = head + usize::try_from(body).ok()?;
    (input.unread().len() < at_least && !input.at_end()).then_some(at_least)
}
