//! Output that a writer gathers, and that a clock sends if the writer does not send it in time.
//!
//! Output is gathered because a piece costs a system call and often a packet. But a method may
//! write a line and then sleep, and somebody may be watching. So the gathered bytes lie where a
//! second thread, the clock, can reach them:
//!
//! | who | step | before | after |
//! | --- | --- | --- | --- |
//! | writer | [`with`](Gathered::with) adds the first bytes | empty | a piece with a new number; the writer wakes the clock |
//! | writer | `with` adds more | a piece | the same piece |
//! | writer | `with` takes everything out to send it | a piece | empty |
//! | clock | [`look`](Gathered::look), first time | a piece | unchanged; remembers its number and the time |
//! | clock | `look`, the same number after [`PATIENCE`] | a piece | unchanged; the piece is due |
//! | clock | `with` sends a due piece | a piece | empty, or what the connection did not take, as a new piece |
//!
//! The writer's bytes and the clock's never cross: whatever is taken out under the lock is older
//! than whatever is put in afterwards, and the clock sends while it has the lock. The writer may
//! have to wait for its client, so it sends without the lock; it adds nothing meanwhile, so there
//! is nothing for the clock to send. No code of a user's runs under the lock.
//!
//! Nothing here knows what is gathered, or what time it is: a model checker runs this file as it
//! stands.

use std::ops::{Deref, DerefMut};

use crate::sync::{AtomicU64, Mutex, MutexGuard, Ordering, PoisonError};

/// How old a piece becomes before the clock sends it, in the milliseconds that `look` is told. The
/// clock looks every few milliseconds, so a byte leaves at the age of 50 at the latest, if the
/// system gives the clock a processor.
pub(crate) const PATIENCE: u64 = 46;

/// Something that bytes gather in.
pub(crate) trait Gather {
    /// The number of the piece that is gathering, or 0 if nothing is. Each new piece has a new
    /// number.
    fn piece(&self) -> u64;
}

/// What a writer gathers bytes in, and a clock can send them from.
#[derive(Debug)]
pub(crate) struct Gathered<T> {
    inside: Mutex<T>,
    /// The number of the piece, for the clock to read without the lock. Written under the lock.
    piece: AtomicU64,
}

/// What is gathered, while its lock is held.
pub(crate) struct Locked<'g, T> {
    inside: MutexGuard<'g, T>,
    piece: &'g AtomicU64,
}

/// What the clock remembers of one [`Gathered`].
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    piece: u64,
    since: u64,
}

impl<T: Gather> Gathered<T> {
    pub(crate) fn new(inside: T) -> Gathered<T> {
        let piece = inside.piece();
        Gathered { inside: Mutex::new(inside), piece: AtomicU64::new(piece) }
    }

    fn inside(&self) -> MutexGuard<'_, T> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on what is gathered. The second value: a piece has begun, so the clock must be awake.
    #[inline(always)]
    pub(crate) fn with<R>(&self, work: impl FnOnce(&mut T) -> R) -> (R, bool) {
        let mut locked = self.lock();
        let result = work(&mut locked);
        (result, locked.unlock())
    }

    /// The same in two steps: what is gathered, until it is [unlocked](Locked::unlock).
    #[inline(always)]
    pub(crate) fn lock(&self) -> Locked<'_, T> {
        Locked { inside: self.inside(), piece: &self.piece }
    }

    /// Whether the piece that is gathering has been for too long. `now` is in milliseconds.
    pub(crate) fn look(&self, seen: &mut Seen, now: u64) -> bool {
        let piece = self.piece.load(Ordering::Relaxed);
        if piece != seen.piece {
            *seen = Seen { piece, since: now };
        }
        piece != 0 && now.saturating_sub(seen.since) >= PATIENCE
    }

    /// Whether anything is gathering. This looks under the lock: a clock first says that it goes to
    /// sleep and then asks here, so if nothing is gathering, the next writer wakes it.
    pub(crate) fn is_gathering(&self) -> bool {
        self.inside().piece() != 0
    }
}

impl<T: Gather> Locked<'_, T> {
    /// Says whether a piece has begun, so that the clock must be awake.
    #[inline(always)]
    pub(crate) fn unlock(self) -> bool {
        let piece = self.inside.piece();
        let began = piece != 0 && self.piece.load(Ordering::Relaxed) == 0;
        self.piece.store(piece, Ordering::Relaxed);
        began
    }
}

impl<T> Deref for Locked<'_, T> {
    type Target = T;

    #[inline(always)]
    fn deref(&self) -> &T {
        &self.inside
    }
}

impl<T> DerefMut for Locked<'_, T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.inside
    }
}

impl Seen {
    /// Whether there was a piece at the last look.
    pub(crate) fn is_gathering(self) -> bool {
        self.piece != 0
    }
}
