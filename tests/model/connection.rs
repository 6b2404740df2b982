//! A connection, as far as the hand-off goes: requests that are served in order.

use crate::scenario::Request;
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) requests: Arc<[Request]>,
    /// How many of them have been answered.
    pub(crate) answered: usize,
    /// A shutdown may cut it, with requests unanswered.
    pub(crate) may_be_cut: bool,
    pub(crate) must_stay: bool,
}

impl Drop for Connection {
    fn drop(&mut self) {
        if !std::thread::panicking() && !self.may_be_cut {
            assert_eq!(self.answered, self.requests.len(), "a connection was lost");
        }
    }
}
