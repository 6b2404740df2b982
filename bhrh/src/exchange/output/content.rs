//! What a handler writes, put into the framing that its head has decided.

use std::io;

use super::leaving::Leaving;
use super::{HELD, Output, READY, Stage};
use crate::exchange::response_rules::{Damage, nothing_begun};
use crate::proto::chunked;
use crate::proto::framing::ResponseFraming;

/// Whether the quick way took the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quick {
    /// None of them were taken.
    Refused,
    /// All of them were taken.
    Taken,
    /// All of them were taken, and they complete a response after which the connection may go on.
    Last,
}

/// What has become of bytes that were written.
#[derive(Debug)]
pub(crate) struct Step {
    /// How many of them were taken.
    pub(crate) taken: usize,
    /// What leaves now, and how many of the bytes follow it directly.
    pub(crate) leaving: Option<(Leaving, usize)>,
    /// Whether the next write may be a quick one.
    pub(crate) leaves_quick_room: bool,
}

impl Step {
    fn leaving(taken: usize, leaving: Option<(Leaving, usize)>) -> Step {
        Step { taken, leaving, leaves_quick_room: false }
    }

    fn taken(taken: usize) -> Step {
        Step::leaving(taken, None)
    }
}

impl Output {
    /// Takes content from the handler if it only has to be appended to the gathered bytes. Programs
    /// write in small pieces, and most pieces go this way.
    #[inline(always)]
    pub(crate) fn write_quickly(&mut self, bytes: &[u8]) -> Quick {
        if bytes.len() > self.quick_room {
            return Quick::Refused;
        }
        let mut last = false;
        let gathered = match &mut self.stage {
            Stage::Body(ResponseFraming::Length(left)) => {
                *left -= bytes.len() as u64;
                last = *left == 0 && !self.says_close;
                &mut self.ready
            }
            Stage::Body(ResponseFraming::Chunked | ResponseFraming::Open) => &mut self.held,
            Stage::Body(ResponseFraming::UntilClose) => &mut self.ready,
            _ => return Quick::Refused,
        };
        gathered.extend_from_slice(bytes);
        self.quick_room -= bytes.len();
        self.body_bytes += bytes.len() as u64;
        if last { Quick::Last } else { Quick::Taken }
    }

    /// Computes how many bytes the quick way may take from here on. Returns whether it may take
    /// any.
    #[inline(always)]
    pub(super) fn measure_quick_room(&mut self, framing: ResponseFraming) -> bool {
        let plain =
            self.filter.is_none() && !self.overdue && !self.away && !self.rules.head_request;
        let ready = READY.saturating_sub(self.ready.len());
        self.quick_room = match framing {
            _ if !plain => 0,
            ResponseFraming::Length(left) => ready.min(usize::try_from(left).unwrap_or(ready)),
            ResponseFraming::Chunked => READY.saturating_sub(self.held.len()),
            ResponseFraming::Open => HELD.saturating_sub(self.held.len()),
            ResponseFraming::UntilClose => ready,
            ResponseFraming::None | ResponseFraming::OwnChunks => 0,
        };
        self.quick_room > 0
    }

