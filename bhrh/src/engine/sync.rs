//! What `handoff` and what it hands on are made of. A model checker's tests put their own here.

pub(crate) use std::sync::atomic::{AtomicU64, Ordering};
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
