//! Who counts as one client where clients share something.

use std::net::{IpAddr, Ipv6Addr};

use crate::peer::Peer;

/// A client, as far as its address tells: an address of IPv4, a network of IPv6 (one client has a
/// network of 64 bits to choose from, RFC 6177 section 2), or everybody who may use a Unix socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Client(Option<IpAddr>);

impl Client {
    pub(crate) fn of(peer: &Peer) -> Client {
        Client(peer.ip().map(|ip| match ip {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
            }
            IpAddr::V4(_) => ip,
        }))
    }

    /// Whether it comes over a Unix socket, so that it has no address of its own.
    pub(crate) fn is_local(self) -> bool {
        self.0.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    fn from(address: &str) -> Client {
        Client::of(&SocketAddr::new(address.parse().unwrap(), 1).into())
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        assert_eq!(from("2001:db8:1:2::3"), from("2001:db8:1:2:ffff::"));
        assert_ne!(from("2001:db8:1:2::3"), from("2001:db8:1:3::3"));
        assert_ne!(from("192.0.2.1"), from("192.0.2.2"));
        assert!(Client::of(&Peer::unix("/run/app.sock")).is_local());
    }
}
