//! One side of a WebSocket as far as it listens: bytes in, and out come content and control frames.

use super::close::{self, Closed};
use super::content::Content;
use super::decoder::{Control, Decoder, Frame, FrameRules, MessageKind};
use super::violation::Violation;

/// What was heard.
pub(crate) enum Heard {
    /// More of a message: see [`take_content`](Session::take_content). `ends`: it is whole.
    Content {
        kind: MessageKind,
        ends: bool,
    },
    Ping(Control),
    Pong(#[cfg_attr(not(feature = "__internals"), expect(dead_code))] Control),
    /// The peer sends nothing more.
    Close(Closed),
}

/// What one side hears.
#[derive(Debug)]
pub(crate) struct Session {
    decoder: Decoder,
    content: Content,
    /// The peer has sent a close frame, or something that is not allowed.
    has_ended: bool,
}

/// How much of a compressed message is decompressed at a time where its content is not kept:
/// content can be a thousand times as long.
const COMPRESSED_PIECE: usize = 256;

impl Session {
    pub(crate) fn new(rules: FrameRules) -> Session {
        Session { decoder: Decoder::new(rules), content: Content::default(), has_ended: false }
    }

    /// Listens to bytes. Says how many were used, and what was heard, if anything was. `limit`: how
    /// many bytes a message may have; `None`: it is taken as it comes, and may have any number.
    pub(crate) fn hear(
        &mut self,
        bytes: &mut [u8],
        limit: Option<u64>,
    ) -> Result<(usize, Option<Heard>), Violation> {
        let mut used = 0;
        while used < bytes.len() && !self.has_ended {
            let (count, heard) = self.hear_one(&mut bytes[used..], limit).inspect_err(|_| {
                self.has_ended = true;
            })?;
            used += count;
            if heard.is_some() {
                return Ok((used, heard));
            }
        }
        // Section 5.5.1: nothing follows a close frame.
        Ok((bytes.len(), None))
    }

    fn hear_one(
        &mut self,
        bytes: &mut [u8],
        limit: Option<u64>,
    ) -> Result<(usize, Option<Heard>), Violation> {
        let most = match limit {
            None if self.decoder.allows_compression() => COMPRESSED_PIECE,
            _ => usize::MAX,
        };
        let (used, frame) = self.decoder.next(bytes, most)?;
        let Some(frame) = frame else { return Ok((used, None)) };
        let heard = match frame {
            Frame::Piece(piece) => {
                self.content.add(&piece, limit.unwrap_or(u64::MAX))?;
                Heard::Content { kind: piece.kind, ends: piece.ends }
            }
            Frame::Ping(control) => Heard::Ping(control),
            Frame::Pong(control) => Heard::Pong(control),
            Frame::Close(control) => {
                let closed = close::read(control.payload())?;
                self.has_ended = true;
                Heard::Close(closed)
            }
        };
        Ok((used, Some(heard)))
    }

    /// How much memory it holds of messages that are not whole.
    pub(crate) fn holds(&self) -> usize {
        self.content.holds()
    }

    /// Takes out what has come of the present message.
    pub(crate) fn take_content(&mut self) -> Vec<u8> {
        self.content.take()
    }
}
