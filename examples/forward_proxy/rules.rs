//! Where clients may go.

use bhrh::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

/// Which hosts are allowed.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    /// Names, or ends of names with a dot in front. Empty: all of them.
    hosts: Vec<String>,
    private: bool,
}

impl Rules {
    pub(crate) fn allow(&mut self, host: &str) {
        self.hosts.push(host.to_ascii_lowercase());
    }

    pub(crate) fn allow_private(&mut self) {
        self.private = true;
    }

    /// The addresses that a target such as `example.org:443` stands for, if a client may go there.
    /// A name is looked up once, and the connection goes to what was checked.
    pub(crate) fn addresses(&self, target: &str) -> Result<Vec<SocketAddr>, Error> {
        let (host, _) = target.rsplit_once(':').ok_or_else(|| forbidden("it has no port"))?;
        if !self.has(&host.to_ascii_lowercase()) {
            return Err(forbidden("it is not on the list"));
        }
        let unknown = |_| Error::status((502, "Bad Gateway", "The host is not known"));
        let found = target.to_socket_addrs().map_err(unknown)?;
        let allowed: Vec<_> = found.filter(|at| self.private || is_public(at.ip())).collect();
        match allowed.is_empty() {
            true => Err(forbidden("its address is not public")),
            false => Ok(allowed),
        }
    }

    fn has(&self, host: &str) -> bool {
        let matches = |rule: &String| match rule.strip_prefix('.') {
            Some(_) => host.ends_with(rule.as_str()),
            None => host == rule,
        };
        self.hosts.is_empty() || self.hosts.iter().any(matches)
    }
}

fn forbidden(why: &str) -> Error {
    Error::status((403, "Forbidden", format!("This proxy does not go to that host: {why}")))
}

/// Whether an address is one of the public internet's.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => is_public_v4(ip),
            None => is_public_v6(ip),
        },
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || a == 0
        || a >= 224
        // RFC 6598 (shared), RFC 2544 (benchmarks), RFC 6890 (protocol assignments).
        || a == 100 && b & 0xC0 == 64
        || a == 198 && b & 0xFE == 18
        || a == 192 && b == 0 && c == 0)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    // RFC 4291: only 2000::/3 is assigned to the public; less its documentation, 6to4 and Teredo.
    let [a, b, ..] = ip.segments();
    a & 0xE000 == 0x2000 && a != 0x2002 && !(a == 0x2001 && (b == 0xDB8 || b < 0x200))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for ip in [
            "8.8.8.8",
            "2606:4700::1111",
            "::ffff:8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
            "192.0.1.1",
            "192.0.78.9",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "198.18.0.1",
            "192.0.0.8",
            "192.0.2.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn names_are_compared_whole_or_by_their_end() {
        let mut rules = Rules::default();
        assert!(rules.has("anything.example"));
        rules.allow("Example.org");
        rules.allow(".example.net");
        for (host, has) in [
            ("example.org", true),
            ("www.example.org", false),
            ("evilexample.org", false),
            ("www.example.net", true),
            ("example.net", false),
            ("evilexample.net", false),
        ] {
            assert_eq!(rules.has(host), has, "{host}");
        }
        assert_eq!(rules.addresses("example.com:80").unwrap_err().status_code(), Some(403));
        assert_eq!(rules.addresses("example.org").unwrap_err().status_code(), Some(403));
        let local = Rules::default();
        assert_eq!(local.addresses("127.0.0.1:80").unwrap_err().status_code(), Some(403));
        assert_eq!(local.addresses("[::1]:80").unwrap_err().status_code(), Some(403));
    }
}
