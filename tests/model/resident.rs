//! A double of `exchange/resident.rs`, and of a protocol that stays with its loop: it says
//! everything again that it hears, as `kit/websocket/parked.rs` would.

use crate::engine::Pool;
use crate::meeting::{BYE, ECHO, Meeting, Read};
use crate::outlet::Outlet;
use shuttle::rand::{Rng, thread_rng};
use shuttle::thread;
use std::fmt::Debug;
use std::io;
use std::sync::Arc;

/// How many reads are made before other connections have their turn.
const READS: usize = 2;

/// With how many bytes that wait for a client nothing more is heard from it.
const ENOUGH: usize = 2;

/// As the original.
pub(crate) trait Line: Debug + Send + Sync {
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;
    fn wake(&self);
}

/// How a conversation goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stay {
    On,
    Over,
    Cut,
}

/// A protocol, and what its loop knows of it, as `Residence` and `Parked`.
#[derive(Debug)]
pub(crate) struct Residence {
    meeting: Arc<Meeting>,
    pub(crate) line: Option<Arc<dyn Line>>,
    pub(crate) has_begun: bool,
    pub(crate) is_slow: bool,
    pub(crate) knows_of_end: bool,
    pub(crate) must_go: bool,
    pub(crate) has_more: bool,
    heard: u8,
    ending: Option<Stay>,
    /// Its last step has said that it is over.
    is_over: bool,
    may_be_cut: bool,
}

impl Residence {
    pub(crate) fn new(meeting: Arc<Meeting>, may_be_cut: bool) -> Residence {
        Residence {
            meeting,
            line: None,
            has_begun: false,
            is_slow: false,
            knows_of_end: false,
            must_go: false,
            has_more: false,
            heard: 0,
            ending: None,
            is_over: false,
            may_be_cut,
        }
    }

    pub(crate) fn meeting(&self) -> &Arc<Meeting> {
        &self.meeting
    }

    fn outlet(&self) -> &Outlet {
        &self.meeting.outlet
    }

    /// As `service::residence::converse`.
    pub(crate) fn converse(&mut self, pool: &Pool) -> Stay {
        self.knows_of_end = pool.is_stopping();
        self.has_more = false;
        if let Some(line) = self.line.take() {
            self.outlet().begin(line);
        }
        let mut heard_all = true;
        match self.must_go {
            true => self.end(Stay::Cut),
            false => heard_all = self.hear(),
        }
        let stay = self.look(pool);
        self.is_over = stay != Stay::On;
        self.has_more = !self.is_over && !heard_all && self.listens();
        stay
    }

    fn listens(&self) -> bool {
        self.ending.is_none() && self.outlet().waiting() <= ENOUGH
    }

    fn end(&mut self, how: Stay) {
        self.ending.get_or_insert(how);
    }

    /// Says whether there is nothing more now.
    fn hear(&mut self) -> bool {
        for _ in 0..READS {
            if !self.listens() {
                return false;
            }
            match self.meeting.socket.read() {
                Read::Nothing => return true,
                Read::End => {
                    self.end(Stay::Over);
                    return true;
                }
                Read::Message => {
                    // The user's code takes its time.
                    (0..thread_rng().gen_range(0..3)).for_each(|_| thread::yield_now());
                    self.say(ECHO | self.heard);
                    self.heard += 1;
                }
            }
        }
        false
    }

    fn say(&mut self, word: u8) {
        if self.meeting.say(word).is_err() {
            self.end(Stay::Cut);
        }
    }

    fn look(&mut self, pool: &Pool) -> Stay {
        if self.ending.is_none() && pool.is_stopping() {
            self.say(BYE);
            self.end(Stay::Over);
        }
        let Ok(flow) = self.outlet().flush() else { return Stay::Cut };
        match self.ending {
            Some(Stay::Over) if flow.waiting > 0 => Stay::On,
            ending => ending.unwrap_or(Stay::On),
        }
    }
}

impl Drop for Residence {
    fn drop(&mut self) {
        self.outlet().end();
        if !std::thread::panicking() && !self.may_be_cut {
            assert!(self.is_over, "a protocol was dropped without a step");
        }
    }
}
