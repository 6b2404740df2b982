//! A connection, as far as the hand-off goes: requests that are served in order.

use crate::client::Client;
use crate::engine::Pool;
use crate::meeting::Meeting;
use crate::resident::Residence;
use crate::scenario::Request;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;

#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) id: usize,
    pub(crate) client: Client,
    pub(crate) requests: Arc<[Request]>,
    /// How many of them have been answered.
    pub(crate) answered: usize,
    /// A shutdown may cut it, with requests unanswered.
    pub(crate) may_be_cut: bool,
    /// Its first request comes late, if at all in time.
    pub(crate) is_silent: bool,
    pub(crate) must_stay: bool,
    /// It has been given a loop to stay with.
    pub(crate) is_placed: bool,
    /// It stands in its loop's list of connections that have something to do.
    pub(crate) queued: bool,
    /// What its last request begins, if another protocol is to follow.
    pub(crate) meeting: Option<Arc<Meeting>>,
    /// Another protocol has it.
    pub(crate) residence: Option<Box<Residence>>,
}

impl Connection {
    /// Its client waits for ever, and does not count.
    pub(crate) fn hangs(&self) -> bool {
        self.requests.contains(&Request::NeverSends)
    }

    /// Lets it go with requests unanswered. What those would have opened is opened.
    pub(crate) fn let_go(&mut self, pool: &Pool) {
        self.may_be_cut = true;
        if let Some(meeting) = &self.meeting {
            meeting.may_end.store(true, SeqCst);
        }
        let rest = &self.requests[self.answered..];
        for request in rest {
            if let Request::Opens(gate) = request {
                pool.gates.open(*gate);
            }
        }
        if !self.hangs() {
            pool.account(0, rest.len());
        }
        self.answered = self.requests.len();
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if !std::thread::panicking() && !self.may_be_cut {
            assert_eq!(self.answered, self.requests.len(), "a connection was lost");
        }
        drop(self.residence.take());
        if let Some(meeting) = &self.meeting {
            meeting.socket.close();
        }
    }
}
