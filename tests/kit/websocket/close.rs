//! Group 7: closing.

use super::play::*;

#[test]
fn group_7_1_what_follows_a_close_frame_is_not_heard() {
    let good = close(1000, "");
    let long = vec![b'*'; 256 << 10];
    play_all(&[
        ("7.1.1", &[text("Hello World!"), good.clone()], &[says("Hello World!"), CLOSED]),
        ("7.1.2", &[good.clone(), good.clone()], &[CLOSED]),
        ("7.1.3", &[good.clone(), ping("")], &[CLOSED]),
        ("7.1.4", &[good.clone(), text("Hello World!")], &[CLOSED]),
        ("7.1.5", &[frame(1, "fragment1"), good.clone(), frame(0x80, "2")], &[CLOSED]),
        ("7.1.6", &[text(&long), good.clone(), ping("")], &[says(&long), CLOSED]),
        ("nonsense behind it", &[good, frame(0xFF, "")], &[CLOSED]),
    ]);
}

#[test]
fn groups_7_3_and_7_5_payloads() {
    play_all(&[
        ("7.3.1", &[frame(0x88, "")], &[Sent::Close(1005)]),
        ("7.3.2", &[frame(0x88, "a")], &[FAILED]),
        ("7.3.3", &[close(1000, "")], &[CLOSED]),
        ("7.3.4", &[close(1000, "Hello World!")], &[CLOSED]),
        ("7.3.5", &[close(1000, &"*".repeat(123))], &[CLOSED]),
        ("7.3.6", &[close(1000, &"*".repeat(124))], &[FAILED]),
        (
            "7.5.1",
            &[frame(0x88, [&hex("03e8cebae1bdb9cf83cebcceb5eda080")[..], b"edited"].concat())],
            &[Sent::Close(1007)],
        ),
    ]);
}

#[test]
fn groups_7_7_7_9_and_7_13_codes() {
    for code in [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999] {
        play("7.7", &[close(code, "")], &[Sent::Close(code)]);
        play("7.7", &[close(code, "why")], &[Sent::Close(code)]);
    }
    for code in [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999, 5000, 65535] {
        play("7.9 and 7.13", &[close(code, "")], &[Sent::Close(1002)]);
        play("7.9 and 7.13", &[close(code, "why")], &[Sent::Close(1002)]);
    }
}
