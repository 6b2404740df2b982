//! WebSockets (RFC 6455).
//!
//! The protocol stands in files that neither read nor write: bytes in, values out. A file uses only
//! files further down.
//!
//! | file | what it is |
//! | --- | --- |
//! | `session` | what one side hears, and the frames that it owes as a reply |
//! | `content` | the content of messages: put together, UTF-8 checked, within a limit |
//! | `deflate` | compressed messages |
//! | `decoder` | frames, in pieces as they come |
//! | `close` | the payload of close frames |
//! | `frame` | heads of frames, and the mask |
//! | `utf8` | UTF-8 that comes in pieces |
//! | `violation` | what a peer can do wrong, and the close code for it |

pub(crate) mod close;
mod content;
pub(crate) mod decoder;
#[cfg(feature = "websocket-deflate")]
pub(crate) mod deflate;
pub(crate) mod frame;
pub(crate) mod session;
mod utf8;
pub(crate) mod violation;

pub use close::Closed;
