//! Version 2: a signature, the kind of the addresses, a length, the addresses, and fields of type,
//! length and value (section 2.2).

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::checksum::crc32c;
use super::header::{ProxyFault, ProxyHeader};
use crate::peer::Peer;

pub(super) const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// The part before the addresses: the signature, version with command, family with transport,
/// length.
pub(super) const FIXED: usize = 16;

/// How long the rest may be. 65,535 bytes could be said. A header with the names of a client's
/// certificate has some hundred.
pub(super) const MOST: usize = 4096;

/// The places of bytes in the first part.
const COMMAND: usize = 12;
const FAMILY: usize = 13;
const LENGTH: usize = 14;

/// The types of fields that mean something here (section 2.2.2 and following).
const CHECKSUM: u8 = 0x03;
const UNIQUE_ID: u8 = 0x05;
const SSL: u8 = 0x20;

/// The bit that says that the client's connection is encrypted.
const CLIENT_SSL: u8 = 0x01;

/// Reads the header, whose signature has been seen as far as it has come.
pub(super) fn read(input: &[u8]) -> Result<Option<ProxyHeader>, ProxyFault> {
    let is_local = match input.get(COMMAND) {
        None => return Ok(None),
        Some(0x20) => true,
        Some(0x21) => false,
        Some(byte) if byte >> 4 == 2 => {
            return Err(ProxyFault::new(COMMAND, "the command is neither LOCAL nor PROXY"));
        }
        Some(_) => return Err(ProxyFault::new(COMMAND, "the version is not 2")),
    };
    let Some(family) = input.get(FAMILY) else { return Ok(None) };
    if !is_local && (family >> 4 > 3 || family & 0xF > 2) {
        return Err(ProxyFault::new(FAMILY, "the family or the transport is unassigned"));
    }
    let Some(length) = input.get(LENGTH..FIXED) else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes([length[0], length[1]]));
    if length > MOST {
        return Err(ProxyFault::new(LENGTH, "the header has more than 16 and 4096 bytes"));
    }
    let Some(header) = input.get(..FIXED + length) else { return Ok(None) };
    let kept = ProxyHeader { length: FIXED + length, client: None, secured: false };
    let (client, fields) = match (is_local, family) {
        (false, 0x11) => {
            let [a, b, c, d, _, _, _, _, port @ ..] = *addresses::<12>(header)?;
            let port = u16::from_be_bytes([port[0], port[1]]);
            (Peer::from((Ipv4Addr::new(a, b, c, d), port)), FIXED + 12)
        }
        (false, 0x21) => {
            let block = addresses::<36>(header)?;
            let mut address = [0; 16];
            address.copy_from_slice(&block[..16]);
            let port = u16::from_be_bytes([block[32], block[33]]);
            (Peer::from((Ipv6Addr::from(address), port)).canonical(), FIXED + 36)
        }
        (false, 0x31) => (unix(&addresses::<216>(header)?[..108]), FIXED + 216),
        // LOCAL, UNSPEC, and datagrams, which nobody relays over a stream: the block is skipped, as
        // the specification says for each.
        _ => return Ok(Some(kept)),
    };
    let secured = Fields { header, at: fields, end: header.len() }.secured()?;
    Ok(Some(ProxyHeader { client: Some(client), secured, ..kept }))
}

/// The block of addresses.
fn addresses<const N: usize>(header: &[u8]) -> Result<&[u8; N], ProxyFault> {
    let block = header.get(FIXED..).and_then(|rest| rest.first_chunk());
    block.ok_or_else(|| ProxyFault::new(LENGTH, "the header is shorter than its addresses"))
}

/// A path up to its NUL, or a name that begins with one.
fn unix(name: &[u8]) -> Peer {
    let is_nul = |byte: &u8| *byte == 0;
    let length = match name.first() {
        Some(0) => name.iter().rposition(|byte| !is_nul(byte)).map_or(0, |last| last + 1),
        _ => name.iter().position(is_nul).unwrap_or(name.len()),
    };
    Peer::unix_bytes(&name[..length])
}

/// Fields of type, length and value, up to a place in the header.
struct Fields<'h> {
    header: &'h [u8],
    at: usize,
    end: usize,
}

