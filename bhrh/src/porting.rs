//! From Python to Rust, member by member.
//!
//! Everything that Python documents of `BaseHTTPRequestHandler` is here under the same name. What
//! differs on purpose stands in the third column.
#![doc = include_str!("porting.md")]
