//! How much of a client's data the server takes, and how many clients.

use std::io;

/// Bounds on what a client may send, in bytes unless said otherwise, and on how many may come.
///
/// A request that exceeds a bound is answered through `send_error`, with the status that is given
/// below. Then the connection closes; the server sees to it that the answer arrives first. Over
/// [`collected_body`](Limits::collected_body) the connection stays open if little is left unread.
/// The largest number of a bound's type turns the bound off, except for the three that can be 1 GiB
/// at most.
///
/// ```
/// let mut limits = bhrh::Limits::default();
/// limits.fields = 50;
/// limits.connections_per_address = 20;
/// # let _ = limits;
/// ```
///
/// The bounds on connections and on what they hold, and the time that a close lingers are the
/// server's ([`HttpServer`](crate::HttpServer)); [`handle`](crate::handle) has one connection, and
/// the other defaults apply to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The request line with its line end: 65536, as in Python. Over it: 414. At most 1 GiB.
    pub request_line: usize,
    /// One field line with its line end: 65536, as in Python. Over it: 431. At most 1 GiB.
    pub field_line: usize,
    /// The number of field lines: 100, as in Python. Over it: 431.
    pub fields: usize,
    /// Request line and field lines together: 1 MiB, as in Go (`DefaultMaxHeaderBytes`); Python
    /// has no such bound. Over it: 431. At most 1 GiB.
    pub head: usize,
    /// The content of a request, however it is read: no bound, as in Python, Go and hyper, since
    /// `rfile` keeps none of it. Over it: 413, before the method runs if `Content-Length` already
    /// exceeds the bound. Otherwise the read that exceeds it fails, and its error, passed on with
    /// `?`, is answered with 413.
    pub body: u64,
    /// The content that [`read_body`](crate::Exchange::read_body) collects in memory: 2 MiB, as in
    /// axum (`DefaultBodyLimit`). Over it: 413, if the error is passed on with `?`.
    pub collected_body: u64,
    /// How much of a request's body the server reads and drops if the handler left it unread, to
    /// find the next request: 256 KiB, as in Go. Over it, the connection closes after the response.
    pub unread_body: u64,
    /// How much the server reads and drops of what a client still sends after the last response, so
    /// that the response arrives (RFC 9112 section 9.6): 64 MiB. nginx and Apache bound it by time
    /// alone. Over it, or after [`Timeouts::linger`](crate::Timeouts::linger), the connection is
    /// closed.
    pub lingering: u64,
    /// The number of requests on one connection: no bound, as in Go and Node.js. The last response
    /// has `Connection: close`.
    pub requests_per_connection: u64,
    /// The number of connections: 25000, what actix-web allows a worker. A connection beyond that
    /// gets a 503. If very many more come at once, some are closed without an answer.
    pub connections: usize,
    /// The number of connections from one address: no bound, as in nginx, since many may come
    /// through one proxy. Of IPv6, a network of 64 bits counts as one address. Over it: 503.
    pub connections_per_address: usize,
    /// The bytes that all waiting connections hold together: heads and small bodies that have not
    /// come whole, and responses that clients do not take. 256 MiB: 10 KiB for each of 25000
    /// connections, more than a line of the head has by default in nginx (8 KiB). Beyond it, the
    /// clients that hold the most lose connections until all have even shares: an unfinished
    /// request gets a 503, a response that is not taken is cut. A client is an address; of IPv6, a
    /// network of 64 bits. What threads use is not in it:
    /// [`max_threads`](crate::HttpServer::max_threads) bounds that.
    pub waiting_memory: usize,
    /// The number of TLS handshakes at a time: 1000. A connection beyond that is closed without an
    /// answer. Each has [`Timeouts::handshake`](crate::Timeouts::handshake).
    pub handshakes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            request_line: 65_536,
            field_line: 65_536,
            fields: 100,
            head: 1 << 20,
            body: u64::MAX,
            collected_body: 2 << 20,
            unread_body: 256 << 10,
            lingering: 64 << 20,
            requests_per_connection: u64::MAX,
            connections: 25_000,
            connections_per_address: usize::MAX,
            waiting_memory: 256 << 20,
            handshakes: 1000,
        }
    }
}

/// Each bound by itself, to be changed in a chain: `Limits::default().body(1 << 20).fields(50)`.
impl Limits {
    setters! {
        request_line: usize, field_line: usize, fields: usize, head: usize, body: u64,
        collected_body: u64, unread_body: u64, lingering: u64, requests_per_connection: u64,
        connections: usize, connections_per_address: usize, waiting_memory: usize,
        handshakes: usize,
    }
}

impl Limits {
    /// Refuses limits with which no client could be served, and limits that the reader of heads
    /// cannot count, since positions in a head have 32 bits. The message names the setting.
    pub(crate) fn check(&self) -> io::Result<()> {
        const MOST: usize = 1 << 30;
        for (name, value) in [
            ("request_line", self.request_line),
            ("field_line", self.field_line),
            ("head", self.head),
        ] {
            if value > MOST {
                let message = format!("Limits::{name} is {value}, and {MOST} (1 GiB) is the most");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
            }
        }
        let requests = usize::from(self.requests_per_connection > 0);
        for (name, value) in [
            ("request_line", self.request_line),
            ("field_line", self.field_line),
            ("fields", self.fields),
            ("head", self.head),
            ("requests_per_connection", requests),
            ("connections", self.connections),
            ("connections_per_address", self.connections_per_address),
            ("handshakes", self.handshakes),
        ] {
            if value == 0 {
                let message = format!("Limits::{name} is 0, so every request would be refused");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bound_can_be_set_in_a_chain() {
        let limits = Limits::default()
            .request_line(1)
            .field_line(2)
            .fields(3)
            .head(4)
            .body(5)
            .collected_body(6)
            .unread_body(7)
            .lingering(8)
            .requests_per_connection(9)
            .connections(10)
            .connections_per_address(11)
            .waiting_memory(12)
            .handshakes(13);
        // Without `..`: a new bound has to be set above.
        let Limits {
            request_line: 1,
            field_line: 2,
            fields: 3,
            head: 4,
            body: 5,
            collected_body: 6,
            unread_body: 7,
            lingering: 8,
            requests_per_connection: 9,
            connections: 10,
            connections_per_address: 11,
            waiting_memory: 12,
            handshakes: 13,
        } = limits
        else {
            panic!("{limits:?}");
        };
    }

    #[test]
    fn a_bound_of_zero_is_named_where_it_would_serve_nobody() {
        assert!(Limits::default().check().is_ok());
        // Zero is a sensible bound here: no content at all.
        let none = Limits { body: 0, collected_body: 0, unread_body: 0, ..Limits::default() };
        assert!(none.check().is_ok());
        let error = Limits { fields: 0, ..Limits::default() }.check().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        assert!(error.to_string().contains("Limits::fields"), "{error}");
    }

    #[test]
    fn a_bound_that_cannot_be_counted_is_named() {
        const MOST: usize = 1 << 30;
        assert!(Limits::default().request_line(MOST).field_line(MOST).head(MOST).check().is_ok());
        for (name, limits) in [
            ("request_line", Limits::default().request_line(MOST + 1)),
            ("field_line", Limits::default().field_line(usize::MAX)),
            ("head", Limits::default().head(MOST + 1)),
        ] {
            let error = limits.check().unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
            let begin = format!("Limits::{name} is ");
            assert!(error.to_string().starts_with(&begin), "{error}");
        }
    }
}
