//! From Python to Rust, member by member.
