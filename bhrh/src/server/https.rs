//! What a server needs for HTTPS: certificates.

use super::HttpServer;
use crate::net::tls::Tls;

impl HttpServer {
    /// Encrypts what is spoken at all endpoints that the server has so far: HTTPS.
    ///
    /// ```no_run
    /// use bhrh::{HttpServer, Tls};
    ///
    /// # fn main() -> std::io::Result<()> {
    /// # let app = bhrh::from_fn(|http| http.reply(200, "text/plain", "hello\n"));
    /// let tls = Tls::from_files("cert.pem", "key.pem")?;
    /// HttpServer::bind("0.0.0.0:8443")?.tls(tls).serve_forever(app)
    /// # }
    /// ```
    ///
    /// A handshake holds no thread, has [`Timeouts::handshake`](field@crate::Timeouts::handshake)
    /// in all, and there are at most [`Limits::handshakes`](field@crate::Limits::handshakes) at a
    /// time. A client that speaks plain HTTP gets a 400 that says so, and the connection closes.
    ///
    /// Feature `tls`.
    pub fn tls(mut self, tls: Tls) -> HttpServer {
        self.endpoints = self.endpoints.into_iter().map(|place| place.tls(tls.clone())).collect();
        self
    }
}
