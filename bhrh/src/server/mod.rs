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
#[cfg(feature = "signals")]
mod signals;
mod until;

use std::fmt;
use std::io;
use std::net::{TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::thread;

pub use connection::Connection;
pub use endpoint::Endpoint;

use crate::engine::pool::{Left, Pool, Settings};
use crate::exchange::Server;
use crate::handler::Handler;
use crate::logging;
use crate::logging::writer::LogOverflow;
use crate::peer::Peer;
use crate::proto::page;
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
    /// many methods can block at a time. Beyond that, requests that need a thread wait for one
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

    /// Serves until a handler calls `http.server.shutdown()`. Python: `serve_forever()`.
    ///
    /// # Errors
    ///
    /// As [`spawn`](HttpServer::spawn), and as [`RunningServer::join`].
    pub fn serve_forever(self, handler: impl Handler + 'static) -> io::Result<()> {
        self.spawn(handler)?.join()
    }

    /// Starts serving on new threads and returns at once. The server stops when the returned handle
    /// is told to stop or is dropped.
    ///
    /// So keep the handle in a variable (`let _ = …` drops it at once), call
    /// [`join`](RunningServer::join), or let the server run as long as the process does with
    /// [`detach`](RunningServer::detach). The main thread and a handler may share an `Arc`:
    ///
    /// ```
    /// use bhrh::{Exchange, HttpServer, http_handler};
    /// use std::io;
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// #[derive(Default)]
    /// struct Progress(AtomicU64);
    ///
    /// #[http_handler(protocol_version = "HTTP/1.1")]
    /// impl Progress {
    ///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
    ///         let done = self.0.load(Ordering::Relaxed);
    ///         http.reply(200, "text/plain", format!("{done} done\n"))
    ///     }
    /// }
    ///
    /// # fn main() -> io::Result<()> {
    /// let progress = Arc::new(Progress::default());
    /// let _server = HttpServer::bind("127.0.0.1:0")?.spawn(Arc::clone(&progress))?;
    /// for _ in 0..3 {
    ///     progress.0.fetch_add(1, Ordering::Relaxed);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] if the handler's `error_message_format` is invalid, if a
    /// limit or a time-out is zero and no client could be served with it, or if a limit is more
    /// than can be counted. The system's error if no thread can be started.
    pub fn spawn(self, handler: impl Handler + 'static) -> io::Result<RunningServer> {
        page::check(&handler.error_message_format())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        self.settings.limits.check()?;
        self.settings.timeouts.check()?;
        let address = self.local_addr();
        let is_encrypted = self.endpoints[0].is_encrypted();
        #[cfg(feature = "tls")]
        let certificates: Vec<_> =
            self.endpoints.iter().filter_map(Endpoint::certificates).cloned().collect();
        let trusted = self.trusted.map(Arc::new);
        let settings = |endpoint: Endpoint| endpoint.into_settings(trusted.clone());
        let endpoints = self.endpoints.into_iter().map(settings);
        let endpoints = endpoints.collect::<io::Result<_>>()?;
        let pool = Pool::start(endpoints, Arc::new(handler), self.settings)?;
        #[cfg(feature = "tls")]
        let renewal = renewal::Renewal::start(certificates.iter(), pool.complainer())?;
        let server = RunningServer {
            address,
            is_encrypted,
            pool,
            joined: false,
            #[cfg(feature = "tls")]
            _renewal: renewal,
        };
        #[cfg(feature = "signals")]
        if self.stops_on_signals {
            signals::stop(server.pool.stop_flag())?;
        }
        Ok(server)
    }
}

/// A server that runs. Dropping it stops it, gracefully.
///
/// ```
/// use bhrh::HttpServer;
///
/// # fn main() -> std::io::Result<()> {
/// let app = bhrh::from_fn(|http| http.reply(200, "text/plain", "hello\n"));
/// let running = HttpServer::bind("127.0.0.1:0")?.spawn(app)?;
/// assert_eq!(running.url_to("/a"), format!("http://{}/a", running.local_addr()));
/// running.shutdown(); // returns at once
/// running.join() // when all requests have been answered
/// # }
/// ```
#[must_use = "a server stops when this is dropped: keep it in a variable, `join()` it, or `detach()` it \
              for as long as the process runs"]
pub struct RunningServer {
    address: Peer,
    is_encrypted: bool,
    pool: Pool,
    joined: bool,
    #[cfg(feature = "tls")]
    _renewal: Option<renewal::Renewal>,
}

