//! The address of one end of a connection, as handlers are told it and the log shows it.

use std::ffi::OsStr;
use std::fmt::{self, Write};
use std::io;
use std::net::{IpAddr, SocketAddr, SocketAddrV4, SocketAddrV6, ToSocketAddrs};
use std::option;
use std::path::Path;
use std::sync::Arc;

/// The address of one end of a connection: an IP address with a port, or that of a Unix socket.
///
/// It is what [`client_address`](crate::Exchange::client_address) is, and what a server says of
/// itself. A clone of an IP address is a copy; a clone of a path shares it.
///
/// ```
/// use bhrh::Peer;
/// use std::net::{IpAddr, Ipv4Addr, SocketAddr};
///
/// let address = SocketAddr::from(([127, 0, 0, 1], 49152));
/// let peer = Peer::from(address);
/// assert_eq!(peer, address);
/// assert_eq!(peer.ip(), Some(IpAddr::V4(Ipv4Addr::LOCALHOST)));
/// assert_eq!(peer.port(), Some(49152));
/// assert_eq!(peer.to_string(), "127.0.0.1:49152");
///
/// let peer = Peer::unix("/run/app.sock");
/// assert_eq!((peer.ip(), peer.port()), (None, None));
/// assert_eq!(peer.to_string(), "unix:/run/app.sock");
/// ```
///
/// Most clients of a Unix socket have given theirs no name, and cannot be told apart: such a peer
/// is shown as `unix:`, as nginx shows it. (Python has `''` there.) A name that is not in the file
/// system is shown as `unix:@name`. Control characters are shown by their escapes, since the client
/// may have chosen them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Peer(Address);

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Address {
    Inet(SocketAddr),
    /// A path, or a NUL and a name; nothing if the socket has neither.
    Unix(Option<Arc<OsStr>>),
}

/// The kinds of addresses that differ in how they are shown.
enum Kind<'p> {
    Inet(SocketAddr),
    Unnamed,
    Path(&'p Path),
    Abstract(&'p [u8]),
}

/// Who is at the other end of a Unix socket, as the system tells
/// ([`Exchange::unix_credentials`](crate::Exchange::unix_credentials)).
#[cfg(feature = "unix-credentials")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnixCredentials {
    /// The process that has connected; Linux tells it. `None` also for a process that has no number
    /// here, since it belongs to another container. By now the process may have ended, and another
    /// may have its number.
    pub pid: Option<i32>,
    /// Its effective user.
    pub uid: u32,
    /// Its effective group.
    pub gid: u32,
}

impl Peer {
    /// The address of a Unix socket, from what the system and Python have for it: a path, nothing
    /// for a socket without a name, or, for a name that is not in the file system (Linux has
    /// those), that name after a NUL.
    ///
    /// ```
    /// use bhrh::Peer;
    ///
    /// assert_eq!(Peer::unix("").to_string(), "unix:");
    /// assert_eq!(Peer::unix("\0app").abstract_name(), Some(&b"app"[..]));
    /// ```
    #[must_use]
    pub fn unix(path: impl AsRef<Path>) -> Peer {
        let name = path.as_ref().as_os_str();
        Peer(Address::Unix((!name.is_empty()).then(|| name.into())))
    }

    /// The same from bytes. Where paths are no bytes, bytes that are not UTF-8 are replaced.
    pub(crate) fn unix_bytes(name: &[u8]) -> Peer {
        #[cfg(unix)]
        let name = <OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(name);
        #[cfg(not(unix))]
        let name = String::from_utf8_lossy(name).into_owned();
        Peer::unix(name)
    }

    /// The IP address, unless this is a Unix socket.
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| {
    ///     match http.client_address.ip().is_some_and(|ip| ip.is_loopback()) {
    ///         true => http.reply(200, "text/plain", "hello, neighbour\n"),
    ///         false => Ok(http.send_error(403)?),
    ///     }
    /// });
    /// assert_eq!(bhrh::testing::get(&app, "/").status(), 200);
    /// ```
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.socket_addr().map(|address| address.ip())
    }

