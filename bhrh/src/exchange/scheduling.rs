//! What an engine says about the thread that a request runs on.

use crate::proto::head::RequestHead;

/// An engine's part in when and where requests run. Bytes are the part of
/// [`Transport`](super::wire::Transport).
pub(crate) trait Scheduling {
    /// Whether the running handler has taken so long that other connections do without its thread.
    fn is_slow(&self) -> bool;

    /// Up to which size a body is waited for before its handler starts, in bytes.
    fn collects(&self) -> u64;

    /// Whether the request with this head may be run on this thread. `body_is_here`: its method
    /// will not have to wait for the client before it has read the whole body.
    fn may_run(&self, head: &RequestHead, body_is_here: bool) -> bool;

    /// Whether a request that no method answers may be answered on this thread: that runs hooks.
    fn may_refuse(&self) -> bool;
}

/// Scheduling without an engine: every request runs at once, on its connection's own thread.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unscheduled;

impl Scheduling for Unscheduled {
    fn is_slow(&self) -> bool {
        false
    }

    fn collects(&self) -> u64 {
        0
    }

    fn may_run(&self, _: &RequestHead, _: bool) -> bool {
        true
    }
    fn may_refuse(&self) -> bool {
        true
    }
}
