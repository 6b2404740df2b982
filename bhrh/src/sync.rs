//! What `exchange/gathered` and the engine's `handoff`, `monitor` and `inbox` are made of. The models
//! that check them (`tests/model`, `tests/memory_order`) compile those files beside a module of this
//! name of their own.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
