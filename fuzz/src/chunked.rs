//! The chunked coding: what is decoded is what a plain reader decodes, in any pieces and into any
//! room, and what is coded is decoded. (That little of it is held is asserted by `unchunk`.)

use super::reference;
use super::splits::splits;
use bhrh::__internals::{chunk, unchunk};

/// Beyond these the decoder has limits that the second reader does not know.
const LINE: usize = 250;
const TRAILERS: usize = 8 << 10;

/// Checks a chunked body, and the bytes as the content of one.
pub fn check(bytes: &[u8]) {
    let whole = unchunk([bytes], bytes.len());
    for pieces in splits(bytes) {
        for room in [1, 7, 4096] {
            let cut = unchunk(pieces.iter().copied(), room);
            assert_eq!(whole, cut, "room for {room}: {}", bytes.escape_ascii());
        }
    }

    let mut rest = bytes;
    let second = reference::unchunked(&mut rest);
    let within =
        bytes.len() < TRAILERS && bytes.split(|byte| *byte == b'\n').all(|line| line.len() < LINE);
    let first = whole.as_ref().ok().filter(|decoded| decoded.done);
    if within || first.is_some() {
        let first = first.map(|decoded| (&decoded.content[..], bytes.len() - decoded.used));
        let second = second.as_ref().map(|content| (&content[..], rest.len()));
        assert_eq!(first, second, "{}", bytes.escape_ascii());
    }

    for pieces in splits(bytes) {
        let coded = chunk(pieces);
        let decoded = unchunk([&coded[..]], 4096).expect("what was coded is well-formed");
        assert!(decoded.done && decoded.used == coded.len(), "{}", coded.escape_ascii());
        assert_eq!(decoded.content, bytes, "{}", coded.escape_ascii());
    }
}