    /// Takes content from the handler, through the filter if there is one.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<Step> {
        let mut step = match self.filter {
            None => self.write_body(bytes, READY)?,
            Some(_) => self.write_filtered(bytes)?,
        };
        if self.overdue && step.leaving.is_none() {
            step.leaving = self.flush()?.map(|leaving| (leaving, 0));
        }
        if let Stage::Body(framing) = self.stage {
            step.leaves_quick_room = self.measure_quick_room(framing);
        }
        Ok(step)
    }

    /// Takes content from the handler, and gathers what the filter makes of it.
    #[cold]
    fn write_filtered(&mut self, bytes: &[u8]) -> io::Result<Step> {
        let bytes = &bytes[..bytes.len().min(READY)];
        let open = self.stage == Stage::Body(ResponseFraming::Open);
        let mut filtered = Vec::new();
        if let Some(filter) = &mut self.filter {
            filter.write(bytes, open.then_some(&mut self.head), &mut filtered)?;
        }
        self.gather(&filtered)?;
        let full = self.ready.len() + self.held.len() > READY;
        let leaving = if full { self.send()?.map(|leaving| (leaving, 0)) } else { None };
        Ok(Step::leaving(bytes.len(), leaving))
    }

    /// Takes all of some content without sending any of it.
    pub(super) fn gather(&mut self, mut content: &[u8]) -> io::Result<()> {
        while !content.is_empty() {
            let step = self.write_body(content, usize::MAX)?;
            content = &content[step.taken..];
        }
        Ok(())
    }

    /// Takes body bytes, and gathers them unless there would then be more than `room` in all.
    fn write_body(&mut self, bytes: &[u8], room: usize) -> io::Result<Step> {
        let Stage::Body(framing) = self.stage else { return Err(nothing_begun()) };
        let step = match framing {
            ResponseFraming::None => Step::taken(bytes.len()),
            // HTTP/0.9 has no head, but its HEAD has no body either.
            ResponseFraming::UntilClose | ResponseFraming::Open if self.rules.head_request => {
                Step::taken(bytes.len())
            }
            ResponseFraming::Length(left) => self.write_counted(bytes, left, room)?,
            ResponseFraming::OwnChunks => self.write_own_chunks(bytes, room)?,
            ResponseFraming::UntilClose => self.put(bytes, room)?,
            ResponseFraming::Chunked => self.write_chunked(bytes, room)?,
            ResponseFraming::Open if self.held.len() + bytes.len() <= HELD => {
                self.held.extend_from_slice(bytes);
                Step::taken(bytes.len())
            }
            ResponseFraming::Open => {
                self.decide_framing(true);
                return self.write_body(bytes, room);
            }
        };
        self.body_bytes += step.taken as u64;
        Ok(step)
    }

    /// Whether the head has ended, and exactly this many bytes are still to follow.
    #[cfg(feature = "files")]
    pub(crate) fn lacks(&self, count: u64) -> bool {
        self.stage == Stage::Body(ResponseFraming::Length(count)) && !self.lost && count > 0
    }

    /// The rest of the content is sent behind what leaves from here. No other response can take the
    /// place of this one any more.
    #[cfg(feature = "files")]
    pub(crate) fn comes_elsewhere(&mut self, count: u64) {
        self.stage = Stage::Body(ResponseFraming::Length(0));
        self.quick_room = 0;
        self.has_left = true;
        self.body_bytes += count;
    }

    fn write_counted(&mut self, bytes: &[u8], left: u64, room: usize) -> io::Result<Step> {
        let fits = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        if fits == 0 && !bytes.is_empty() {
            let damage = Damage::TooLong { announced: self.announced };
            self.damage = Some(damage);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, damage));
        }
        self.stage = Stage::Body(ResponseFraming::Length(left - fits as u64));
        self.put(&bytes[..fits], room)
    }

    /// Takes chunks that the handler has made itself, checks them, and passes them on unchanged.
    fn write_own_chunks(&mut self, bytes: &[u8], room: usize) -> io::Result<Step> {
        let Some(decoder) = self.own_chunks.as_mut() else { return Ok(Step::taken(bytes.len())) };
        // Nothing good can follow what was refused: the client is to see that it is missing.
        if self.damage.is_some() || !decoder.follow(bytes) {
            self.damage = Some(Damage::BadChunks);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, Damage::BadChunks));
        }
        self.put(bytes, room)
    }

    /// Adds to the chunk in progress. Where that would be too much to gather, the chunk ends with
    /// these bytes and leaves.
    fn write_chunked(&mut self, bytes: &[u8], room: usize) -> io::Result<Step> {
        // What is ready does not count: where chunks end must not depend on what went before.
        if self.held.len() + bytes.len() <= room {
            self.held.extend_from_slice(bytes);
            return Ok(Step::taken(bytes.len()));
        }
        chunked::push_size_line(&mut self.ready, self.held.len() + bytes.len());
        self.ready.append(&mut self.held);
        let leaving = self.leaving(bytes.len(), chunked::CHUNK_END)?;
        Ok(Step::leaving(bytes.len(), Some((leaving, bytes.len()))))
    }

    /// Appends to what is ready; where that would be too much to gather, both leave.
    fn put(&mut self, bytes: &[u8], room: usize) -> io::Result<Step> {
        if self.ready.len() + bytes.len() <= room {
            self.ready.extend_from_slice(bytes);
            return Ok(Step::taken(bytes.len()));
        }
        let leaving = self.leaving(bytes.len(), b"")?;
        Ok(Step::leaving(bytes.len(), Some((leaving, bytes.len()))))
    }
}
