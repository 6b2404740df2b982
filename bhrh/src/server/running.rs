//! The handle to a server that was started.

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
    pub(super) fn start(
        server: HttpServer,
        handler: impl Handler + 'static,
    ) -> io::Result<RunningServer> {
        let started = Started::new(server, Arc::new(handler), &Threads::free())?;
        Ok(RunningServer { started, joined: false })
    }

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
    /// [`io::ErrorKind::Deadlock`], at once, if one of this server's own methods calls `join`.
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
