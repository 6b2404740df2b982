//! The README's program and the examples that stream, run as programs and spoken to over sockets.

mod program;

mod events;
mod hello;
mod relay;
mod upload;
