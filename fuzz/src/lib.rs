//! What has to hold for every input: one module a target, each a function that panics where it
//! does not.
//!
//! Nothing here knows libFuzzer, and `tests/corpus.rs` includes this file to run the same functions
//! on every file below `seeds/`. What the modules need besides, they share with `tests/properties`.

mod asked;
#[path = "../../tests/properties/conversations.rs"]
#[allow(dead_code)]
mod conversations;
#[path = "../../tests/properties/dispatched.rs"]
mod dispatched;
#[path = "../../tests/properties/reference.rs"]
mod reference;
#[path = "../../tests/properties/responses.rs"]
mod responses;
mod splits;

pub mod accept;
pub mod chunked;
pub mod conversation;
pub mod cookies;
pub mod credentials;
pub mod forwarded;
pub mod gzip;
pub mod head;
pub mod headers;
pub mod multipart;
pub mod paths;
pub mod proxy_header;
pub mod queries;
pub mod ranges;
pub mod targets;
pub mod tls_server;
pub mod websocket;

/// A target's name and its function.
pub type Target = (&'static str, fn(&[u8]));

/// All targets. Each has a directory below `seeds/` and a program in `fuzz_targets/`.
pub const TARGETS: &[Target] = &[
    ("accept", accept::check),
    ("chunked", chunked::check),
    ("conversation", conversation::check),
    ("cookies", cookies::check),
    ("credentials", credentials::check),
    ("forwarded", forwarded::check),
    ("gzip", gzip::check),
    ("head", head::check),
    ("headers", headers::check),
    ("multipart", multipart::check),
    ("paths", paths::check),
    ("proxy_header", proxy_header::check),
    ("queries", queries::check),
    ("ranges", ranges::check),
    ("targets", targets::check),
    ("tls_server", tls_server::check),
    ("websocket", websocket::check),
];
