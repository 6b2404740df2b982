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
pub(crate) fn limit() -> Option<(u64, u64)> {
    parse_limits(&std::fs::read_to_string("/proc/self/limits").ok()?)
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

    #[cfg(unix)]
    #[test]
    fn want_is_told_from_other_errors() {
        assert!(are_wanting(&io::Error::from_raw_os_error(libc::EMFILE)));
        assert!(are_wanting(&io::Error::from_raw_os_error(libc::ENFILE)));
        assert!(!are_wanting(&io::Error::from_raw_os_error(libc::ECONNABORTED)));
    }
}
