//! How long the server waits for a client.

use std::io;
use std::time::Duration;

/// How long a connection may keep the server waiting. All are on by default;
/// [`Duration::MAX`] turns one off.
///
/// ```
/// use std::time::Duration;
///
/// let mut timeouts = bhrh::Timeouts::default();
/// timeouts.keep_alive = Duration::from_secs(5);
/// # let _ = timeouts;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// From the arrival of a connection to the point where its first request could begin, where
    /// something comes before: a header of the PROXY protocol
    /// ([`Endpoint::proxied`](crate::Endpoint::proxied)), a handshake of TLS, or both. 10 seconds,
    /// as in Kestrel (`HandshakeTimeout`). No byte that comes renews it. The connection closes
    /// without a word.
    pub handshake: Duration,
    /// From the first byte of a request to the end of its head: 30 seconds, as in hyper. After
    /// it the client gets a 408.
    pub head: Duration,
    /// Between a response and the first byte of the next request, and before the first request:
    /// 75 seconds, as in nginx. The connection closes without a word.
    pub keep_alive: Duration,
    /// Between two pieces of a request's body: 60 seconds, as in nginx. The handler's read fails
    /// with [`TimedOut`](std::io::ErrorKind::TimedOut).
    pub body: Duration,
    /// Until the client takes some of a response: 60 seconds, as in nginx. The handler's write
    /// fails with [`TimedOut`](std::io::ErrorKind::TimedOut).
    pub write: Duration,
    /// The least rate of a request's body, in bytes per second, once [`grace`](Timeouts::grace) is
    /// over: 500, as in Apache (mod_reqtimeout, `MinRate=500`). The handler's read fails as after
    /// [`body`](Timeouts::body). Only the time counts in which the server waits for the client, not
    /// the handler's own. 0 turns this off.
    pub body_rate: u32,
    /// The least rate at which a client takes a response, in bytes per second, once
    /// [`grace`](Timeouts::grace) is over: 240, as in Kestrel (`MinResponseDataRate`). Only the
    /// time counts in which the response waits for the client. The handler's write fails. 0 turns
    /// this off.
    pub write_rate: u32,
    /// How far a client may fall behind the two rates, as a time: 20 seconds, as in Apache
    /// (mod_reqtimeout, `body=20`). While a request waits for a thread and all are taken
    /// ([`max_threads`](crate::HttpServer::max_threads)), it is one second, at a rate of 64 KiB per
    /// second: the clients that keep the most threads waiting lose one then.
    pub grace: Duration,
    /// How long a request that needs a thread of its own waits for one: 30 seconds. Then the client
    /// gets a 503. A request needs a thread of its own if its body has still to come, or if
    /// requests of its kind have been slow ([`max_threads`](crate::HttpServer::max_threads)).
    pub thread: Duration,
    /// From the last response to the close, while the client still sends: 30 seconds, as in nginx
    /// (`lingering_time`); and 5 seconds, as there, from one piece to the next. See
    /// [`Limits::lingering`](crate::Limits::lingering). No thread is held for it.
    pub linger: Duration,
    /// From a shutdown to the moment when connections that still run are cut: 30 seconds, as in
    /// actix-web. Zero cuts them at once. A connection whose method still runs is reset when that
    /// method returns, or when the process ends.
    pub shutdown: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts {
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(30),
            keep_alive: Duration::from_secs(75),
            body: Duration::from_secs(60),
            write: Duration::from_secs(60),
            body_rate: 500,
            write_rate: 240,
            grace: Duration::from_secs(20),
            thread: Duration::from_secs(30),
            linger: Duration::from_secs(30),
            shutdown: Duration::from_secs(30),
        }
    }
}

/// Setters for a chain, one for each time: `Timeouts::default().head(Duration::from_secs(5))`.
impl Timeouts {
    setters! {
        handshake: Duration, head: Duration, keep_alive: Duration, body: Duration,
        write: Duration, body_rate: u32, write_rate: u32, grace: Duration, thread: Duration,
        linger: Duration, shutdown: Duration,
    }
}

impl Timeouts {
    /// Refuses a time that would be over before any client could be served.
    pub(crate) fn check(&self) -> io::Result<()> {
        for (name, time) in [
            ("handshake", self.handshake),
            ("head", self.head),
            ("keep_alive", self.keep_alive),
            ("body", self.body),
            ("write", self.write),
            ("thread", self.thread),
        ] {
            if time.is_zero() {
                let message = format!(
                    "Timeouts::{name} is zero, so nobody could be served in time; Duration::MAX \
                     turns it off"
                );
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
    fn every_time_can_be_set_in_a_chain() {
        let seconds = Duration::from_secs;
        let timeouts = Timeouts::default()
            .handshake(seconds(11))
            .head(seconds(1))
            .keep_alive(seconds(2))
            .body(seconds(3))
            .write(seconds(4))
            .body_rate(5)
            .write_rate(6)
            .grace(seconds(7))
            .thread(seconds(10))
            .linger(seconds(8))
            .shutdown(seconds(9));
        // All fields, so that a new one has to be set above.
        let all = Timeouts {
            handshake: seconds(11),
            head: seconds(1),
            keep_alive: seconds(2),
            body: seconds(3),
            write: seconds(4),
            body_rate: 5,
            write_rate: 6,
            grace: seconds(7),
            thread: seconds(10),
            linger: seconds(8),
            shutdown: seconds(9),
        };
        assert_eq!(timeouts, all);
    }

    #[test]
    fn a_time_of_zero_is_named() {
        let at_once = Timeouts { shutdown: Duration::ZERO, ..Timeouts::default() };
        assert!(at_once.check().is_ok());
        let error = Timeouts { body: Duration::ZERO, ..at_once }.check().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
        assert!(error.to_string().contains("Timeouts::body"), "{error}");
    }
}
