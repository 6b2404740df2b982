//! WebSockets (RFC 6455): see [`WebSocket`].
//!
//! ```
//! use bhrh::websocket::Message;
//!
//! let app = bhrh::from_fn(|http| -> std::io::Result<()> {
//!     let mut socket = http.websocket()?;
//!     while let Some(Message::Text(text)) = socket.receive()? {
//!         socket.send(&text.to_uppercase())?;
//!     }
//!     Ok(())
//! });
//! bhrh::testing::client(&app).get("/").websocket(|socket| {
//!     socket.send("hello")?;
//!     assert_eq!(socket.receive()?, Some(Message::Text("HELLO".into())));
//!     Ok(())
//! });
//! ```

// The protocol stands in files that neither read nor write: bytes in, values out. A file uses only
// files further down.
//
// | file | what it is |
// | --- | --- |
// | `opening` | how WebSockets are opened that keep no thread |
// | `parked` | one of them, on its loop |
// | `listener` | what is called when one of them has something to say |
// | `socket` | a WebSocket as a method has it |
// | `handshake` | how it is opened |
// | `options` | what a method may choose there |
// | `message` | messages as users have them |
// | `outgoing` | what it sends, by any thread |
// | `session` | what one side hears |
// | `content` | the content of messages: put together, UTF-8 checked, within a limit |
// | `deflate` | compressed messages |
// | `decoder` | frames, in pieces as they come |
// | `close` | the payload of close frames |
// | `frame` | heads of frames, and the mask |
// | `utf8` | UTF-8 that comes in pieces |
// | `violation` | what a peer can do wrong, and the close code for it |

pub(crate) mod close;
mod content;
pub(crate) mod decoder;
#[cfg(feature = "websocket-deflate")]
pub(crate) mod deflate;
pub(crate) mod frame;
mod handshake;
mod listener;
mod message;
mod opening;
mod options;
mod outgoing;
mod parked;
pub(crate) mod session;
mod socket;
mod utf8;
pub(crate) mod violation;

pub use close::Closed;
pub(crate) use handshake::accept;
pub use listener::Listener;
pub use message::Message;
pub use options::Options;
pub use outgoing::Sender;
pub use socket::{MessageReader, WebSocket};