impl Fields<'_> {
    /// The type of the next field, and where its value stands.
    fn next(&mut self) -> Result<Option<(u8, Range<usize>)>, ProxyFault> {
        let at = self.at;
        match self.header[at..self.end] {
            [] => Ok(None),
            [kind, high, low, ..] => {
                let start = at + 3;
                self.at = start + usize::from(u16::from_be_bytes([high, low]));
                match self.at <= self.end {
                    true => Ok(Some((kind, start..self.at))),
                    false => Err(ProxyFault::new(at, "a field is longer than what is left")),
                }
            }
            _ => Err(ProxyFault::new(at, "what is left is shorter than a field")),
        }
    }

    /// Reads them to the end. Says whether the client's connection is encrypted.
    fn secured(mut self) -> Result<bool, ProxyFault> {
        let (mut secured, mut has_checksum) = (false, false);
        while let Some((kind, value)) = self.next()? {
            let fault = |what| Err(ProxyFault::new(value.start - 3, what));
            match kind {
                CHECKSUM if has_checksum => return fault("there is a second checksum"),
                CHECKSUM if value.len() != 4 => return fault("a checksum has four bytes"),
                CHECKSUM if !self.agrees(&value) => return fault("the checksum does not agree"),
                CHECKSUM => has_checksum = true,
                UNIQUE_ID if value.len() > 128 => {
                    return fault("a unique id has at most 128 bytes");
                }
                SSL if value.len() < 5 => {
                    return fault("the field for SSL has at least five bytes");
                }
                SSL => {
                    secured |= self.header[value.start] & CLIENT_SSL != 0;
                    let mut inner =
                        Fields { header: self.header, at: value.start + 5, end: value.end };
                    while inner.next()?.is_some() {}
                }
                _ => {}
            }
        }
        Ok(secured)
    }

    /// Whether the checksum that stands there is that of the whole header with zeros in its place.
    fn agrees(&self, place: &Range<usize>) -> bool {
        let (before, after) = (&self.header[..place.start], &self.header[place.end..]);
        self.header[place.clone()] == crc32c(&[before, &[0; 4], after]).to_be_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of this command, family and rest.
    fn header(command: u8, family: u8, rest: &[&[u8]]) -> Vec<u8> {
        let rest = rest.concat();
        let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
        [SIGNATURE, &[command, family], &length, &rest].concat()
    }

    fn field(kind: u8, value: &[u8]) -> Vec<u8> {
        [&[kind][..], &u16::try_from(value.len()).unwrap().to_be_bytes(), value].concat()
    }

    const FOUR: &[u8] = &[192, 0, 2, 7, 198, 51, 100, 1, 0xC0, 0x00, 0, 80];

    fn six(start: [u8; 2]) -> Vec<u8> {
        let mut block = [0; 36];
        block[..2].copy_from_slice(&start);
        block[15] = 7;
        block[32..].copy_from_slice(&[0xC0, 0x00, 0, 80]);
        block.to_vec()
    }

    fn unix_block(name: &[u8]) -> Vec<u8> {
        let mut block = [0; 216];
        block[..name.len()].copy_from_slice(name);
        block.to_vec()
    }

    /// With the right checksum in the last field.
    fn summed(mut bytes: Vec<u8>) -> Vec<u8> {
        let place = bytes.len() - 4;
        let sum = crc32c(&[&bytes[..place], &[0; 4]]).to_be_bytes();
        bytes[place..].copy_from_slice(&sum);
        bytes
    }

    #[test]
    fn each_family_names_its_client() {
        let mut mapped = [0; 36];
        mapped[10..16].copy_from_slice(&[0xFF, 0xFF, 192, 0, 2, 7]);
        for (family, block, client) in [
            (0x11, FOUR, "192.0.2.7:49152"),
            (0x21, &six([0x20, 0x01]), "[2001::7]:49152"),
            (0x21, &mapped, "192.0.2.7:0"),
            (0x31, &unix_block(b"/run/client"), "unix:/run/client"),
            (0x31, &unix_block(b"/a\0rest"), "unix:/a"),
            (0x31, &unix_block(b"\0name\0x"), "unix:@name\\x00x"),
            (0x31, &unix_block(b""), "unix:"),
            (0x31, &unix_block(&[b'x'; 108]), &format!("unix:{}", "x".repeat(108))),
        ] {
            for more in [&b""[..], &field(0x04, b""), &field(0xE0, b"what?")] {
                let bytes = header(0x21, family, &[block, more]);
                let found = read(&bytes).unwrap().unwrap();
                assert_eq!((found.length, found.secured), (bytes.len(), false), "{client}");
                assert_eq!(found.client.map(|peer| peer.to_string()).as_deref(), Some(client));
            }
        }
    }

    #[test]
    fn local_and_unspecified_connections_keep_their_address() {
        for (command, family, rest) in [
            (0x20, 0x00, &b""[..]),
            (0x20, 0x11, FOUR),
            (0x20, 0xFF, b"anything"),
            (0x21, 0x00, b""),
            (0x21, 0x00, b"anything"),
            // Of IPv4 or IPv6, but not over TCP.
            (0x21, 0x10, FOUR),
            (0x21, 0x12, FOUR),
            (0x21, 0x22, b""),
            (0x21, 0x32, b""),
        ] {
            let bytes = header(command, family, &[rest]);
            let kept = ProxyHeader { length: bytes.len(), client: None, secured: false };
            assert_eq!(read(&bytes), Ok(Some(kept)), "{command:x} {family:x}");
        }
    }

    #[test]
    fn the_field_for_ssl_says_whether_the_client_is_secured() {
        let version = field(0x21, b"TLSv1.3");
        for (value, secured) in [
            (&[1, 0, 0, 0, 0][..], true),
            (&[0, 0, 0, 0, 1], false),
            (&[0x06, 0, 0, 0, 0], false),
            (&[&[7, 0, 0, 0, 0][..], &version].concat(), true),
        ] {
            let bytes = header(0x21, 0x11, &[FOUR, &field(SSL, value), &field(0x02, b"a.example")]);
            assert_eq!(read(&bytes).unwrap().unwrap().secured, secured, "{value:?}");
        }
        // Of a connection that is not relayed, it says nothing.
        let local = header(0x20, 0x11, &[FOUR, &field(SSL, &[1, 0, 0, 0, 0])]);
        assert!(!read(&local).unwrap().unwrap().secured);
    }

    #[test]
    fn a_checksum_has_to_agree() {
        let good = summed(header(0x21, 0x11, &[FOUR, &field(CHECKSUM, &[0; 4])]));
        assert!(read(&good).unwrap().unwrap().client.is_some());
        // HAProxy's own fields stand before and behind it.
        let id = field(UNIQUE_ID, &[b'i'; 128]);
        assert!(read(&summed(header(0x21, 0x11, &[FOUR, &id, &field(CHECKSUM, &[0; 4])]))).is_ok());
        // The field's type is left alone: one that is unknown has no checksum in it.
        for at in (FIXED..good.len()).filter(|at| *at != FIXED + 12) {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            assert!(read(&bad).is_err(), "byte {at}");
        }
        let fault = Err(ProxyFault::new(28, "the checksum does not agree"));
        assert_eq!(read(&header(0x21, 0x11, &[FOUR, &field(CHECKSUM, &[0; 4])])), fault);
    }

    #[test]
    fn a_fault_is_named_with_its_place() {
        let sum = field(CHECKSUM, &[0; 4]);
        let one = |rest: &[u8]| header(0x21, 0x11, &[FOUR, rest]);
        let mut two_sums = one(&[&sum[..], &sum].concat());
        // The first agrees as long as the second is as it stands.
        let (before, after) = (two_sums[..31].to_vec(), two_sums[35..].to_vec());
        two_sums[31..35].copy_from_slice(&crc32c(&[&before, &[0; 4], &after]).to_be_bytes());
        for (bytes, at, what) in [
            (header(0x11, 0x11, &[FOUR]), 12, "the version is not 2"),
            (header(0x31, 0x11, &[FOUR]), 12, "the version is not 2"),
            (header(0x22, 0x11, &[FOUR]), 12, "the command is neither LOCAL nor PROXY"),
            (header(0x21, 0x41, &[FOUR]), 13, "the family or the transport is unassigned"),
            (header(0x21, 0x13, &[FOUR]), 13, "the family or the transport is unassigned"),
            (header(0x21, 0x11, &[&FOUR[1..]]), 14, "the header is shorter than its addresses"),
            (header(0x21, 0x21, &[FOUR]), 14, "the header is shorter than its addresses"),
            (header(0x21, 0x31, &[FOUR]), 14, "the header is shorter than its addresses"),
            (header(0x21, 0x00, &[&[0; 4097]]), 14, "the header has more than 16 and 4096 bytes"),
            (one(&[4]), 28, "what is left is shorter than a field"),
            (one(&[4, 0]), 28, "what is left is shorter than a field"),
            (one(&[4, 0, 1]), 28, "a field is longer than what is left"),
            (one(&[4, 0, 0, 4, 1, 0]), 31, "a field is longer than what is left"),
            (one(&field(CHECKSUM, &[0; 3])), 28, "a checksum has four bytes"),
            (two_sums, 35, "there is a second checksum"),
            (one(&field(UNIQUE_ID, &[0; 129])), 28, "a unique id has at most 128 bytes"),
            (one(&field(SSL, &[1, 0, 0, 0])), 28, "the field for SSL has at least five bytes"),
            (
                one(&field(SSL, &[1, 0, 0, 0, 0, 0x21, 0, 9])),
                36,
                "a field is longer than what is left",
            ),
        ] {
            assert_eq!(read(&bytes), Err(ProxyFault::new(at, what)));
        }
    }

    #[test]
    fn a_length_is_refused_before_its_bytes_have_come() {
        let bytes = [SIGNATURE, &[0x21, 0x11, 0xFF, 0xFF]].concat();
        assert!(read(&bytes).is_err() && read(&bytes[..15]) == Ok(None));
        let longest = header(0x20, 0, &[&[0; MOST]]);
        assert_eq!(longest.len(), 4112);
        assert!(read(&longest).is_ok_and(|found| found.is_some()));
        assert_eq!(read(&longest[..longest.len() - 1]), Ok(None));
    }
}
