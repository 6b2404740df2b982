//! The end of a response, when its handler has returned.

use std::io;

use super::{Output, Stage};
use crate::exchange::response_rules::{Damage, Ending};
use crate::proto::chunked;
use crate::proto::framing::ResponseFraming;

impl Output {
    /// Ends the content: gathers what the filter still holds, and removes the filter.
    pub(crate) fn end_content(&mut self) -> io::Result<()> {
        let Some(mut filter) = self.filter.take() else { return Ok(()) };
        if self.stage == Stage::Idle {
            return Ok(());
        }
        let mut filtered = Vec::new();
        let complete = filter.finish(&mut filtered);
        self.gather(&filtered)?;
        complete
    }

    /// Completes the response of a handler that has returned. Nothing is sent.
    #[inline(always)]
    pub(crate) fn complete_response(&mut self, closing: bool) -> Ending {
        self.closing = closing;
        self.quick_room = 0;
        let Stage::Body(framing) = self.stage else { return Ending::Nothing };
        match framing {
            ResponseFraming::Open => self.decide_framing(false),
            ResponseFraming::Chunked => {
                self.end_chunk();
                self.ready.extend_from_slice(chunked::LAST_CHUNK);
            }
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
            return Ending::Damaged(damage);
        }
        if closing {
            self.announce_late();
        }
        // RFC 9112 section 9.6: a server that has sent `close` has to close.
        let must_close = framing == ResponseFraming::UntilClose
            || self.rules.simple
            || self.says_close && self.rules.profile.rfc_persistence;
        let no_body = framing == ResponseFraming::None;
        // Many handlers answer HEAD as they answer GET, so bytes that are dropped there need no
        // remark.
        let dropped = if no_body && !self.rules.head_request { self.body_bytes } else { 0 };
        Ending::Complete { must_close, dropped }
    }

    /// The handler said only after its head was complete that the connection is to close; the
    /// head has not left yet, so the client can still be told.
    #[cold]
    fn announce_late(&mut self) {
        if let (true, Some(at)) = (self.rules.profile.announce_close, self.blank_line) {
            let line = b"Connection: close\r\n";
            self.ready.splice(at..at, line.iter().copied());
            // `keep-alive` has to go: with both, a client would have to guess which one counts.
            self.ready.drain(self.keep_alive.clone());
            self.blank_line = None;
        }
    }
}
