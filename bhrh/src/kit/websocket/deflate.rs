//! Compressed messages (RFC 7692). Each message is compressed by itself ("no context takeover"), so
//! that a connection between two messages keeps nothing of it.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

use super::violation::Violation;

/// The end of every compressed message, which is not sent (section 7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xFF, 0xFF];

/// How much is decompressed before the limit is looked at.
const STEP: usize = 16 << 10;

/// How many last blocks a message may have. Each costs a fresh window of 32 KiB, and one without
/// content takes two bytes.
const LAST_BLOCKS: u32 = 64;

/// Decompresses one message.
#[derive(Debug)]
pub(crate) struct Inflater {
    state: Decompress,
    last_blocks: u32,
}

impl Inflater {
    /// About how much memory one holds: a window of 32 KiB, and tables.
    pub(crate) const HOLDS: usize = 44 << 10;

    pub(crate) fn new() -> Inflater {
        Inflater { state: Decompress::new(false), last_blocks: 0 }
    }

    /// Decompresses a piece of the message. `ends`: it is the last one. Appends `room` bytes at
    /// most.
    pub(crate) fn inflate(
        &mut self,
        piece: &[u8],
        ends: bool,
        into: &mut Vec<u8>,
        room: u64,
    ) -> Result<(), Violation> {
        let start = into.len();
        let tail: &[u8] = if ends { &TAIL } else { &[] };
        for (mut bytes, is_tail) in [(piece, false), (tail, true)] {
            loop {
                into.reserve(STEP);
                let (before, length) = (self.state.total_in(), into.len());
                let status = self
                    .state
                    .decompress_vec(bytes, into, FlushDecompress::Sync)
                    .map_err(|_| Violation::BadCompression)?;
                // At most the length of `bytes`.
                let used = (self.state.total_in() - before) as usize;
                bytes = &bytes[used..];
                // The tail ends a block. If it is content, the message was cut off in a block.
                if is_tail && into.len() > length {
                    return Err(Violation::BadCompression);
                }
                if (into.len() - start) as u64 > room {
                    return Err(Violation::MessageTooLarge);
                }
                if status == Status::StreamEnd {
                    // Section 7.2.3.5: a last block, after which another may begin.
                    self.last_blocks += 1;
                    if self.last_blocks > LAST_BLOCKS {
                        return Err(Violation::BadCompression);
                    }
                    self.state.reset(false);
                    if bytes.is_empty() {
                        break;
                    }
                } else if used == 0 && into.len() == length {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// Compresses one message.
pub(crate) fn deflate(content: &[u8]) -> Vec<u8> {
    let mut state = Compress::new(Compression::fast(), false);
    let mut compressed = Vec::with_capacity(content.len() / 2 + 64);
    let mut rest = content;
    loop {
        let before = state.total_in();
        // It fails only if it is used after its end.
        let status = state.compress_vec(rest, &mut compressed, FlushCompress::Sync);
        rest = &rest[(state.total_in() - before) as usize..];
        let is_done = rest.is_empty() && compressed.len() < compressed.capacity();
        if is_done || status.is_err() {
            break;
        }
        compressed.reserve(STEP);
    }
    if compressed.ends_with(&TAIL) {
        compressed.truncate(compressed.len() - TAIL.len());
    }
    compressed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inflated(pieces: &[&[u8]], room: u64) -> Result<Vec<u8>, Violation> {
        let (mut inflater, mut content) = (Inflater::new(), Vec::new());
        for (at, piece) in pieces.iter().enumerate() {
            inflater.inflate(piece, at + 1 == pieces.len(), &mut content, room)?;
        }
        Ok(content)
    }

    #[test]
    fn the_examples_of_the_rfc_are_read() {
        // Section 7.2.3: one block, the same uncompressed, with a last block, and two blocks.
        for compressed in [
            &b"\xf2\x48\xcd\xc9\xc9\x07\x00"[..],
            b"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00",
            b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00",
            b"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
        ] {
            assert_eq!(inflated(&[compressed], 5).unwrap(), b"Hello");
            for at in 0..compressed.len() {
                let pieces = [&compressed[..at], &compressed[at..]];
                assert_eq!(inflated(&pieces, 5).unwrap(), b"Hello");
            }
            assert_eq!(inflated(&[compressed], 4), Err(Violation::MessageTooLarge));
        }
    }

    #[test]
    fn last_blocks_are_counted() {
        // An empty block that says it is the last: 1, 01, and the end of block code.
        let last = b"\x03\x00";
        let most = last.repeat(LAST_BLOCKS as usize);
        assert_eq!(inflated(&[&most], 0).unwrap(), b"");
        let more = last.repeat(LAST_BLOCKS as usize + 1);
        assert_eq!(inflated(&[&more], 0), Err(Violation::BadCompression));
    }

    #[test]
    fn what_is_compressed_comes_back() {
        let mut noise = 1_u32;
        let noisy: Vec<u8> = std::iter::repeat_with(|| {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (noise >> 24) as u8
        })
        .take(200_000)
        .collect();
        for content in [&b""[..], b"a", &[b'a'; 100_000], &noisy] {
            let compressed = deflate(content);
            assert_eq!(inflated(&[&compressed], content.len() as u64).unwrap(), content);
        }
    }

    #[test]
    fn a_bomb_stops_at_the_limit() {
        let bomb = deflate(&vec![0; 50_000_000]);
        assert!(bomb.len() < 500_000);
        let mut content = Vec::new();
        let result = Inflater::new().inflate(&bomb, true, &mut content, 100_000);
        assert_eq!(result, Err(Violation::MessageTooLarge));
        assert!(content.len() < 200_000 && content.capacity() < 1_000_000);
    }

    #[test]
    fn a_message_that_is_cut_off_does_not_get_the_tail_as_content() {
        // Section 7.2.2. The block holds "Hello" as it is.
        let whole = b"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00";
        for end in 5..10 {
            for at in 0..end {
                let pieces = [&whole[..at], &whole[at..end]];
                assert_eq!(inflated(&pieces, 100), Err(Violation::BadCompression), "{end}");
            }
        }
    }

    #[test]
    fn nonsense_is_refused() {
        assert_eq!(inflated(&[b"\xff\xff\xff"], 100), Err(Violation::BadCompression));
    }
}
