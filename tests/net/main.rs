//! A server on real sockets: what clients see of its clocks, its bounds and its end.
//!
//! Every wait has an end (`PATIENCE`), so that a fault fails a test instead of hanging it; what is
//! asserted is what happened, never how fast.

mod app;
mod client;
#[cfg(unix)]
mod own_process;

mod bind;
mod clocks;
mod closing;
mod connections;
mod crowds;
mod dawdlers;
mod descriptors;
#[cfg(unix)]
mod endpoints;
mod faults;
mod gone;
mod hooks;
mod idle_websockets;
#[cfg(unix)]
mod inherited;
mod limits;
#[cfg(target_os = "linux")]
mod proxied;
mod rest;
mod scoped;
mod shutdown;
mod testing_client;
mod until;
mod upgrades;
mod websockets;
