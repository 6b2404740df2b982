//! What clients are told of files that are not there for them.

use std::io;

use crate::exchange::Exchange;

/// In Python's words.
pub(super) fn not_found(http: &mut Exchange<'_>) -> io::Result<()> {
    http.send_error((404, "File not found"))
}

/// A client is told that a file without read permission does not exist. Only the operator learns of
/// the file, from the log.
pub(super) fn found<T>(
    http: &Exchange<'_>,
    result: io::Result<Option<T>>,
) -> io::Result<Option<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            http.log_error(format_args!("cannot read what {} names: {error}", http.path));
            Ok(None)
        }
        result => result,
    }
}
