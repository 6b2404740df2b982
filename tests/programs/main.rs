//! The README's program and the examples that stream, run as programs and spoken to over sockets.

mod program;

mod encrypted;
mod events;
mod forward_proxy;
mod hello;
mod relay;
mod upload;
