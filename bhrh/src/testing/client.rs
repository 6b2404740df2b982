//! A client of a handler, in memory or over TCP.

use std::fmt;
use std::net::SocketAddr;

use super::memory::Withheld;
use super::request::Request;
use super::response::{Response, responses};
use super::{memory, tcp};
use crate::handler::Handler;
use crate::settings::Profile;
use crate::trusted::Trusted;

/// Sends requests, in memory ([`client`](super::client())) or over TCP
/// ([`tcp_client`](super::tcp_client)).
///
/// ```
/// let app = bhrh::from_fn(|http| http.reply(200, "text/plain", http.command));
/// let client = bhrh::testing::client(&app);
/// assert_eq!(client.put("/").body("text").send().text(), "PUT");
/// assert_eq!(client.request("SPAM", "/").send().text(), "SPAM");
/// ```
#[derive(Clone, Copy)]
pub struct Client<'a> {
    way: Way<'a>,
    trusted: Option<&'a Trusted>,
}

#[derive(Clone, Copy)]
pub(super) enum Way<'a> {
    Memory(&'a dyn Handler),
    Tcp(SocketAddr),
}

impl<'a> Client<'a> {
    pub(super) fn in_memory(handler: &'a dyn Handler) -> Client<'a> {
        Client { way: Way::Memory(handler), trusted: None }
    }

    pub(super) fn over_tcp(address: SocketAddr) -> Client<'a> {
        Client { way: Way::Tcp(address), trusted: None }
    }

    /// Makes the handler's server trust these proxies, as [`HttpServer::trusts`] does. A client in
    /// memory has the address `127.0.0.1`. Over TCP this has no effect: that server has its own
    /// settings.
    ///
    /// ```
    /// use bhrh::Trusted;
    ///
    /// let app = bhrh::from_fn(|http| {
    ///     http.reply(200, "text/plain", http.client_address.host().to_string())
    /// });
    /// let proxies = Trusted::loopback();
    /// let proxied = bhrh::testing::client(&app).trusts(&proxies);
    /// let response = proxied.get("/").header("X-Forwarded-For", "203.0.113.7").send();
    /// assert_eq!(response.text(), "203.0.113.7");
    /// ```
    ///
    /// [`HttpServer::trusts`]: crate::HttpServer::trusts
    pub fn trusts(mut self, proxies: &'a Trusted) -> Client<'a> {
        self.trusted = Some(proxies);
        self
    }

    pub(super) fn way(self) -> Way<'a> {
        self.way
    }

    /// Begins a GET request.
    pub fn get(self, path: &str) -> Request<'a> {
        self.request("GET", path)
    }

    /// Begins a HEAD request.
    pub fn head(self, path: &str) -> Request<'a> {
        self.request("HEAD", path)
    }

    /// Begins a POST request.
    pub fn post(self, path: &str) -> Request<'a> {
        self.request("POST", path)
    }

    /// Begins a PUT request.
    pub fn put(self, path: &str) -> Request<'a> {
        self.request("PUT", path)
    }

    /// Begins a DELETE request.
    pub fn delete(self, path: &str) -> Request<'a> {
        self.request("DELETE", path)
    }

    /// Begins a request of any method.
    pub fn request(self, method: &str, path: &str) -> Request<'a> {
        Request::new(self, method, path)
    }

    /// Sends requests over one connection, all before the first response is read, and gives a
    /// response for each. Only the last can wait for a `100 Continue`.
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| http.reply(200, "text/plain", http.path));
    /// let client = bhrh::testing::client(&app);
    /// let responses = client.pipeline([client.get("/a"), client.head("/b"), client.get("/c")]);
    /// let texts: Vec<&str> = responses.iter().map(|response| response.text()).collect();
    /// assert_eq!(texts, ["/a", "", "/c"]);
    /// ```
    ///
    /// # Panics
    ///
    /// If fewer complete responses come back: the test has failed then.
    #[track_caller]
    #[must_use]
    pub fn pipeline<'r>(self, requests: impl IntoIterator<Item = Request<'r>>) -> Vec<Response> {
        let requests: Vec<Request<'_>> = requests.into_iter().collect();
        if requests.is_empty() {
            return Vec::new();
        }
        let to_head: Vec<bool> = requests.iter().map(Request::is_head).collect();
        let (mut said, mut withheld) = (Vec::new(), Vec::new());
        for (at, request) in requests.iter().enumerate() {
            let (head, body) = request.parts();
            said.extend_from_slice(&head);
            match request.expects() && at + 1 == requests.len() {
                true => withheld = body,
                false => said.extend_from_slice(&body),
            }
        }
        let earlier = &to_head[..to_head.len().saturating_sub(1)];
        let (responses, bytes) = match self.way {
            Way::Memory(handler) => {
                let (bytes, log) = memory::converse(
                    handler,
                    &said,
                    Withheld { bytes: &withheld, earlier_to_head: earlier },
                    Profile::STRICT,
                    self.trusted,
                );
                let logged = |response: Response| response.logged(log.clone());
                let responses = responses(&bytes, &to_head, true).into_iter().map(logged);
                (responses.collect(), bytes)
            }
            Way::Tcp(address) => match tcp::converse(address, &said, &withheld, &to_head) {
                Ok(came) => came,
                Err(error) => panic!("no answer from {address}: {error}"),
            },
        };
        assert!(
            responses.len() == to_head.len(),
            "{} requests, {} complete responses: \"{}\"",
            to_head.len(),
            responses.len(),
            bytes.escape_ascii()
        );
        responses
    }

    /// Sends bytes, after which the client sends no more, and gives the bytes that come back.
    ///
    /// ```
    /// # struct App;
    /// # #[bhrh::http_handler]
    /// # impl App {
    /// #     fn do_GET(&self, http: &mut bhrh::Exchange) -> std::io::Result<()> { http.send_error(404) }
    /// # }
    /// let bytes = bhrh::testing::client(&App).raw(b"what?\r\n\r\n");
    /// assert!(bytes.starts_with(b"HTTP/1.0 400 Bad request syntax ('what?')\r\n"));
    /// ```
    ///
    /// # Panics
    ///
    /// Over TCP, if there is no connection or no end within a minute.
    #[track_caller]
    #[must_use]
    pub fn raw(self, bytes: impl AsRef<[u8]>) -> Vec<u8> {
        match self.way {
            Way::Memory(handler) => {
                let profile = Profile::STRICT;
                memory::converse(
                    handler,
                    bytes.as_ref(),
                    Withheld::default(),
                    profile,
                    self.trusted,
                )
                .0
            }
            Way::Tcp(address) => match tcp::raw(address, bytes.as_ref()) {
                Ok(bytes) => bytes,
                Err(error) => panic!("no end from {address}: {error}"),
            },
        }
    }
}

impl fmt::Debug for Client<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.way {
            Way::Memory(_) => f.write_str("Client(memory)"),
            Way::Tcp(address) => write!(f, "Client({address})"),
        }
    }
}
