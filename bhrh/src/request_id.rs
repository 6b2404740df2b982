//! Names for requests, by which their lines are found in several logs.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The field that carries one.
pub(crate) const FIELD: &str = "X-Request-Id";

/// How long one may be that others have made.
const MOST: usize = 128;

/// This process among all: the hash keys come from the system's random numbers, and the start
/// time is there for systems that have none.
static PROCESS: LazyLock<([RandomState; 2], u128)> = LazyLock::new(|| {
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    ([RandomState::new(), RandomState::new()], started.as_nanos())
});

static COUNT: AtomicU64 = AtomicU64::new(0);

/// A name that no other request has: 32 hexadecimal digits. It is not a secret.
pub(crate) fn fresh() -> String {
    let (keys, started) = &*PROCESS;
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let half = |key: &RandomState| {
        let mut hasher = key.build_hasher();
        hasher.write_u128(*started);
        hasher.write_u64(count);
        hasher.finish()
    };
    format!("{:016x}{:016x}", half(&keys[0]), half(&keys[1]))
}

/// Whether a name can stand in a field and in a log line as it is.
pub(crate) fn is_fit(name: &str) -> bool {
    (1..=MOST).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_are_the_same() {
        let names: HashSet<String> = (0..10_000).map(|_| fresh()).collect();
        assert_eq!(names.len(), 10_000);
        assert!(names.iter().all(|name| name.len() == 32 && is_fit(name)));
    }

    #[test]
    fn what_others_made_is_looked_at() {
        assert!(is_fit("4bf92f35-77b3.4da6_a3ce:929d/0e0e4736+x="));
        for name in ["", "a b", "a\"", "a\\", "a\r\nX: y", "\u{e9}", "\u{7f}", &"x".repeat(129)] {
            assert!(!is_fit(name), "{name:?}");
        }
    }
}
