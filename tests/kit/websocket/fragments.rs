//! Group 5: fragmentation.

use super::play::*;

const ONE: &str = "fragment1";
const TWO: &str = "fragment2";
const BOTH: &str = "fragment1fragment2";

/// The first fragment of a text.
fn begins(content: &str) -> Vec<u8> {
    frame(0x01, content)
}

fn goes_on(content: &str) -> Vec<u8> {
    frame(0x00, content)
}

fn ends(content: &str) -> Vec<u8> {
    frame(0x80, content)
}

#[test]
fn group_5_fragmentation() {
    let five: &[Vec<u8>] = &[
        begins("fragment1"),
        goes_on("fragment2"),
        ping("pongme 1!"),
        goes_on("fragment3"),
        goes_on("fragment4"),
        ping("pongme 2!"),
        ends("fragment5"),
    ];
    let echoed: &[Sent] = &[
        pongs("pongme 1!"),
        pongs("pongme 2!"),
        says("fragment1fragment2fragment3fragment4fragment5"),
    ];
    let twice: &[Sent] = &[says(BOTH), says(BOTH)];
    play_all(&[
        ("5.1", &[frame(0x09, ONE), ends(TWO)], &[FAILED]),
        ("5.2", &[frame(0x0A, ONE), ends(TWO)], &[FAILED]),
        ("5.3 to 5.5", &[begins(ONE), ends(TWO)], &[says(BOTH)]),
        ("5.6 to 5.8", &[begins(ONE), ping("ping"), ends(TWO)], &[pongs("ping"), says(BOTH)]),
        ("5.9 to 5.11", &[ends("non-continuation"), text("Hello")], &[FAILED]),
        ("5.12 to 5.14", &[goes_on("non-continuation"), text("Hello")], &[FAILED]),
        (
            "5.15",
            &[begins(ONE), ends(TWO), goes_on("fragment3"), text("fragment4")],
            &[says(BOTH), FAILED],
        ),
        ("5.16", &[goes_on(ONE), begins(TWO), ends("fragment3")], &[FAILED]),
        ("5.17", &[ends(ONE), begins(TWO), ends("fragment3")], &[FAILED]),
        ("5.18", &[begins(ONE), text(TWO)], &[FAILED]),
        ("5.19 and 5.20", five, echoed),
        ("two messages", &[begins(ONE), ends(TWO), begins(ONE), ends(TWO)], twice),
        ("a binary inside of a text", &[begins(ONE), binary(TWO)], &[FAILED]),
        ("a pong between", &[frame(0x02, ONE), pong("x"), ends(TWO)], &[sends(BOTH)]),
        ("empty ones", &[begins(""), goes_on(""), goes_on("x"), ends("")], &[says("x")]),
    ]);
}
