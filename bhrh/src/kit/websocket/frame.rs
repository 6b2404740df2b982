//! Frames on the wire (RFC 6455 section 5.2): their heads, and the mask of their payload.

use super::violation::Violation;

/// The longest head: two bytes, a length of eight, a mask of four.
pub(crate) const LONGEST_HEAD: usize = 14;

/// The longest payload of a control frame (section 5.5).
pub(crate) const LONGEST_CONTROL: usize = 125;

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opcode {
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xA,
}

impl Opcode {
    fn of(number: u8) -> Result<Opcode, Violation> {
        Ok(match number {
            0x0 => Opcode::Continuation,
            0x1 => Opcode::Text,
            0x2 => Opcode::Binary,
            0x8 => Opcode::Close,
            0x9 => Opcode::Ping,
            0xA => Opcode::Pong,
            _ => return Err(Violation::UnknownOpcode(number)),
        })
    }

    pub(crate) fn is_control(self) -> bool {
        matches!(self, Opcode::Close | Opcode::Ping | Opcode::Pong)
    }
}

/// Which side one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Server,
    /// For tests.
    Client,
}

/// The head of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameHead {
    /// It is the last frame of its message.
    pub(crate) last: bool,
    /// The first reserved bit: the message is compressed (RFC 7692 section 6).
    pub(crate) compressed: bool,
    pub(crate) opcode: Opcode,
    pub(crate) mask: Option<[u8; 4]>,
    pub(crate) length: u64,
}