    /// The port, unless this is a Unix socket.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.socket_addr().map(|address| address.port())
    }

    /// The IP address with its port, unless this is a Unix socket.
    #[inline]
    #[must_use]
    pub fn socket_addr(&self) -> Option<SocketAddr> {
        match self.0 {
            Address::Inet(address) => Some(address),
            _ => None,
        }
    }

    /// Whether this is a Unix socket.
    #[inline]
    #[must_use]
    pub fn is_unix(&self) -> bool {
        !matches!(self.0, Address::Inet(_))
    }

    /// The path of a Unix socket that has one. It need not lead anywhere: a client may have removed
    /// it, or it is relative to the directory of another process.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self.kind() {
            Kind::Path(path) => Some(path),
            _ => None,
        }
    }

    /// The name of a Unix socket that has one outside of the file system, without the NUL that it
    /// begins with for the system.
    #[must_use]
    pub fn abstract_name(&self) -> Option<&[u8]> {
        match self.kind() {
            Kind::Abstract(name) => Some(name),
            _ => None,
        }
    }

    /// Who this is without the port, to be shown: the IP address, or `unix:` for every Unix socket.
    /// Python: `client_address[0]`; it is what [`address_string`](crate::base::address_string) and
    /// so the log has.
    ///
    /// ```
    /// use bhrh::Peer;
    ///
    /// assert_eq!(Peer::from(([192, 0, 2, 7], 49152)).host().to_string(), "192.0.2.7");
    /// assert_eq!(Peer::unix("").host().to_string(), "unix:");
    /// ```
    #[must_use]
    pub fn host(&self) -> impl fmt::Display + use<> {
        Host(self.ip())
    }

    /// Itself without what the listener made of it: one for both versions of IP tells the clients
    /// of IPv4 by addresses like `::ffff:127.0.0.1` (RFC 4291 section 2.5.5.2).
    pub(crate) fn canonical(self) -> Peer {
        match self.0 {
            Address::Inet(SocketAddr::V6(address)) => match address.ip().to_canonical() {
                IpAddr::V4(four) => Peer::from((four, address.port())),
                // With its scope.
                IpAddr::V6(_) => self,
            },
            _ => self,
        }
    }

    fn kind(&self) -> Kind<'_> {
        match &self.0 {
            Address::Inet(address) => Kind::Inet(*address),
            Address::Unix(None) => Kind::Unnamed,
            Address::Unix(Some(name)) => match name.as_encoded_bytes() {
                [0, name @ ..] => Kind::Abstract(name),
                _ => Kind::Path(Path::new(name)),
            },
        }
    }

    /// What a URL of a server that listens here begins with, up to its path.
    pub(crate) fn origin(&self) -> impl fmt::Display + '_ {
        self.origin_of("http")
    }

    /// The same for another scheme, such as `https`.
    pub(crate) fn origin_of(&self, scheme: &'static str) -> impl fmt::Display + '_ {
        Origin(scheme, self)
    }
}

struct Host(Option<IpAddr>);

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(ip) => ip.fmt(f),
            None => f.pad("unix:"),
        }
    }
}

struct Origin<'p>(&'static str, &'p Peer);

impl fmt::Display for Origin<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Origin(scheme, peer) = self;
        let name = match &peer.0 {
            Address::Inet(address) => return write!(f, "{scheme}://{address}"),
            Address::Unix(name) => name.as_ref().map_or(&[][..], |name| name.as_encoded_bytes()),
        };
        write!(f, "{scheme}+unix://")?;
        for byte in name {
            match byte {
                // RFC 3986 section 2.3: what never needs an escape.
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                    f.write_char(char::from(*byte))?;
                }
                _ => write!(f, "%{byte:02X}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind() {
            Kind::Inet(address) => address.fmt(f),
            Kind::Unnamed => f.pad("unix:"),
            Kind::Path(path) => {
                f.write_str("unix:")?;
                path.to_string_lossy().chars().try_for_each(|c| match c.is_control() {
                    true => write!(f, "{}", c.escape_default()),
                    false => f.write_char(c),
                })
            }
            Kind::Abstract(name) => write!(f, "unix:@{}", name.escape_ascii()),
        }
    }
}

/// As [`SocketAddr`]'s: what is displayed.
impl fmt::Debug for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<SocketAddr> for Peer {
    #[inline]
    fn from(address: SocketAddr) -> Peer {
        Peer(Address::Inet(address))
    }
}

impl From<SocketAddrV4> for Peer {
    fn from(address: SocketAddrV4) -> Peer {
        SocketAddr::V4(address).into()
    }
}

impl From<SocketAddrV6> for Peer {
    fn from(address: SocketAddrV6) -> Peer {
        SocketAddr::V6(address).into()
    }
}

/// From an IP address and a port, as [`SocketAddr`] is made.
impl<I: Into<IpAddr>> From<(I, u16)> for Peer {
    fn from(pair: (I, u16)) -> Peer {
        SocketAddr::from(pair).into()
    }
}

#[cfg(unix)]
impl From<std::os::unix::net::SocketAddr> for Peer {
    fn from(address: std::os::unix::net::SocketAddr) -> Peer {
        #[cfg(any(target_os = "android", target_os = "linux"))]
        {
            #[cfg(target_os = "android")]
            use std::os::android::net::SocketAddrExt;
            #[cfg(target_os = "linux")]
            use std::os::linux::net::SocketAddrExt;
            use std::os::unix::ffi::OsStrExt;

            if let Some(name) = address.as_abstract_name() {
                return Peer::unix(OsStr::from_bytes(&[b"\0", name].concat()));
            }
        }
        Peer::unix(address.as_pathname().unwrap_or(Path::new("")))
    }
}

