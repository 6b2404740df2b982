//! Groups 9 and 10: large messages, many messages, and the limits, which Autobahn does not know.

use super::play::*;
use bhrh::__internals::websocket::Rules;

/// A message in fragments of this many bytes.
fn fragmented(first: u8, content: &[u8], size: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut fragments = content.chunks(size).enumerate().peekable();
    while let Some((at, fragment)) = fragments.next() {
        let end = if fragments.peek().is_none() { 0x80 } else { 0 };
        bytes.extend(frame(end | if at == 0 { first } else { 0 }, fragment));
    }
    bytes
}

#[test]
fn groups_9_1_and_9_2_large_messages() {
    for kilobytes in [64, 1024, 4096] {
        let content = vec![b'*'; kilobytes << 10];
        for chop in [usize::MAX, 1460] {
            let bytes = text(&content);
            assert_eq!(echo(RULES, bytes.chunks(chop.min(bytes.len()))), [says(&content)]);
            let bytes = binary(&content);
            assert_eq!(echo(RULES, bytes.chunks(chop.min(bytes.len()))), [sends(&content)]);
        }
    }
}

#[test]
fn groups_9_3_to_9_6_large_messages_in_fragments_and_in_pieces() {
    let content = "0123456789abcde€".repeat(15_000).into_bytes();
    for size in [64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10] {
        let bytes = fragmented(1, &content, size);
        for chop in [64, 1000, bytes.len()] {
            assert_eq!(echo(RULES, bytes.chunks(chop)), [says(&content)], "9.3 and 9.5: {size}");
        }
        let bytes = fragmented(2, &content, size);
        assert_eq!(echo(RULES, bytes.chunks(1000)), [sends(&content)], "9.4 and 9.6: {size}");
    }
}

#[test]
fn groups_9_7_and_9_8_many_messages() {
    for size in [0, 16, 64, 256, 1024, 4096] {
        let content = vec![b'*'; size];
        let bytes = [text(&content), binary(&content)].concat().repeat(500);
        let sent = echo(RULES, bytes.chunks(1460));
        assert_eq!(sent.len(), 1000, "{size}");
        for two in sent.chunks(2) {
            assert_eq!(two, [says(&content), sends(&content)], "{size}");
        }
    }
}

#[test]
fn group_10_fragments_of_an_odd_size() {
    let content = vec![b'*'; 65536];
    assert_eq!(echo(RULES, [&fragmented(1, &content, 1300)[..]]), [says(&content)]);
}

#[test]
fn a_message_over_the_limit_fails_before_it_has_come() {
    let rules = Rules { frame: 1000, message: 2000, ..RULES };
    let exact = fragmented(1, &[b'*'; 2000], 1000);
    assert_eq!(echo(rules, [&exact[..]]), [says([b'*'; 2000])]);
    // The heads alone say it.
    let head = |bytes: Vec<u8>| bytes[..8].to_vec();
    assert_eq!(echo(rules, [&head(text([b'*'; 1001]))[..]]), [Sent::Close(1009)]);
    let giant = b"\x82\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\x02\x03\x04";
    assert_eq!(echo(rules, [&giant[..]]), [Sent::Close(1009)]);
    let third = [fragmented(1, &[b'*'; 2000], 1000), frame(1, [b'*'; 1000])].concat();
    assert_eq!(echo(rules, [&third[..]]), [says([b'*'; 2000])]);
    let mut over = frame(1, [b'*'; 1000]);
    over.extend(frame(0, [b'*'; 1000]));
    over.extend(&frame(0, [b'*'; 1])[..7]);
    assert_eq!(echo(rules, [&over[..]]), [Sent::Close(1009)]);
    // Messages that are complete count no longer.
    let many = text([b'*'; 900]).repeat(100);
    assert_eq!(echo(rules, [&many[..]]).len(), 100);
}
