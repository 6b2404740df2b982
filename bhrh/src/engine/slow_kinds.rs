//! Which methods have lately been slow.
//!
//! A handler that blocks makes its loop wait for the monitor. One that did so is run by a spare
//! thread from the start, until it has been quick there a few times. What counts as one handler
//! is its command and the first segment of its path: most programs branch on just these. Two that
//! share an entry by chance only lose the shortcut.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};

const ENTRIES: usize = 256;

/// From which score on a kind is slow.
const SLOW: u8 = 4;
/// What a hand-off by the monitor adds. One may have been the system's doing, which took the
/// processor away; two in a row hardly are.
const HANDED_OFF: u8 = 2;
/// What being slow on a thread of its own adds, and what being quick there takes. On a busy machine
/// some quick ones look slow, so the quick ones count for more.
const SLOW_ALONE: u8 = 1;
const QUICK_ALONE: u8 = 2;
/// The most that an entry holds.
const MOST: u8 = 16;

/// A score for each kind of request.
#[derive(Debug)]
pub(crate) struct Scores {
    entries: [AtomicU8; ENTRIES],
    /// Some request has held its loop up since the server began. Before that, nobody needs to be
    /// told apart.
    any: AtomicBool,
}

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind(usize);

/// Which kind of request a loop's driver has begun, for whoever takes the loop away meanwhile: if
/// only the driver told, requests of a kind that takes seconds would go on holding loops up until
/// the first of them is over.
#[derive(Debug)]
pub(crate) struct Begun(AtomicUsize);

impl Begun {
    /// No kind.
    const NONE: usize = usize::MAX;

    pub(crate) fn new() -> Begun {
        Begun(AtomicUsize::new(Begun::NONE))
    }

    pub(crate) fn note(&self, kind: Kind) {
        self.0.store(kind.0, Ordering::Relaxed);
    }

    /// Whatever comes next is not what was noted last.
    pub(crate) fn forget(&self) {
        self.0.store(Begun::NONE, Ordering::Relaxed);
    }

    /// What was noted last, once.
    pub(crate) fn take(&self) -> Option<Kind> {
        let kind = self.0.swap(Begun::NONE, Ordering::Relaxed);
        (kind != Begun::NONE).then_some(Kind(kind))
    }
}

impl Kind {
    /// The kind of a request, given its text from the method on, and its text from the target on.
    ///
    /// Each request asks once some request has been slow, so this is a few instructions: of the
    /// method the first four bytes, and of the segment eight at a time. The last eight may reach
    /// over its end, since more of the head follows.
    #[inline(always)]
    pub(crate) fn of((method, target): (&[u8], &[u8])) -> Kind {
        let mut hash = method.first_chunk().map_or(0, |four| u64::from(u32::from_le_bytes(*four)));
        let mut rest = target.get(1..).unwrap_or_default();
        while let Some((eight, more)) = rest.split_first_chunk() {
            let word = u64::from_le_bytes(*eight);
            match bytes_before_end(word) {
                8 => (hash, rest) = (mixed(hash, word), more),
                count => return Kind::at(mixed(hash, word & ((1 << (8 * count)) - 1))),
            }
        }
        Kind::at(mixed(hash, 0))
    }

    fn at(hash: u64) -> Kind {
        // The highest bits of a product depend on all bits of its factors.
        Kind((hash >> 56) as usize % ENTRIES)
    }
}

/// Mixes a word into a hash.
fn mixed(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(29) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// How many of eight bytes, from the first on, stand before the end of a segment.
fn bytes_before_end(word: u64) -> u32 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & (0x80 * ONES);
    // `/` and `?` differ in one bit, and no other byte becomes `?` by it.
    let path_ends = zeros((word | (0x10 * ONES)) ^ (0x3f * ONES));
    let target_ends = zeros(word ^ (0x20 * ONES));
    (path_ends | target_ends).trailing_zeros() / 8
}

impl Scores {
    pub(crate) fn new() -> Scores {
        Scores { entries: [const { AtomicU8::new(0) }; ENTRIES], any: AtomicBool::new(false) }
    }

    /// The kind of a request, if kinds are told apart yet.
    pub(crate) fn kind(&self, kind: impl FnOnce() -> Kind) -> Option<Kind> {
        self.any.load(Ordering::Relaxed).then(kind)
    }

