//! Group 6: UTF-8.

use super::play::*;

/// Valid texts of the groups 6.2 and 6.5 to 6.23.
const VALID: &[(&str, &str)] = &[
    ("6.5.1", "cebae1bdb9cf83cebcceb5"),
    ("6.7.1", "00"),
    ("6.7.2", "c280"),
    ("6.7.3", "e0a080"),
    ("6.7.4", "f0908080"),
    ("6.9.1", "7f"),
    ("6.9.2", "dfbf"),
    ("6.9.3", "efbfbf"),
    ("6.9.4", "f48fbfbf"),
    ("6.11.1", "ed9fbf"),
    ("6.11.2", "ee8080"),
    ("6.11.3", "efbfbd"),
    ("6.11.4", "f48fbfbf"),
    ("6.22.1", "efbfbe"),
    ("6.22.2", "efbfbf"),
    ("6.22.3", "f09fbfbe"),
    ("6.22.4", "f09fbfbf"),
    ("6.22.33", "f48fbfbe"),
    ("6.22.34", "f48fbfbf"),
    ("6.23.1", "efbfb9"),
    ("6.23.7", "efbfbd"),
];

/// Texts that are not UTF-8.
const INVALID: &[(&str, &str)] = &[
    ("6.3.1", "cebae1bdb9cf83cebcceb5eda080656469746564"),
    ("6.4.1", "cebae1bdb9cf83cebcceb5f4908080656469746564"),
    ("6.6.1", "ce"),
    ("6.6.3", "cebae1"),
    ("6.6.4", "cebae1bd"),
    ("6.6.6", "cebae1bdb9cf"),
    ("6.6.8", "cebae1bdb9cf83ce"),
    ("6.6.10", "cebae1bdb9cf83cebcce"),
    ("6.8.1", "f888808080"),
    ("6.8.2", "fc8480808080"),
    ("6.10.1", "f7bfbfbf"),
    ("6.10.2", "fbbfbfbfbf"),
    ("6.10.3", "fdbfbfbfbfbf"),
    ("6.11.5", "f4908080"),
    ("6.12.1", "80"),
    ("6.12.2", "bf"),
    ("6.12.3", "80bf"),
    ("6.12.7", "80bf80bf80bf"),
    ("6.13.1", "c020c120c220c320"),
    ("6.13.2", "e020e120e220e320"),
    ("6.13.3", "f020f120f220f320"),
    ("6.13.4", "f820f920fa20"),
    ("6.13.5", "fc20"),
    ("6.14.1", "c0"),
    ("6.14.2", "e080"),
    ("6.14.3", "f08080"),
    ("6.14.4", "f8808080"),
    ("6.14.5", "fc80808080"),
    ("6.14.6", "df"),
    ("6.14.7", "efbf"),
    ("6.14.8", "f7bfbf"),
    ("6.15.1", "c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf"),
    ("6.16.1", "fe"),
    ("6.16.2", "ff"),
    ("6.16.3", "fefeffff"),
    ("6.17.1", "c0af"),
    ("6.17.2", "e080af"),
    ("6.17.3", "f08080af"),
    ("6.17.4", "f8808080af"),
    ("6.17.5", "fc80808080af"),
    ("6.18.1", "c1bf"),
    ("6.18.2", "e09fbf"),
    ("6.18.3", "f08fbfbf"),
    ("6.18.4", "f887bfbfbf"),
    ("6.18.5", "fc83bfbfbfbf"),
    ("6.19.1", "c080"),
    ("6.19.2", "e08080"),
    ("6.19.3", "f0808080"),
    ("6.20.1", "eda080"),
    ("6.20.2", "edadbf"),
    ("6.20.3", "edae80"),
    ("6.20.4", "edafbf"),
    ("6.20.5", "edb080"),
    ("6.20.6", "edbe80"),
    ("6.20.7", "edbfbf"),
    ("6.21.1", "eda080edb080"),
    ("6.21.2", "eda080edbfbf"),
    ("6.21.3", "edadbfedb080"),
    ("6.21.8", "edafbfedbfbf"),
];

/// A text, a fragment for each byte.
fn byte_by_byte(content: &[u8]) -> Vec<Vec<u8>> {
    let last = content.len() - 1;
    let first = |at: usize| if at == 0 { 1 } else { 0 } | if at == last { 0x80 } else { 0 };
    content.iter().enumerate().map(|(at, byte)| frame(first(at), [*byte])).collect()
}

#[test]
fn group_6_1_empty_texts() {
    play_all(&[
        ("6.1.1", &[text("")], &[says("")]),
        ("6.1.2", &[frame(1, ""), frame(0, ""), frame(0x80, "")], &[says("")]),
        ("6.1.3", &[frame(1, ""), frame(0, "middle"), frame(0x80, "")], &[says("middle")]),
    ]);
}

#[test]
fn groups_6_2_and_6_5_to_6_23_valid_texts() {
    let hello = "Hello-µ@ßöäüàá-UTF-8!!".as_bytes();
    play("6.2.1", &[text(hello)], &[says(hello)]);
    for cut in 0..hello.len() {
        let frames = [frame(1, &hello[..cut]), frame(0x80, &hello[cut..])];
        play("6.2.2", &frames, &[says(hello)]);
    }
    play("6.2.3 and 6.2.4", &byte_by_byte(hello), &[says(hello)]);
    for (case, digits) in VALID {
        let content = hex(digits);
        play(case, &[text(&content)], &[says(&content)]);
        play(case, &byte_by_byte(&content), &[says(&content)]);
    }
}

#[test]
fn groups_6_3_to_6_21_invalid_texts() {
    for (case, digits) in INVALID {
        let content = hex(digits);
        play(case, &[text(&content)], &[Sent::Close(1007)]);
        play(case, &byte_by_byte(&content), &[Sent::Close(1007)]);
        // Bytes that are not text may be these.
        play(case, &[binary(&content)], &[sends(&content)]);
    }
}

#[test]
fn group_6_4_a_fault_is_answered_with_the_byte_that_makes_it_one() {
    let (good, bad) = (hex("cebae1bdb9cf83cebcceb5"), hex("f490"));
    // Between frames: the second byte of the second one cannot follow.
    let whole = [frame(1, &good), frame(0, &bad)].concat();
    assert_eq!(echo(RULES, [&whole[..]]), [Sent::Close(1007)]);
    assert_eq!(echo(RULES, [&whole[..whole.len() - 1]]), []);
    // Inside of a frame whose rest never comes.
    let frame = text([&good[..], &bad, b"edited"].concat());
    let upto = frame.len() - "edited".len();
    assert_eq!(echo(RULES, [&frame[..upto]]), [Sent::Close(1007)]);
    assert_eq!(echo(RULES, [&frame[..upto - 1]]), []);
}
