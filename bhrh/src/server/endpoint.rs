//! Where a server listens.

use std::fmt;
use std::io;
use std::net::{TcpListener, ToSocketAddrs};
#[cfg(unix)]
use std::os::unix::net::UnixListener;

use super::bind;
use crate::engine::endpoint::EndpointSettings;
use crate::net::listener::{self, Listener, Listening};
use crate::peer::Peer;
use crate::settings::EndpointLimits;

/// An address that a server listens on. [`HttpServer::at`](crate::HttpServer::at) makes a server of
/// several, and [`and`](crate::HttpServer::and) adds one:
///
/// ```
/// use bhrh::{Endpoint, HttpServer};
///
/// # fn main() -> std::io::Result<()> {
/// let app = bhrh::from_fn(|http| {
///     let port = http.server.server_port();
///     http.reply(200, "text/plain", format!("you came to port {port}\n"))
/// });
/// let server = HttpServer::at([Endpoint::tcp("127.0.0.1:0")?, Endpoint::tcp("127.0.0.2:0")?])?;
/// let addresses: Vec<_> = server.local_addrs().collect();
/// let _running = server.spawn(app)?;
/// # if cfg!(target_os = "linux") {
/// for address in addresses {
///     let port = address.port().expect("TCP has ports");
///     let response = bhrh::testing::tcp_client(&address).get("/").send();
///     assert_eq!(response.text(), format!("you came to port {port}\n"));
/// }
/// # }
/// # Ok(())
/// # }
/// ```
///
/// All endpoints of a server share its handler, its threads and its settings. What a request sees as
/// the [address of its server](crate::Server::server_address) is that of the endpoint it came to.
///
/// A listener that is already bound becomes an endpoint by `From`.
#[must_use = "nobody is served here before a server has it: `HttpServer::at`"]
pub struct Endpoint {
    sockets: Vec<Socket>,
    limits: Option<EndpointLimits>,
    /// What is wrong with it, for the server that takes it.
    fault: Option<io::Error>,
}

/// A socket of an endpoint; a name may stand for several addresses.
struct Socket {
    listening: Listening,
    address: Peer,
}

impl Endpoint {
    /// Listens on an address: what [`HttpServer::bind`](crate::HttpServer::bind) accepts.
    ///
    /// # Errors
    ///
    /// As [`HttpServer::bind`](crate::HttpServer::bind).
    pub fn tcp(address: impl ToSocketAddrs + fmt::Debug) -> io::Result<Endpoint> {
        let bound = bind::all(address)?.into_iter();
        let socket = |(listener, address)| Socket {
            listening: Listening::Tcp(listener),
            address: Peer::from(address),
        };
        Ok(Endpoint { sockets: bound.map(socket).collect(), limits: None, fault: None })
    }

    /// Sets how many clients may come here, beside what the whole server allows
    /// ([`HttpServer::limits`](crate::HttpServer::limits)).
    pub fn limits(mut self, limits: EndpointLimits) -> Endpoint {
        self.limits = Some(limits);
        self
    }

    /// The addresses that it listens on: several if it was made of a name that stands for several.
    pub fn local_addrs(&self) -> impl Iterator<Item = Peer> {
        self.sockets.iter().map(|socket| socket.address.clone())
    }

    /// The first of them. Only an endpoint that is [`checked`](Endpoint::checked) has one.
    pub(super) fn first(&self) -> &Peer {
        &self.sockets[0].address
    }

    fn of(listening: Listening) -> Endpoint {
        let (sockets, fault) = match listening.address() {
            Ok(address) => (vec![Socket { listening, address }], None),
            Err(error) => (Vec::new(), Some(error)),
        };
        Endpoint { sockets, limits: None, fault }
    }

    /// Itself, for a server that takes it; or what is wrong with it.
    pub(super) fn checked(mut self) -> io::Result<Endpoint> {
        match self.fault.take() {
            Some(fault) => Err(fault),
            None => self.limits.map_or(Ok(()), |limits| limits.check()).map(|()| self),
        }
    }

    /// What the engine has to know of it.
    pub(super) fn into_settings(self) -> io::Result<EndpointSettings> {
        let address = self.first().clone();
        let listen = |socket: Socket| Listener::new(socket.listening, listener::plainly());
        let listeners = self.sockets.into_iter().map(listen).collect::<io::Result<_>>()?;
        Ok(EndpointSettings { listeners, address, limits: self.limits })
    }
}

/// A listener that is already bound, for instance by a service manager.
impl From<TcpListener> for Endpoint {
    fn from(listener: TcpListener) -> Endpoint {
        Endpoint::of(Listening::Tcp(listener))
    }
}

/// A listener that is already bound. Its path stays when the server has ended: who has made it may
/// remove it.
#[cfg(unix)]
impl From<UnixListener> for Endpoint {
    fn from(listener: UnixListener) -> Endpoint {
        Endpoint::of(Listening::Unix(listener))
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Endpoint").field(&self.local_addrs().collect::<Vec<_>>()).finish()
    }
}
