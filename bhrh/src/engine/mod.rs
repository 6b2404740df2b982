//! The server's engine: sockets, threads and clocks. Handlers run in place, on the thread that
//! drives an event loop. When one of them blocks, the loop goes on without that thread.
//!
//! All that the engine has to know of HTTP is [`turn`](crate::turn). A file uses only files of its
//! own row and of rows further down.
//!
//! | file | what it is |
//! | --- | --- |
//! | `pool` | the engine as a whole: its threads, its end |
//! | `event_loop` | what the driver of a loop does with its connections |
//! | `kept_thread` | a thread that stays with a connection for its next request |
//! | `service` | one connection for as long as it has requests |
//! | `shared` | what all threads have in common |
//! | `event_loop/state` | what a loop has |
//! | `letter`, `next_step` | what threads tell one another about a connection |
//! | `loop_line` | how any thread sends over a connection that is a loop's |
//! | `connection` | what is kept of a connection between two services |
//! | `handoff` | how a loop gets from a thread that blocks to one that does not |
//! | `monitor` | the tick that notices |
//! | `late_output` | output that a handler left lying |
//! | `minimum_rate` | how long a thread waits for a client |
//! | `endpoint` | what is known of each address that the engine listens on |
//! | `slow_kinds` | which methods have lately been slow |
//! | `residence` | a protocol that stays with a connection's loop |
//! | `upgrades` | connections that other protocols have taken over |
//! | `census`, `client` | who is connected, and who counts as one |
//! | `waiting_memory` | how much waiting connections hold, and which clients hold the most |
//! | `descriptor_want` | what loops close when there are no descriptors for new connections |
//! | `handshakes` | how many of them go on |
//! | `scarcity` | whether threads are scarce, and which can be done without |
//! | `repeated` | what the log hears of once in a while |
//! | `threads` | where its threads come from |
//! | `crew`, `even_share`, `fair_queue`, `shutdown`, `inbox`, `timers` | one small thing each |

#[cfg(test)]
mod any_transport;
mod begun;
mod census;
mod client;
mod connection;
mod crew;
mod descriptor_want;
pub(crate) mod endpoint;
mod even_share;
mod event_loop;
mod fair_queue;
mod handoff;
mod handshakes;
mod inbox;
mod kept_thread;
mod late_output;
mod letter;
mod loop_line;
mod minimum_rate;
mod monitor;
mod next_step;
pub(crate) mod pool;
mod repeated;
mod residence;
mod scarcity;
mod service;
mod shared;
mod shutdown;
mod slow_kinds;
pub(crate) mod threads;
mod timers;
#[cfg(test)]
mod unit_tests;
mod upgrades;
mod waiting_memory;
mod wariness;

use crate::net::readiness;
