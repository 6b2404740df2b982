//! The README's programs, compiled and run as documentation tests.
#![doc = include_str!("../README.md")]
