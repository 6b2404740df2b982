//! The header of the PROXY protocol: what a proxy says of a connection that it relays, before the
//! first byte of its client.
//!
//! HAProxy's `proxy-protocol.txt` (2020/03/05) is the specification, and the sections named here are
//! its. The destination, and what nobody here asks for (ALPN, authority, unique id, namespace), is
//! checked for its form and dropped.
//!
//! | file | what it is | section |
//! | --- | --- | --- |
//! | `text` | version 1, a line | 2.1 |
//! | `binary` | version 2, with its fields of type, length and value | 2.2 |
//! | `checksum` | CRC-32C | 2.2.3 |

mod binary;
mod checksum;
mod text;

use std::fmt;

use crate::peer::Peer;

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProxyHeader {
    /// How many bytes it has.
    pub(crate) length: usize,
    /// The client. `None`: the proxy speaks for itself (it looks whether the server is there), or does
    /// not know. Then the address is the connection's own.
    pub(crate) client: Option<Peer>,
    /// The client's connection to the proxy is encrypted.
    pub(crate) secured: bool,
}

/// What is wrong with a header, and at which byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProxyFault {
    at: usize,
    what: &'static str,
}

impl ProxyFault {
    fn new(at: usize, what: &'static str) -> ProxyFault {
        ProxyFault { at, what }
    }
}

impl fmt::Display for ProxyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (byte {})", self.what, self.at)
    }
}

/// Reads a header from the beginning of the input. `None`: it is not complete, and all of the input
/// belongs to it.
pub(crate) fn read(input: &[u8]) -> Result<Option<ProxyHeader>, ProxyFault> {
    let (signature, is_text) = match input.first() {
        None => return Ok(None),
        Some(b'P') => (text::SIGNATURE, true),
        Some(_) => (binary::SIGNATURE, false),
    };
    if let Some(at) = input.iter().zip(signature).position(|(come, said)| come != said) {
        return Err(ProxyFault::new(at, "the connection begins with no PROXY header"));
    }
    match is_text {
        true => text::read(input),
        false => binary::read(input),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_header_is_known_by_its_first_wrong_byte() {
        for (input, at) in [
            (&b"GET / HTTP/1.1\r\n"[..], 0),
            (b"\x16\x03\x01", 0),
            (b"PROXIMITY", 4),
            (b"PROPFIND / HTTP/1.1\r\n", 3),
            (b"PROXY\t", 5),
            (b"\r\n\r\nGET / HTTP/1.1\r\n", 4),
            (b"\r\n\r\n\0\r\nQUIT\r", 11),
        ] {
            let fault = ProxyFault::new(at, "the connection begins with no PROXY header");
            assert_eq!(read(input), Err(fault), "{}", input.escape_ascii());
            assert_eq!(read(&input[..at]), Ok(None));
        }
        let shown = read(b"GET").unwrap_err().to_string();
        assert_eq!(shown, "the connection begins with no PROXY header (byte 0)");
    }
}
