//! The end of a response, when its handler has returned.

use std::io;

use super::{Output, Stage};
use crate::exchange::response_rules::{Damage, Ending};
use crate::exchange::wire::Link;
use crate::proto::chunked;
use crate::proto::framing::ResponseFraming;

impl Output {
    /// Completes the response of a handler that has returned. Nothing is sent.
    #[inline(always)]
    pub(crate) fn finish(&mut self, link: &Link<'_>, closing: bool) -> io::Result<Ending> {
        if self.stage == Stage::Idle && (self.head.is_begun() || self.rules.simple) {
            self.end_head_late(link, closing)?;
        }
        let Stage::Body(framing) = self.stage else {
            return Ok(match self.interim_answer {
                true => Ending::Complete { must_close: true, dropped: 0 },
                false => Ending::Nothing,
            });
        };
        // A second response that was begun and then forgotten is still one too many.
        if self.head.is_refused() {
            return Err(self.head_refusal(true));
        }
        match framing {
            ResponseFraming::Open => self.settle(false, closing),
            ResponseFraming::Chunked => self.ready.extend_from_slice(chunked::LAST_CHUNK),
            ResponseFraming::Length(missing) if missing > 0 => {
                let damage = Damage::TooShort { announced: self.announced, missing };
                self.damage.get_or_insert(damage);
            }
            ResponseFraming::OwnChunks
                if !self.own_chunks.as_ref().is_some_and(|decoder| decoder.is_done()) =>
            {
                self.damage.get_or_insert(Damage::BadChunks);
            }
            _ => {}
        }
        if let Some(damage) = self.damage {
            return Ok(Ending::Damaged(damage));
        }
        if closing {
            self.announce_late();
        }
        // RFC 9112 section 9.6: who has sent `close` has to close.
        let must_close = framing == ResponseFraming::UntilClose
            || self.rules.simple
            || self.says_close && self.rules.profile.rfc_persistence;
        let no_body = framing == ResponseFraming::None;
        // To HEAD, the answer is often GET's, and nothing to speak of.
        let dropped = if no_body && !self.rules.head_request { self.body_bytes } else { 0 };
        Ok(Ending::Complete { must_close, dropped })
    }

    /// The handler said only after its head was complete that the connection is to close; the
    /// head has not left yet, so the client can still be told.
    #[cold]
    fn announce_late(&mut self) {
        if let (true, Some(at)) = (self.rules.profile.announce_close, self.blank_line) {
            let line = b"Connection: close\r\n";
            self.ready.splice(at..at, line.iter().copied());
            // What was true when it was said; a client would have to guess which one counts.
            self.ready.drain(self.keep_alive.clone());
            self.blank_line = None;
        }
    }
}
