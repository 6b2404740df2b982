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
    pub(crate) fn of(command: &str, path: &str) -> Kind {
        let rest = path.strip_prefix('/').unwrap_or(path).as_bytes();
        let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?'));
        let segment = &rest[..end.unwrap_or(rest.len())];
        // FNV-1a: short keys, no state to set up.
        let bytes = command.as_bytes().iter().chain(segment);
        let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Kind(((hash ^ (hash >> 32)) as usize) % ENTRIES)
    }
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

    #[test]
    fn a_kind_is_a_command_and_a_first_segment() {
        let kind = Kind::of("GET", "/sleep/100?x=/y");
        assert_eq!(kind, Kind::of("GET", "/sleep/7"));
        assert_eq!(kind, Kind::of("GET", "/sleep?z"));
        assert_ne!(kind, Kind::of("GET", "/plaintext"));
        assert_ne!(kind, Kind::of("POST", "/sleep/100"));
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
