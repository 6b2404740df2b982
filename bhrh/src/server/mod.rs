//! The server: a builder, and a handle to what it started.

pub(crate) mod bind;
mod connection;
mod endpoint;
#[cfg(feature = "tls")]
mod https;
#[cfg(all(unix, feature = "listenfd"))]
mod inherited;
#[cfg(not(feature = "signals"))]
mod no_signals;
#[cfg(not(feature = "tls"))]
mod no_tls;
mod proxies;
#[cfg(feature = "tls")]
mod renewal;
pub(crate) mod running;
mod scoped;
#[cfg(feature = "signals")]
mod signals;
mod started;
mod until;

use std::fmt;
use std::io;
use std::net::{TcpListener, ToSocketAddrs};

pub use connection::Connection;
pub use endpoint::Endpoint;

use crate::engine::pool::Settings;
use crate::logging::writer::LogOverflow;
use crate::peer::Peer;
use crate::settings::Limits;
use crate::settings::Profile;
use crate::settings::Timeouts;
use crate::trusted::Trusted;

/// The default of [`HttpServer::max_threads`].
const MAX_THREADS: usize = 512;

/// A server that listens, and what it allows its connections.
///
/// The handler sets what a response looks like. The server sets what a connection may do:
///
/// ```
/// use bhrh::{Exchange, HttpServer, Profile, http_handler};
/// use std::io;
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
///         http.reply(200, "text/plain", "fine")
///     }
/// }
///
/// # fn main() -> io::Result<()> {
/// let server = HttpServer::bind("127.0.0.1:0")?.profile(Profile::PYTHON).max_threads(16);
/// let running = server.spawn(App)?; // or `serve_forever(App)`, which blocks
/// println!("at {}", running.url());
/// running.shutdown();
/// running.join()
/// # }
/// ```
#[derive(Debug)]
#[must_use = "it serves nobody before `serve_forever` or `spawn`"]
pub struct HttpServer {
    /// At least one.
    endpoints: Vec<Endpoint>,
    settings: Settings,
    trusted: Option<Trusted>,
    #[cfg(feature = "signals")]
    stops_on_signals: bool,
}

impl HttpServer {
    /// Listens on an address: `"127.0.0.1:8000"`, `"[fe80::1%eth0]:8000"`, `("localhost", 8000)`, a
    /// `SocketAddr`. A name is
    /// bound with all addresses that it resolves to, and port 0 lets the system choose one port
    /// for all of them. `"unix:/run/app.sock"` is a Unix socket, as by [`Endpoint::unix`].
    ///
    /// # Errors
    ///
    /// If the name cannot be resolved, or the system cannot listen on the address. The error has
    /// the [`io::ErrorKind`] of the system's error, and names the address and the remedy. For a
    /// Unix socket, as [`Endpoint::unix`].
    pub fn bind(address: impl ToSocketAddrs + fmt::Debug) -> io::Result<HttpServer> {
        HttpServer::at([match bind::path(&address) {
            Some(path) => Endpoint::at_path(&path?)?,
            None => Endpoint::tcp(address)?,
        }])
    }

    /// Takes a listener that is already bound, for instance one from a service manager.
    ///
    /// # Errors
    ///
    /// If the system does not tell the listener's address.
    pub fn from_listener(listener: TcpListener) -> io::Result<HttpServer> {
        HttpServer::at([Endpoint::from(listener)])
    }

