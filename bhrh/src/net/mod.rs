//! Sockets and what tells that they are ready. Nothing here knows HTTP or threads.
//!
//! | file | what it is |
//! | --- | --- |
//! | `socket` | a client's socket: every call that the server makes on one |
//! | `channel` | what a transport has to offer |
//! | `duplex` | a connection that another protocol has taken over |
//! | `plain` | the transport that sends bytes as they are |
//! | `transports` | the list of transports |
//! | `listener` | a socket that connections arrive at |
//! | `socket_file` | how a Unix socket comes to its path, and how it leaves |
//! | `descriptors` | how many of them this process may have |
//! | `inherited` | listeners that the service manager passes on; the only file that knows listenfd |
//! | `credentials` | who is at the other end of a Unix socket; the only file that knows nix |
//! | `encryption` | what a method may know of it |
//! | `tls/` | the transport that encrypts them, behind the feature `tls` |
//! | `readiness` | which sockets have something to do; with `socket` and `listener` the only files that know mio |
//!
//! A new transport is one file that implements [`Channel`](channel::Channel), and one line in
//! `transports.rs`. `scrambled` is such a transport, made for the tests.

pub(crate) mod channel;
#[cfg(all(unix, feature = "unix-credentials"))]
mod credentials;
pub(crate) mod descriptors;
pub(crate) mod duplex;
#[cfg(feature = "tls")]
pub(crate) mod encryption;
#[cfg(all(unix, feature = "listenfd"))]
pub(crate) mod inherited;
pub(crate) mod listener;
mod plain;
pub(crate) mod readiness;
#[cfg(test)]
pub(crate) mod scrambled;
pub(crate) mod socket;
#[cfg(unix)]
pub(crate) mod socket_file;
#[cfg(feature = "tls")]
pub(crate) mod tls;
pub(crate) mod transports;
