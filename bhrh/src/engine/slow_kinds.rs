//! Which methods have lately been slow.
//!
//! A handler that blocks makes its loop wait for the monitor. A kind of request that did so is run
//! by a spare thread from the start, until it has been quick there a few times. One kind is a
//! command and the first segment of a path: most programs branch on just these.
//!
//! Clients choose kinds, so the table is made for clients that choose them badly. Its hash has a
//! key of the process's own. An entry holds a tag of its kind, so that no kind is taken for
//! another. Many slow kinds push one another out, which only costs them the shortcut. While loops
//! are wary ([`Wariness`]), a kind stays on its loop only if it is known to be quick, and what is
//! slow cannot push that knowledge out.
//!
//! Answers that no method gives run hooks, and steps of protocols that stay run listeners. Both
//! have a score of their own, outside of the table, that no client can push out.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use super::wariness::Wariness;

const ENTRIES: usize = 1 << INDEX_BITS;
const INDEX_BITS: u32 = 12;

/// From which score on a kind is slow.
const SLOW: u32 = 4;
/// What a hand-off by the monitor adds. One may have been the system's doing, which took the
/// processor away; two in a row hardly are.
const HANDED_OFF: u32 = 2;
/// What being slow on a thread of its own adds, and what being quick there takes. On a busy machine
/// some quick ones look slow, so the quick ones count for more.
const SLOW_ALONE: u32 = 1;
const QUICK_ALONE: u32 = 2;
/// What took less than this was quick.
pub(crate) const QUICK: Duration = Duration::from_millis(1);
/// The most that a score comes to.
const MOST: u32 = 16;

/// A score for each kind of request.
#[derive(Debug)]
pub(crate) struct Scores {
    key: u64,
    entries: Box<[AtomicU32]>,
    /// Some request has held its loop up since the server began. Before that, no kinds need to be
    /// told apart.
    any: AtomicBool,
    /// Whether unknown kinds may run in place.
    wariness: Wariness,
    /// The score of refusals.
    refusals: AtomicU32,
    /// The score of steps of protocols that stay.
    steps: AtomicU32,
}

/// A kind of request: the number of its entry, and a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind(pub(super) u32);

/// What a driver does while its loop is lent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Work {
    /// It runs a method.
    Request(Kind),
    /// It answers in place of a method, or logs, which runs hooks.
    Refusal,
    /// It has a protocol that stays take a step.
    Step,
}

/// What an entry knows of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Known {
    tag: u32,
    score: u32,
    /// It has been quick in place, and again since another kind has wanted the entry.
    quick: bool,
    confirmed: bool,
}

impl Known {
    fn read(bits: u32) -> Known {
        Known {
            tag: bits >> INDEX_BITS,
            score: bits & 0xff,
            quick: bits & 0x100 != 0,
            confirmed: bits & 0x200 != 0,
        }
    }

    fn bits(self) -> u32 {
        let flag = |set: bool, bit: u32| if set { bit } else { 0 };
        self.tag << INDEX_BITS | self.score | flag(self.quick, 0x100) | flag(self.confirmed, 0x200)
    }

    fn new(kind: Kind) -> Known {
        Known { tag: kind.tag(), score: 0, quick: false, confirmed: false }
    }
}

impl Kind {
    /// The kind of a request, given its text from the method on, and its text from the target on.
    ///
    /// Each request asks once some request has been slow, so this is a few instructions: of the
    /// method the first four bytes, and of the segment eight at a time. The last eight may reach
    /// over its end, since more of the head follows.
    #[inline(always)]
    fn of(key: u64, (method, target): (&[u8], &[u8])) -> Kind {
        let method = method.first_chunk().map_or(0, |four| u64::from(u32::from_le_bytes(*four)));
        let mut hash = key ^ method;
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
        // The highest bits of a product depend on all bits of its factors: they are the tag.
        Kind((hash >> 32) as u32)
    }

    fn index(self) -> usize {
        self.0 as usize % ENTRIES
    }

