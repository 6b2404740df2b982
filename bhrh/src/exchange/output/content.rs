//! What a handler writes, put into the framing that its head has settled.

use std::io;

use super::{HELD, Output, Stage};
use crate::exchange::response_rules::{Damage, nothing_begun};
use crate::exchange::wire::Link;
use crate::proto::chunked;
use crate::proto::framing::ResponseFraming;

impl Output {
    /// Takes body bytes from the handler; says how many of them.
    pub(crate) fn write_body(&mut self, link: &Link<'_>, bytes: &[u8]) -> io::Result<usize> {
        if self.stage == Stage::Idle {
            self.end_forgotten_head(link)?;
        }
        let Stage::Body(framing) = self.stage else { return Err(nothing_begun()) };
        let taken = match framing {
            ResponseFraming::None => bytes.len(),
            ResponseFraming::Length(left) => self.write_counted(link, bytes, left)?,
            ResponseFraming::OwnChunks => self.write_own_chunks(link, bytes)?,
            // HTTP/0.9 has no head, but its HEAD has no body either.
            ResponseFraming::UntilClose if self.rules.head_request => bytes.len(),
            ResponseFraming::UntilClose => self.put(link, bytes)?,
            ResponseFraming::Chunked => self.write_chunk(link, bytes)?,
            ResponseFraming::Open if self.rules.head_request => bytes.len(),
            ResponseFraming::Open => {
                if self.held.len() + bytes.len() <= HELD {
                    self.held.extend_from_slice(bytes);
                    bytes.len()
                } else {
                    self.settle(true, link.wire.closing.get());
                    return self.write_body(link, bytes);
                }
            }
        };
        self.body_bytes += taken as u64;
        if link.transport.is_slow() {
            self.flush(link)?;
        }
        Ok(taken)
    }

    /// Ends the head for a handler that writes its body without having done so.
    #[cold]
    fn end_forgotten_head(&mut self, link: &Link<'_>) -> io::Result<()> {
        if self.rules.simple || self.head.is_begun() {
            return self.end_head_late(link, link.wire.closing.get());
        }
        Err(nothing_begun())
    }

    fn write_counted(&mut self, link: &Link<'_>, bytes: &[u8], left: u64) -> io::Result<usize> {
        let fits = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        if fits == 0 && !bytes.is_empty() {
            let damage = Damage::TooLong { announced: self.announced };
            self.damage = Some(damage);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, damage));
        }
        self.stage = Stage::Body(ResponseFraming::Length(left - fits as u64));
        self.put(link, &bytes[..fits])
    }

    /// Chunks that the handler has made itself: passed on as they are, once they are seen to be
    /// chunks.
    fn write_own_chunks(&mut self, link: &Link<'_>, bytes: &[u8]) -> io::Result<usize> {
        let Some(decoder) = self.own_chunks.as_mut() else { return Ok(bytes.len()) };
        // Nothing good can follow what was refused: the client is to see that it is missing.
        if self.damage.is_some() || !decoder.follow(bytes) {
            self.damage = Some(Damage::BadChunks);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, Damage::BadChunks));
        }
        self.put(link, bytes)
    }

    fn write_chunk(&mut self, link: &Link<'_>, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        chunked::push_size_line(&mut self.ready, bytes.len());
        self.put(link, bytes)?;
        self.ready.extend_from_slice(b"\r\n");
        Ok(bytes.len())
    }
}
