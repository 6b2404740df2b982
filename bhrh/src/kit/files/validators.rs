//! What tells one state of a file from another: `ETag` and `Last-Modified` (RFC 9110 section 8.8).
//!
//! The entity tag is made of size and time of last modification, with all the digits that the
//! system has. It is a strong one, good for ranges, as soon as the file has been left alone for
//! [`UNCHANGED`]: the system's time of modification moves in steps, and of two changes within one
//! step only the first would show. Until then the tag is weak, with the same opaque part, so that a
//! client that keeps it does not lose what it has. (Section 8.8.2.2 says the same of
//! `Last-Modified` and its seconds.)
//!
//! A compressed form of a file is another representation under the same path, so it has a tag of
//! its own (section 8.8.3.3), whatever its size and time. Where a file has several forms,
//! `Last-Modified` does not tell one from another, and is not strong.
//!
//! Nothing else goes into the tag. The number of the file and the time of its last status change
//! differ from machine to machine, so several servers of the same files would send different tags.

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::coding::Coding;
use crate::kit::conditions::{self, State, Tag};

/// After this time without a change, a later change shows in the time of modification: its steps
/// are 10 milliseconds or less where Unix is at home, and two seconds on FAT.
const UNCHANGED: Duration = Duration::from_secs(2);

/// The forms of a file, as far as validators are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// There is no other.
    Only,
    /// Another client might get a compressed one.
    Plain,
    /// Another client might get the plain one.
    Coded(Coding),
    /// It is gzipped, and there is no other: an `.svgz`.
    OnlyGzipped,
}

impl Form {
    /// The coding of its bytes.
    pub(super) fn coding(self) -> Option<Coding> {
        match self {
            Form::Only | Form::Plain => None,
            Form::Coded(coding) => Some(coding),
            Form::OnlyGzipped => Some(Coding::Gzip),
        }
    }

    /// Whether another client might get another one.
    pub(super) fn varies(self) -> bool {
        matches!(self, Form::Plain | Form::Coded(_))
    }
}

/// The validators of one form of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Validators {
    /// As it stands in an `ETag` field.
    pub(super) tag: Option<String>,
    /// The time that the file system has. Conditions are compared with it.
    modified: Option<SystemTime>,
    /// The `Last-Modified`: section 8.8.2.1 has it never later than the `Date` of the response.
    pub(super) last_modified: Option<SystemTime>,
    /// Two states of the file with this `Last-Modified` are the same.
    modified_is_strong: bool,
}

impl Validators {
    pub(super) fn of(metadata: &Metadata, form: Form) -> Validators {
        match metadata.modified() {
            Ok(modified) => Validators::new(modified, metadata.len(), form, SystemTime::now()),
            Err(_) => Validators::default(),
        }
    }

    fn new(modified: SystemTime, size: u64, form: Form, now: SystemTime) -> Validators {
        // Package stores and reproducible archives set all times to the epoch, or to one second
        // after it: such a time says nothing.
        let Some(age) = modified.duration_since(UNIX_EPOCH).ok().filter(|age| age.as_secs() > 1)
        else {
            return Validators::default();
        };
        let unchanged = now.duration_since(modified).is_ok_and(|quiet| quiet >= UNCHANGED);
        let weak = if unchanged { "" } else { "W/" };
        let (dash, coding) = match form {
            Form::Coded(coding) => ("-", coding.ending()),
            _ => ("", ""),
        };
        let told = modified.min(now).duration_since(UNIX_EPOCH).unwrap_or_default();
        Validators {
            tag: Some(format!("{weak}\"{:x}-{size:x}{dash}{coding}\"", age.as_nanos())),
            modified: Some(modified),
            last_modified: Some(UNIX_EPOCH + Duration::from_secs(told.as_secs())),
            modified_is_strong: unchanged && !form.varies(),
        }
    }

