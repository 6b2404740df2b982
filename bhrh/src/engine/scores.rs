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
    /// Each request asks once some request has been slow, so this is a few instructions: the bytes
    /// of the segment eight at a time, and of the command its length and its ends.
    #[inline(always)]
    pub(crate) fn of(command: &str, path: &str) -> Kind {
        let (path, command) = (path.as_bytes(), command.as_bytes());
        let ends = command.first().zip(command.last());
        let (first, last) = ends.map_or((0, 0), |ends| (u64::from(*ends.0), u64::from(*ends.1)));
        let mut hash = mixed(0, first << 16 | last << 8 | command.len() as u64);
        let mut rest = path.strip_prefix(b"/").unwrap_or(path);
        while let Some((eight, more)) = rest.split_first_chunk::<8>() {
            let word = u64::from_le_bytes(*eight);
            match bytes_before_end(word) {
                8 => (hash, rest) = (mixed(hash, word), more),
                count => return Kind::at(mixed(hash, word & ((1 << (8 * count)) - 1))),
            }
        }
        let mut word = 0;
        for (at, byte) in rest.iter().enumerate() {
            if matches!(byte, b'/' | b'?') {
                break;
            }
            word |= u64::from(*byte) << (8 * at);
        }
        Kind::at(mixed(hash, word))
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
    // `/` and `?` differ in one bit, and no other byte becomes `?` by it.
    let others = (word | (0x10 * ONES)) ^ (0x3f * ONES);
    let ends = others.wrapping_sub(ONES) & !others & (0x80 * ONES);
    ends.trailing_zeros() / 8
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

    #[test]
    fn a_kind_is_a_command_and_a_first_segment() {
        let kind = Kind::of("GET", "/sleep/100?x=/y");
        assert_eq!(kind, Kind::of("GET", "/sleep/7"));
        assert_eq!(kind, Kind::of("GET", "/sleep?z"));
        assert_ne!(kind, Kind::of("GET", "/plaintext"));
        assert_ne!(kind, Kind::of("POST", "/sleep/100"));
    }

    #[test]
    fn a_segment_ends_at_its_end_wherever_that_is() {
        let mut entries = HashSet::new();
        for length in 0..40 {
            let segment = "abcdefghijklmnopqrstuvwxyz0123456789._~-"[..length].to_owned();
            let kind = Kind::of("GET", &format!("/{segment}"));
            for rest in ["/", "?", "/x", "?/", "/aaaaaaaaaaaaaaaaaaaa?", "?bbbbbbbbbbbbbbbbbbbb"] {
                assert_eq!(kind, Kind::of("GET", &format!("/{segment}{rest}")), "{segment}{rest}");
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
            paths.iter().map(move |path| Kind::of(command, &format!("/{path}")).0)
        });
        let different = kinds.collect::<HashSet<_>>().len();
        assert!(different >= 38, "{different} entries for 45 kinds");
    }

    #[test]
    fn what_was_begun_is_told_once() {
        let (begun, kind) = (Begun::new(), Kind::of("GET", "/"));
        assert_eq!(begun.take(), None);
        begun.note(kind);
        assert_eq!((begun.take(), begun.take()), (Some(kind), None));
        begun.note(kind);
        begun.forget();
        assert_eq!(begun.take(), None);
    }

    #[test]
    fn slow_once_is_forgiven_soon_and_slow_often_late() {
        let (scores, kind) = (Scores::new(), Kind::of("GET", "/"));
        let told = || scores.kind(|| Kind::of("GET", "/?x"));
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
