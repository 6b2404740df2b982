//! Which peers are believed when they say whom they speak for.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::peer::Peer;

/// The proxies in front of a server that are believed when they say who their client is: networks
/// of IP addresses, and peers of Unix sockets.
///
/// [`HttpServer::trusts`](crate::HttpServer::trusts) uses it for the fields that proxies add to
/// requests, and [`Endpoint::proxied`](crate::Endpoint::proxied) for the PROXY protocol.
///
/// ```
/// use bhrh::Trusted;
///
/// # fn main() -> std::io::Result<()> {
/// let proxies = Trusted::networks(["10.0.0.0/8", "2001:db8::/32", "192.0.2.7"])?;
/// assert!(proxies.has([10, 1, 2, 3]) && proxies.has([192, 0, 2, 7]));
/// assert!(!proxies.has([192, 0, 2, 8]));
///
/// let error = Trusted::networks(["10.0.0.0/8", "proxy.example"]).unwrap_err();
/// assert_eq!(error.to_string(), "\"proxy.example\" is not a network: it has no IP address");
/// # Ok(())
/// # }
/// ```
///
/// Name the proxies that are yours, and no more: a peer with an address in the list can pretend to
/// be any client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use = "nobody is believed before a server or an endpoint has it"]
pub struct Trusted {
    networks: Vec<Network>,
    unix: bool,
    by_forwarded: bool,
}

impl Trusted {
    /// These networks, each an address with the length of its prefix (`10.0.0.0/8`), or a single
    /// address. An IPv4 network is meant in its mapped form as well (`::ffff:10.0.0.0/104`), and
    /// may be given in it.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// let from_settings = "10.0.0.0/8, fd00::/8";
    /// let proxies = bhrh::Trusted::networks(from_settings.split(','))?;
    /// # assert!(proxies.has([10, 0, 0, 1]));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] if an entry is not a network; the message names it. Bits
    /// behind the prefix have to be zero: with `10.1.0.0/8` it would not be clear what is meant.
    pub fn networks<N: AsRef<str>>(list: impl IntoIterator<Item = N>) -> io::Result<Trusted> {
        let network = |entry: N| {
            let entry = entry.as_ref();
            entry.trim().parse().map_err(|what| {
                let message = format!("{entry:?} is not a network: {what}");
                io::Error::new(io::ErrorKind::InvalidInput, message)
            })
        };
        let networks = list.into_iter().map(network).collect::<io::Result<_>>()?;
        Ok(Trusted { networks, ..Trusted::default() })
    }

    /// Proxies on this machine: `127.0.0.0/8` and `::1`. Any program on it, of any user, can
    /// connect from there.
    pub fn loopback() -> Trusted {
        Trusted::of(LOOPBACK)
    }

    /// The addresses that are not routed over the Internet: [`loopback`](Trusted::loopback), those
    /// of RFC 1918 (`10.0.0.0/8`, `172.16.0.0/12`, `192.168.0.0/16`), and unique local ones of IPv6
    /// (`fc00::/7`, RFC 4193). For a network that only proxies and servers share: in an office it
    /// has the clients.
    pub fn private() -> Trusted {
        let mut trusted = Trusted::loopback();
        trusted.networks.extend(PRIVATE);
        trusted
    }

    fn of<const N: usize>(networks: [Network; N]) -> Trusted {
        Trusted { networks: networks.to_vec(), ..Trusted::default() }
    }

    /// And all peers that connect to a Unix socket. The permissions of its path say who may.
    ///
    /// ```
    /// let nginx = bhrh::Trusted::default().and_unix(); // and nobody else
    /// # assert!(!nginx.has([127, 0, 0, 1]));
    /// ```
    pub fn and_unix(mut self) -> Trusted {
        self.unix = true;
        self
    }

    /// These proxies send `Forwarded` (RFC 7239). Otherwise they are taken to send
    /// `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`. Only one of the two is ever
    /// read: a proxy passes on what it does not know, so the other would be the client's to write.
    ///
    /// It has no effect on the PROXY protocol.
    pub fn by_forwarded(mut self) -> Trusted {
        self.by_forwarded = true;
        self
    }