    /// Whether requests of this kind should not be run in place.
    pub(crate) fn is_slow(&self, kind: Kind) -> bool {
        self.entries[kind.0].load(Ordering::Relaxed) >= SLOW
    }

    /// Has kinds told apart from now on.
    pub(crate) fn begin(&self) {
        self.any.store(true, Ordering::Relaxed);
    }

    /// A request of this kind held its loop up until the monitor took it away.
    pub(crate) fn was_handed_off(&self, kind: Kind) {
        self.begin();
        self.change(kind, |score| score.saturating_add(HANDED_OFF).min(MOST));
    }

    /// A request of this kind took long on a thread of its own.
    pub(crate) fn was_slow(&self, kind: Kind) {
        self.change(kind, |score| score.saturating_add(SLOW_ALONE).min(MOST));
    }

    /// A request of this kind was quick on a thread of its own.
    pub(crate) fn was_quick(&self, kind: Kind) {
        self.change(kind, |score| score.saturating_sub(QUICK_ALONE));
    }

    /// Two threads at once may lose a change, which does not matter.
    fn change(&self, kind: Kind, change: impl FnOnce(u8) -> u8) {
        let entry = &self.entries[kind.0];
        entry.store(change(entry.load(Ordering::Relaxed)), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn kind_of(method: &str, target: &str) -> Kind {
        let line = format!("{method} {target} HTTP/1.1\r\nHost: a");
        Kind::of((line.as_bytes(), &line.as_bytes()[method.len() + 1..]))
    }

    #[test]
    fn a_kind_is_a_command_and_a_first_segment() {
        let kind = kind_of("GET", "/sleep/100?x=/y");
        assert_eq!(kind, kind_of("GET", "/sleep/7"));
        assert_eq!(kind, kind_of("GET", "/sleep?z"));
        assert_ne!(kind, kind_of("GET", "/plaintext"));
        assert_ne!(kind, kind_of("POST", "/sleep/100"));
    }

    #[test]
    fn a_segment_ends_at_its_end_wherever_that_is() {
        let mut entries = HashSet::new();
        for length in 0..40 {
            let segment = "abcdefghijklmnopqrstuvwxyz0123456789._~-"[..length].to_owned();
            let kind = kind_of("GET", &format!("/{segment}"));
            for rest in ["/", "?", "/x", "?/", "/aaaaaaaaaaaaaaaaaaaa?", "?bbbbbbbbbbbbbbbbbbbb"] {
                assert_eq!(kind, kind_of("GET", &format!("/{segment}{rest}")), "{segment}{rest}");
            }
            entries.insert(kind.0);
        }
        assert!(entries.len() >= 34, "{} entries for 40 kinds", entries.len());
    }

    /// By chance, 45 kinds share 256 entries so that some 41 are used.
    #[test]
    fn few_kinds_share_an_entry() {
        let commands = ["GET", "HEAD", "POST", "PUT", "DELETE"];
        let paths = ["", "a", "b", "api", "users", "items", "static", "favicon.ico", "search"];
        let kinds = commands.iter().flat_map(|command| {
            paths.iter().map(move |path| kind_of(command, &format!("/{path}")).0)
        });
        let different = kinds.collect::<HashSet<_>>().len();
        assert!(different >= 38, "{different} entries for 45 kinds");
    }

    #[test]
    fn what_was_begun_is_told_once() {
        let (begun, kind) = (Begun::new(), kind_of("GET", "/"));
        assert_eq!(begun.take(), None);
        begun.note(kind);
        assert_eq!((begun.take(), begun.take()), (Some(kind), None));
        begun.note(kind);
        begun.forget();
        assert_eq!(begun.take(), None);
    }

    #[test]
    fn slow_once_is_forgiven_soon_and_slow_often_late() {
        let (scores, kind) = (Scores::new(), kind_of("GET", "/"));
        let told = || scores.kind(|| kind_of("GET", "/?x"));
        assert_eq!(told(), None);
        let is_slow = || scores.is_slow(told().expect("some was slow"));
        scores.was_handed_off(kind);
        assert!(!is_slow());
        scores.was_handed_off(kind);
        assert!(is_slow());
        scores.was_quick(kind);
        assert!(!is_slow());
        scores.was_handed_off(kind);
        (0..100).for_each(|_| scores.was_slow(kind));
        (0..3).for_each(|_| scores.was_quick(kind));
        assert!(is_slow());
        (0..100).for_each(|_| scores.was_quick(kind));
        assert!(!is_slow());
    }
}
