//! What a loop's driver does while its loop is lent, for the monitor.

use std::sync::atomic::{AtomicU64, Ordering};

use super::slow_kinds::{Kind, Work};

/// What now runs on the loop. The monitor reads it when it takes the loop, so that a slow kind is
/// scored before its first request ends.
#[derive(Debug)]
pub(crate) struct Begun(AtomicU64);

impl Begun {
    /// None of these is a kind.
    const UNKNOWN: u64 = u64::MAX;
    const REFUSAL: u64 = u64::MAX - 1;
    const STEP: u64 = u64::MAX - 2;

    pub(crate) fn new() -> Begun {
        Begun(AtomicU64::new(Begun::UNKNOWN))
    }

    pub(crate) fn note(&self, kind: Kind) {
        self.0.store(kind.0.into(), Ordering::Relaxed);
    }

    pub(crate) fn note_refusal(&self) {
        self.0.store(Begun::REFUSAL, Ordering::Relaxed);
    }

    pub(crate) fn note_step(&self) {
        self.0.store(Begun::STEP, Ordering::Relaxed);
    }

    /// Clears the note before an unrelated request starts.
    pub(crate) fn forget(&self) {
        self.0.store(Begun::UNKNOWN, Ordering::Relaxed);
    }

    /// What was noted last, once.
    pub(crate) fn take(&self) -> Option<Work> {
        Begun::work(self.0.swap(Begun::UNKNOWN, Ordering::Relaxed))
    }

    fn work(noted: u64) -> Option<Work> {
        match noted {
            Begun::REFUSAL => Some(Work::Refusal),
            Begun::STEP => Some(Work::Step),
            kind => u32::try_from(kind).ok().map(|kind| Work::Request(Kind(kind))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_begun_is_told_once() {
        let (begun, kind) = (Begun::new(), Kind(7));
        assert_eq!(begun.take(), None);
        begun.note(kind);
        assert_eq!((begun.take(), begun.take()), (Some(Work::Request(kind)), None));
        begun.note_refusal();
        assert_eq!((begun.take(), begun.take()), (Some(Work::Refusal), None));
        begun.note(kind);
        begun.forget();
        assert_eq!(begun.take(), None);
    }
}
