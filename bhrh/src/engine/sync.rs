//! What `handoff`, `monitor` and `inbox` are made of. The model that checks them (`tests/model`)
//! compiles those files beside a module of this name of its own.

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