impl RunningServer {
    /// The address it listens on; the first, if there are several.
    #[must_use]
    pub fn local_addr(&self) -> Peer {
        self.address.clone()
    }

    /// The URL of the server's root: `http://127.0.0.1:8000/`, or `https://` with TLS. See
    /// [`url_to`](RunningServer::url_to) for other paths.
    #[must_use]
    pub fn url(&self) -> String {
        self.url_to("/")
    }

    /// The URL of this path. The slash at the beginning may be missing: both `App::user_path(7)`
    /// and `"users/7"` give `http://127.0.0.1:8000/users/7`. There is no standard for URLs of a
    /// Unix socket. This gives the form that some clients know, with the socket's path instead of
    /// the host: `http+unix://%2Frun%2Fapp.sock/users/7`.
    #[must_use]
    pub fn url_to(&self, path: impl AsRef<str>) -> String {
        let path = path.as_ref();
        let scheme = if self.is_encrypted { "https" } else { "http" };
        format!("{}/{}", self.address.origin_of(scheme), path.strip_prefix('/').unwrap_or(path))
    }

    /// Tells the server to stop, and returns at once. The server accepts no more connections,
    /// closes idle ones, and answers running requests with `Connection: close`.
    pub fn shutdown(&self) {
        self.pool.stop();
    }

    /// Logs the address that the server listens on.
    pub(crate) fn announce(&self, addresses: &[Peer]) {
        logging::sink::by(self.pool.log(), || {
            for address in addresses {
                let at = match address.socket_addr() {
                    Some(address) => format!("{} port {}", address.ip(), address.port()),
                    None => address.to_string(),
                };
                let line = format!("Serving HTTP on {at} ({}/) ...\n", address.origin());
                logging::sink::write(logging::sink::LogKind::Message, &line, true);
            }
        });
    }

    /// Waits until the server has stopped: all requests are answered, all threads have ended, and
    /// the server has dropped the handler.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::TimedOut`] if connections had to be cut because they outlasted
    /// [`Timeouts::shutdown`]; the message says how many, and how many threads still run a method.
    /// [`io::ErrorKind::Deadlock`], at once, if one of this server's own methods calls `join`.
    pub fn join(mut self) -> io::Result<()> {
        self.joined = true;
        let Some(left) = self.wait() else {
            let message = "a method of the server's own waits for the server to stop, which waits for \
                           the method: only stop it there, by `http.server.shutdown()`";
            return Err(io::Error::new(io::ErrorKind::Deadlock, message));
        };
        let Left { cut, loops, threads } = left;
        let mut message = match left {
            Left::NOTHING => return Ok(()),
            _ => format!("{cut} connections were cut at the end of the shutdown"),
        };
        if loops > 0 {
            message += &format!(", and {loops} event loops were held up by methods that block");
        }
        if threads > 0 {
            message += &format!("; {threads} threads still run");
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, message))
    }

    /// Lets the server run for as long as the process does, or until the returned handle, a handler
    /// or a signal tells it to stop. When `main` returns, nothing waits for the server. Python:
    /// `daemon=True` of a thread.
    ///
    /// ```
    /// use bhrh::HttpServer;
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let app = bhrh::from_fn(|http| http.reply(200, "text/plain", "up\n"));
    /// HttpServer::bind("127.0.0.1:0")?.spawn(app)?.detach()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The system's, if it gives no thread. The server stops then.
    pub fn detach(self) -> io::Result<Server> {
        let server = self.pool.server().clone();
        let waiter = thread::Builder::new().name("bhrh detached".into());
        waiter.spawn(move || {
            // Nobody can ask any more whether connections were cut.
            let _ = self.join();
        })?;
        Ok(server)
    }

    /// Shows the mistake `let _ = server.spawn(app)?`, which nothing else would show.
    fn complain(&self) {
        let what = "is stopped before anybody has connected, since its `RunningServer` was dropped: \
                    keep it, `join()` it or `detach()` it";
        let address = &self.address;
        let pool = &self.pool;
        logging::sink::by(pool.log(), || {
            pool.complain(format_args!("the server at {address} {what}"));
        });
    }

    fn wait(&self) -> Option<Left> {
        let left = self.pool.join();
        #[cfg(feature = "signals")]
        signals::stopped();
        left
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        let is_early = !self.joined && !self.pool.is_stopping() && !self.pool.was_visited();
        if is_early && !thread::panicking() {
            self.complain();
        }
        self.pool.stop();
        if !self.joined {
            self.wait();
        }
    }
}

impl fmt::Debug for RunningServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningServer").field("address", &self.address).finish_non_exhaustive()
    }
}
