//! WebSocket frames: what was put in comes out, however messages are fragmented and bytes are cut.

use crate::strategies::{config, cuts, pieces};
use bhrh::__internals::websocket::{Rules, Seen, hear};
use proptest::collection;
use proptest::prelude::*;
use proptest::sample::Index;

const RULES: Rules =
    Rules { from_client: true, compression: true, frame: 1 << 20, message: 1 << 20 };

/// A message: its fragments, and a ping in front of some of them.
#[derive(Debug, Clone)]
struct Message {
    text: Option<String>,
    bytes: Vec<u8>,
    ends: Vec<Index>,
    pings: Vec<Option<Vec<u8>>>,
    compressed: bool,
}

fn message() -> impl Strategy<Value = Message> {
    let content = prop_oneof![
        "[a-zé€😀]{0,40}".prop_map(|text| (Some(text.clone()), text.into_bytes())),
        collection::vec(any::<u8>(), 0..300).prop_map(|bytes| (None, bytes)),
    ];
    let ping = proptest::option::of(collection::vec(any::<u8>(), 0..126));
    let ends = collection::vec(any::<Index>(), 0..4);
    (content, ends, collection::vec(ping, 5), any::<bool>()).prop_map(
        |((text, bytes), ends, pings, compressed)| Message { text, bytes, ends, pings, compressed },
    )
}

fn frame(first: u8, payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let mut bytes = vec![first];
    match payload.len() {
        length @ 0..126 => bytes.push(0x80 | length as u8),
        length => {
            bytes.push(0x80 | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
    }
    bytes.extend(mask);
    bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

/// Compressed by another hand: stored blocks, and the empty one at the end without its tail.
fn stored(content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16).to_le_bytes();
    let complement = (!(content.len() as u16)).to_le_bytes();
    [&[0], &length[..], &complement, content, &[0]].concat()
}

fn put(message: &Message, mask: [u8; 4], bytes: &mut Vec<u8>, seen: &mut Vec<Seen>) {
    let content = match message.compressed {
        true => stored(&message.bytes),
        false => message.bytes.clone(),
    };
    let mut ends: Vec<usize> =
        message.ends.iter().map(|end| end.index(content.len() + 1)).collect();
    ends.extend([0, content.len()]);
    ends.sort_unstable();
    let opcode = if message.text.is_some() { 1 } else { 2 };
    let fragments: Vec<&[u8]> = ends.windows(2).map(|two| &content[two[0]..two[1]]).collect();
    for (at, fragment) in fragments.iter().enumerate() {
        if let Some(Some(ping)) = message.pings.get(at) {
            bytes.extend(frame(0x89, ping, mask));
            seen.push(Seen::Ping(ping.clone()));
        }
        let first = if at > 0 {
            0
        } else if message.compressed {
            opcode | 0x40
        } else {
            opcode
        };
        let last = if at + 1 == fragments.len() { 0x80 } else { 0 };
        bytes.extend(frame(first | last, fragment, mask));
    }
    seen.push(match &message.text {
        Some(text) => Seen::Text(text.clone().into_bytes()),
        None => Seen::Binary(message.bytes.clone()),
    });
}

proptest! {
    #![proptest_config(config(256))]

    #[test]
    fn messages_come_out_as_they_were_put_in(
        messages in collection::vec(message(), 0..6),
        mask in any::<[u8; 4]>(),
        cuts in cuts(),
    ) {
        let (mut bytes, mut expected) = (Vec::new(), Vec::new());
        for message in &messages {
            put(message, mask, &mut bytes, &mut expected);
        }
        let (seen, _) = hear(RULES, pieces(&bytes, &cuts));
        prop_assert_eq!(seen, expected);
    }

    #[test]
    fn arbitrary_bytes_mean_the_same_in_any_pieces(
        bytes in collection::vec(any::<u8>(), 0..200),
        start in proptest::option::of(0..12_usize),
        cuts in cuts(),
    ) {
        // Most bytes are nothing; after a good beginning they get further.
        let good = frame(0x81, b"good", [1, 2, 3, 4]);
        let bytes = match start {
            Some(upto) => [&good[..upto.min(good.len())], &bytes].concat(),
            None => bytes,
        };
        let whole = hear(RULES, [&bytes[..]]);
        prop_assert_eq!(whole, hear(RULES, pieces(&bytes, &cuts)));
    }
}
