//! How many handshakes go on at a time. Each costs a processor more than a hundred requests do, and
//! memory that an idle connection does not need.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The count.
#[derive(Debug)]
pub(crate) struct Handshakes {
    most: usize,
    count: AtomicUsize,
}

/// One of them, until it is dropped.
#[derive(Debug)]
pub(crate) struct OneHandshake(Arc<Handshakes>);

impl Handshakes {
    pub(crate) fn new(most: usize) -> Arc<Handshakes> {
        Arc::new(Handshakes { most, count: AtomicUsize::new(0) })
    }

    /// `None`: there are as many as there may be.
    pub(crate) fn begin(self: &Arc<Handshakes>) -> Option<OneHandshake> {
        if self.count.fetch_add(1, Ordering::Relaxed) < self.most {
            return Some(OneHandshake(Arc::clone(self)));
        }
        self.count.fetch_sub(1, Ordering::Relaxed);
        None
    }
}

impl Drop for OneHandshake {
    fn drop(&mut self) {
        self.0.count.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_only_as_many_as_there_may_be() {
        let handshakes = Handshakes::new(2);
        let first = handshakes.begin();
        let _second = handshakes.begin().unwrap();
        assert!(handshakes.begin().is_none() && handshakes.begin().is_none());
        drop(first);
        assert!(handshakes.begin().is_some());
    }
}
