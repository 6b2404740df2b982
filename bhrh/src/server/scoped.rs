//! Serving with a handler that borrows.

use std::io;
use std::sync::Arc;
use std::thread;

use super::HttpServer;
use super::started::Started;
use crate::engine::threads::Threads;
use crate::exchange::Server;
use crate::handler::Handler;
use crate::logging::sink;

impl HttpServer {
    /// Serves while `work` runs on this thread, and returns what `work` does. The handler may
    /// borrow from the calling function: all threads of the server end before this returns.
    ///
    /// ```
    /// use bhrh::{Exchange, HttpServer, http_handler};
    /// use std::io;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// struct Progress<'a>(&'a AtomicU64);
    ///
    /// #[http_handler(protocol_version = "HTTP/1.1")]
    /// impl Progress<'_> {
    ///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
    ///         let done = self.0.load(Ordering::Relaxed);
    ///         http.reply(200, "text/plain", format!("{done} done\n"))
    ///     }
    /// }
    ///
    /// # fn main() -> io::Result<()> {
    /// let done = AtomicU64::new(0);
    /// let sum = HttpServer::bind("127.0.0.1:0")?.serve_while(Progress(&done), |server| {
    ///     println!("progress at http://{}/", server.server_address());
    ///     let rows = (0..1000).inspect(|_| drop(done.fetch_add(1, Ordering::Relaxed)));
    /// #   let client = bhrh::testing::tcp_client(server.server_address());
    /// #   assert_eq!(client.get("/").send().text(), "0 done\n");
    ///     rows.sum::<u64>()
    /// })?;
    /// assert_eq!(sum, 499_500);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// `work` gets the server as requests see it, which can be told to stop. To serve until
    /// a method or a signal does that, and do nothing else, wait for it:
    /// `serve_while(app, Server::wait_for_shutdown)`.
    ///
    /// When `work` returns or panics, the server stops as by
    /// [`RunningServer::shutdown`](crate::RunningServer::shutdown). Connections that outlast
    /// [`Timeouts::shutdown`](crate::Timeouts::shutdown) are cut, and the log says how many. A
    /// method that goes on all the same is waited for, since it may use what it borrows.
    ///
    /// Not in Python, whose handlers share what they refer to.
    ///
    /// # Errors
    ///
    /// As [`spawn`](HttpServer::spawn). Then `work` was not called.
    pub fn serve_while<R>(
        self,
        handler: impl Handler,
        work: impl FnOnce(&Server) -> R,
    ) -> io::Result<R> {
        thread::scope(|scope| {
            let started = Started::new(self, Arc::new(handler), &Threads::within(scope))?;
            let server = started.pool.server().clone();
            let _ending = Ending(started);
            Ok(work(&server))
        })
    }
}

/// Ends a server, also when what was done meanwhile has panicked.
struct Ending<'h>(Started<'h>);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        let Ending(started) = self;
        started.pool.stop();
        if let Some(complaint) = started.wait().and_then(|left| left.complaint()) {
            let address = &started.address;
            sink::by(started.pool.log(), || {
                started.pool.complain(format_args!("the server at {address}: {complaint}"));
            });
            // The process may be about to end.
            started.pool.log().end();
        }
    }
}
