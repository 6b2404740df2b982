//! One event loop: its connections, its timers, and what its driver does with them.
//!
//! | file | what it is |
//! | --- | --- |
//! | `state` | what a loop has |
//! | `drive` | round after round, connection after connection |
//! | `waiting` | waiting for something to do, and sorting out what has come |
//! | `idling` | how a wait is made cheap |
//! | `accept` | letting connections in |
//! | `eviction` | connections that are closed because there are no descriptors for new ones |
//! | `relayed` | the header of a connection that a proxy relays |
//! | `settling` | what becomes of a connection that has been served |
//! | `sending` | output that the client takes slowly |
//! | `residing` | connections whose protocol stays with the loop |
//! | `own_thread` | requests that are served by threads of their own |
//! | `shedding` | what is let go of when waiting connections hold too much memory |
//! | `clocks` | when the time of a phase is over |
//! | `linger` | the end of a connection whose client may still be sending |
//! | `closing` | how a connection ends, and how the loop does |

mod accept;
mod clocks;
mod closing;
pub(crate) mod drive;
mod eviction;
mod handshaking;
mod idling;
mod linger;
mod own_thread;
mod relayed;
mod residing;
mod sending;
mod settling;
mod shedding;
pub(crate) mod state;
mod waiting;
