//! What a method may choose when it opens a WebSocket.

use std::borrow::Cow;
use std::time::Duration;

/// What a WebSocket is opened with: see
/// [`Exchange::websocket_with`](crate::Exchange::websocket_with).
///
/// ```
/// use bhrh::websocket::Options;
///
/// let options = Options::new().subprotocols(["chat.v2", "chat.v1"]).longest_message(64 << 10);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Options {
    pub(super) subprotocols: Vec<Cow<'static, str>>,
    pub(super) origins: Origins,
    pub(super) message: u64,
    pub(super) keep_alive: Option<Duration>,
    pub(super) send_time: Duration,
    pub(super) backlog: usize,
    #[cfg(feature = "websocket-deflate")]
    pub(super) compression: bool,
}

/// Systems know no time-outs of 0.
const SHORTEST: Duration = Duration::from_millis(1);

/// As good as for ever, and still a time that can be added to another.
const LONGEST: Duration = Duration::from_secs(100 * 365 * 86_400);

/// Which pages may open a WebSocket.
#[derive(Debug, Clone)]
pub(super) enum Origins {
    /// Those of the same host.
    Own,
    Any,
    Listed(Vec<Cow<'static, str>>),
}

impl Default for Options {
    fn default() -> Options {
        Options::new()
    }
}

impl Options {
    /// The defaults.
    pub fn new() -> Options {
        Options {
            subprotocols: Vec::new(),
            origins: Origins::Own,
            message: 1 << 20,
            keep_alive: Some(Duration::from_secs(30)),
            send_time: Duration::from_secs(30),
            backlog: 1 << 20,
            #[cfg(feature = "websocket-deflate")]
            compression: true,
        }
    }

    /// The subprotocols that are spoken here (RFC 6455 section 1.9). The first one that the client
    /// names and that is one of these is chosen: see
    /// [`WebSocket::subprotocol`](super::WebSocket::subprotocol). The default: none.
    pub fn subprotocols<T: Into<Cow<'static, str>>>(
        mut self,
        names: impl IntoIterator<Item = T>,
    ) -> Options {
        self.subprotocols = names.into_iter().map(Into::into).collect();
        self
    }

    /// The pages that may open a WebSocket, by their `Origin`, such as `https://example.org`. The
    /// default: pages whose host and port are those of [`Exchange::host`](crate::Exchange::host). A
    /// browser lets every page in the world open a WebSocket here, with the user's cookies; its
    /// `Origin` is all that tells. Clients that are not browsers send none, and are not concerned.
    pub fn origins<T: Into<Cow<'static, str>>>(
        mut self,
        origins: impl IntoIterator<Item = T>,
    ) -> Options {
        self.origins = Origins::Listed(origins.into_iter().map(Into::into).collect());
        self
    }

    /// Lets every page open a WebSocket: for what is the same for everybody.
    pub fn any_origin(mut self) -> Options {
        self.origins = Origins::Any;
        self
    }

    /// How many bytes a message may have, decompressed, that [`receive`](super::WebSocket::receive)
    /// returns, and a frame. The default: 1 MiB. A client that sends more gets close code 1009.
    pub fn longest_message(mut self, bytes: usize) -> Options {
        self.message = bytes as u64;
        self
    }

    /// How long a client may be silent before it gets a ping. If nothing comes for as long again,
    /// the client counts as gone. The default: 30 seconds. At least 1 ms; it is measured in steps
    /// of up to a second, and less if it is shorter than two seconds. `None`: the client may be
    /// silent for ever.
    pub fn keep_alive(mut self, time: Option<Duration>) -> Options {
        self.keep_alive = time.map(|time| time.clamp(SHORTEST, LONGEST));
        self
    }

    /// How long a client may take to take one message or one fragment. After that the connection is
    /// closed. The default: 30 seconds. At least 1 ms.
    pub fn send_timeout(mut self, time: Duration) -> Options {
        self.send_time = time.clamp(SHORTEST, LONGEST);
        self
    }

    /// How many bytes may wait for a client before another message is sent to it, if nobody waits:
    /// see [`websocket_events`](crate::Exchange::websocket_events). If more wait, the client is
    /// disconnected. The default: 1 MiB.
    pub fn backlog(mut self, bytes: usize) -> Options {
        self.backlog = bytes;
        self
    }

    /// Whether messages are compressed if the client offers it (RFC 7692, `permessage-deflate`).
    /// The default: yes. Each message is compressed by itself, so nothing is kept between two.
    #[cfg(feature = "websocket-deflate")]
    pub fn compression(mut self, on: bool) -> Options {
        self.compression = on;
        self
    }
}