    /// The file, for its conditions.
    pub(super) fn state(&self) -> State<'_> {
        State { exists: true, tag: self.tag(), modified: self.modified }
    }

    pub(super) fn tag(&self) -> Option<Tag<'_>> {
        Some(conditions::read_tag(self.tag.as_ref()?)?.0)
    }

    /// The `Last-Modified`, if it is good for ranges.
    pub(super) fn strong_date(&self) -> Option<SystemTime> {
        self.last_modified.filter(|_| self.modified_is_strong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headers::Fields;
    use crate::kit::conditions::{Verdict, evaluate};

    fn at(seconds: u64, nanos: u32) -> SystemTime {
        UNIX_EPOCH + Duration::new(seconds, nanos)
    }

    #[test]
    fn a_tag_is_weak_until_the_file_has_been_unchanged_for_a_while() {
        let tag = |now| Validators::new(at(1000, 7), 255, Form::Only, now).tag.unwrap();
        assert_eq!(tag(at(1002, 7)), "\"e8d4a51007-ff\"");
        assert_eq!(tag(at(1002, 6)), "W/\"e8d4a51007-ff\"");
        // The clock was set back.
        assert_eq!(tag(at(999, 0)), "W/\"e8d4a51007-ff\"");
    }

    #[test]
    fn forms_of_one_size_and_time_have_their_own_tags_and_no_strong_date() {
        let of = |form| Validators::new(at(1000, 7), 255, form, at(2000, 0));
        assert_eq!(of(Form::Plain).tag, of(Form::Only).tag);
        for (coding, ending) in
            [(Coding::Brotli, "br"), (Coding::Zstd, "zst"), (Coding::Gzip, "gz")]
        {
            let tag = format!("\"e8d4a51007-ff-{ending}\"");
            assert_eq!(of(Form::Coded(coding)).tag, Some(tag));
        }
        assert_eq!(of(Form::Only).strong_date(), Some(at(1000, 0)));
        for form in [Form::Plain, Form::Coded(Coding::Gzip)] {
            assert_eq!(of(form).strong_date(), None);
            assert_eq!(of(form).last_modified, Some(at(1000, 0)));
        }
    }

    #[test]
    fn last_modified_is_in_whole_seconds_and_not_in_the_future() {
        let told = |modified, now| Validators::new(modified, 1, Form::Only, now).last_modified;
        assert_eq!(told(at(1000, 999_999_999), at(2000, 0)), Some(at(1000, 0)));
        assert_eq!(told(at(3000, 0), at(2000, 5)), Some(at(2000, 0)));
    }

    /// A board without a clock begins in 1970, and its files were made elsewhere.
    #[test]
    fn conditions_compare_the_true_time_under_a_clock_that_is_behind() {
        let file = at(1_600_000_000, 0); // 2020-09-13
        let validators = Validators::new(file, 1, Form::Only, at(60, 0));
        assert_eq!(validators.last_modified, Some(at(60, 0)));
        for (name, date, expected) in [
            ("If-Modified-Since", "Wed, 01 Jan 2020 00:00:00 GMT", Verdict::Holds),
            ("If-Modified-Since", "Thu, 01 Jan 1970 00:01:00 GMT", Verdict::Holds),
            ("If-Modified-Since", "Sun, 13 Sep 2020 12:26:40 GMT", Verdict::NotModified),
            ("If-Unmodified-Since", "Wed, 01 Jan 2020 00:00:00 GMT", Verdict::Failed),
            ("If-Unmodified-Since", "Sun, 13 Sep 2020 12:26:40 GMT", Verdict::Holds),
        ] {
            let mut fields = Fields::default();
            fields.push(name, date);
            let verdict = evaluate("GET", fields.headers(), &validators.state());
            assert_eq!(verdict, expected, "{name}: {date}");
        }
    }

    #[test]
    fn a_time_that_says_nothing_makes_no_validator() {
        for modified in [at(0, 0), at(1, 5), UNIX_EPOCH - Duration::from_secs(9)] {
            let validators = Validators::new(modified, 1, Form::Only, at(2000, 0));
            assert_eq!(validators, Validators::default());
        }
    }
}
