//! Sockets and what tells that they are ready. Nothing here knows HTTP.

pub(crate) mod readiness;
