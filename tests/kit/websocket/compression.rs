//! Groups 12 and 13: compressed messages. Autobahn's offers of parameters are in `handshakes`.

use super::play::*;
use bhrh::__internals::websocket::{Rules, compressed};

const COMPRESSED: Rules = Rules { compression: true, ..RULES };

#[test]
fn groups_12_and_13_messages_of_many_sizes() {
    for size in [0, 16, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131_072] {
        let content = "Lorem ipsum dolor sit amet, ä€. ".repeat(size / 32 + 1).into_bytes();
        let content = &content[..size / 32 * 35];
        let payload = compressed(content);
        for chop in [payload.len() + 14, 1, 997] {
            let bytes = frame(0xC1, &payload).repeat(3);
            let sent = echo(COMPRESSED, bytes.chunks(chop));
            assert_eq!(sent, [says(content), says(content), says(content)], "{size}");
        }
    }
}

#[test]
fn only_the_first_fragment_says_that_a_message_is_compressed() {
    let payload = compressed(b"Hello");
    let (one, two) = payload.split_at(3);
    let good = [frame(0x41, one), ping("x"), frame(0x80, two)].concat();
    assert_eq!(echo(COMPRESSED, good.chunks(1)), [pongs("x"), says("Hello")]);
    let bad = [frame(0x41, one), frame(0xC0, two)].concat();
    assert_eq!(echo(COMPRESSED, [&bad[..]]), [Sent::Close(1002)]);
    // A message between compressed ones need not be compressed, and a ping never is.
    let mixed = [frame(0xC1, &payload), text("plain"), frame(0xC1, &payload)].concat();
    assert_eq!(echo(COMPRESSED, [&mixed[..]]), [says("Hello"), says("plain"), says("Hello")]);
    assert_eq!(echo(COMPRESSED, [&frame(0xC9, "")[..]]), [Sent::Close(1002)]);
}

#[test]
fn what_cannot_be_decompressed_fails() {
    assert_eq!(echo(COMPRESSED, [&frame(0xC2, [0xFF; 20])[..]]), [Sent::Close(1007)]);
    let bad_text = frame(0xC1, compressed(b"\xFF\xFE"));
    assert_eq!(echo(COMPRESSED, [&bad_text[..]]), [Sent::Close(1007)]);
}

#[test]
fn a_bomb_fails_at_the_limit_of_a_message() {
    let rules = Rules { message: 1 << 20, ..COMPRESSED };
    let bomb = compressed(&vec![b'*'; (1 << 20) + 1]);
    assert!(bomb.len() < 10_000);
    assert_eq!(echo(rules, [&frame(0xC1, &bomb)[..]]), [Sent::Close(1009)]);
    let exact = compressed(&vec![b'*'; 1 << 20]);
    assert_eq!(echo(rules, [&frame(0xC1, &exact)[..]]), [says(vec![b'*'; 1 << 20])]);
}
