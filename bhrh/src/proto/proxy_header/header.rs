//! What reading a header comes to.

use std::fmt;

use crate::peer::Peer;

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProxyHeader {
    /// How many bytes it has.
    pub(crate) length: usize,
    /// The client. `None`: the proxy speaks for itself (it looks whether the server is there), or
    /// does not know. Then the address is the connection's own.
    pub(crate) client: Option<Peer>,
    /// The client's connection to the proxy is encrypted.
    pub(crate) secured: bool,
}

/// What is wrong with a header, and at which byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ProxyFault {
    at: usize,
    what: &'static str,
}

impl ProxyFault {
    pub(super) fn new(at: usize, what: &'static str) -> ProxyFault {
        ProxyFault { at, what }
    }
}

impl fmt::Display for ProxyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (byte {})", self.what, self.at)
    }
}
