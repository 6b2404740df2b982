//! How much of a client's data the server takes, and how long it waits for it.

use std::time::Duration;

/// Bounds on what a client may send, in bytes unless said otherwise.
///
/// ```
/// let mut limits = bhrh::Limits::default();
/// limits.fields = 50;
/// # let _ = limits;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The request line with its line end: 65536, as in Python. Over it: 414.
    pub request_line: usize,
    /// One field line with its line end: 65536, as in Python. Over it: 431.
    pub field_line: usize,
    /// The number of field lines: 100, as in Python. Over it: 431.
    pub fields: usize,
    /// Request line and field lines together: 1 MiB, as in Go (`DefaultMaxHeaderBytes`); Python
    /// has no such bound. Over it: 431. At most 1 GiB.
    pub head: usize,
    /// What a handler left unread of a request's body and is read and dropped, so that the next
    /// request can be found: 256 KiB, as in Go. Over it, the connection closes after the response.
    pub unread_body: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            request_line: 65_536,
            field_line: 65_536,
            fields: 100,
            head: 1 << 20,
            unread_body: 256 << 10,
        }
    }
}

/// How long a connection may keep the server waiting. All are on by default.
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
    /// From a shutdown to the moment when connections that still run are cut: 30 seconds, as in
    /// actix-web.
    pub shutdown: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts {
            head: Duration::from_secs(30),
            keep_alive: Duration::from_secs(75),
            body: Duration::from_secs(60),
            write: Duration::from_secs(60),
            shutdown: Duration::from_secs(30),
        }
    }
}
