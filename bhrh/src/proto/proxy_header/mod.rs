//! The header of the PROXY protocol: what a proxy says of a connection that it relays, before the
//! first byte of its client.
//!
//! HAProxy's `proxy-protocol.txt` (2020/03/05) is the specification, and the sections named here
//! are its. The destination, and what nobody here asks for (ALPN, authority, unique id, namespace),
//! is checked for its form and dropped.
//!
//! | file | what it is | section |
//! | --- | --- | --- |
//! | `header` | what is read, and what may be wrong with it | |
//! | `text` | version 1, a line | 2.1 |
//! | `binary` | version 2, with its fields of type, length and value | 2.2 |
//! | `checksum` | CRC-32C | 2.2.3 |

mod binary;
mod checksum;
mod header;
mod text;

pub(crate) use header::{ProxyFault, ProxyHeader};

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
