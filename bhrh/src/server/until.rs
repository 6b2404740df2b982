//! Serving until a condition holds.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use super::HttpServer;
use crate::exchange::Exchange;
use crate::handler::Handler;
use crate::handler::outcome::{Dispatch, Outcome};

impl HttpServer {
    /// Serves until `done`, which is called after each request, returns `true`. Then the server
    /// accepts no more connections, answers the requests that are running, and this returns.
    ///
    /// An example: a program waits for one redirect from a browser, which may ask for
    /// `/favicon.ico` first.
    ///
    /// ```
    /// use bhrh::{Exchange, HttpServer, http_handler};
    /// use std::io;
    /// use std::sync::{Arc, OnceLock};
    ///
    /// #[derive(Default)]
    /// struct Catcher {
    ///     target: OnceLock<String>,
    /// }
    ///
    /// #[http_handler]
    /// impl Catcher {
    ///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
    ///         if !http.path.starts_with("/callback?") {
    ///             return http.send_error(404);
    ///         }
    ///         let _ = self.target.set(http.path.to_owned());
    ///         http.reply(200, "text/plain", "You may close this window.\n")
    ///     }
    /// }
    ///
    /// # fn main() -> io::Result<()> {
    /// let server = HttpServer::bind("127.0.0.1:0")?;
    /// # let mut browser = bhrh::testing::tcp_client(server.local_addr());
    /// # let browser = std::thread::spawn(move || {
    /// #     (browser.get("/favicon.ico").send().status(), browser.get("/callback?code=7").send().status())
    /// # });
    /// let catcher = Arc::new(Catcher::default());
    /// server.serve_until(Arc::clone(&catcher), |catcher| catcher.target.get().is_some())?;
    /// assert_eq!(catcher.target.get().map(String::as_str), Some("/callback?code=7"));
    /// # assert_eq!(browser.join().unwrap(), (404, 200));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Not in Python, where this is a loop around `handle_request`.
    ///
    /// # Errors
    ///
    /// As [`serve_forever`](HttpServer::serve_forever).
    pub fn serve_until<H: Handler + 'static>(
        self,
        handler: H,
        done: impl Fn(&H) -> bool + Send + Sync + 'static,
    ) -> io::Result<()> {
        self.serve_forever(Until { handler, done })
    }

    /// Serves one request, and stops. Requests that are running at the same time are answered as
    /// well. A request that is refused before its method would run, such as a request with a bad
    /// head, does not count.
    ///
    /// Python: `handle_request()`, which takes one connection, even if no request comes.
    ///
    /// # Errors
    ///
    /// As [`serve_forever`](HttpServer::serve_forever).
    pub fn handle_request(self, handler: impl Handler + 'static) -> io::Result<()> {
        self.serve_until(handler, |_| true)
    }
}

/// A handler, and the condition that is checked after each of its requests.
struct Until<H, F> {
    handler: H,
    done: F,
}

impl<H: Handler, F: Fn(&H) -> bool + Send + Sync> Handler for Until<H, F> {
    fn dispatch(&self, http: &mut Exchange<'_>) -> Dispatch {
        Dispatch::Handled(http.dispatch_to(&self.handler))
    }

    fn wraps(&self) -> Option<&dyn Handler> {
        Some(&self.handler)
    }

    fn handle_one_request(&self, http: &mut Exchange<'_>) -> Outcome {
        // A request whose method panics counts too.
        let outcome = catch_unwind(AssertUnwindSafe(|| http.dispatch()));
        if (self.done)(&self.handler) {
            http.server.shutdown();
        }
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    }
}
