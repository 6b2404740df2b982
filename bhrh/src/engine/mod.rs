//! Connections and what drives them.
//!
//! `turn` takes one request through the core, the exchange and the handler, over anything that
//! reads and writes; it is all that an engine has to know of HTTP. `stream` drives one connection
//! of the user's own. `threads` is the server's engine, one thread a connection: `accept` lets
//! connections in, `connection` drives one, `registry` knows them all.

mod accept;
mod connection;
mod registry;
pub(crate) mod stream;
pub(crate) mod threads;
pub(crate) mod turn;
