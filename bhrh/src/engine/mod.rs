//! Connections and what drives them.
//!
//! `turn` takes one request through the core, the exchange and the handler, over anything that
//! reads and writes; it is all that an engine has to know of HTTP (`turn_end` is its second half,
//! `failure` its part for handlers that fail, `refusal` for requests that none gets). `stream`
//! drives one connection of the user's own. The rest is the server's engine: handlers run in place,
//! on the thread that drives an event loop, and when one blocks, the loop goes on without it.
//!
//! | file | what it is |
//! | --- | --- |
//! | `pool` | the engine as a whole: its loops, its threads, its end |
//! | `event_loop` | one loop: its connections and clocks, accepting, driving it |
//! | `service` | one connection for as long as it has requests |
//! | `staying` | a thread that stays with a connection for its next request |
//! | `patience` | how long a thread waits for a client |
//! | `handoff` | how a loop gets from a thread that blocks to one that does not |
//! | `monitor` | the tick that notices |
//! | `late_output` | output that a handler left lying |
//! | `scores` | which methods have lately been slow |
//! | `census` | who is connected |
//! | `connection`, `inbox`, `timers` | what a loop keeps |
//! | `readiness` | the only file that knows mio |

mod census;
mod connection;
mod event_loop;
mod failure;
mod handoff;
mod inbox;
mod late_output;
mod monitor;
mod patience;
pub(crate) mod pool;
mod readiness;
mod refusal;
mod scores;
mod service;
mod staying;
pub(crate) mod stream;
mod timers;
pub(crate) mod turn;
mod turn_end;

use crate::sync;
