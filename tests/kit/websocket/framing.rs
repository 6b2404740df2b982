//! Groups 1 to 4: framing, pings and pongs, reserved bits, opcodes.

use super::play::*;
use bhrh::__internals::websocket::Rules;

const HELLO: &str = "Hello, world!";

#[test]
fn group_1_framing() {
    for (number, length) in [0, 125, 126, 127, 128, 65535, 65536].into_iter().enumerate() {
        let number = number + 1;
        let content = vec![b'*'; length];
        play(&format!("1.1.{number}"), &[text(&content)], &[says(&content)]);
        let content = vec![0xFE; length];
        play(&format!("1.2.{number}"), &[binary(&content)], &[sends(&content)]);
    }
    // 1.1.8 and 1.2.8, 65536 bytes in pieces of 997, are a part of each case here.
}

#[test]
fn group_2_pings_and_pongs() {
    let odd = hex("00fffefdfcfb00ff");
    let ten: Vec<Vec<u8>> = (0..10).map(|n| ping(format!("payload-{n}"))).collect();
    let pongs_to_ten: Vec<Sent> = (0..10).map(|n| pongs(format!("payload-{n}"))).collect();
    play_all(&[
        ("2.1", &[ping("")], &[pongs("")]),
        ("2.2", &[ping(HELLO)], &[pongs(HELLO)]),
        ("2.3", &[ping(&odd)], &[pongs(&odd)]),
        ("2.4 and 2.6", &[ping([0xFE; 125])], &[pongs([0xFE; 125])]),
        ("2.5", &[ping([0xFE; 126])], &[Sent::Close(1002)]),
        ("2.7", &[pong("")], &[]),
        ("2.8", &[pong("unsolicited pong payload")], &[]),
        ("2.9", &[pong("unsolicited"), ping("ping payload")], &[pongs("ping payload")]),
        ("2.10 and 2.11", &ten, &pongs_to_ten),
    ]);
}

#[test]
fn group_3_reserved_bits() {
    play_all(&[
        ("3.1", &[frame(0x91, HELLO)], &[FAILED]),
        ("3.2", &[text(HELLO), frame(0xA1, HELLO), ping("")], &[says(HELLO), FAILED]),
        ("3.3", &[text(HELLO), frame(0xB1, HELLO), ping("")], &[says(HELLO), FAILED]),
        ("3.4", &[text(HELLO), frame(0xC1, HELLO), ping("")], &[says(HELLO), FAILED]),
        ("3.5", &[frame(0xD2, [0xFF; 8])], &[FAILED]),
        ("3.6", &[frame(0xE9, HELLO)], &[FAILED]),
        ("3.7", &[frame(0xF8, "")], &[FAILED]),
    ]);
}

#[test]
fn group_4_opcodes() {
    for opcode in [3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF] {
        for payload in ["", "reserved"] {
            let reserved = frame(0x80 | opcode, payload);
            let case = format!("4.1 and 4.2, opcode {opcode}");
            play(&case, &[reserved.clone(), ping("")], &[FAILED]);
            play(&case, &[text(HELLO), reserved, ping("")], &[says(HELLO), FAILED]);
        }
    }
}

/// Not of Autobahn, which is a well-behaved client where it does not test that.
#[test]
fn masks_are_as_the_rfc_wants_them() {
    let failed = [FAILED];
    assert_eq!(echo(RULES, [&b"\x81\x05Hello"[..]]), failed);
    assert_eq!(echo(RULES, [&b"\x88\x00"[..]]), failed);
    let at_a_client = Rules { from_client: false, ..RULES };
    let (seen, _) = bhrh::__internals::websocket::hear(at_a_client, [&text("Hello")[..]]);
    assert_eq!(seen, [bhrh::__internals::websocket::Seen::Failed(1002)]);
    let (seen, _) = bhrh::__internals::websocket::hear(at_a_client, [&b"\x81\x05Hello"[..]]);
    assert_eq!(seen, [bhrh::__internals::websocket::Seen::Text(b"Hello".to_vec())]);
}

#[test]
fn a_fault_is_answered_before_the_frame_has_come() {
    // The first two bytes tell.
    for start in [b"\x91\x85", b"\x83\x80", b"\x09\x80", b"\x89\xFE", b"\x80\x80", b"\x81\x05"] {
        assert_eq!(echo(RULES, [&start[..]]), [Sent::Close(1002)], "{start:x?}");
    }
}
