//! What tells one state of a file from another: `ETag` and `Last-Modified` (RFC 9110 section 8.8).
//!
//! The entity tag is made of size and time of last modification, with all the digits that the
//! system has. It is a strong one, good for ranges, as soon as the file has been left alone for
//! [`SETTLED`]: the system's time of modification moves in steps, and of two changes within one
//! step only the first would show. Until then the tag is weak, with the same opaque part, so that a
//! client that keeps it does not lose what it has. (Section 8.8.2.2 says the same of
//! `Last-Modified` and its seconds.)
//!
//! Nothing else goes into the tag. What is the machine's own, such as the number of the file or the
//! time of its last status change, would make one tag for each of several servers of the same
//! files.

use std::fmt;
use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// After this time without a change, a later change shows in the time of modification: its steps
/// are 10 milliseconds or less where Unix is at home, and two seconds on FAT.
const SETTLED: Duration = Duration::from_secs(2);

/// An entity tag (section 8.8.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    weak: bool,
    opaque: String,
}

/// The validators of one file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Validators {
    pub(super) tag: Option<Tag>,
    /// In whole seconds.
    pub(super) modified: Option<SystemTime>,
    /// Two states of the file with this `Last-Modified` are the same.
    pub(super) modified_is_strong: bool,
}

impl Validators {
    pub(super) fn of(metadata: &Metadata) -> Validators {
        match metadata.modified() {
            Ok(modified) => Validators::new(modified, metadata.len(), SystemTime::now()),
            Err(_) => Validators::default(),
        }
    }

    fn new(modified: SystemTime, size: u64, now: SystemTime) -> Validators {
        // Package stores and reproducible archives set all times to the epoch, or to one second
        // after it: such a time says nothing.
        let Some(age) = modified.duration_since(UNIX_EPOCH).ok().filter(|age| age.as_secs() > 1)
        else {
            return Validators::default();
        };
        let settled = now.duration_since(modified).is_ok_and(|quiet| quiet >= SETTLED);
        let opaque = format!("{:x}-{size:x}", age.as_nanos());
        // Section 8.8.2.1: never later than the `Date` of the response.
        let told = modified.min(now).duration_since(UNIX_EPOCH).unwrap_or_default();
        Validators {
            tag: Some(Tag { weak: !settled, opaque }),
            modified: Some(UNIX_EPOCH + Duration::from_secs(told.as_secs())),
            modified_is_strong: settled,
        }
    }
}

impl Tag {
    /// Strong comparison (section 8.8.3.2): neither is weak.
    pub(super) fn is_strongly(&self, other: &TagRef<'_>) -> bool {
        !self.weak && !other.weak && self.opaque == other.opaque
    }

    /// Weak comparison.
    pub(super) fn is_weakly(&self, other: &TagRef<'_>) -> bool {
        self.opaque == other.opaque
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let weak = if self.weak { "W/" } else { "" };
        write!(f, "{weak}\"{}\"", self.opaque)
    }
}

/// An entity tag as a client names it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TagRef<'a> {
    weak: bool,
    opaque: &'a str,
}

/// Reads one entity tag from the beginning of a text; gives the rest as well.
pub(super) fn read_tag(text: &str) -> Option<(TagRef<'_>, &str)> {
    let (weak, quoted) = match text.strip_prefix("W/") {
        Some(quoted) => (true, quoted),
        None => (false, text),
    };
    let (opaque, rest) = quoted.strip_prefix('"')?.split_once('"')?;
    Some((TagRef { weak, opaque }, rest))
}

/// The entity tags of a list. It ends where something else stands.
pub(super) fn read_tags(mut text: &str) -> impl Iterator<Item = TagRef<'_>> {
    std::iter::from_fn(move || {
        let (tag, rest) = read_tag(text.trim_start_matches([' ', '\t', ',']))?;
        text = rest;
        Some(tag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64, nanos: u32) -> SystemTime {
        UNIX_EPOCH + Duration::new(seconds, nanos)
    }

    #[test]
    fn a_tag_is_weak_until_the_file_has_settled() {
        let tag = |now| Validators::new(at(1000, 7), 255, now).tag.unwrap().to_string();
        assert_eq!(tag(at(1002, 7)), "\"e8d4a51007-ff\"");
        assert_eq!(tag(at(1002, 6)), "W/\"e8d4a51007-ff\"");
        // A clock that went back.
        assert_eq!(tag(at(999, 0)), "W/\"e8d4a51007-ff\"");
    }

    #[test]
    fn last_modified_is_in_whole_seconds_and_not_in_the_future() {
        let told = |modified, now| Validators::new(modified, 1, now).modified;
        assert_eq!(told(at(1000, 999_999_999), at(2000, 0)), Some(at(1000, 0)));
        assert_eq!(told(at(3000, 0), at(2000, 5)), Some(at(2000, 0)));
    }

    #[test]
    fn a_time_that_says_nothing_makes_no_validator() {
        for modified in [at(0, 0), at(1, 5), UNIX_EPOCH - Duration::from_secs(9)] {
            assert_eq!(Validators::new(modified, 1, at(2000, 0)), Validators::default());
        }
    }

    #[test]
    fn lists_of_tags() {
        let tags = |text| read_tags(text).map(|tag| (tag.weak, tag.opaque)).collect::<Vec<_>>();
        assert_eq!(tags("\"a\""), [(false, "a")]);
        assert_eq!(tags("\"a\", W/\"b,c\",,\t\"\""), [(false, "a"), (true, "b,c"), (false, "")]);
        assert_eq!(tags("\"a\", b, \"c\""), [(false, "a")]);
        assert_eq!(tags("\"a"), []);
        assert_eq!(tags("*"), []);
        assert_eq!(tags("w/\"a\""), []);
    }
}
