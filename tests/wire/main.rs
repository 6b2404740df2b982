//! Bytes in, bytes out: what a client gets for what it sends, without a socket.
//!
//! Each file is one kind of decision. The answers have a fixed `Server` and `Date` ([`answer`]), so
//! they are compared byte for byte, and [`play`] sees to it that the way in which the bytes arrive
//! makes no difference.

mod answer;
mod body_limits;
mod play;

mod aborts;
mod conversions;
mod error_pages;
mod expectation;
mod failures;
mod header_faults;
mod header_fields;
mod hooks;
mod host;
mod leniency;
mod limits;
mod log_formats;
mod log_lines;
mod own_chunks;
mod peers;
mod persistence;
mod pipelines;
mod proxies;
mod request_bodies;
mod request_ids;
mod request_line;
mod response_framing;
mod streams;
mod unwanted;
mod upgrades;
mod wrappers;
mod wraps;
