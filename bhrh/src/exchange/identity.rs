//! Who the client is and what it asked for, through the proxies that are trusted.

use std::net::IpAddr;

use super::Exchange;
use crate::peer::Peer;
use crate::proto::forwarded;
use crate::trusted::Trusted;

/// # Who the client is. Not in Python
///
/// What [trusted proxies](crate::HttpServer::trusts) say counts here, and nobody else's word does.
impl<'a> Exchange<'a> {
    /// Who has connected: the proxy, if there is one in front. (If the proxy speaks the PROXY
    /// protocol, the connection counts as its client's: see
    /// [`Endpoint::proxied`](crate::Endpoint::proxied).)
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| {
    ///     let text = format!("{} through {}", http.client_address, http.peer());
    ///     http.reply(200, "text/plain", text)
    /// });
    /// let proxies = bhrh::Trusted::loopback();
    /// let request = bhrh::testing::client(&app).trusts(&proxies).get("/");
    /// let response = request.header("X-Forwarded-For", "203.0.113.7:5060").send();
    /// assert_eq!(response.text(), "203.0.113.7:5060 through 127.0.0.1:49152");
    /// ```
    #[must_use]
    pub fn peer(&self) -> &Peer {
        self.live.transport.peer().unwrap_or(&self.client_address)
    }

    /// The client's IP address: that of [`client_address`](Exchange::client_address). `None` for a
    /// client of a Unix socket. Keep limits and counts by it; a client of IPv6 has a network of 64
    /// bits.
    #[must_use]
    pub fn client_ip(&self) -> Option<IpAddr> {
        self.client_address.ip()
    }

    /// Whether the client's request came encrypted, to this server or to the trusted proxy that
    /// says so: by `X-Forwarded-Proto` or the `proto` of `Forwarded`, or by the PROXY protocol.
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| match http.secured() {
    ///     true => http.reply(200, "text/plain", "nobody listens\n"),
    ///     false => http.redirect(308, "https://app.example/"),
    /// });
    /// let proxies = bhrh::Trusted::loopback();
    /// let client = bhrh::testing::client(&app).trusts(&proxies);
    /// assert_eq!(client.get("/").header("X-Forwarded-Proto", "https").send().status(), 200);
    /// assert_eq!(client.get("/").header("X-Forwarded-Proto", "http").send().status(), 308);
    /// ```
    #[must_use]
    pub fn secured(&self) -> bool {
        let said = self.believed().and_then(|trusted| forwarded::is_secured(self.headers, trusted));
        said.unwrap_or_else(|| self.live.transport.is_secured())
    }

    /// The host that the client asked for, with the port if that is not the scheme's own: what a
    /// trusted proxy says in `X-Forwarded-Host` or the `host` of `Forwarded`, or `Host`. `None` if
    /// it is missing or malformed.
    ///
    /// A client can write any host. Before a link that others will follow is made of it (in a mail,
    /// or in a page that is cached), compare it with the hosts that are yours.
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| {
    ///     http.reply(200, "text/plain", http.host().unwrap_or("nowhere"))
    /// });
    /// let request = bhrh::testing::client(&app).get("/").header("Host", "app.example:8080");
    /// assert_eq!(request.send().text(), "app.example:8080");
    /// ```
    #[must_use]
    pub fn host(&self) -> Option<&'a str> {
        forwarded::host(self.headers, self.believed())
    }

    /// Scheme and host as the client sees them, in the form of the field `Origin` (RFC 6454 section
    /// 6.2): in lower case, without the scheme's own port. `None` if there is no
    /// [`host`](Exchange::host).
    ///
    /// ```
    /// // A page of another site cannot make a browser post here.
    /// let app = bhrh::from_fn(|http| match http.headers.get("Origin") {
    ///     Some(from) if Some(from) != http.origin().as_deref() => Ok(http.send_error(403)?),
    ///     _ => http.reply(200, "text/plain", "done\n"),
    /// });
    /// let proxies = bhrh::Trusted::loopback();
    /// let post = |origin| {
    ///     let request = bhrh::testing::client(&app).trusts(&proxies).post("/");
    ///     let request = request.header("Host", "app.example").header("X-Forwarded-Proto", "https");
    ///     request.header("Origin", origin).send().status()
    /// };
    /// assert_eq!(post("https://app.example"), 200);
    /// assert_eq!(post("https://other.example"), 403);
    /// ```
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        let scheme = if self.secured() { "https" } else { "http" };
        let short = forwarded::without_default_port(self.host()?, scheme);
        Some(format!("{scheme}://{}", short.to_ascii_lowercase()))
    }

    /// Whose fields count, if the peer is one of them.
    fn believed(&self) -> Option<&Trusted> {
        self.server.trusted().filter(|trusted| trusted.has_peer(self.peer()))
    }

    /// Replaces the proxy by its client, if it is one of these proxies.
    pub(crate) fn see_through(&mut self, trusted: &Trusted) {
        if !trusted.has_peer(self.peer()) {
            return;
        }
        if let Some(client) = forwarded::client(self.headers, trusted) {
            self.client_address = client;
        }
    }
}
