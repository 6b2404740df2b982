//! What handlers block on.

use crate::sync::{Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
pub(crate) struct Gates {
    open: Mutex<Vec<bool>>,
    changed: Condvar,
}

impl Gates {
    pub(crate) fn new(count: usize) -> Gates {
        Gates { open: Mutex::new(vec![false; count]), changed: Condvar::new() }
    }

    fn gates(&self) -> MutexGuard<'_, Vec<bool>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn open(&self, gate: usize) {
        self.gates()[gate] = true;
        self.changed.notify_all();
    }

    pub(crate) fn open_all(&self) {
        self.gates().fill(true);
        self.changed.notify_all();
    }

    pub(crate) fn pass(&self, gate: usize) {
        let open = self.changed.wait_while(self.gates(), |open| !open[gate]);
        drop(open.unwrap_or_else(PoisonError::into_inner));
    }
}