impl PartialEq<SocketAddr> for Peer {
    fn eq(&self, address: &SocketAddr) -> bool {
        matches!(&self.0, Address::Inet(mine) if mine == address)
    }
}

impl PartialEq<Peer> for SocketAddr {
    fn eq(&self, peer: &Peer) -> bool {
        peer == self
    }
}

/// So that `TcpStream::connect(server.local_addr())` is all that a client needs. A Unix socket is
/// [`io::ErrorKind::InvalidInput`].
impl ToSocketAddrs for Peer {
    type Iter = option::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<option::IntoIter<SocketAddr>> {
        match self.socket_addr() {
            Some(address) => Ok(Some(address).into_iter()),
            None => {
                let message = format!("{self} has no IP address");
                Err(io::Error::new(io::ErrorKind::InvalidInput, message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inet(address: &str) -> Peer {
        Peer::from(address.parse::<SocketAddr>().unwrap())
    }

    #[test]
    fn a_mapped_address_is_one_of_ipv4_and_a_scope_stays() {
        assert_eq!(inet("[::ffff:192.0.2.1]:1").canonical(), inet("192.0.2.1:1"));
        for same in ["[fe80::1%7]:80", "[2001:db8::1]:80", "192.0.2.1:80"] {
            assert_eq!(inet(same).canonical(), inet(same));
        }
        assert_eq!(Peer::unix("/a").canonical(), Peer::unix("/a"));
    }

    #[test]
    fn every_kind_is_shown_in_its_way() {
        for (peer, shown, host, origin) in [
            (inet("192.0.2.1:80"), "192.0.2.1:80", "192.0.2.1", "http://192.0.2.1:80"),
            (
                inet("[2001:db8::1]:80"),
                "[2001:db8::1]:80",
                "2001:db8::1",
                "http://[2001:db8::1]:80",
            ),
            (Peer::unix(""), "unix:", "unix:", "http+unix://"),
            (Peer::unix("/run/a b"), "unix:/run/a b", "unix:", "http+unix://%2Frun%2Fa%20b"),
            (Peer::unix("é\n\u{85}"), "unix:é\\n\\u{85}", "unix:", "http+unix://%C3%A9%0A%C2%85"),
            (Peer::unix("\0a\0\n"), "unix:@a\\x00\\n", "unix:", "http+unix://%00a%00%0A"),
        ] {
            assert_eq!((&*peer.to_string(), &*format!("{peer:?}")), (shown, shown));
            assert_eq!((&*peer.host().to_string(), &*peer.origin().to_string()), (host, origin));
        }
        assert_eq!(
            format!("{:>7}|{:<7}", Peer::unix(""), Peer::unix("").host()),
            "  unix:|unix:  "
        );
    }

    #[test]
    fn only_an_ip_address_has_one_and_only_a_path_is_one() {
        let address = SocketAddr::from(([192, 0, 2, 1], 80));
        let peer = Peer::from(address);
        assert_eq!(peer, address);
        assert_eq!(address, peer);
        assert!(!peer.is_unix());
        assert_eq!((peer.ip(), peer.port()), (Some(address.ip()), Some(80)));
        assert_eq!((peer.path(), peer.abstract_name()), (None, None));
        assert!(peer != SocketAddr::from(([192, 0, 2, 1], 81)));
        for (text, path, name) in [
            ("", None, None),
            ("/run/a", Some(Path::new("/run/a")), None),
            ("\0a", None, Some(&b"a"[..])),
        ] {
            let peer = Peer::unix(text);
            assert_ne!(peer, address);
            assert_ne!(address, peer);
            assert!(peer.is_unix());
            assert_eq!((peer.ip(), peer.port(), peer.socket_addr()), (None, None, None));
            assert_eq!((peer.path(), peer.abstract_name()), (path, name));
            let error = peer.to_socket_addrs().unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        }
        assert!(peer.to_socket_addrs().unwrap().eq([address]));
    }

    /// Each connection keeps one, and each exchange has a copy.
    #[test]
    fn it_is_no_larger_than_an_ip_address_with_its_port() {
        assert_eq!(size_of::<Peer>(), size_of::<SocketAddr>());
    }

    #[cfg(unix)]
    #[test]
    fn the_systems_addresses_of_unix_sockets_are_understood() {
        use std::os::unix::net::{SocketAddr, UnixDatagram};
        let unnamed = UnixDatagram::unbound().unwrap().local_addr().unwrap();
        assert_eq!(Peer::from(unnamed), Peer::unix(""));
        let path = SocketAddr::from_pathname("/run/a").unwrap();
        assert_eq!(Peer::from(path), Peer::unix("/run/a"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn so_are_their_abstract_names() {
        use std::os::linux::net::SocketAddrExt;
        let name = std::os::unix::net::SocketAddr::from_abstract_name(b"a\0\xff").unwrap();
        assert_eq!(Peer::from(name).abstract_name(), Some(&b"a\0\xff"[..]));
    }
}
