//! The log: where lines go, who writes them, and what they are made of.
//!
//! | file | what it is |
//! | --- | --- |
//! | `sink` | where the lines of this thread go |
//! | `writer` | a server's thread that writes them |
//! | `format` | the formats of the access log |
//! | `time` | the local time of a line |
//! | `claimed_user` | the user that a client says it is |

pub(crate) mod claimed_user;
pub(crate) mod format;
pub(crate) mod sink;
pub(crate) mod time;
pub(crate) mod writer;

pub use format::LogFormat;
pub use writer::LogOverflow;
