//! How many files and sockets this process may have open.

use std::io;

/// Whether this process, or the system, has no descriptor left.
pub(crate) fn are_wanting(error: &io::Error) -> bool {
    #[cfg(unix)]
    const WANTING: [i32; 2] = [libc::EMFILE, libc::ENFILE];
    // WSAEMFILE
    #[cfg(not(unix))]
    const WANTING: [i32; 1] = [10024];
    error.raw_os_error().is_some_and(|code| WANTING.contains(&code))
}

/// Raises the limit as far as this process may.
#[cfg(all(unix, feature = "descriptors"))]
pub(crate) fn raise_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        limit.current = limit.maximum;
        // Some systems allow fewer than they say. Then the limit stays, and the log has it when
        // there is want.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}

#[cfg(not(all(unix, feature = "descriptors")))]
pub(crate) fn raise_limit() {}

/// The limit, and how far it could be raised, where the system tells without further ado.
fn limit() -> Option<(u64, u64)> {
    parse_limits(&std::fs::read_to_string("/proc/self/limits").ok()?)
}

/// With how few a server says so when it starts. Most systems give 1024, and nobody reads a line
/// that comes at every start.
const FEW: u64 = 256;

/// What a server with this limit of connections says when it starts, if this process may have few
/// files open.
pub(crate) fn few(connections: usize) -> Option<String> {
    limit().filter(|(soft, _)| *soft < FEW).and_then(|limit| words(limit, connections))
}

/// What there is to say where connections lack descriptors.
pub(crate) fn shortfall(connections: usize) -> Option<String> {
    words(limit()?, connections)
}

fn words((soft, hard): (u64, u64), connections: usize) -> Option<String> {
    (soft <= connections as u64).then(|| {
        format!(
            "this process may have {soft} files open (up to {hard} by `ulimit -n`), and \
             Limits::connections is {connections}"
        )
    })
}

/// What Linux writes: `Max open files            1024                 524288               files`.
fn parse_limits(text: &str) -> Option<(u64, u64)> {
    let line = text.lines().find_map(|line| line.strip_prefix("Max open files "))?;
    let mut numbers = line.split_whitespace().map(|word| word.parse().unwrap_or(u64::MAX));
    Some((numbers.next()?, numbers.next()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_line_is_found() {
        let text = "Limit                     Soft Limit           Hard Limit           Units     \n\
            Max processes             unlimited            unlimited            processes \n\
            Max open files            1024                 unlimited            files     \n";
        assert_eq!(parse_limits(text), Some((1024, u64::MAX)));
        assert_eq!(parse_limits("Max open files"), None);
        assert_eq!(parse_limits(""), None);
        assert_eq!(limit().is_some(), cfg!(target_os = "linux"));
    }

    #[test]
    fn a_shortfall_is_one_of_connections() {
        let said = "this process may have 64 files open (up to 128 by `ulimit -n`), and \
                    Limits::connections is 64";
        assert_eq!(words((64, 128), 64).as_deref(), Some(said));
        assert_eq!(words((64, 128), 63), None);
    }

    #[cfg(unix)]
    #[test]
    fn want_is_told_from_other_errors() {
        assert!(are_wanting(&io::Error::from_raw_os_error(libc::EMFILE)));
        assert!(are_wanting(&io::Error::from_raw_os_error(libc::ENFILE)));
        assert!(!are_wanting(&io::Error::from_raw_os_error(libc::ECONNABORTED)));
    }
}
