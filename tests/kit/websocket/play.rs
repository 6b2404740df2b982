//! Frames as tables write them, and what an echo server answers.

use bhrh::__internals::websocket::{Rules, Seen, hear};

/// What a server sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Sent {
    Text(Vec<u8>),
    Binary(Vec<u8>),
    Pong(Vec<u8>),
    /// A close frame with this code; 1005: without a code.
    Close(u16),
}

pub(super) const FAILED: Sent = Sent::Close(1002);
pub(super) const CLOSED: Sent = Sent::Close(1000);

/// A case: its number, the frames that a client sends, and what comes back.
type Case<'c> = (&'c str, &'c [Vec<u8>], &'c [Sent]);

pub(super) const RULES: Rules =
    Rules { from_client: true, compression: false, frame: 16 << 20, message: 16 << 20 };

const MASK: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

/// A client's frame with this first byte.
pub(super) fn frame(first: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let mut bytes = vec![first];
    match payload.len() {
        length @ 0..126 => bytes.push(0x80 | length as u8),
        length @ 126..0x1_0000 => {
            bytes.push(0x80 | 126);
            bytes.extend((length as u16).to_be_bytes());
        }
        length => {
            bytes.push(0x80 | 127);
            bytes.extend((length as u64).to_be_bytes());
        }
    }
    bytes.extend(MASK);
    bytes.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    bytes
}

pub(super) fn text(text: impl AsRef<[u8]>) -> Vec<u8> {
    frame(0x81, text)
}

pub(super) fn binary(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    frame(0x82, bytes)
}

pub(super) fn ping(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    frame(0x89, bytes)
}

pub(super) fn pong(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    frame(0x8A, bytes)
}

/// A close frame with a code and a reason.
pub(super) fn close(code: u16, reason: &str) -> Vec<u8> {
    frame(0x88, [&code.to_be_bytes(), reason.as_bytes()].concat())
}

pub(super) fn says(text: impl AsRef<[u8]>) -> Sent {
    Sent::Text(text.as_ref().to_vec())
}

pub(super) fn sends(bytes: impl AsRef<[u8]>) -> Sent {
    Sent::Binary(bytes.as_ref().to_vec())
}

pub(super) fn pongs(bytes: impl AsRef<[u8]>) -> Sent {
    Sent::Pong(bytes.as_ref().to_vec())
}

/// What an echo server sends to a client that sends these pieces.
pub(super) fn echo<'p>(rules: Rules, pieces: impl IntoIterator<Item = &'p [u8]>) -> Vec<Sent> {
    let (seen, owed) = hear(rules, pieces);
    let mut replies = Vec::new();
    let sent = seen.into_iter().filter_map(|seen| {
        Some(match seen {
            Seen::Text(text) => Sent::Text(text),
            Seen::Binary(bytes) => Sent::Binary(bytes),
            Seen::Pong(_) => return None,
            Seen::Ping(payload) => {
                replies.extend([0x8A, payload.len() as u8]);
                replies.extend(&payload);
                Sent::Pong(payload)
            }
            Seen::Closed(1005, _) => {
                replies.extend(b"\x88\x00");
                Sent::Close(1005)
            }
            Seen::Closed(code, _) | Seen::Failed(code) => {
                replies.extend([0x88, 2]);
                replies.extend(code.to_be_bytes());
                Sent::Close(code)
            }
        })
    });
    let sent = sent.collect();
    assert_eq!(owed, replies, "the frames that are owed, byte for byte");
    sent
}

/// Plays a case in every split in two, byte by byte, and whole.
pub(super) fn play(case: &str, frames: &[Vec<u8>], expected: &[Sent]) {
    let bytes = frames.concat();
    let check = |pieces: Vec<&[u8]>| assert_eq!(echo(RULES, pieces), expected, "case {case}");
    check(vec![&bytes]);
    check(bytes.chunks(1).collect());
    check(bytes.chunks(997).collect());
    // A long case has its splits around its frames' ends.
    let mut ends: Vec<usize> = vec![0];
    ends.extend(frames.iter().scan(0, |end, frame| {
        *end += frame.len();
        Some(*end)
    }));
    let is_near = |at: &usize| ends.iter().any(|end| at.abs_diff(*end) < 16);
    let splits = (1..bytes.len()).filter(|at| bytes.len() < 600 || is_near(at));
    for at in splits.take(2000) {
        check(vec![&bytes[..at], &bytes[at..]]);
    }
}

/// Plays cases that are a line each.
pub(super) fn play_all(cases: &[Case<'_>]) {
    for (case, frames, expected) in cases {
        play(case, frames, expected);
    }
}

/// Bytes of hexadecimal digits.
pub(super) fn hex(digits: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).expect("digits");
    (0..digits.len()).step_by(2).map(digit).collect()
}
