//! What `exchange/gathered`, `exchange/outlet` and those files of the engine are made of that
//! threads meet in: `crew`, `handoff`, `inbox`, `monitor`, `scarcity` and `shutdown`. The models
//! that check them (`tests/model`, `tests/memory_order`) compile those files beside a module of
//! their own of this name. So those files have no tests inside: theirs are in
//! `engine/unit_tests.rs` and `exchange/outlet_tests.rs`.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
pub(crate) use std::thread_local;
pub(crate) use std::time::Instant;
