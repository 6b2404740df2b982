//! A protocol that stays with a connection's loop, as the connection keeps it.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use super::timers::Tick;
use crate::exchange::resident::{Line, Resident};
use crate::turn::drop_payload;

/// A protocol and what its loop knows of it.
pub(crate) struct Residence {
    /// `None`: it is being dropped.
    resident: Option<Box<dyn Resident>>,
    /// How it sends, until it has begun.
    pub(crate) line: Option<Arc<dyn Line>>,
    /// It has a line, or had one.
    pub(crate) has_begun: bool,
    /// When it began.
    pub(crate) since: Tick,
    /// The time of its loop when it was last given to a thread.
    pub(crate) now: Duration,
    /// Its last step has held its loop up.
    pub(crate) is_slow: bool,
    /// It has been asked since the server's end began.
    pub(crate) knows_of_end: bool,
    /// The server cannot keep it.
    pub(crate) must_go: bool,
    /// There is more to hear, after other connections.
    pub(crate) has_more: bool,
    /// How many bytes it and its channel held after its last step. They are counted while the loop
    /// is lent, since that waits for a thread that sends.
    pub(crate) held: usize,
    /// When it wants to be asked at the latest, in its loop's time.
    pub(crate) until: Option<Duration>,
}

impl Residence {
    pub(crate) fn new(resident: Box<dyn Resident>) -> Residence {
        Residence {
            resident: Some(resident),
            line: None,
            has_begun: false,
            since: Tick::BEGINNING,
            now: Duration::ZERO,
            is_slow: false,
            knows_of_end: false,
            must_go: false,
            has_more: false,
            held: 0,
            until: None,
        }
    }

    pub(crate) fn resident(&mut self) -> Option<&mut dyn Resident> {
        match &mut self.resident {
            Some(resident) => Some(&mut **resident),
            None => None,
        }
    }
}

/// Dropping it runs code of the user's.
impl Drop for Residence {
    fn drop(&mut self) {
        let resident = self.resident.take();
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(resident)));
        let _ = dropped.map_err(drop_payload);
    }
}

impl fmt::Debug for Residence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Residence").field("resident", &self.resident).finish_non_exhaustive()
    }
}
