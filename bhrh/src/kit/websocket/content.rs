//! The content of messages: decompressed, its UTF-8 checked, within a limit.

use super::decoder::{MessageKind, Piece};
#[cfg(feature = "websocket-deflate")]
use super::deflate::Inflater;
use super::utf8::Utf8;
use super::violation::Violation;

/// What has come of a message and was not taken yet.
#[derive(Debug, Default)]
pub(crate) struct Content {
    bytes: Vec<u8>,
    /// How many bytes of the message there were in all.
    total: u64,
    utf8: Utf8,
    /// Made for each compressed message, since it is large.
    #[cfg(feature = "websocket-deflate")]
    inflater: Option<Inflater>,
}

impl Content {
    /// Adds a piece. A message has `limit` bytes at most.
    pub(crate) fn add(&mut self, piece: &Piece<'_>, limit: u64) -> Result<(), Violation> {
        let start = self.bytes.len();
        #[cfg(feature = "websocket-deflate")]
        if piece.compressed {
            let room = limit.saturating_sub(self.total);
            let inflater = self.inflater.get_or_insert_with(Inflater::new);
            inflater.inflate(piece.bytes, piece.ends, &mut self.bytes, room)?;
        }
        if !piece.compressed {
            let coming = (piece.bytes.len() as u64).saturating_add(piece.follow);
            if self.total.saturating_add(coming) > limit {
                return Err(Violation::MessageTooLarge);
            }
            self.bytes.extend_from_slice(piece.bytes);
        }
        self.total += (self.bytes.len() - start) as u64;
        if piece.kind == MessageKind::Text {
            let is_text = self.utf8.add(&self.bytes[start..]);
            if !is_text || piece.ends && !self.utf8.is_complete() {
                return Err(Violation::NotUtf8);
            }
        }
        if piece.ends {
            self.total = 0;
            #[cfg(feature = "websocket-deflate")]
            {
                self.inflater = None;
            }
        }
        Ok(())
    }

    /// How much memory it holds.
    pub(crate) fn holds(&self) -> usize {
        #[cfg(feature = "websocket-deflate")]
        let inflater = if self.inflater.is_some() { Inflater::HOLDS } else { 0 };
        #[cfg(not(feature = "websocket-deflate"))]
        let inflater = 0;
        self.bytes.capacity() + inflater
    }

    /// Takes out what has come.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}
