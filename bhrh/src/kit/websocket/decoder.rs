//! Frames, in pieces as they come (RFC 6455 section 5).
//!
//! ```text
//! Head ──▶ Payload of a message ──▶ Head        a piece for all that has come of it
//!   └────▶ Payload of a control frame ─▶ Head   whole, since it is short
//! ```

use super::frame::{FrameHead, LONGEST_CONTROL, LONGEST_HEAD, Opcode, apply_mask};
use super::violation::Violation;

/// What frames may be like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FrameRules {
    /// They come from a client, so they are masked (section 5.1).
    pub(crate) from_client: bool,
    /// Messages may be compressed.
    pub(crate) compression: bool,
    /// The longest frame, in bytes on the wire.
    pub(crate) longest: u64,
}

impl FrameRules {
    /// `longest`: the longest message.
    pub(crate) fn new(from_client: bool, compression: bool, longest: u64) -> FrameRules {
        // What cannot be compressed becomes longer: by this much at most with zlib, whatever its
        // settings are (its function `deflateBound`).
        let overhead = if compression { longest / 8 + longest / 64 + 64 } else { 0 };
        FrameRules { from_client, compression, longest: longest.saturating_add(overhead) }
    }
}

/// What kind of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MessageKind {
    Text,
    Binary,
}

/// A control frame's payload.
#[derive(Clone, Copy)]
pub(crate) struct Control {
    bytes: [u8; LONGEST_CONTROL],
    length: usize,
}

impl Control {
    pub(crate) fn payload(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// A piece of a message: what has come of one frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece<'b> {
    pub(crate) kind: MessageKind,
    pub(crate) compressed: bool,
    pub(crate) bytes: &'b [u8],
    /// How many bytes of its frame follow.
    pub(crate) follow: u64,
    /// The message ends with it.
    pub(crate) ends: bool,
}

/// What was found in the bytes.
pub(crate) enum Frame<'b> {
    Piece(Piece<'b>),
    Close(Control),
    Ping(Control),
    Pong(Control),
}

/// Takes frames apart.
#[derive(Debug)]
pub(crate) struct Decoder {
    rules: FrameRules,
    head: [u8; LONGEST_HEAD],
    /// How many bytes of the head there are.
    filled: usize,
    /// The frame whose payload comes, and how much of it has come.
    frame: Option<(FrameHead, u64)>,
    /// The message that is not complete: its kind, and whether it is compressed.
    message: Option<(MessageKind, bool)>,
    control: [u8; LONGEST_CONTROL],
}

impl Decoder {
    pub(crate) fn new(rules: FrameRules) -> Decoder {
        Decoder {
            rules,
            head: [0; LONGEST_HEAD],
            filled: 0,
            frame: None,
            message: None,
            control: [0; LONGEST_CONTROL],
        }
    }

    /// Whether messages may be compressed.
    pub(crate) fn allows_compression(&self) -> bool {
        self.rules.compression
    }

    /// Takes the next thing out of the bytes, whose mask is taken off in place. A piece of a
    /// message has `most` bytes at most. Says how many bytes were used; all of them, if nothing was
    /// found.
    pub(crate) fn next<'b>(
        &mut self,
        bytes: &'b mut [u8],
        most: usize,
    ) -> Result<(usize, Option<Frame<'b>>), Violation> {
        let mut used = 0;
        let (head, done) = match self.frame {
            Some(frame) => frame,
            None => {
                used = self.fill_head(bytes)?;
                let is_whole = self.filled >= 2 && self.filled == FrameHead::size(self.head[1]);
                if !is_whole {
                    return Ok((used, None));
                }
                (self.end_head()?, 0)
            }
        };
        let rest = &mut bytes[used..];
        let most = if head.opcode.is_control() { LONGEST_CONTROL } else { most };
        let left = usize::try_from(head.length - done).unwrap_or(usize::MAX);
        let count = left.min(rest.len()).min(most);
        used += count;
        let payload = &mut rest[..count];
        if let Some(mask) = head.mask {
            apply_mask(payload, mask, done);
        }
        let done = done + count as u64;
        let is_whole = done == head.length;
        self.frame = (!is_whole).then_some((head, done));
        if head.opcode.is_control() {
            // Both ends are below 125: the head was checked.
            let end = done as usize;
            self.control[end - count..end].copy_from_slice(payload);
            let control = Control { bytes: self.control, length: end };
            let frame = is_whole.then_some(match head.opcode {
                Opcode::Ping => Frame::Ping(control),
                Opcode::Pong => Frame::Pong(control),
                _ => Frame::Close(control),
            });
            return Ok((used, frame));
        }
        let Some((kind, compressed)) = self.message else { return Ok((used, None)) };
        let ends = is_whole && head.last;
        if ends {
            self.message = None;
        }
        let follow = head.length - done;
        let is_something = ends || count > 0;
        let piece = Piece { kind, compressed, bytes: payload, follow, ends };
        Ok((used, is_something.then_some(Frame::Piece(piece))))
    }

    /// Takes what is there of a head. Says how many bytes that is.
    fn fill_head(&mut self, bytes: &[u8]) -> Result<usize, Violation> {
        let mut used = 0;
        for byte in bytes {
            if self.filled >= 2 && self.filled == FrameHead::size(self.head[1]) {
                break;
            }
            self.head[self.filled] = *byte;
            self.filled += 1;
            used += 1;
            if self.filled == 2 {
                self.check_start()?;
            }
        }
        Ok(used)
    }

    /// Checks what the first two bytes of a head tell.
    fn check_start(&self) -> Result<(), Violation> {
        let [first, second, ..] = self.head;
        let opcode = FrameHead::check(first, second)?;
        // RFC 7692 section 6: only the first frame of a message says that it is compressed.
        let may_be_compressed = matches!(opcode, Opcode::Text | Opcode::Binary);
        if first & 0x40 != 0 && !(self.rules.compression && may_be_compressed) {
            return Err(Violation::ReservedBit);
        }
        match opcode {
            Opcode::Continuation if self.message.is_none() => {
                return Err(Violation::NothingToContinue);
            }
            Opcode::Text | Opcode::Binary if self.message.is_some() => {
                return Err(Violation::Interleaved);
            }
            _ => {}
        }
        match (self.rules.from_client, second & 0x80 != 0) {
            (true, false) => Err(Violation::Unmasked),
            (false, true) => Err(Violation::Masked),
            _ => Ok(()),
        }
    }

    /// Turns to the payload of the frame whose head is whole.
    fn end_head(&mut self) -> Result<FrameHead, Violation> {
        let head = FrameHead::read(&self.head)?;
        self.filled = 0;
        if head.length > self.rules.longest {
            return Err(Violation::FrameTooLarge);
        }
        match head.opcode {
            Opcode::Text => self.message = Some((MessageKind::Text, head.compressed)),
            Opcode::Binary => self.message = Some((MessageKind::Binary, head.compressed)),
            _ => {}
        }
        Ok(head)
    }
}
