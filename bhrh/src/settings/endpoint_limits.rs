//! How many clients may come to one endpoint of a server.

use std::io;

/// Bounds on the clients of one [`Endpoint`](crate::Endpoint), beside those of the whole server
/// ([`Limits`](crate::Limits)), which count the clients of all endpoints. By default there are
/// none.
///
/// A bound on a public endpoint keeps places free for another one, whatever its clients do:
///
/// ```
/// use bhrh::{Endpoint, EndpointLimits, HttpServer};
///
/// # fn main() -> std::io::Result<()> {
/// let public = Endpoint::tcp("127.0.0.1:0")?.limits(EndpointLimits::default().connections(20_000));
/// let administration = Endpoint::tcp("127.0.0.1:0")?;
/// let server = HttpServer::at([public, administration])?; // 25,000 connections in all
/// # let _ = server;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndpointLimits {
    /// The number of connections: no bound, so that the server's alone holds. A connection beyond
    /// it gets a 503.
    pub connections: usize,
    /// The number of connections from one address: no bound. Of IPv6, a network of 64 bits counts
    /// as one address. Clients of a Unix socket have no addresses, so it does not concern them.
    /// Over it: 503.
    pub connections_per_address: usize,
    /// The number of TLS handshakes at a time: no bound, so that the server's alone holds. A
    /// connection beyond it is closed without an answer. So a flood of handshakes at a public
    /// endpoint leaves some for another one.
    pub handshakes: usize,
}

impl Default for EndpointLimits {
    fn default() -> Self {
        let none = usize::MAX;
        EndpointLimits { connections: none, connections_per_address: none, handshakes: none }
    }
}

/// Each bound by itself, to be changed in a chain.
impl EndpointLimits {
    setters! { connections: usize, connections_per_address: usize, handshakes: usize }
}

impl EndpointLimits {
    /// Refuses limits with which no client could be served. The message names the setting.
    pub(crate) fn check(&self) -> io::Result<()> {
        for (name, value) in [
            ("connections", self.connections),
            ("connections_per_address", self.connections_per_address),
            ("handshakes", self.handshakes),
        ] {
            if value == 0 {
                let message =
                    format!("EndpointLimits::{name} is 0, so every request would be refused");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_of_zero_is_named() {
        let none = EndpointLimits::default();
        assert!(none.check().is_ok());
        for (limits, name) in [
            (none.connections(0), "EndpointLimits::connections is 0"),
            (none.connections_per_address(0), "EndpointLimits::connections_per_address is 0"),
            (none.handshakes(0), "EndpointLimits::handshakes is 0"),
        ] {
            let error = limits.check().unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
            assert!(error.to_string().contains(name), "{error}");
        }
    }
}
