//! Groups 12 and 13: compressed messages. Autobahn's offers of parameters are in `handshakes`.

use std::io;

use super::play::*;
use bhrh::__internals::websocket::{Rules, compressed};
use bhrh::testing::client;
use bhrh::websocket::{Message, Options};
use bhrh::{Exchange, from_fn};

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
    // A block of five bytes as they are: one has come (RFC 7692 section 7.2.2).
    let cut = [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x61];
    assert_eq!(echo(COMPRESSED, [&frame(0xC2, cut)[..]]), [Sent::Close(1007)]);
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

/// What cannot be compressed becomes longer by it. Its limit is that of its content.
#[test]
fn a_compressed_message_within_the_limit_may_be_longer_on_the_wire() {
    let app = from_fn(|http: &mut Exchange| -> io::Result<()> {
        let mut socket = http.websocket_with(&Options::new().longest_message(1000))?;
        while let Some(Message::Binary(bytes)) = socket.receive()? {
            socket.send(&bytes.len().to_string())?;
        }
        Ok(())
    });
    let request = client(&app)
        .get("/")
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        .header("Sec-WebSocket-Extensions", "permessage-deflate");
    let asked = |length: u16| {
        // RFC 1951 section 3.2.4: a block as it is. Then the beginning of an empty one.
        let head = [&[0][..], &length.to_le_bytes(), &(!length).to_le_bytes()].concat();
        let content = vec![0xA5; length.into()];
        let message = frame(0xC2, [&head[..], &content, &[0]].concat());
        let bytes = [request.to_bytes(), message, close(1000, "")].concat();
        let answer = client(&app).raw(bytes);
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
        answer[end..].to_vec()
    };
    assert!(asked(1000).starts_with(b"\x81\x041000"));
    assert_eq!(asked(1001)[2..4], 1009_u16.to_be_bytes());
}