    /// Listens at several places: on addresses of TCP, and on Unix sockets.
    ///
    /// ```no_run
    /// # #[cfg(unix)] {
    /// use bhrh::{Endpoint, HttpServer};
    ///
    /// # fn main() -> std::io::Result<()> {
    /// # let app = bhrh::from_fn(|http| http.reply(200, "text/plain", "hello\n"));
    /// HttpServer::at([
    ///     Endpoint::tcp("127.0.0.1:8000")?,
    ///     Endpoint::unix("/run/app.sock")?.mode(0o660),
    /// ])?
    /// .serve_forever(app)
    /// # }
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] without an endpoint, or if an endpoint was set to something
    /// that does not suit it. For a Unix socket, as [`Endpoint::unix`]. The system's error if it
    /// does not tell a listener's address.
    pub fn at(endpoints: impl IntoIterator<Item = Endpoint>) -> io::Result<HttpServer> {
        let endpoints: Vec<_> =
            endpoints.into_iter().map(Endpoint::taken).collect::<io::Result<_>>()?;
        if endpoints.is_empty() {
            let message = "a server needs an endpoint to listen at";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        Ok(HttpServer::new(endpoints))
    }

    /// Listens at one more place.
    ///
    /// # Errors
    ///
    /// As [`at`](HttpServer::at).
    pub fn and(mut self, endpoint: Endpoint) -> io::Result<HttpServer> {
        self.endpoints.push(endpoint.taken()?);
        Ok(self)
    }

    fn new(endpoints: Vec<Endpoint>) -> HttpServer {
        let settings = Settings {
            profile: Profile::STRICT,
            limits: Limits::default(),
            timeouts: Timeouts::default(),
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            max_threads: MAX_THREADS,
            log_overflow: LogOverflow::default(),
        };
        HttpServer {
            endpoints,
            settings,
            trusted: None,
            #[cfg(feature = "signals")]
            stops_on_signals: false,
        }
    }

    /// Sets how lenient the server is towards clients. Default: [`Profile::STRICT`].
    pub fn profile(mut self, profile: Profile) -> HttpServer {
        self.settings.profile = profile;
        self
    }

    /// Sets how much the server takes from its clients, and how many clients.
    pub fn limits(mut self, limits: Limits) -> HttpServer {
        self.settings.limits = limits;
        self
    }

    /// Sets how long the server waits for a client.
    pub fn timeouts(mut self, timeouts: Timeouts) -> HttpServer {
        self.settings.timeouts = timeouts;
        self
    }

    /// Sets how many event loops there are. Default: one for each processor; at least 1.
    ///
    /// Methods run on the threads that drive the event loops. When a method blocks, another thread
    /// takes over its event loop, so other clients do not wait for the method.
    pub fn threads(mut self, count: usize) -> HttpServer {
        self.settings.threads = count;
        self
    }

    /// Sets how many threads there are at most, including those of the event loops. This bounds how
    /// many methods can block at a time: all threads but those that drive the event loops. Beyond
    /// that, requests that need a thread wait for one
    /// ([`Timeouts::thread`](field@Timeouts::thread)). Default: 512; at least 2. There are fewer
    /// event loops than threads, so that a slow client never holds one.
    pub fn max_threads(mut self, most: usize) -> HttpServer {
        self.settings.max_threads = most;
        self
    }

    /// Sets what becomes of log lines while nobody reads stderr. Default: [`LogOverflow::Drop`], so
    /// that the server goes on.
    pub fn log_overflow(mut self, overflow: LogOverflow) -> HttpServer {
        self.settings.log_overflow = overflow;
        self
    }

    /// Makes the server stop, as [`RunningServer::shutdown`] does, when the process is asked to
    /// end: on SIGTERM, and on SIGINT (Ctrl-C).
    ///
    /// Running requests are finished, for [`Timeouts::shutdown`] at most; then
    /// [`serve_forever`](HttpServer::serve_forever) returns. A second signal ends the process at
    /// once, as does any signal after the server has stopped; the first process of a container then
    /// has the exit status 143 for SIGTERM, or 130. If a process has several servers, one signal
    /// stops all of them that have this setting.
    ///
    /// On Windows this means Ctrl-C, since there are no other such signals.
    ///
    /// ```no_run
    /// # use bhrh::{Exchange, HttpServer, http_handler};
    /// # use std::io;
    /// # struct App;
    /// # #[http_handler]
    /// # impl App {
    /// #     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> { http.send_error(404) }
    /// # }
    /// # fn main() -> io::Result<()> {
    /// HttpServer::bind("127.0.0.1:8000")?.stop_on_signals().serve_forever(App)?;
    /// println!("All requests have been answered.");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Feature `signals`.
    ///
    /// [`RunningServer::shutdown`]: crate::RunningServer::shutdown
    #[cfg(feature = "signals")]
    pub fn stop_on_signals(mut self) -> HttpServer {
        self.stops_on_signals = true;
        self
    }

    /// The address it listens on; the first, if there are several.
    #[must_use]
    pub fn local_addr(&self) -> Peer {
        self.endpoints[0].first().clone()
    }

    /// All addresses it listens on.
    pub fn local_addrs(&self) -> impl Iterator<Item = Peer> {
        self.endpoints.iter().flat_map(Endpoint::local_addrs)
    }
}
