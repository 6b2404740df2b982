//! How many handshakes go on at a time. Each costs a processor more than a hundred requests do, and
//! memory that an idle connection does not need.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The count, of a server or of one endpoint.
#[derive(Debug)]
pub(crate) struct Handshakes {
    most: usize,
    count: AtomicUsize,
    /// Where those of an endpoint count too.
    whole: Option<Arc<Handshakes>>,
}

/// One of them, until it is dropped.
#[derive(Debug)]
pub(crate) struct OneHandshake(Arc<Handshakes>);

impl Handshakes {
    pub(crate) fn new(most: usize) -> Arc<Handshakes> {
        Arc::new(Handshakes { most, count: AtomicUsize::new(0), whole: None })
    }

    /// Those of one endpoint, which has a bound of its own.
    pub(crate) fn part(self: &Arc<Handshakes>, most: usize) -> Arc<Handshakes> {
        let whole = Some(Arc::clone(self));
        Arc::new(Handshakes { most, count: AtomicUsize::new(0), whole })
    }

    /// `None`: there are as many as there may be.
    pub(crate) fn begin(self: &Arc<Handshakes>) -> Option<OneHandshake> {
        self.count().then(|| OneHandshake(Arc::clone(self)))
    }

    /// Counts one more, if there may be one.
    fn count(&self) -> bool {
        let is_one_more = self.count.fetch_add(1, Ordering::Relaxed) < self.most
            && self.whole.as_ref().is_none_or(|whole| whole.count());
        if !is_one_more {
            self.count.fetch_sub(1, Ordering::Relaxed);
        }
        is_one_more
    }

    fn uncount(&self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
        if let Some(whole) = &self.whole {
            whole.uncount();
        }
    }
}

impl Drop for OneHandshake {
    fn drop(&mut self) {
        self.0.uncount();
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

    #[test]
    fn those_of_an_endpoint_count_in_both() {
        let whole = Handshakes::new(2);
        let part = whole.part(1);
        let first = part.begin();
        assert!(first.is_some() && part.begin().is_none());
        let second = whole.begin();
        assert!(second.is_some() && whole.begin().is_none());
        drop(first);
        let third = whole.begin();
        // The whole is full, and what was not begun counts nowhere.
        assert!(part.begin().is_none() && part.begin().is_none());
        drop((second, third));
        assert!(part.begin().is_some());
    }
}