    /// Whether an address is in one of the networks. An IPv4 address may be in its mapped form.
    #[must_use]
    pub fn has(&self, address: impl Into<IpAddr>) -> bool {
        let address = address.into().to_canonical();
        self.networks.iter().any(|network| network.has(address))
    }

    /// Whether it has nobody.
    pub(crate) fn is_empty(&self) -> bool {
        self.networks.is_empty() && !self.unix
    }

    pub(crate) fn has_peer(&self, peer: &Peer) -> bool {
        peer.ip().map_or(self.unix, |ip| self.has(ip))
    }

    pub(crate) fn reads_forwarded(&self) -> bool {
        self.by_forwarded
    }
}

const LOOPBACK: [Network; 2] = [
    Network::of_four([127, 0, 0, 0], 8),
    Network { address: IpAddr::V6(Ipv6Addr::LOCALHOST), prefix: 128 },
];

const PRIVATE: [Network; 4] = [
    Network::of_four([10, 0, 0, 0], 8),
    Network::of_four([172, 16, 0, 0], 12),
    Network::of_four([192, 168, 0, 0], 16),
    Network { address: IpAddr::V6(Ipv6Addr::new(0xFC00, 0, 0, 0, 0, 0, 0, 0)), prefix: 7 },
];

/// An address whose bits behind the prefix are zero. One of IPv4 is not in its mapped form.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    const fn of_four([a, b, c, d]: [u8; 4], prefix: u32) -> Network {
        Network { address: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), prefix }
    }

    fn has(&self, address: IpAddr) -> bool {
        first(self.prefix, address).is_some_and(|first| first == self.address)
    }
}

/// The address of the network that an address is in, by the length of its prefix.
fn first(prefix: u32, address: IpAddr) -> Option<IpAddr> {
    match address {
        IpAddr::V4(four) => {
            let behind = 32_u32.checked_sub(prefix)?;
            let mask = u32::MAX.checked_shl(behind).unwrap_or(0);
            Some(Ipv4Addr::from_bits(four.to_bits() & mask).into())
        }
        IpAddr::V6(six) => {
            let behind = 128_u32.checked_sub(prefix)?;
            let mask = u128::MAX.checked_shl(behind).unwrap_or(0);
            Some(Ipv6Addr::from_bits(six.to_bits() & mask).into())
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(entry: &str) -> Result<Network, String> {
        let (address, prefix) = match entry.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (entry, None),
        };
        let address: IpAddr = address.parse().map_err(|_| "it has no IP address")?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let is_number = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit());
        let prefix = match prefix {
            None => most,
            Some(text) => match Some(text).filter(is_number).and_then(|text| text.parse().ok()) {
                Some(prefix) if prefix <= most => prefix,
                _ => return Err(format!("the length of its prefix is no number from 0 to {most}")),
            },
        };
        let network = Network { address, prefix };
        match first(prefix, address) {
            Some(first) if first != address => {
                let meant = Network { address: first, prefix };
                Err(format!("bits behind its prefix are set (the network is {meant:?})"))
            }
            // With all bits of the mapped form in the prefix, or else some would be behind it.
            _ => Ok(match (address.to_canonical(), prefix.checked_sub(96)) {
                (address @ IpAddr::V4(_), Some(prefix)) if most == 128 => {
                    Network { address, prefix }
                }
                _ => network,
            }),
        }
    }
}

