//! The server's engine: sockets, threads and clocks. Handlers run in place, on the thread that
//! drives an event loop. When one of them blocks, the loop goes on without that thread.
//!
//! All that the engine has to know of HTTP is [`turn`](crate::turn).
//!
//! | file | what it is |
//! | --- | --- |
//! | `pool` | the engine as a whole: its loops, its threads, its end |
//! | `event_loop` | one loop: its connections and clocks, accepting, driving it |
//! | `service` | one connection for as long as it has requests |
//! | `kept_thread` | a thread that stays with a connection for its next request |
//! | `minimum_rate` | how long a thread waits for a client |
//! | `handoff` | how a loop gets from a thread that blocks to one that does not |
//! | `monitor` | the tick that notices |
//! | `late_output` | output that a handler left lying |
//! | `slow_kinds` | which methods have lately been slow |
//! | `census` | who is connected |
//! | `connection`, `inbox`, `timers` | what a loop keeps |

mod census;
mod connection;
mod event_loop;
mod handoff;
mod inbox;
mod kept_thread;
mod late_output;
mod minimum_rate;
mod monitor;
pub(crate) mod pool;
mod service;
mod slow_kinds;
mod timers;

use crate::net::readiness;
use crate::sync;