    fn tag(self) -> u32 {
        self.0 >> INDEX_BITS
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
        Scores {
            key: RandomState::new().build_hasher().finish(),
            entries: (0..ENTRIES).map(|_| AtomicU32::new(0)).collect(),
            any: AtomicBool::new(false),
            wariness: Wariness::default(),
            refusals: AtomicU32::new(0),
            steps: AtomicU32::new(0),
        }
    }

    /// The kind of a request, if kinds are told apart yet. `parts`: its text from the method on,
    /// and its text from the target on.
    #[inline(always)]
    pub(crate) fn kind<'t>(&self, parts: impl FnOnce() -> (&'t [u8], &'t [u8])) -> Option<Kind> {
        self.any.load(Ordering::Relaxed).then(|| Kind::of(self.key, parts()))
    }

    /// Whether requests of this kind should not be run in place.
    pub(crate) fn should_leave(&self, kind: Kind) -> bool {
        let known = Known::read(self.entries[kind.index()].load(Ordering::Relaxed));
        match known.tag == kind.tag() {
            true => known.score >= SLOW,
            false => self.wariness.is_rush(),
        }
    }

    /// The monitor took the loop away from this work. `now` is in milliseconds; `threads_left`:
    /// there are still threads for all loops.
    pub(crate) fn note_hand_off(&self, work: Option<Work>, now: u64, threads_left: bool) {
        self.any.store(true, Ordering::Relaxed);
        match work {
            Some(Work::Request(kind)) => self.note_slow(kind, HANDED_OFF),
            Some(Work::Refusal) => change_score(&self.refusals, |score| score + HANDED_OFF),
            Some(Work::Step) => change_score(&self.steps, |score| score + HANDED_OFF),
            None => {}
        }
        self.wariness.note_hand_off(now);
        if !threads_left {
            self.wariness.begin_rush(now);
        }
    }

    /// A request had to wait for its client, and there was no thread to do that. The client may
    /// have wanted that, so it says nothing about other kinds.
    pub(crate) fn could_not_wait(&self, kind: Option<Kind>) {
        self.any.store(true, Ordering::Relaxed);
        if let Some(kind) = kind {
            self.note_slow(kind, HANDED_OFF);
        }
    }

    /// Lets time pass. Called by the monitor at its ticks; `now` and `threads_left` are as above.
    pub(crate) fn ease_off(&self, now: u64, threads_left: impl FnOnce() -> bool) {
        self.wariness.ease_off(now, threads_left);
    }

    /// A request of this kind took long on a thread of its own.
    pub(crate) fn was_slow(&self, kind: Kind) {
        self.note_slow(kind, SLOW_ALONE);
    }

    /// A request of this kind was quick on a thread of its own.
    pub(crate) fn was_quick(&self, kind: Kind) {
        self.note_quick(kind, QUICK_ALONE);
    }

    /// Whether refusals should not be made in place.
    pub(crate) fn refusals_should_leave(&self) -> bool {
        self.refusals.load(Ordering::Relaxed) >= SLOW
    }

    /// Whether steps of protocols that stay should not be taken in place.
    pub(crate) fn steps_should_leave(&self) -> bool {
        self.steps.load(Ordering::Relaxed) >= SLOW
    }

    /// This holds its loop up, and there is no thread for the loop. Once is enough.
    pub(crate) fn note_held(&self, work: Option<Work>, now: u64) {
        self.any.store(true, Ordering::Relaxed);
        match work {
            Some(Work::Refusal) => change_score(&self.refusals, |_| MOST),
            Some(Work::Step) => change_score(&self.steps, |_| MOST),
            Some(Work::Request(kind)) => {
                self.note_slow(kind, SLOW);
                self.wariness.begin_rush(now);
            }
            None => {}
        }
    }

    /// A refusal has taken this long where it held up no loop.
    pub(crate) fn note_refusal(&self, time: Duration) {
        change_score(&self.refusals, |score| alone(score, time));
    }

    /// A step has taken this long, likewise.
    pub(crate) fn note_step(&self, time: Duration) {
        change_score(&self.steps, |score| alone(score, time));
    }

    /// Whether loops are taken away, so that it is worth knowing what is quick.
    #[inline(always)]
    pub(crate) fn learns(&self) -> bool {
        self.wariness.learns()
    }

    /// A request of this kind was quick in place.
    #[cold]
    pub(crate) fn was_quick_in_place(&self, kind: Kind) {
        self.note_quick(kind, 0);
    }

    /// Two threads at once may lose a change, which does not matter.
    fn change(&self, kind: Kind, change: impl FnOnce(Known) -> Known) {
        let entry = &self.entries[kind.index()];
        let known = Known::read(entry.load(Ordering::Relaxed));
        entry.store(change(known).bits(), Ordering::Relaxed);
    }

    fn note_slow(&self, kind: Kind, more: u32) {
        self.change(kind, |known| match known {
            Known { tag, score, .. } if tag == kind.tag() => {
                let score = (score + more).min(MOST);
                Known { score, quick: known.quick && score < SLOW, ..known }
            }
            // What is slow pushes out what was slow less often, and nothing that is quick.
            Known { quick: true, .. } => known,
            Known { score: 0, .. } => Known { score: more, ..Known::new(kind) },
            Known { score, .. } => Known { score: score - 1, ..known },
        });
    }

    fn note_quick(&self, kind: Kind, less: u32) {
        self.change(kind, |known| match known {
            Known { tag, score, .. } if tag == kind.tag() => {
                let score = score.saturating_sub(less);
                Known { score, quick: score < SLOW, confirmed: known.quick, ..known }
            }
            Known { confirmed: true, .. } => Known { confirmed: false, ..known },
            Known { score, .. } if score >= SLOW => known,
            _ => Known { quick: true, ..Known::new(kind) },
        });
    }
}

