//! Tools for tokens: reading what is written, reporting faults in it, and placing what is
//! generated.
//!
//! Nothing here knows what a handler is.

pub(crate) mod as_written;
pub(crate) mod diagnostics;
pub(crate) mod runtime_paths;
pub(crate) mod spans;
