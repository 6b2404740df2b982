//! The waker of a loop's poll: a wake-up stays until it is seen.

use crate::sync::{Condvar, Mutex, PoisonError};
use std::io;
use std::sync::Arc;

#[derive(Debug, Clone)]
pub(crate) struct Waker(Arc<Woken>);

#[derive(Debug)]
struct Woken {
    woken: Mutex<bool>,
    changed: Condvar,
}

impl Waker {
    pub(crate) fn new() -> Waker {
        Waker(Arc::new(Woken { woken: Mutex::new(false), changed: Condvar::new() }))
    }

    #[expect(clippy::unnecessary_wraps, reason = "as the original")]
    pub(crate) fn wake(&self) -> io::Result<()> {
        *self.0.woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.changed.notify_all();
        Ok(())
    }

    /// Waits for a wake-up, or only looks for one. Says whether there was one.
    pub(crate) fn poll(&self, wait: bool) -> bool {
        let mut woken = self.0.woken.lock().unwrap_or_else(PoisonError::into_inner);
        if wait {
            let waited = self.0.changed.wait_while(woken, |woken| !*woken);
            woken = waited.unwrap_or_else(PoisonError::into_inner);
        }
        std::mem::take(&mut *woken)
    }
}