/// As it is written in a list.
impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(trusted: &Trusted, address: &str) -> bool {
        trusted.has(address.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn a_network_has_what_its_prefix_says() {
        for (network, inside, outside) in [
            (
                "10.0.0.0/8",
                &["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"][..],
                &["11.0.0.0"][..],
            ),
            ("192.0.2.7", &["192.0.2.7"], &["192.0.2.6", "192.0.2.8"]),
            ("192.0.2.128/25", &["192.0.2.128", "192.0.2.255"], &["192.0.2.127"]),
            ("0.0.0.0/0", &["0.0.0.0", "255.255.255.255", "::ffff:1.2.3.4"], &["::", "2001:db8::"]),
            ("::/0", &["::", "2001:db8::1", "::1.2.3.4"], &["1.2.3.4", "::ffff:1.2.3.4"]),
            ("2001:db8::/33", &["2001:db8:7fff::"], &["2001:db8:8000::", "2001:db7::"]),
            ("2001:db8::1/128", &["2001:db8::1"], &["2001:db8::", "2001:db8::2"]),
            ("::ffff:10.0.0.0/104", &["10.1.2.3", "::ffff:10.1.2.3"], &["11.0.0.0", "::10.0.0.1"]),
            ("::ffff:0:0/96", &["1.2.3.4"], &["::1.2.3.4"]),
            (" 127.0.0.1 ", &["127.0.0.1"], &["127.0.0.2"]),
        ] {
            let trusted = Trusted::networks([network]).unwrap();
            for address in inside {
                assert!(has(&trusted, address), "{network} {address}");
            }
            for address in outside {
                assert!(!has(&trusted, address), "{network} {address}");
            }
            assert!(!trusted.has_peer(&Peer::unix("/run/a")));
        }
    }

    #[test]
    fn the_ready_made_lists_have_what_they_say() {
        let (loopback, private) = (Trusted::loopback(), Trusted::private());
        for (address, is_loopback, is_private) in [
            ("127.0.0.1", true, true),
            ("127.255.0.9", true, true),
            ("::1", true, true),
            ("::ffff:127.0.0.1", true, true),
            ("10.0.0.1", false, true),
            ("172.16.0.1", false, true),
            ("172.31.255.255", false, true),
            ("192.168.3.4", false, true),
            ("fd12::1", false, true),
            ("172.32.0.0", false, false),
            ("169.254.0.1", false, false),
            ("100.64.0.1", false, false),
            ("fe80::1", false, false),
            ("::", false, false),
            ("192.0.2.7", false, false),
        ] {
            let found = (has(&loopback, address), has(&private, address));
            assert_eq!(found, (is_loopback, is_private), "{address}");
        }
        let unix = Peer::unix("");
        assert!(loopback.clone().and_unix().has_peer(&unix) && !loopback.has_peer(&unix));
        assert!(loopback.has_peer(&Peer::from(([127, 0, 0, 1], 1))));
        assert!(!Trusted::default().has([127, 0, 0, 1]));
        assert_eq!(Trusted::networks::<&str>([]).unwrap(), Trusted::default());
        assert_eq!(Trusted::networks(["127.0.0.0/8", "::1"]).unwrap(), loopback);
    }

    #[test]
    fn a_faulty_entry_is_named() {
        for (entry, what) in [
            ("", "it has no IP address"),
            ("localhost", "it has no IP address"),
            ("10.0.0/8", "it has no IP address"),
            ("010.0.0.0/8", "it has no IP address"),
            ("10.0.0.0:80", "it has no IP address"),
            ("[::1]", "it has no IP address"),
            ("fe80::1%eth0", "it has no IP address"),
            ("10.0.0.0/33", "the length of its prefix is no number from 0 to 32"),
            ("10.0.0.0/", "the length of its prefix is no number from 0 to 32"),
            ("10.0.0.0/+8", "the length of its prefix is no number from 0 to 32"),
            ("10.0.0.0/255.0.0.0", "the length of its prefix is no number from 0 to 32"),
            ("::/129", "the length of its prefix is no number from 0 to 128"),
            ("10.1.0.0/8", "bits behind its prefix are set (the network is 10.0.0.0/8)"),
            ("2001:db8::1/64", "bits behind its prefix are set (the network is 2001:db8::/64)"),
            ("::ffff:0:0/90", "bits behind its prefix are set (the network is ::ffc0:0:0/90)"),
        ] {
            let error = Trusted::networks(["10.0.0.0/8", entry]).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
            assert_eq!(error.to_string(), format!("{entry:?} is not a network: {what}"));
        }
    }
}
