//! The chunked coding, there and back.

use crate::strategies::{config, cuts, pieces};
use bhrh::__internals::{chunk, unchunk};
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn what_was_coded_is_decoded_in_any_pieces(
        parts in vec(vec(any::<u8>(), 0..300), 0..6),
        trailing in vec(any::<u8>(), 0..10),
        cuts in cuts(),
        room in 1..50usize,
    ) {
        let coded = chunk(parts.iter().map(Vec::as_slice));
        let input = [&coded[..], &trailing].concat();
        let decoded = unchunk(pieces(&input, &cuts), room).expect("it is well-formed");
        prop_assert_eq!(decoded.content, parts.concat());
        prop_assert_eq!((decoded.used, decoded.done), (coded.len(), true));
        prop_assert!(decoded.trailers.is_empty());
    }

    #[test]
    fn what_is_no_coding_is_refused_alike_in_any_pieces(
        mut input in vec(any::<u8>(), 0..4).prop_map(|few| [b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: x\r\n\r\n", &few[..]].concat()),
        changes in vec((any::<proptest::sample::Index>(), any::<u8>()), 1..3),
        cuts in cuts(),
        room in 1..50usize,
    ) {
        for (at, byte) in changes {
            let at = at.index(input.len());
            input[at] = byte;
        }
        prop_assert_eq!(unchunk([&input[..]], 1000), unchunk(pieces(&input, &cuts), room));
    }

    #[test]
    fn nothing_panics(input in vec(any::<u8>(), 0..80), cuts in cuts()) {
        let whole = unchunk([&input[..]], 1000);
        prop_assert_eq!(whole, unchunk(pieces(&input, &cuts), 3));
    }
}
