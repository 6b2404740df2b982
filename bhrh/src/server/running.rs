//! Starting a server, and the handle to it.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::thread;

use super::HttpServer;
use super::started::Started;
use crate::engine::threads::Threads;
use crate::exchange::Server;
use crate::handler::Handler;
use crate::logging;
use crate::peer::Peer;

impl HttpServer {
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
        let started = Started::new(self, Arc::new(handler), &Threads::free())?;
        Ok(RunningServer { started, joined: false })
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
    started: Started<'static>,
    joined: bool,
}

impl RunningServer {
    /// The address it listens on; the first, if there are several.
    #[must_use]
    pub fn local_addr(&self) -> Peer {
        self.started.address.clone()
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
        let path = path.strip_prefix('/').unwrap_or(path);
        let Started { address, is_encrypted, .. } = &self.started;
        let origin = address.origin_of(if *is_encrypted { "https" } else { "http" });
        format!("{origin}/{path}")
    }

    /// Tells the server to stop, and returns at once. The server accepts no more connections,
    /// closes idle ones, and answers running requests with `Connection: close`.
    pub fn shutdown(&self) {
        self.started.pool.stop();
    }

    /// Whether the server was told to stop: by [`shutdown`](RunningServer::shutdown), by a method
    /// or by a signal. A program that does work of its own beside the server asks this between two
    /// steps.
    ///
    /// ```
    /// use bhrh::HttpServer;
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let app = bhrh::from_fn(|http| {
    ///     http.server.shutdown();
    ///     http.reply(200, "text/plain", "good bye\n")
    /// });
    /// let running = HttpServer::bind("127.0.0.1:0")?.spawn(app)?;
    /// assert!(!running.is_shutting_down());
    /// bhrh::testing::tcp_client(running.local_addr()).get("/").send();
    /// assert!(running.is_shutting_down());
    /// running.join()
    /// # }
    /// ```
    #[must_use]
    pub fn is_shutting_down(&self) -> bool {
        self.started.pool.is_stopping()
    }

    /// Logs the address that the server listens on.
    pub(crate) fn announce(&self, addresses: &[Peer]) {
        logging::sink::by(self.started.pool.log(), || {
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
    /// The client of such a method gets nothing from then on, and a reset when the method returns
    /// or the process ends.
    /// [`io::ErrorKind::Deadlock`], at once, if one of this server's own methods calls `join`.
    ///
    /// [`Timeouts::shutdown`]: crate::Timeouts::shutdown
    pub fn join(mut self) -> io::Result<()> {
        self.joined = true;
        let Some(left) = self.started.wait() else {
            let message = "a method of the server's own waits for the server to stop, which waits for \
                           the method: only stop it there, by `http.server.shutdown()`";
            return Err(io::Error::new(io::ErrorKind::Deadlock, message));
        };
        match left.complaint() {
            Some(message) => Err(io::Error::new(io::ErrorKind::TimedOut, message)),
            None => Ok(()),
        }
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
        let server = self.started.pool.server().clone();
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
        let address = &self.started.address;
        let pool = &self.started.pool;
        logging::sink::by(pool.log(), || {
            pool.complain(format_args!("the server at {address} {what}"));
        });
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        let is_early =
            !self.joined && !self.started.pool.is_stopping() && !self.started.pool.was_visited();
        if is_early && !thread::panicking() {
            self.complain();
        }
        self.started.pool.stop();
        if !self.joined {
            self.started.wait();
        }
    }
}

impl fmt::Debug for RunningServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningServer")
            .field("address", &self.started.address)
            .finish_non_exhaustive()
    }
}
