//! Version 1: `PROXY TCP4 192.0.2.7 198.51.100.1 49152 80`, and the end of a line (section 2.1).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::header::{ProxyFault, ProxyHeader};
use crate::peer::Peer;

pub(super) const SIGNATURE: &[u8] = b"PROXY ";

/// The longest line, with its end.
const LONGEST: usize = 107;

/// Reads the line, whose signature has been seen as far as it has come.
pub(super) fn read(input: &[u8]) -> Result<Option<ProxyHeader>, ProxyFault> {
    let window = &input[..input.len().min(LONGEST)];
    let Some(end) = window.iter().position(|byte| matches!(byte, b'\r' | b'\n')) else {
        return match window.len() {
            LONGEST => Err(ProxyFault::new(LONGEST, "the line has more than 107 bytes")),
            _ => Ok(None),
        };
    };
    match (window[end], window.get(end + 1)) {
        (b'\r', Some(b'\n')) => {}
        (b'\r', None) if window.len() < LONGEST => return Ok(None),
        (b'\r', None) => return Err(ProxyFault::new(LONGEST, "the line has more than 107 bytes")),
        (b'\r', Some(_)) => return Err(ProxyFault::new(end + 1, "a CR stands without its LF")),
        _ => return Err(ProxyFault::new(end, "the line ends without a CR")),
    }
    let client = client(&window[..end])?;
    Ok(Some(ProxyHeader { length: end + 2, client, secured: false }))
}

/// What a line without its end says of the client.
fn client(line: &[u8]) -> Result<Option<Peer>, ProxyFault> {
    let mut words = Words { line, at: SIGNATURE.len() };
    match words.next() {
        (_, b"TCP4") => words.client(|word| word.parse::<Ipv4Addr>().ok().map(IpAddr::V4)),
        (_, b"TCP6") => words.client(|word| word.parse::<Ipv6Addr>().ok().map(IpAddr::V6)),
        // What follows is to be ignored.
        (_, b"UNKNOWN") => Ok(None),
        (at, _) => Err(ProxyFault::new(at, "the protocol is not TCP4, TCP6 or UNKNOWN")),
    }
}

/// The words of the line, one space between two.
struct Words<'l> {
    line: &'l [u8],
    at: usize,
}

