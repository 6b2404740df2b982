//! What is ready when the requests are over: it is sent as far as the system takes it, and the rest
//! is kept.

use std::io;

use crate::engine::connection::Unsent;
use crate::engine::next_step::NextStep;
use crate::net::channel::{Channel, write_while_there_is_room};
use crate::turn::{Closing, TurnBuffers};

/// Sends what is ready, as far as the system takes it now, and says what follows from that.
#[inline(always)]
pub(super) fn send<C: Channel>(channel: &C, buffers: &mut TurnBuffers, next: NextStep) -> NextStep {
    if matches!(next, NextStep::Close(Closing::Cut)) {
        // Complete answers to earlier requests, as far as the system takes them now.
        let _: io::Result<usize> =
            buffers.send_ready(|ready| write_while_there_is_room(channel, ready));
        return next;
    }
    let left = buffers.send_ready(|ready| {
        let sent = write_while_there_is_room(channel, ready)?;
        Ok::<_, io::Error>((sent < ready.len()).then(|| ready[sent..].to_vec()))
    });
    match left {
        Ok(None) => next,
        Ok(Some(bytes)) => keep(bytes, &next),
        Err(_) => NextStep::Close(Closing::Clean),
    }
}

#[cold]
fn keep(bytes: Vec<u8>, next: &NextStep) -> NextStep {
    let then = match next {
        NextStep::Close(how) => Some(*how),
        _ => None,
    };
    NextStep::Send(Box::new(Unsent { bytes, then }))
}

/// Sends more of what was left. Says how many bytes were sent.
pub(in crate::engine) fn resume_sending(
    channel: &dyn Channel,
    unsent: &mut Unsent,
) -> io::Result<usize> {
    let sent = write_while_there_is_room(channel, &unsent.bytes)?;
    unsent.bytes.drain(..sent);
    Ok(sent)
}
