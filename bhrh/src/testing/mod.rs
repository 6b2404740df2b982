//! Testing a handler: in memory, without a port and a thread, or over TCP.
//!
//! ```
//! use bhrh::{Exchange, http_handler, testing};
//! use std::io::{self, Read, Write};
//!
//! struct Echo;
//!
//! #[http_handler(protocol_version = "HTTP/1.1")]
//! impl Echo {
//!     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
//!         http.send_response(200);
//!         http.end_headers()?;
//!         http.wfile.write_all(b"hello\n")
//!     }
//!
//!     fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
//!         let mut body = String::new();
//!         http.rfile.read_to_string(&mut body)?;
//!         http.send_response(200);
//!         http.end_headers()?;
//!         http.wfile.write_all(body.as_bytes())
//!     }
//! }
//!
//! let response = testing::client(&Echo).get("/").header("Accept", "text/plain").send();
//! assert_eq!((response.status(), response.text()), (200, "hello\n"));
//! assert_eq!(response.header("Content-Length"), Some("6"));
//! assert!(response.log()[0].contains("\"GET / HTTP/1.1\" 200 -"));
//!
//! // The same test in memory and over a port.
//! testing::in_memory_and_tcp(|| Echo, |client| {
//!     assert_eq!(client.post("/").body("a=1").send().text(), "a=1");
//!     assert_eq!(client.post("/").chunked(["a=", "2"]).send().text(), "a=2");
//!     let waiting = client.post("/").body("a=3").expect_continue().send();
//!     assert_eq!((waiting.interim(), waiting.text()), (&[100][..], "a=3"));
//!     let both = client.pipeline([client.get("/1"), client.get("/2").http_10()]);
//!     assert_eq!(both[1].header("Connection"), Some("close"));
//! });
//! ```

// What is marked `#[inline]` in this folder is compiled by the crates that call it, and so not for
// the programs that do not: it would be a tenth of what the whole crate takes.
mod client;
pub(crate) mod memory;
mod pipe;
mod request;
mod response;
mod switched;
mod tcp;

use std::net::ToSocketAddrs;
use std::thread;

pub use client::Client;
pub use request::Request;
pub use response::Response;

use crate::handler::Handler;
use crate::server::HttpServer;

/// A client of a handler, in memory.
///
/// ```
/// let app = bhrh::from_fn(|http| http.reply(200, "text/plain", http.path));
/// let client = bhrh::testing::client(&app);
/// assert_eq!(client.get("/a").send().text(), "/a");
/// ```
#[must_use]
pub fn client(handler: &dyn Handler) -> Client<'_> {
    Client::in_memory(handler)
}

/// A client of whatever listens on an address: of [`HttpServer::spawn`], for instance.
///
/// ```
/// use bhrh::{Exchange, HttpServer, http_handler, testing};
/// use std::io;
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
///         http.send_error(404)
///     }
/// }
///
/// # fn main() -> io::Result<()> {
/// let server = HttpServer::bind("127.0.0.1:0")?.spawn(App)?;
/// assert_eq!(testing::tcp_client(server.local_addr()).get("/").send().status(), 404);
/// # Ok(())
/// # } // Dropped, the server ends.
/// ```
///
/// # Panics
///
/// If the address does not resolve to an IP address.
#[track_caller]
#[must_use]
pub fn tcp_client(address: impl ToSocketAddrs) -> Client<'static> {
    match address.to_socket_addrs().map(|mut found| found.next()) {
        Ok(Some(address)) => Client::over_tcp(address),
        Ok(None) => panic!("the address stands for no IP address"),
        Err(error) => panic!("no address: {error}"),
    }
}

/// Runs a test twice: in memory, and over TCP to a server on a port of its own. Each time with a
/// new handler.
///
/// ```
/// use bhrh::testing;
///
/// let app = || bhrh::from_fn(|http| http.reply(200, "text/plain", "hello"));
/// testing::in_memory_and_tcp(app, |client| {
///     assert_eq!(client.get("/").send().text(), "hello");
/// });
/// ```
///
/// # Panics
///
/// If the test panics, and if no server can be started.
pub fn in_memory_and_tcp<H: Handler + 'static>(handler: impl Fn() -> H, test: impl Fn(Client<'_>)) {
    /// Says which of the two runs of a test has failed.
    struct Way(&'static str);
    impl Drop for Way {
        fn drop(&mut self) {
            if thread::panicking() {
                eprintln!("note: this was the test {}", self.0);
            }
        }
    }

    {
        let _way = Way("in memory");
        test(client(&handler()));
    }
    let _way = Way("over TCP");
    match HttpServer::bind("127.0.0.1:0").and_then(|server| server.spawn(handler())) {
        Ok(server) => test(tcp_client(server.local_addr())),
        Err(error) => panic!("{error}"),
    }
}

/// Sends a GET request: short for `client(handler).get(path).send()`.
///
/// ```
/// let app = bhrh::from_fn(|http| http.send_error((404, "No cheese")));
/// let response = bhrh::testing::get(&app, "/cheese");
/// assert_eq!((response.status(), response.reason()), (404, "No cheese"));
/// ```
#[must_use]
#[inline]
pub fn get(handler: &dyn Handler, path: &str) -> Response {
    client(handler).get(path).send()
}
