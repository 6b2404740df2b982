//! The README's programs, compiled and run as documentation tests.
#![doc = include_str!("../README.md")]

/// The guide to routes, compiled likewise.
#[doc = include_str!("../docs/guide/routing.md")]
pub mod routing {}
