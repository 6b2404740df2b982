//! Who a client is: the header of the PROXY protocol, and the fields of proxies.

use crate::strategies::config;
use bhrh::__internals::{forwarded, read_proxy_header};
use bhrh::{Fields, Peer, Trusted};
use proptest::collection::vec;
use proptest::prelude::*;
use std::net::{IpAddr, SocketAddr};

fn addresses() -> impl Strategy<Value = (SocketAddr, SocketAddr)> {
    prop_oneof![
        any::<([u8; 4], u16, [u8; 4], u16)>()
            .prop_map(|(a, p, b, q)| ((a, p).into(), (b, q).into())),
        any::<([u16; 8], u16, [u16; 8], u16)>()
            .prop_map(|(a, p, b, q)| ((a, p).into(), (b, q).into())),
    ]
}

fn line((from, to): (SocketAddr, SocketAddr)) -> Vec<u8> {
    let kind = if from.is_ipv4() { "TCP4" } else { "TCP6" };
    let (a, b) = (from.ip(), to.ip());
    format!("PROXY {kind} {a} {b} {} {}\r\n", from.port(), to.port()).into_bytes()
}

fn octets(ip: IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(four) => four.octets().to_vec(),
        IpAddr::V6(six) => six.octets().to_vec(),
    }
}

fn binary((from, to): (SocketAddr, SocketAddr), fields: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut rest = [octets(from.ip()), octets(to.ip())].concat();
    rest.extend(from.port().to_be_bytes());
    rest.extend(to.port().to_be_bytes());
    for (kind, value) in fields {
        rest.push(*kind);
        rest.extend((value.len() as u16).to_be_bytes());
        rest.extend(value);
    }
    let family = if from.is_ipv4() { 0x11 } else { 0x21 };
    let length = (rest.len() as u16).to_be_bytes();
    [b"\r\n\r\n\0\r\nQUIT\n", &[0x21, family][..], &length, &rest].concat()
}

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn a_header_is_read_when_its_last_byte_is_there(
        addresses in addresses(),
        fields in vec((0xE0..=0xFFu8, vec(any::<u8>(), 0..40)), 0..4),
        trailing in vec(any::<u8>(), 0..10),
        is_binary: bool,
    ) {
        let header = if is_binary { binary(addresses, &fields) } else { line(addresses) };
        let input = [&header[..], &trailing].concat();
        for length in 0..header.len() {
            prop_assert_eq!(read_proxy_header(&input[..length]), Ok(None));
        }
        let client = Peer::from((addresses.0.ip().to_canonical(), addresses.0.port()));
        let expected = Ok(Some((header.len(), Some(client), false)));
        for length in header.len()..=input.len() {
            prop_assert_eq!(&read_proxy_header(&input[..length]), &expected);
        }
    }

    #[test]
    fn a_verdict_stays_whatever_follows(
        addresses in addresses(),
        is_binary: bool,
        changes in vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let mut input = if is_binary { binary(addresses, &[]) } else { line(addresses) };
        for (at, byte) in changes {
            let at = at.index(input.len());
            input[at] = byte;
        }
        let verdicts: Vec<_> =
            (0..=input.len()).map(|length| read_proxy_header(&input[..length])).collect();
        let last = &verdicts[input.len()];
        prop_assert!(verdicts.iter().skip_while(|one| **one == Ok(None)).all(|one| one == last));
    }

    /// With a walk over the addresses as they are, from the right.
    #[test]
    fn the_client_is_the_rightmost_that_is_not_trusted(
        chain in vec((any::<bool>(), any::<[u8; 3]>(), any::<bool>()), 0..8),
    ) {
        let proxies = Trusted::networks(["10.0.0.0/8"]).expect("a network");
        let addresses: Vec<IpAddr> = chain
            .iter()
            .map(|(is_proxy, [b, c, d], _)| [if *is_proxy { 10 } else { 203 }, *b, *c, *d].into())
            .collect();
        let expected = addresses.iter().rev().find(|ip| !proxies.has(**ip)).or(addresses.first());
        let expected = expected.map(|ip| Peer::from((*ip, 0)));
        for (name, trusted) in
            [("X-Forwarded-For", proxies.clone()), ("Forwarded", proxies.clone().by_forwarded())]
        {
            let (mut fields, mut value) = (Fields::default(), String::new());
            for (ip, (_, _, ends_line)) in addresses.iter().zip(&chain) {
                let element =
                    if name == "Forwarded" { format!("for={ip}") } else { ip.to_string() };
                value += &element;
                if *ends_line {
                    fields.push(name, &std::mem::take(&mut value));
                } else {
                    value += ", ";
                }
            }
            fields.push(name, &value);
            prop_assert_eq!(&forwarded(fields.headers(), &trusted).0, &expected, "{:?}", fields);
        }
    }
}
