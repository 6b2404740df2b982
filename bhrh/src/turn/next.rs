//! What a turn answers.

/// What a connection has to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Read more: with fewer than this many bytes unread, another turn comes to nothing.
    Read { at_least: usize },
    /// Take another turn: there may be a request in what has been read. What is ready leaves first
    /// if it [is much](super::TurnBuffers::is_full).
    Turn,
    /// Read more: the rest of a body that nobody reads has to be
    /// [dropped](super::drop_body) before the next turn.
    Drop,
    /// Take the same turn again on a thread that may be kept.
    Elsewhere,
    /// Forget the connection: another protocol has it.
    HandedOut,
    /// Send what is ready and close, in this way.
    Close(Closing),
}

/// How a connection is to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Closing {
    /// The client has sent what it had to send.
    Clean,
    /// The client may be sending still. Closing at once would make its system drop our answer,
    /// so its bytes are read for a while (RFC 9112 section 9.6).
    Linger,
    /// The same, after a response that is shorter than it says: it arrives as far as it goes, and
    /// nothing says that this is all.
    Short,
    /// The response is incomplete, and the client has to see that.
    Cut,
}