impl<'l> Words<'l> {
    /// The next word, and where it stands; at the end of the line, an empty one.
    fn next(&mut self) -> (usize, &'l [u8]) {
        let rest = self.line.get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == b' ').unwrap_or(rest.len());
        let start = self.at.min(self.line.len());
        self.at += length + 1;
        (start, &rest[..length])
    }

    fn client(
        &mut self,
        address: impl Fn(&str) -> Option<IpAddr>,
    ) -> Result<Option<Peer>, ProxyFault> {
        let mut next_address = |what| {
            let (at, word) = self.next();
            let parsed = std::str::from_utf8(word).ok().and_then(&address);
            parsed.ok_or_else(|| ProxyFault::new(at, what))
        };
        let source = next_address("the client's address is none of the protocol's")?;
        next_address("the address that it came to is none of the protocol's")?;
        let port = self.port("the client's port is no number from 0 to 65535")?;
        self.port("the port that it came to is no number from 0 to 65535")?;
        match self.at > self.line.len() {
            true => Ok(Some(Peer::from((source, port)).canonical())),
            false => Err(ProxyFault::new(self.at, "the line goes on behind its last port")),
        }
    }

    /// Digits, with no zero in front of others.
    fn port(&mut self, what: &'static str) -> Result<u16, ProxyFault> {
        let (at, word) = self.next();
        let is_plain = word == b"0" || matches!(word.first(), Some(b'1'..=b'9'));
        let text = std::str::from_utf8(word).ok().filter(|_| is_plain);
        text.and_then(|text| text.parse().ok()).ok_or_else(|| ProxyFault::new(at, what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(line: &str) -> Result<Option<ProxyHeader>, ProxyFault> {
        read(line.as_bytes())
    }

    /// The specification's own lines, and some more.
    #[test]
    fn a_line_names_its_client_or_nobody() {
        let longest = "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff \
                       ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n";
        assert_eq!(longest.len(), 104);
        let unknown = "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff \
                       ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n";
        assert_eq!(unknown.len(), LONGEST);
        for (line, client) in [
            ("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535"),
            ("PROXY TCP4 192.168.0.1 192.168.0.11 56324 443\r\n", "192.168.0.1:56324"),
            ("PROXY TCP4 0.0.0.0 0.0.0.0 0 0\r\n", "0.0.0.0:0"),
            ("PROXY TCP6 2001:db8::7 ::1 49152 80\r\n", "[2001:db8::7]:49152"),
            ("PROXY TCP6 2001:DB8::7 0:0:0:0:0:0:0:1 1 80\r\n", "[2001:db8::7]:1"),
            ("PROXY TCP6 ::ffff:192.0.2.7 ::ffff:192.0.2.1 1 80\r\n", "192.0.2.7:1"),
            (longest, "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"),
        ] {
            let found = header(line).unwrap().unwrap();
            assert_eq!((found.length, found.secured), (line.len(), false), "{line}");
            assert_eq!(found.client.map(|client| client.to_string()).as_deref(), Some(client));
        }
        for line in ["PROXY UNKNOWN\r\n", "PROXY UNKNOWN anything  at\tall\r\n", unknown] {
            let found = header(line).unwrap().unwrap();
            assert_eq!((found.length, found.client), (line.len(), None), "{line}");
        }
    }

    #[test]
    fn a_fault_is_named_with_its_place() {
        for (line, at, what) in [
            ("PROXY TCP5 1.2.3.4 1.2.3.5 1 2\r\n", 6, "the protocol is not TCP4, TCP6 or UNKNOWN"),
            ("PROXY tcp4 1.2.3.4 1.2.3.5 1 2\r\n", 6, "the protocol is not TCP4, TCP6 or UNKNOWN"),
            ("PROXY \r\n", 6, "the protocol is not TCP4, TCP6 or UNKNOWN"),
            ("PROXY  TCP4\r\n", 6, "the protocol is not TCP4, TCP6 or UNKNOWN"),
            ("PROXY TCP4\r\n", 10, "the client's address is none of the protocol's"),
            ("PROXY TCP4 ::1 ::1 1 2\r\n", 11, "the client's address is none of the protocol's"),
            (
                "PROXY TCP6 1.2.3.4 ::1 1 2\r\n",
                11,
                "the client's address is none of the protocol's",
            ),
            (
                "PROXY TCP4 01.2.3.4 1.2.3.5 1 2\r\n",
                11,
                "the client's address is none of the \
              protocol's",
            ),
            (
                "PROXY TCP4 1.2.3.256 1.2.3.5 1 2\r\n",
                11,
                "the client's address is none of the \
              protocol's",
            ),
            (
                "PROXY TCP4  1.2.3.4 1.2.3.5 1 2\r\n",
                11,
                "the client's address is none of the \
              protocol's",
            ),
            (
                "PROXY TCP6 fe80::1%lo ::1 1 2\r\n",
                11,
                "the client's address is none of the \
              protocol's",
            ),
            (
                "PROXY TCP4 1.2.3.4 1.2.3 1 2\r\n",
                19,
                "the address that it came to is none of the \
              protocol's",
            ),
            (
                "PROXY TCP4 1.2.3.4 1.2.3.5 65536 2\r\n",
                27,
                "the client's port is no number from 0 \
              to 65535",
            ),
            (
                "PROXY TCP4 1.2.3.4 1.2.3.5 +1 2\r\n",
                27,
                "the client's port is no number from 0 to \
              65535",
            ),
            (
                "PROXY TCP4 1.2.3.4 1.2.3.5 01 2\r\n",
                27,
                "the client's port is no number from 0 to \
              65535",
            ),
            (
                "PROXY TCP4 1.2.3.4 1.2.3.5 1\r\n",
                28,
                "the port that it came to is no number from 0 \
              to 65535",
            ),
            (
                "PROXY TCP4 1.2.3.4 1.2.3.5 1 00\r\n",
                29,
                "the port that it came to is no number \
              from 0 to 65535",
            ),
            ("PROXY TCP4 1.2.3.4 1.2.3.5 1 2 \r\n", 31, "the line goes on behind its last port"),
            ("PROXY TCP4 1.2.3.4 1.2.3.5 1 2 3\r\n", 31, "the line goes on behind its last port"),
            ("PROXY TCP4 1.2.3.4 1.2.3.5 1 2\n", 30, "the line ends without a CR"),
            ("PROXY TCP4 1.2.3.4 1.2.3.5 1 2\rG", 31, "a CR stands without its LF"),
        ] {
            assert_eq!(header(line), Err(ProxyFault::new(at, what)), "{line}");
        }
    }

    #[test]
    fn a_line_that_does_not_end_in_time_is_too_long() {
        let too_long = Err(ProxyFault::new(LONGEST, "the line has more than 107 bytes"));
        let line = format!("PROXY UNKNOWN {}", "x".repeat(200));
        assert_eq!(header(&line[..LONGEST - 1]), Ok(None));
        assert_eq!(header(&line[..LONGEST]), too_long);
        assert_eq!(header(&format!("{}\r", &line[..LONGEST - 2])), Ok(None));
        assert_eq!(header(&format!("{}\r", &line[..LONGEST - 1])), too_long);
        assert_eq!(header(&format!("{}\r\n", &line[..LONGEST - 1])), too_long);
        assert!(
            header(&format!("{}\r\n", &line[..LONGEST - 2])).is_ok_and(|found| found.is_some())
        );
    }
}
