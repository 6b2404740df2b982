//! The payload of close frames (RFC 6455 sections 5.5.1 and 7.4).

use std::io;

use super::frame::LONGEST_CONTROL;
use super::violation::Violation;

/// Why a WebSocket was closed: what a close frame says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Closed {
    /// The code: 1000 if all is well, 1001 if the peer goes away, 4000 to 4999 for an application's
    /// own reasons (RFC 6455 section 7.4). A close frame without a code gives 1005.
    pub code: u16,
    /// A reason for people; often empty.
    pub reason: String,
}

/// A close frame without a code (section 7.4.1). This code never stands in a frame.
const NO_CODE: u16 = 1005;

/// What is said of a peer that has gone without a close frame, likewise.
pub(crate) const GONE: u16 = 1006;

/// Whether a close frame may have this code (section 7.4, and what IANA has registered since).
fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

/// Refuses a code of the user's that must not be sent.
pub(crate) fn check(code: u16) -> io::Result<()> {
    if may_be_sent(code) {
        return Ok(());
    }
    let what = format!("close: {code} is not a code that can be sent");
    Err(io::Error::new(io::ErrorKind::InvalidInput, what))
}

/// Reads a close frame's payload.
pub(crate) fn read(payload: &[u8]) -> Result<Closed, Violation> {
    let (code, reason) = match payload {
        [] => return Ok(Closed { code: NO_CODE, reason: String::new() }),
        [high, low, reason @ ..] => (u16::from_be_bytes([*high, *low]), reason),
        _ => return Err(Violation::BadClose),
    };
    if !may_be_sent(code) {
        return Err(Violation::BadClose);
    }
    let reason = std::str::from_utf8(reason).map_err(|_| Violation::NotUtf8)?;
    Ok(Closed { code, reason: reason.to_owned() })
}

/// The payload of a close frame. A reason that is too long is cut off; [`NO_CODE`] is said by an
/// empty payload.
pub(crate) fn payload(code: u16, reason: &str) -> Vec<u8> {
    if code == NO_CODE {
        return Vec::new();
    }
    let mut end = reason.len().min(LONGEST_CONTROL - 2);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    [&code.to_be_bytes(), &reason.as_bytes()[..end]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_read_as_it_was_written() {
        for (code, reason) in [(1005, ""), (1000, ""), (1001, "good bye"), (4999, "ä")] {
            let closed = Closed { code, reason: reason.to_owned() };
            assert_eq!(read(&payload(code, reason)), Ok(closed));
        }
        let long = payload(1000, &"ä".repeat(100));
        assert_eq!((long.len(), read(&long).unwrap().reason), (124, "ä".repeat(61)));
    }

    #[test]
    fn codes_that_must_not_be_sent_are_refused() {
        for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535_u16] {
            assert_eq!(read(&code.to_be_bytes()), Err(Violation::BadClose), "{code}");
        }
        assert_eq!(read(b"\x03"), Err(Violation::BadClose));
        assert_eq!(read(b"\x03\xE8\xFF"), Err(Violation::NotUtf8));
    }
}
