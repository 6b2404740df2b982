//! Attacks on the engine, one file for each invariant of ARCHITECTURE.md that they try to break. In
//! each of them somebody else is asked for as well: what an attack may cost is its own connections.
//!
//! What is asserted is what happened, never how fast; every wait has an end ([`PATIENCE`]).

#![cfg(unix)]

mod bodies;
mod client;
mod ends;
mod hooks;
mod listeners;
mod memory;
mod methods;
mod silence;
mod websockets;

use std::time::Duration;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);
