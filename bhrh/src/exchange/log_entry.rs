//! The argument of `log_request`.

/// What [`Exchange::log_request`](crate::Exchange::log_request) logs: a code, alone or with a size in bytes.
#[derive(Debug, Clone, Copy)]
pub struct LogEntry {
    pub(super) code: u16,
    pub(super) size: Option<u64>,
}

impl From<u16> for LogEntry {
    fn from(code: u16) -> LogEntry {
        LogEntry { code, size: None }
    }
}

impl From<(u16, u64)> for LogEntry {
    fn from((code, size): (u16, u64)) -> LogEntry {
        LogEntry { code, size: Some(size) }
    }
}
