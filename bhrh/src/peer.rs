//! The other end of a connection, as it is told to handlers and written to the log.

use std::net::{IpAddr, SocketAddr};

/// A client's address without what the listener made of it: one for both versions of IP tells the
/// clients of IPv4 by addresses like `::ffff:127.0.0.1` (RFC 4291 section 2.5.5.2).
pub(crate) fn canonical(client: SocketAddr) -> SocketAddr {
    match client.ip().to_canonical() {
        IpAddr::V4(four) => SocketAddr::from((four, client.port())),
        // With its scope.
        IpAddr::V6(_) => client,
    }
}

#[cfg(test)]
mod tests {
    use super::canonical;
    use std::net::SocketAddr;

    fn from(text: &str) -> SocketAddr {
        SocketAddr::new(text.parse().unwrap(), 1)
    }

    #[test]
    fn a_mapped_address_is_one_of_ipv4_and_a_scope_stays() {
        assert_eq!(canonical(from("::ffff:192.0.2.1")), from("192.0.2.1"));
        let scoped = "[fe80::1%7]:80".parse().unwrap();
        assert_eq!(canonical(scoped), scoped);
        assert_eq!(canonical(from("2001:db8::1")), from("2001:db8::1"));
    }
}
