//! The server as a request sees it.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use crate::peer::Peer;
use crate::trusted::Trusted;

/// The server that a request came to: Python's `server` instance variable.
///
/// A clone of it can be kept, and stops the server from elsewhere:
///
/// ```
/// use bhrh::HttpServer;
///
/// # fn main() -> std::io::Result<()> {
/// let app = bhrh::from_fn(|http| {
///     let server = http.server.clone();
///     std::thread::spawn(move || server.shutdown());
///     let (name, port) = (http.server.server_name(), http.server.server_port());
///     http.reply(200, "text/plain", format!("{name} ends on port {port}\n"))
/// });
/// let server = HttpServer::bind("127.0.0.1:0")?;
/// # let address = server.local_addr();
/// # let client = std::thread::spawn(move || bhrh::testing::tcp_client(address).get("/").send().status());
/// server.serve_forever(app)?; // until the first request
/// # assert_eq!(client.join().unwrap(), 200);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Server {
    address: Peer,
    name: Arc<str>,
    stop: Arc<StopFlag>,
    /// Whose fields about the client are believed.
    trusted: Option<Arc<Trusted>>,
}

/// What a shutdown sets, and whom it wakes.
pub(crate) struct StopFlag {
    set: AtomicBool,
    wake: Box<dyn Fn() + Send + Sync>,
    /// For threads that wait until it is set.
    waiting: Mutex<()>,
    was_set: Condvar,
}

impl StopFlag {
    pub(crate) fn new(wake: impl Fn() + Send + Sync + 'static) -> Arc<StopFlag> {
        Arc::new(StopFlag {
            set: AtomicBool::new(false),
            wake: Box::new(wake),
            waiting: Mutex::new(()),
            was_set: Condvar::new(),
        })
    }

    pub(crate) fn set(&self) {
        if !self.set.swap(true, Ordering::AcqRel) {
            (self.wake)();
            // A thread that is about to wait holds the lock, or sees that it is set.
            drop(self.waiting.lock());
            self.was_set.notify_all();
        }
    }

    fn wait(&self) {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.was_set.wait_while(waiting, |()| !self.is_set()));
    }

    pub(crate) fn is_set(&self) -> bool {
        self.set.load(Ordering::Acquire)
    }
}

impl Server {
    pub(crate) fn new(address: Peer, stop: Arc<StopFlag>, trusted: Option<Arc<Trusted>>) -> Server {
        let name = match address.ip() {
            Some(ip) => ip.to_string().into(),
            None => "localhost".into(),
        };
        Server { address, name, stop, trusted }
    }

    /// A server for one connection over any stream.
    pub(crate) fn alone(address: Option<Peer>, trusted: Option<Trusted>) -> Server {
        let address = address.unwrap_or_else(|| ([0, 0, 0, 0], 0).into());
        Server::new(address, StopFlag::new(|| {}), trusted.map(Arc::new))
    }

    #[inline(always)]
    pub(crate) fn trusted(&self) -> Option<&Trusted> {
        self.trusted.as_deref()
    }

    /// The address of the [`Endpoint`](crate::Endpoint) that the request came to; its first, if it
    /// is a name that stands for several. Python: `server_address`.
    #[must_use]
    pub fn server_address(&self) -> Peer {
        self.address.clone()
    }

    pub(crate) fn address(&self) -> &Peer {
        &self.address
    }

    /// The host part of its address, without brackets; `localhost` for a Unix socket. (Python looks
    /// up a name for it, which may take long.)
    #[must_use]
    pub fn server_name(&self) -> &str {
        &self.name
    }

    /// The port it listens on; 0 for a Unix socket, which has none.
    #[must_use]
    pub fn server_port(&self) -> u16 {
        self.address.port().unwrap_or(0)
    }

    /// Stops the server: it accepts no more connections, and answers the running requests.
    /// Returns at once, so that a handler may call it. (Python's waits for the loop, and so
    /// deadlocks when called from a handler of a single-threaded server.)
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| {
    ///     http.server.shutdown();
    ///     http.reply(200, "text/plain", "good bye\n")
    /// });
    /// let server = bhrh::HttpServer::bind("127.0.0.1:0")?.spawn(app)?;
    /// let client = bhrh::testing::tcp_client(server.local_addr());
    /// assert_eq!(client.get("/").send().text(), "good bye\n");
    /// server.join()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn shutdown(&self) {
        self.stop.set();
    }

    /// Waits until the server was told to stop: by [`shutdown`](Server::shutdown), here or
    /// elsewhere, or by a signal. A thread beside the server may end its own work then. Requests
    /// that are running are still being answered.
    pub fn wait_for_shutdown(&self) {
        self.stop.wait();
    }

    /// Whether [`shutdown`](Server::shutdown) was called, here or elsewhere.
    #[must_use]
    pub fn is_shutting_down(&self) -> bool {
        self.stop.is_set()
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("address", &self.address).finish_non_exhaustive()
    }
}
