//! The engine over real sockets: handlers that block, clients that dawdle, bounds, ends.
//!
//! Handlers wait for the test, not for a time, and what is asserted is what happened, not when.
//! A time that does stand here is one that is only reached when something hangs.

mod app;
mod balance;
mod blocking;
mod bounds;
mod client;
mod deadlines;
mod ending;
#[cfg(unix)]
mod full_log;
mod gathering;
mod order;
#[cfg(target_os = "linux")]
mod quiet;
mod slow_clients;

use std::time::Duration;

/// Far more than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);
