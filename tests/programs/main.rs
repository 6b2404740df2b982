//! The examples that stream, run as programs and spoken to over sockets.

mod program;

mod events;
mod relay;
mod upload;
