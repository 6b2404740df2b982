//! Where a server listens.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
#[cfg(unix)]
use std::os::unix::net::UnixListener;
#[cfg(unix)]
use std::path::Path;
use std::sync::Arc;

use super::bind;
use crate::engine::endpoint::EndpointSettings;
use crate::net::listener::{self, Listener, Listening, Open};
#[cfg(unix)]
use crate::net::socket_file::SocketToPlace;
#[cfg(feature = "tls")]
use crate::net::tls::Tls;
use crate::peer::Peer;
use crate::settings::EndpointLimits;
use crate::trusted::Trusted;

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
/// All endpoints of a server share its handler, its threads and its settings. What a request sees
/// as the [address of its server](crate::Server::server_address) is that of the endpoint it came
/// to.
///
/// A listener that is already bound becomes an endpoint by `From`.
#[must_use = "nobody is served here before a server has it: `HttpServer::at`"]
pub struct Endpoint {
    sockets: Vec<Socket>,
    limits: Option<EndpointLimits>,
    #[cfg_attr(not(all(unix, feature = "listenfd")), expect(dead_code, reason = "nobody asks"))]
    name: Option<String>,
    proxied: Option<Trusted>,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    /// What is wrong with it, for the server that takes it.
    fault: Option<io::Error>,
    /// It takes its path only when a server takes it.
    #[cfg(unix)]
    to_place: Option<SocketToPlace>,
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
        Ok(Endpoint::of_tcp(bind::all(address, TcpListener::bind)?))
    }

    /// Listens on an address at which other processes of the same user may listen as well, if they
    /// share it, too (`SO_REUSEPORT`). On Linux and FreeBSD the system spreads new connections over
    /// all of them. On others, such as macOS, the last one may get them all.
    ///
    /// This is for several copies that run side by side. It does not help to restart without a
    /// loss: when a process ends, the system resets the connections that wait to be accepted by it.
    /// Between processes that take over from one another, a service manager should hold the
    /// listener (`inherited`, with the feature `listenfd`).
    ///
    /// ```
    /// # #[cfg(unix)]
    /// # fn main() -> std::io::Result<()> {
    /// use bhrh::{Endpoint, HttpServer};
    ///
    /// let first = HttpServer::at([Endpoint::tcp_shared("127.0.0.1:0")?])?;
    /// // In another process:
    /// let second = HttpServer::at([Endpoint::tcp_shared(first.local_addr())?])?;
    /// assert_eq!(first.local_addr(), second.local_addr());
    /// # Ok(())
    /// # }
    /// # #[cfg(not(unix))]
    /// # fn main() {}
    /// ```
    ///
    /// # Errors
    ///
    /// As [`HttpServer::bind`](crate::HttpServer::bind); [`io::ErrorKind::AddrInUse`] if a process
    /// listens there that does not share the address, or belongs to another user.
    #[cfg(unix)]
    pub fn tcp_shared(address: impl ToSocketAddrs + fmt::Debug) -> io::Result<Endpoint> {
        let not_shared = "address already in use (all that listen there have to share it, and to run \
                          as the same user)";
        let in_words = |error: io::Error| match error.kind() {
            io::ErrorKind::AddrInUse => io::Error::new(error.kind(), not_shared),
            _ => error,
        };
        let shared = |address| listener::shared(address).map_err(in_words);
        Ok(Endpoint::of_tcp(bind::all(address, shared)?))
    }

    fn of_tcp(bound: Vec<(TcpListener, SocketAddr)>) -> Endpoint {
        let socket = |(listener, address)| Socket {
            listening: Listening::Tcp(listener),
            address: Peer::from(address),
        };
        Endpoint { sockets: bound.into_iter().map(socket).collect(), ..Endpoint::nowhere() }
    }

    /// Listens on a Unix socket at this path. On Linux, a name that begins with `@` is not in the
    /// file system; to mean a file of such a name, write `./@name`.
    ///
    /// Clients may connect to the path as soon as a server has the endpoint ([`HttpServer::at`],
    /// [`HttpServer::and`]). By default everybody may, except for what the process's umask forbids;
    /// see [`mode`](Endpoint::mode). The server removes the path when it stops.
    ///
    /// A socket that a server has left there without removing it is replaced. Nothing else is: not
    /// a socket where a server answers, and not a file. If several servers start at once, one of
    /// them gets the path.
    ///
    /// A name that is not in the file system has no permissions: every process of the machine, or
    /// of the container, may connect.
    ///
    /// ```
    /// # #[cfg(unix)] {
    /// use bhrh::{Endpoint, HttpServer};
    /// use std::io::{Read, Write};
    /// use std::net::Shutdown;
    /// use std::os::unix::net::UnixStream;
    ///
    /// # fn main() -> std::io::Result<()> {
    /// # let directory = tempfile::tempdir()?;
    /// # let path = directory.path().join("app.sock");
    /// # let app = bhrh::from_fn(|http| http.reply(200, "text/plain", "hello\n"));
    /// // let path = "/run/app.sock";
    /// let server = HttpServer::at([Endpoint::unix(&path)?.mode(0o660)])?;
    /// let _running = server.spawn(app)?;
    ///
    /// let mut client = UnixStream::connect(&path)?;
    /// client.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")?;
    /// client.shutdown(Shutdown::Write)?;
    /// let mut response = String::new();
    /// client.read_to_string(&mut response)?;
    /// assert!(response.starts_with("HTTP/1.1 200 OK\r\n"));
    /// # Ok(())
    /// # }
    /// # main().unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::AddrInUse`] if a server answers at the path;
    /// [`io::ErrorKind::AlreadyExists`] if something is there that is not a socket;
    /// [`io::ErrorKind::InvalidInput`] if the path is longer than the system takes, which is about
    /// 100 bytes; the system's error if it cannot make the socket. The message names the path.
    ///
    /// [`HttpServer::at`]: crate::HttpServer::at
    /// [`HttpServer::and`]: crate::HttpServer::and
    #[cfg(unix)]
    pub fn unix(path: impl AsRef<Path>) -> io::Result<Endpoint> {
        let path = path.as_ref();
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if let [b'@', name @ ..] = path.as_os_str().as_encoded_bytes() {
            let listener = crate::net::socket_file::with_abstract_name(name)?;
            return Ok(Endpoint::from(listener));
        }
        let to_place = Some(SocketToPlace::new(path)?);
        Ok(Endpoint { to_place, ..Endpoint::nowhere() })
    }

    /// The Unix socket at this path, where there are Unix sockets.
    pub(super) fn at_path(path: &str) -> io::Result<Endpoint> {
        #[cfg(unix)]
        return Endpoint::unix(path);
        #[cfg(not(unix))]
        {
            let message = format!("cannot listen on unix:{path}: not on this system");
            Err(io::Error::new(io::ErrorKind::Unsupported, message))
        }
    }

    /// Sets who may connect to the [path](Endpoint::unix): a client needs the permission to write.
    /// `0o660` is for the user and the group of the server, `0o600` for its user alone. The umask
    /// has no say in this. Default: `0o666` without what the umask forbids.
    ///
    /// No client is let in with other permissions before.
    #[cfg(unix)]
    pub fn mode(mut self, mode: u32) -> Endpoint {
        let fault = match &mut self.to_place {
            Some(to_place) if mode <= 0o777 => {
                to_place.set_mode(mode);
                return self;
            }
            Some(_) => format!("{mode:#o} is no mode of a Unix socket: 0o777 is the most"),
            None => "only an endpoint that makes the file of its Unix socket has a mode".to_owned(),
        };
        self.fault.get_or_insert(io::Error::new(io::ErrorKind::InvalidInput, fault));
        self
    }

    /// The name that the service manager has given it.
    #[cfg(all(unix, feature = "listenfd"))]
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Without a socket yet.
    fn nowhere() -> Endpoint {
        Endpoint {
            sockets: Vec::new(),
            limits: None,
            name: None,
            proxied: None,
            #[cfg(feature = "tls")]
            tls: None,
            fault: None,
            #[cfg(unix)]
            to_place: None,
        }
    }

    /// Sets how many clients may come here, beside what the whole server allows
    /// ([`HttpServer::limits`](crate::HttpServer::limits)).
    pub fn limits(mut self, limits: EndpointLimits) -> Endpoint {
        self.limits = Some(limits);
        self
    }

    /// Every connection here comes from one of these proxies, and begins with a header of the PROXY
    /// protocol, version 1 or 2, that names its client. The header comes before everything else.
    /// Connections from elsewhere are closed, as are those without a header or with a faulty one;
    /// the log gets a line. On endpoints without this setting, a header is never looked for: it is
    /// a bad request.
    ///
    /// The connection then counts as the client's:
    /// [`client_address`](crate::Exchange::client_address) and [`peer`](crate::Exchange::peer) are
    /// the client's, and so are `connections_per_address` of [`Limits`](crate::Limits) and of
    /// [`EndpointLimits`]. [`secured`](crate::Exchange::secured) is what the header says of TLS
    /// (version 2, `PP2_TYPE_SSL`). If the proxy speaks for itself (`LOCAL`, in health checks) or
    /// does not know the client (`UNKNOWN`, `UNSPEC`), the address is the proxy's own.
    ///
    /// A checksum (CRC32C) is verified if there is one; other fields are skipped. A header of
    /// version 2 has at most 4,112 bytes here, and it has to come within
    /// [`Timeouts::handshake`](field@crate::Timeouts::handshake).
    ///
    /// ```
    /// use bhrh::{Endpoint, HttpServer, Trusted};
    /// use std::io::{Read, Write};
    /// use std::net::TcpStream;
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let app = bhrh::from_fn(|http| {
    ///     http.reply(200, "text/plain", http.client_address.to_string())
    /// });
    /// let endpoint = Endpoint::tcp("127.0.0.1:0")?.proxied(Trusted::loopback());
    /// let server = HttpServer::at([endpoint])?.spawn(app)?;
    ///
    /// let mut proxy = TcpStream::connect(server.local_addr())?;
    /// proxy.write_all(b"PROXY TCP4 203.0.113.7 198.51.100.1 49152 80\r\n")?;
    /// proxy.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
    /// let mut response = String::new();
    /// proxy.read_to_string(&mut response)?;
    /// assert!(response.ends_with("203.0.113.7:49152"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// `HttpServer::at` fails if there is nobody to come from. To trust fields of requests as well,
    /// such as `X-Forwarded-For`, see [`HttpServer::trusts`](crate::HttpServer::trusts): who is
    /// trusted there is asked of the client that the header has named.
    pub fn proxied(mut self, by: Trusted) -> Endpoint {
        if by.is_empty() {
            let message = "an endpoint is proxied by nobody, so that nobody could connect";
            self.fault.get_or_insert(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        self.proxied = Some(by);
        self
    }

    /// Encrypts what is spoken here: HTTPS. [`HttpServer::tls`](crate::HttpServer::tls) does so for
    /// all endpoints of a server.
    ///
    /// A client that speaks plain HTTP gets a 400 that says so, and the connection closes.
    ///
    /// Feature `tls`.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, tls: Tls) -> Endpoint {
        self.tls = Some(tls);
        self
    }

    /// The certificates that it has, if it is encrypted.
    #[cfg(feature = "tls")]
    pub(super) fn certificates(&self) -> Option<&Tls> {
        self.tls.as_ref()
    }

    /// The addresses that it listens on: several if it was made of a name that stands for several.
    pub fn local_addrs(&self) -> impl Iterator<Item = Peer> {
        #[cfg(unix)]
        let to_come = self.to_place.as_ref().map(SocketToPlace::address);
        #[cfg(not(unix))]
        let to_come: Option<Peer> = None;
        self.sockets.iter().map(|socket| socket.address.clone()).chain(to_come)
    }

    /// The first of them. Only an endpoint that is [`taken`](Endpoint::taken) has one.
    pub(super) fn first(&self) -> &Peer {
        &self.sockets[0].address
    }

    pub(super) fn of(listening: Listening, name: Option<String>) -> Endpoint {
        let (sockets, fault) = match listening.address() {
            Ok(address) => (vec![Socket { listening, address }], None),
            Err(error) => (Vec::new(), Some(error)),
        };
        Endpoint { sockets, name, fault, ..Endpoint::nowhere() }
    }

    /// Itself, for a server that takes it; or what is wrong with it. From now on clients can
    /// connect.
    pub(super) fn taken(mut self) -> io::Result<Endpoint> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        if let Some(limits) = &self.limits {
            limits.check()?;
        }
        #[cfg(unix)]
        if let Some(to_place) = self.to_place.take() {
            let address = to_place.address();
            self.sockets.push(Socket { listening: Listening::placed(to_place)?, address });
        }
        Ok(self)
    }

    /// What its listeners make of sockets.
    fn open(&self) -> Open {
        #[cfg(feature = "tls")]
        if let Some(tls) = &self.tls {
            return listener::encrypted(tls.clone());
        }
        listener::plainly()
    }

    /// Whether its URLs begin with `https`.
    pub(super) fn is_encrypted(&self) -> bool {
        #[cfg(feature = "tls")]
        return self.tls.is_some();
        #[cfg(not(feature = "tls"))]
        false
    }

    /// What the engine has to know of it.
    pub(super) fn into_settings(
        self,
        trusted: Option<Arc<Trusted>>,
    ) -> io::Result<EndpointSettings> {
        let address = self.first().clone();
        let open = self.open();
        let listen = |socket: Socket| Listener::new(socket.listening, Arc::clone(&open));
        let listeners = self.sockets.into_iter().map(listen).collect::<io::Result<_>>()?;
        let Endpoint { limits, proxied, .. } = self;
        Ok(EndpointSettings { listeners, address, limits, trusted, proxied })
    }
}

/// A listener that is already bound, for instance by a service manager.
impl From<TcpListener> for Endpoint {
    fn from(listener: TcpListener) -> Endpoint {
        Endpoint::of(Listening::Tcp(listener), None)
    }
}

/// A listener that is already bound. Its path stays when the server has ended: who has made it may
/// remove it.
#[cfg(unix)]
impl From<UnixListener> for Endpoint {
    fn from(listener: UnixListener) -> Endpoint {
        Endpoint::of(Listening::Unix { listener, file: None }, None)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Endpoint").field(&self.local_addrs().collect::<Vec<_>>()).finish()
    }
}