impl FrameHead {
    /// How many bytes the head has that begins with this second byte.
    pub(crate) fn size(second: u8) -> usize {
        let length = match second & 0x7F {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        2 + length + if second & 0x80 == 0 { 0 } else { 4 }
    }

    /// Checks the first two bytes, which tell most faults before the rest has come.
    pub(crate) fn check(first: u8, second: u8) -> Result<Opcode, Violation> {
        if first & 0x30 != 0 {
            return Err(Violation::ReservedBit);
        }
        let opcode = Opcode::of(first & 0x0F)?;
        if opcode.is_control() {
            if first & 0x80 == 0 {
                return Err(Violation::FragmentedControl);
            }
            if usize::from(second & 0x7F) > LONGEST_CONTROL {
                return Err(Violation::LongControl);
            }
        }
        Ok(opcode)
    }

    /// Reads a head from its bytes, which are all there: see [`size`](FrameHead::size).
    pub(crate) fn read(bytes: &[u8; LONGEST_HEAD]) -> Result<FrameHead, Violation> {
        let opcode = FrameHead::check(bytes[0], bytes[1])?;
        let number = |bytes: &[u8]| bytes.iter().fold(0, |n, byte| n << 8 | u64::from(*byte));
        let (length, least, end) = match bytes[1] & 0x7F {
            126 => (number(&bytes[2..4]), 126, 4),
            127 => (number(&bytes[2..10]), 1 << 16, 10),
            short => (short.into(), 0, 2),
        };
        // Section 5.2: the least number of bytes, and the highest bit of eight is 0.
        if length < least || length >> 63 != 0 {
            return Err(Violation::BadLength);
        }
        let mask = &bytes[end..];
        Ok(FrameHead {
            last: bytes[0] & 0x80 != 0,
            compressed: bytes[0] & 0x40 != 0,
            opcode,
            mask: (bytes[1] & 0x80 != 0).then(|| [mask[0], mask[1], mask[2], mask[3]]),
            length,
        })
    }

    /// Appends the head's bytes.
    pub(crate) fn write(&self, into: &mut Vec<u8>) {
        let flag = |on: bool, bit: u8| if on { bit } else { 0 };
        into.push(flag(self.last, 0x80) | flag(self.compressed, 0x40) | self.opcode as u8);
        let masked = flag(self.mask.is_some(), 0x80);
        match self.length {
            // The casts are in range.
            0..126 => into.push(masked | self.length as u8),
            126..0x1_0000 => {
                into.push(masked | 126);
                into.extend_from_slice(&(self.length as u16).to_be_bytes());
            }
            _ => {
                into.push(masked | 127);
                into.extend_from_slice(&self.length.to_be_bytes());
            }
        }
        if let Some(mask) = self.mask {
            into.extend_from_slice(&mask);
        }
    }
}

/// Appends a frame with this head.
pub(crate) fn write_with(into: &mut Vec<u8>, head: &FrameHead, payload: &[u8]) {
    into.reserve(LONGEST_HEAD + payload.len());
    head.write(into);
    let start = into.len();
    into.extend_from_slice(payload);
    if let Some(mask) = head.mask {
        apply_mask(&mut into[start..], mask, 0);
    }
}

/// Masks bytes, or takes their mask off. `offset`: how many bytes of the frame's payload were
/// before them.
pub(crate) fn apply_mask(bytes: &mut [u8], mask: [u8; 4], offset: u64) {
    // The remainder is below 4.
    let at = (offset % 4) as usize;
    let turned = [mask[at], mask[(at + 1) % 4], mask[(at + 2) % 4], mask[(at + 3) % 4]];
    let [a, b, c, d] = turned;
    let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
    let mut eights = bytes.chunks_exact_mut(8);
    for eight in &mut eights {
        let mut word = [0; 8];
        word.copy_from_slice(eight);
        eight.copy_from_slice(&(u64::from_ne_bytes(word) ^ wide).to_ne_bytes());
    }
    let rest = eights.into_remainder();
    for (byte, mask) in rest.iter_mut().zip(turned.iter().cycle()) {
        *byte ^= mask;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_was_written() {
        for length in [0, 1, 125, 126, 127, 0xFFFF, 0x1_0000, u64::MAX >> 1] {
            for mask in [None, Some([1, 2, 3, 4])] {
                for opcode in [Opcode::Continuation, Opcode::Text, Opcode::Binary] {
                    let head =
                        FrameHead { last: length % 2 == 0, compressed: true, opcode, mask, length };
                    let mut bytes = Vec::new();
                    head.write(&mut bytes);
                    assert_eq!(FrameHead::size(bytes[1]), bytes.len());
                    bytes.resize(LONGEST_HEAD, 0xFF);
                    let bytes: [u8; LONGEST_HEAD] = bytes.try_into().unwrap();
                    assert_eq!(FrameHead::read(&bytes), Ok(head));
                }
            }
        }
    }

    #[test]
    fn lengths_have_one_encoding() {
        let read = |start: &[u8]| {
            let mut bytes = [0; LONGEST_HEAD];
            bytes[..start.len()].copy_from_slice(start);
            FrameHead::read(&bytes).map(|head| head.length)
        };
        assert_eq!(read(&[0x82, 126, 0, 125]), Err(Violation::BadLength));
        assert_eq!(read(&[0x82, 126, 0, 126]), Ok(126));
        assert_eq!(read(&[0x82, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]), Err(Violation::BadLength));
        assert_eq!(read(&[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]), Ok(0x1_0000));
        assert_eq!(read(&[0x82, 127, 0x80, 0, 0, 0, 0, 1, 0, 0]), Err(Violation::BadLength));
    }

    #[test]
    fn a_mask_goes_on_where_it_was() {
        let plain: Vec<u8> = (0..100).collect();
        let mask = [0x12, 0x34, 0x56, 0x78];
        let mut whole = plain.clone();
        apply_mask(&mut whole, mask, 0);
        assert!(plain.iter().zip(&whole).enumerate().all(|(at, (a, b))| a ^ mask[at % 4] == *b));
        for cut in 0..plain.len() {
            let mut pieces = plain.clone();
            let (first, second) = pieces.split_at_mut(cut);
            apply_mask(first, mask, 0);
            apply_mask(second, mask, cut as u64);
            assert_eq!(pieces, whole);
        }
    }
}
