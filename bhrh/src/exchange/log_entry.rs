//! The argument of `log_request`.

/// What `Exchange::log_request` takes: a status code, alone or with a size in bytes. It is in no
/// public module, which seals it.
pub trait IntoLogEntry {
    /// The code and the size.
    fn into_parts(self) -> (u16, Option<u64>);
}

impl IntoLogEntry for u16 {
    fn into_parts(self) -> (u16, Option<u64>) {
        (self, None)
    }
}

impl IntoLogEntry for (u16, u64) {
    fn into_parts(self) -> (u16, Option<u64>) {
        (self.0, Some(self.1))
    }
}
