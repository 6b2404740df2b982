//! What holds for every input, tried on many.
//!
//! `PROPTEST_CASES=100000 cargo test --release --test properties` looks longer.

mod conversations;
mod dispatched;
mod reference;
mod responses;
mod strategies;

mod arbitrary_bytes;
mod chunks;
mod handlers;
mod heads;
mod json;
mod multipart;
mod peers;
mod response_fields;
mod round_trips;
mod splits;
mod websocket;
