//! TLS: the one room that knows rustls.
//!
//! | file | what it is |
//! | --- | --- |
//! | `codec` | the protocol of one connection: bytes in, bytes out |
//! | `encrypted` | a socket with that between it and HTTP |
//! | `channel` | what the engine asks of it |
//! | `duplex` | the same for another protocol, which reads and writes at once |
//! | `session` | what it knows between two calls |
//! | `sealed` | what was encrypted and not yet sent |
//! | `config` | [`Tls`]: certificates, and what is asked of clients |
//! | `certificate` | certificates and keys as they stand in files |
//! | `x509` | the names and the end of a certificate |
//! | `choice` | which certificate a client gets |
//! | `suites` | which cipher suite it gets |
//! | `self_signed` | a certificate for development |
//! | `unconnected` | a session without a socket, for tests |
//!
//! Nothing public names rustls, since its next version has another interface: 0.24 removes the
//! *unbuffered* connection, in whose place all connections work in the caller's buffers. `codec` is
//! the file to rewrite then, and `config`, `choice` and `suites` are to be looked at.
//!
//! rustls' process-wide provider is never used: another crate of the program may set another one.

mod certificate;
mod channel;
mod choice;
mod codec;
mod config;
mod duplex;
pub(crate) mod encrypted;
mod sealed;
#[cfg(feature = "tls-dev")]
mod self_signed;
mod session;
mod suites;
#[cfg(feature = "__internals")]
pub(crate) mod unconnected;
mod x509;

pub use certificate::CertificateInfo;
pub use config::Tls;

#[cfg(all(test, feature = "tls-dev"))]
mod tests;