/// The score of what has taken this long on a thread of its own.
fn alone(score: u32, time: Duration) -> u32 {
    match time < QUICK {
        true => score.saturating_sub(QUICK_ALONE),
        false => score + SLOW_ALONE,
    }
}

/// As [`Scores::change`].
fn change_score(score: &AtomicU32, change: impl FnOnce(u32) -> u32) {
    let changed = change(score.load(Ordering::Relaxed)).min(MOST);
    score.store(changed, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn scores() -> Scores {
        let scores = Scores::new();
        scores.any.store(true, Ordering::Relaxed);
        scores
    }

    fn kind_of(scores: &Scores, method: &str, target: &str) -> Kind {
        let line = format!("{method} {target} HTTP/1.1\r\nHost: a");
        Kind::of(scores.key, (line.as_bytes(), &line.as_bytes()[method.len() + 1..]))
    }

    /// Other kinds that share the entry.
    fn rivals(scores: &Scores, kind: Kind) -> impl Iterator<Item = Kind> + '_ {
        let all = (0..).map(|number| kind_of(scores, "GET", &format!("/rival{number}")));
        all.filter(move |other| other.index() == kind.index() && other.tag() != kind.tag())
    }

    #[test]
    fn a_kind_is_a_command_and_a_first_segment() {
        let scores = scores();
        let kind = |method, target| kind_of(&scores, method, target);
        assert_eq!(kind("GET", "/sleep/100?x=/y"), kind("GET", "/sleep/7"));
        assert_eq!(kind("GET", "/sleep/7"), kind("GET", "/sleep?z"));
        assert_ne!(kind("GET", "/sleep"), kind("GET", "/plaintext"));
        assert_ne!(kind("GET", "/sleep"), kind("POST", "/sleep/100"));
        assert_ne!(kind("GET", "/sleep"), kind_of(&Scores::new(), "GET", "/sleep"), "it has a key");
    }

    #[test]
    fn a_segment_ends_at_its_end_wherever_that_is() {
        let scores = scores();
        let mut entries = HashSet::new();
        for length in 0..40 {
            let segment = "abcdefghijklmnopqrstuvwxyz0123456789._~-"[..length].to_owned();
            let kind = kind_of(&scores, "GET", &format!("/{segment}"));
            for rest in ["/", "?", "/x", "?/", "/aaaaaaaaaaaaaaaaaaaa?", "?bbbbbbbbbbbbbbbbbbbb"] {
                let other = kind_of(&scores, "GET", &format!("/{segment}{rest}"));
                assert_eq!(kind, other, "{segment}{rest}");
            }
            entries.insert(kind.0);
        }
        assert_eq!(entries.len(), 40);
    }

    #[test]
    fn slow_once_is_forgiven_soon_and_slow_often_late() {
        let scores = Scores::new();
        let told = || scores.kind(|| (b"GET / HTTP/1.1", b"/ HTTP/1.1"));
        assert_eq!(told(), None);
        scores.note_hand_off(None, 1, true);
        let kind = told().expect("some was slow");
        let is_slow = || scores.should_leave(kind);
        scores.note_hand_off(Some(Work::Request(kind)), 1, true);
        assert!(!is_slow());
        scores.note_hand_off(Some(Work::Request(kind)), 1, true);
        assert!(is_slow());
        scores.was_quick(kind);
        assert!(!is_slow());
        scores.note_hand_off(Some(Work::Request(kind)), 1, true);
        (0..100).for_each(|_| scores.was_slow(kind));
        (0..3).for_each(|_| scores.was_quick(kind));
        assert!(is_slow());
        (0..100).for_each(|_| scores.was_quick(kind));
        assert!(!is_slow());
    }

    #[test]
    fn refusals_that_block_leave_until_they_are_quick_again() {
        let scores = Scores::new();
        scores.note_hand_off(Some(Work::Refusal), 1, true);
        assert!(!scores.refusals_should_leave());
        scores.note_held(Some(Work::Refusal), 1);
        assert!(scores.refusals_should_leave() && !scores.steps_should_leave());
        (0..MOST / QUICK_ALONE).for_each(|_| scores.note_refusal(Duration::ZERO));
        assert!(!scores.refusals_should_leave());
        (0..SLOW).for_each(|_| scores.note_refusal(QUICK));
        assert!(scores.refusals_should_leave());
        (0..2).for_each(|_| scores.note_hand_off(Some(Work::Step), 1, true));
        assert!(scores.steps_should_leave());
    }

    #[test]
    fn no_kind_is_taken_for_another_that_shares_its_entry() {
        let scores = scores();
        let kind = kind_of(&scores, "GET", "/");
        for (hour, rival) in (0..20).zip(rivals(&scores, kind)) {
            let work = Some(Work::Request(rival));
            (0..50).for_each(|_| scores.note_hand_off(work, hour * 3_600_000, true));
            assert!(scores.should_leave(rival));
            scores.ease_off((hour + 1) * 3_600_000, || true);
            assert!(!scores.should_leave(kind));
            (0..50).for_each(|_| scores.was_quick(rival));
        }
    }

    #[test]
    fn in_a_rush_only_what_is_known_to_be_quick_stays() {
        let scores = scores();
        let (kind, unknown) = (kind_of(&scores, "GET", "/"), kind_of(&scores, "GET", "/unknown"));
        assert!(!scores.should_leave(unknown));
        scores.note_hand_off(None, 1, false);
        assert!(scores.should_leave(kind) && scores.should_leave(unknown));
        scores.was_quick(kind);
        scores.was_quick_in_place(kind);
        assert!(!scores.should_leave(kind));
        // Neither many that are slow push it out, nor one that is quick, as long as it goes on.
        for rival in rivals(&scores, kind).take(50) {
            scores.was_slow(rival);
            scores.was_quick(rival);
            scores.was_quick_in_place(kind);
            assert!(!scores.should_leave(kind));
        }
        scores.ease_off(3_600_000, || true);
        assert!(!scores.should_leave(unknown), "the rush is over");
    }

    #[test]
    fn a_kind_that_held_a_loop_without_a_thread_leaves_and_so_do_unknown_ones() {
        let scores = scores();
        let (kind, unknown) = (kind_of(&scores, "GET", "/"), kind_of(&scores, "GET", "/unknown"));
        scores.note_held(Some(Work::Request(kind)), 1);
        assert!(scores.should_leave(kind) && scores.should_leave(unknown));
        scores.ease_off(3_600_000, || true);
        assert!(scores.should_leave(kind) && !scores.should_leave(unknown));
        scores.could_not_wait(Some(unknown));
        assert!(!scores.should_leave(kind_of(&scores, "GET", "/other")), "clients begin no rush");
    }
}
