//! The PROXY protocol: a header is understood from its own bytes and none that follow, a fault as
//! soon as its byte is there, and the client is one that a header can name.

use bhrh::__internals::read_proxy_header;

/// The longest header of either version.
const LONGEST: usize = 16 + 4096;

/// Checks the beginning of a connection.
pub fn check(bytes: &[u8]) {
    let shown = || bytes.escape_ascii().to_string();
    let whole = read_proxy_header(bytes);
    let decided = (0..=bytes.len()).find(|length| read_proxy_header(&bytes[..*length]) != Ok(None));
    match decided {
        None => assert_eq!(whole, Ok(None)),
        // Nothing that comes later changes it.
        Some(first) => {
            for length in first..=bytes.len() {
                assert_eq!(read_proxy_header(&bytes[..length]), whole, "{}", shown());
            }
        }
    }
    match whole {
        Ok(Some((length, client, secured))) => {
            assert_eq!(Some(length), decided, "{}", shown());
            assert!(length <= LONGEST && (bytes[0] == b'\r' || length <= 107), "{}", shown());
            assert!(!secured || client.is_some(), "{}", shown());
            let mapped = client.as_ref().and_then(bhrh::Peer::ip);
            assert_eq!(mapped, mapped.map(|ip| ip.to_canonical()), "{}", shown());
        }
        Ok(None) => assert!(bytes.len() < LONGEST, "{}", shown()),
        Err(message) => {
            let at = message.rsplit(' ').next().and_then(|place| place.strip_suffix(')'));
            let at: usize = at.and_then(|at| at.parse().ok()).expect("the place of the fault");
            assert!(at <= bytes.len(), "{message}: {}", shown());
        }
    }
}
