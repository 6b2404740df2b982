//! What is ready when the requests are over: it is sent as far as the system takes it, and the rest
//! is kept.

use std::io;

use crate::engine::connection::Unsent;
use crate::engine::next_step::NextStep;
use crate::net::channel::{Channel, write_last_while_there_is_room, write_while_there_is_room};
use crate::turn::{Closing, TurnBuffers};

/// Sends what is ready, as far as the system takes it now, and says what follows from that.
#[inline(always)]
pub(super) fn send<C: Channel>(channel: &C, buffers: &mut TurnBuffers, next: NextStep) -> NextStep {
    if let NextStep::Close(how) = next {
        return send_last(channel, buffers, how);
    }
    let left = buffers.send_ready(|ready| rest(ready, write_while_there_is_room(channel, ready)));
    match left {
        Ok(None) => next,
        Ok(Some(bytes)) => keep(bytes, next),
        Err(_) => NextStep::Close(Closing::Clean),
    }
}

/// The same before a close.
#[inline(never)]
fn send_last<C: Channel>(channel: &C, buffers: &mut TurnBuffers, how: Closing) -> NextStep {
    let left = buffers.send_ready(|ready| {
        let sent = match how {
            Closing::Clean | Closing::Linger => write_last_while_there_is_room(channel, ready),
            Closing::Short | Closing::Cut => write_while_there_is_room(channel, ready),
        };
        rest(ready, sent)
    });
    match (left, how) {
        // Complete answers to earlier requests have left as far as the system took them now.
        (_, Closing::Cut) | (Ok(None), _) => NextStep::Close(how),
        (Ok(Some(bytes)), _) => keep(bytes, NextStep::Close(how)),
        (Err(_), _) => NextStep::Close(Closing::Clean),
    }
}

/// What is left after this many bytes were sent.
#[inline(always)]
fn rest(ready: &[u8], sent: io::Result<usize>) -> io::Result<Option<Vec<u8>>> {
    let sent = sent?;
    Ok((sent < ready.len()).then(|| ready[sent..].to_vec()))
}

#[cold]
fn keep(bytes: Vec<u8>, next: NextStep) -> NextStep {
    let (content, then) = match next {
        NextStep::Send(unsent) => (unsent.content, unsent.then),
        NextStep::Close(how) => (None, Some(how)),
        _ => (None, None),
    };
    NextStep::Send(Box::new(Unsent { bytes, content, then }))
}

/// Sends more of what was left. Says how many bytes were sent.
pub(in crate::engine) fn resume_sending<C: Channel + ?Sized>(
    channel: &C,
    unsent: &mut Unsent,
) -> io::Result<usize> {
    let sent = write_while_there_is_room(channel, &unsent.bytes)?;
    unsent.bytes.drain(..sent);
    Ok(sent)
}
