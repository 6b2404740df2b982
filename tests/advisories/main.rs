//! What other servers have had advisories for: a test for each class, which fails when the defence
//! is taken out. `remove_defences.py` takes them out, one after another, and runs the tests.
//!
//! Each test names the advisories, and where in the code the defence is.

mod chunks;
mod clocks;
mod desync;
mod framing;
mod lines;
mod logs;
mod memory;
mod play;
mod proxies;
mod responses;
