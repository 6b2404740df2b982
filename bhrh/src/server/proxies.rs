//! Which proxies the server believes.

use super::HttpServer;
use crate::trusted::Trusted;

/// # Behind a proxy
impl HttpServer {
    /// Sets which proxies are believed when they say who their client is. Default: nobody.
    ///
    /// If a connection comes from one of them, its requests' fields count: `X-Forwarded-For`,
    /// `X-Forwarded-Proto` and `X-Forwarded-Host`, or `Forwarded` instead
    /// ([`Trusted::by_forwarded`]). The list of addresses is read from the right, and the first
    /// that is not one of a trusted proxy is the client's. What stands further left may be made up.
    /// Anything but an address ends the list. Scheme and host are the rightmost values, or those
    /// that stand in `Forwarded` with the client.
    ///
    /// Then [`client_address`](crate::Exchange::client_address) is the client's, and so are
    /// `address_string` and the log. [`secured`](crate::Exchange::secured),
    /// [`host`](crate::Exchange::host) and [`origin`](crate::Exchange::origin) are about the
    /// client's request. [`peer`](crate::Exchange::peer) stays the proxy.
    ///
    /// ```
    /// use bhrh::{HttpServer, Trusted};
    ///
    /// # fn main() -> std::io::Result<()> {
    /// let app = bhrh::from_fn(|http| {
    ///     let text = format!("{} by {}", http.client_address.host(), http.origin().unwrap_or_default());
    ///     http.reply(200, "text/plain", text)
    /// });
    /// let server = HttpServer::bind("127.0.0.1:0")?.trusts(Trusted::loopback()).spawn(app)?;
    ///
    /// let request = bhrh::testing::tcp_client(server.local_addr()).get("/");
    /// let request = request.header("X-Forwarded-For", "made up, 203.0.113.7");
    /// let request = request.header("X-Forwarded-Proto", "https");
    /// let response = request.header("X-Forwarded-Host", "app.example").send();
    /// assert_eq!(response.text(), "203.0.113.7 by https://app.example");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The proxy has to set each of these fields, or to remove those that it does not set. It
    /// passes on what a client has written into the others. The guide's files for nginx and HAProxy
    /// do that.
    ///
    /// [`Limits::connections_per_address`](crate::Limits::connections_per_address) and waiting for
    /// a thread go by the connection, and so by the proxy's address: a connection of a proxy has
    /// requests of many clients. With the PROXY protocol
    /// ([`Endpoint::proxied`](crate::Endpoint::proxied)) they go by the client's.
    pub fn trusts(mut self, proxies: Trusted) -> HttpServer {
        self.trusted = Some(proxies);
        self
    }
}
