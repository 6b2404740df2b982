//! The few fields of a response that the runtime has to find again, and where their lines stand.

use std::ops::Range;

/// Fields that a head keeps track of, because one of them may have to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tracked {
    Server,
    Date,
    KeepAlive,
    ContentLength,
    TransferEncoding,
    RequestId,
}

const TRACKED: usize = 6;

/// A set of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct TrackedSet(u8);

impl TrackedSet {
    pub(super) fn has(self, field: Tracked) -> bool {
        self.0 & (1 << field as u8) != 0
    }

    pub(super) fn union(self, other: TrackedSet) -> TrackedSet {
        TrackedSet(self.0 | other.0)
    }
}

/// Which of them have a line in a head, and where.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TrackedLines {
    present: TrackedSet,
    /// Entries of fields that are not present are stale: `clear` only resets `present`.
    lines: [(usize, usize); TRACKED],
}

impl TrackedLines {
    pub(super) fn clear(&mut self) {
        self.present = TrackedSet::default();
    }

    /// Takes over the lines of an opening, which are those of `Server` and `Date` at most.
    #[inline(always)] // Called in one place.
    pub(super) fn open(&mut self, opening: &TrackedLines) {
        self.present = opening.present;
        for field in [Tracked::Server, Tracked::Date] {
            self.lines[field as usize] = opening.lines[field as usize];
        }
    }

    pub(super) fn present(&self) -> TrackedSet {
        self.present
    }

    /// Where the line of a field stands; empty if the head has no such line.
    pub(super) fn of(&self, field: Tracked) -> Range<usize> {
        let (start, end) = self.lines[field as usize];
        if self.present.has(field) { start..end } else { 0..0 }
    }

    pub(super) fn note(&mut self, field: Tracked, line: Range<usize>) {
        self.present.0 |= 1 << field as u8;
        self.lines[field as usize] = (line.start, line.end);
    }

    /// Forgets a line that is going to be taken out of the head, and says where it stands.
    pub(super) fn take(&mut self, field: Tracked) -> Option<Range<usize>> {
        if !self.present.has(field) {
            return None;
        }
        self.present.0 &= !(1 << field as u8);
        let (start, end) = self.lines[field as usize];
        for (index, other) in self.lines.iter_mut().enumerate() {
            if self.present.0 & (1 << index) != 0 && other.0 > start {
                *other = (other.0 - (end - start), other.1 - (end - start));
            }
        }
        Some(start..end)
    }

    /// Takes note of bytes that have been put in at a place.
    #[cfg(feature = "gzip")]
    pub(super) fn shift_behind(&mut self, at: usize, count: usize) {
        for line in self.lines.iter_mut().filter(|line| line.0 > at) {
            *line = (line.0 + count, line.1 + count);
        }
    }

    /// Takes note of bytes that have been taken out from a place on.
    #[cfg(feature = "gzip")]
    pub(super) fn shift_back_behind(&mut self, at: usize, count: usize) {
        for line in self.lines.iter_mut().filter(|line| line.0 > at) {
            *line = (line.0 - count, line.1 - count);
        }
    }
}
