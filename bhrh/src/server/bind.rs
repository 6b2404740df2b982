//! Listening on addresses, with errors that say what prevents it.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};

/// Listens on every address that `address` resolves to, each by `bind`.
pub(super) fn all(
    address: impl ToSocketAddrs + fmt::Debug,
    bind: impl Fn(SocketAddr) -> io::Result<TcpListener>,
) -> io::Result<Vec<(TcpListener, SocketAddr)>> {
    let found: Vec<SocketAddr> = match in_a_zone(&address) {
        Some(host_and_port) => host_and_port.to_socket_addrs().map(Iterator::collect),
        None => address.to_socket_addrs().map(Iterator::collect),
    }
    .map_err(|error| unresolved(&address, &error))?;
    let mut listeners: Vec<(TcpListener, SocketAddr)> = Vec::new();
    let mut absent = None;
    for mut wanted in found {
        // Port 0: the other addresses get the port that the system chose for the first one.
        if let (0, Some((_, first))) = (wanted.port(), listeners.first()) {
            wanted.set_port(first.port());
        }
        if listeners.iter().any(|(_, bound)| *bound == wanted) {
            continue;
        }
        match bind(wanted).and_then(|one| one.local_addr().map(|at| (one, at))) {
            Ok(listener) => listeners.push(listener),
            // A name may stand for an IPv6 address on a machine without IPv6.
            Err(error) if is_absent(&error) => absent = Some(explained(wanted, &error)),
            Err(error) => return Err(explained(wanted, &error)),
        }
    }
    match absent {
        _ if !listeners.is_empty() => Ok(listeners),
        Some(error) => Err(error),
        None => {
            let message = format!("cannot listen on {address:?}: it stands for no address");
            Err(io::Error::new(io::ErrorKind::InvalidInput, message))
        }
    }
}

/// The host and the port of an address like `[fe80::1%eth0]:8000` (RFC 4007 section 11). The
/// standard library understands the name of a zone in a host, but not in text with brackets. Only
/// the `Debug` form of an address tells that it is text.
fn in_a_zone(address: &impl fmt::Debug) -> Option<(String, u16)> {
    let shown = format!("{address:?}");
    let (host, port) = shown.strip_prefix("\"[")?.strip_suffix('"')?.rsplit_once("]:")?;
    let port = port.parse().ok()?;
    host.contains('%').then(|| (host.to_owned(), port))
}

/// The path of an address like `unix:/run/app.sock`, which is no address for the standard library.
/// (`unix:8000` is a port of a host with that name.) Again only the `Debug` form tells. A path
/// that is different there has to be passed to `Endpoint::unix`.
pub(super) fn path(address: &impl fmt::Debug) -> Option<io::Result<String>> {
    let shown = format!("{address:?}");
    let text = shown.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(&shown);
    let path = text.strip_prefix("unix:")?;
    match path {
        _ if path.parse::<u16>().is_ok() => None,
        _ if path.contains('\\') => {
            let message = format!("cannot listen on {shown}: `Endpoint::unix` takes such a path");
            Some(Err(io::Error::new(io::ErrorKind::InvalidInput, message)))
        }
        _ => Some(Ok(path.to_owned())),
    }
}

fn is_absent(error: &io::Error) -> bool {
    use io::ErrorKind::{AddrNotAvailable, Unsupported};
    matches!(error.kind(), AddrNotAvailable | Unsupported)
}

fn unresolved(address: &impl fmt::Debug, error: &io::Error) -> io::Error {
    let message = format!(
        "cannot listen on {address:?}: {error} (an address has the form HOST:PORT, such as \
         127.0.0.1:8000)"
    );
    io::Error::new(error.kind(), message)
}

pub(crate) fn explained(address: SocketAddr, error: &io::Error) -> io::Error {
    let remedy = match error.kind() {
        _ if error.get_ref().is_some() => error.to_string(),
        io::ErrorKind::AddrInUse => {
            "address already in use (is another copy running? port 0 chooses a free one)".to_owned()
        }
        io::ErrorKind::PermissionDenied if address.port() < 1024 => {
            "permission denied (ports below 1024 need root, CAP_NET_BIND_SERVICE or a listener \
             from the service manager; port 8000 does not)"
                .to_owned()
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine has no such address (0.0.0.0 stands for all it has)".to_owned()
        }
        _ => error.to_string(),
    };
    io::Error::new(error.kind(), format!("cannot listen on {address}: {remedy}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_bound_with_all_its_addresses_and_one_port() {
        let listeners = all("localhost:0", TcpListener::bind).unwrap();
        let port = listeners[0].1.port();
        assert!(port != 0 && listeners.iter().all(|(_, address)| address.port() == port));
    }

    #[test]
    fn the_zone_of_an_address_may_have_a_name() {
        let zoned = ("fe80::1%lo".to_owned(), 8000);
        assert_eq!(in_a_zone(&"[fe80::1%lo]:8000"), Some(zoned.clone()));
        assert_eq!(in_a_zone(&String::from("[fe80::1%lo]:8000")), Some(zoned));
        for other in ["[::1]:8000", "127.0.0.1:8000", "a%b:80", "[fe80::1%lo]", "[fe80::1%lo]:x"] {
            assert_eq!(in_a_zone(&other), None, "{other}");
        }
        assert_eq!(in_a_zone(&("fe80::1%lo", 8000)), None);
    }

    #[test]
    fn a_path_is_told_from_a_host_and_a_port() {
        let path_of = |address: &str| path(&address).map(Result::ok);
        for (address, path) in
            [("unix:/run/a.sock", "/run/a.sock"), ("unix:@a", "@a"), ("unix:80.sock", "80.sock")]
        {
            assert_eq!(path_of(address), Some(Some(path.to_owned())));
        }
        assert_eq!(path(&String::from("unix:é")).map(Result::ok), Some(Some("é".to_owned())));
        assert_eq!(path_of("unix:/a\"b"), Some(None));
        for other in ["unix:8000", "unix", "127.0.0.1:80", "a.unix:80", "[::1]:80"] {
            assert!(path_of(other).is_none(), "{other}");
        }
        assert!(path(&("unix:", 80)).is_none());
    }

    #[test]
    fn errors_name_the_address_and_the_remedy() {
        let first = all("127.0.0.1:0", TcpListener::bind).unwrap();
        let taken = all(first[0].1, TcpListener::bind).unwrap_err();
        assert_eq!(taken.kind(), io::ErrorKind::AddrInUse);
        assert!(taken.to_string().contains(&first[0].1.to_string()), "{taken}");
        assert!(taken.to_string().contains("port 0"), "{taken}");

        let elsewhere = all("192.0.2.1:8000", TcpListener::bind).unwrap_err();
        assert!(elsewhere.to_string().contains("0.0.0.0"), "{elsewhere}");

        let nonsense = all("8000", TcpListener::bind).unwrap_err();
        assert!(nonsense.to_string().contains("HOST:PORT"), "{nonsense}");
    }
}
