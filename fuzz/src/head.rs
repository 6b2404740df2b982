//! Request heads: two readers with one meaning, whatever pieces the head comes in, and a bound on
//! what is read before there is a verdict.

use super::splits::splits;
use bhrh::__internals::{Head, Reader, read_head, read_head_in};
use bhrh::{Limits, Profile};

/// Checks a head, under usual limits and under limits that a short input reaches.
pub fn check(bytes: &[u8]) {
    let mut narrow = Limits::default();
    (narrow.request_line, narrow.field_line, narrow.fields, narrow.head) = (64, 48, 5, 160);
    for limits in [Limits::default(), narrow] {
        readers_agree(bytes, limits);
        for profile in [Profile::STRICT, Profile::PYTHON] {
            pieces_make_no_difference(bytes, profile, limits);
        }
    }
}

fn readers_agree(bytes: &[u8], limits: Limits) {
    for at_end in [false, true] {
        let read = |reader| read_head(reader, bytes, at_end, Profile::STRICT, limits);
        let (fast, complete) = (read(Reader::Fast), read(Reader::Complete));
        match &fast {
            Head::Complete(_) => assert_eq!(fast, complete, "{}", bytes.escape_ascii()),
            Head::PassedOn => {}
            verdict => panic!("the fast reader says {verdict:?} to {}", bytes.escape_ascii()),
        }
        // The empty lines before a head are not the single readers' business.
        if !bytes.starts_with(b"\r\n") {
            assert_eq!(read(Reader::Both), complete, "{}", bytes.escape_ascii());
        }
    }
}

fn pieces_make_no_difference(bytes: &[u8], profile: Profile, limits: Limits) {
    // The whole line and the whole head that may be waited for, and what one read brings.
    let longest = limits.head.max(limits.request_line + limits.field_line) + 8;
    let mut ways = splits(bytes).into_iter();
    let whole = read_head_in(ways.next().unwrap_or_default(), profile, limits).0;
    for pieces in ways {
        let largest = pieces.iter().map(|piece| piece.len()).max().unwrap_or(0);
        let (cut, looked_at) = read_head_in(pieces, profile, limits);
        assert_eq!(whole, cut, "{}", bytes.escape_ascii());
        assert!(looked_at <= longest + largest, "{looked_at}: {}", bytes.escape_ascii());
    }
}
