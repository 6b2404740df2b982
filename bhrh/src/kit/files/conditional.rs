//! Conditional requests: which answer the preconditions lead to (RFC 9110 section 13).

use std::time::SystemTime;

use super::validators::{Validators, read_tag, read_tags};
use crate::headers::Headers;
use crate::http_date;

/// What the preconditions come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// One does not hold: 412.
    Failed,
    /// The client has it already: 304.
    NotModified,
    /// The file is to be sent. `ranges`: a `Range` field counts.
    Send { ranges: bool },
}

/// Evaluates the preconditions of a GET or HEAD request for a file that exists, in the order of
/// section 13.2.2.
pub(super) fn evaluate(headers: Headers<'_>, validators: &Validators) -> Verdict {
    // 1 and 2.
    if headers.contains("If-Match") {
        if !if_match(headers, validators) {
            return Verdict::Failed;
        }
    } else if let (Some(date), Some(modified)) =
        (date(headers, "If-Unmodified-Since"), validators.modified)
    {
        if modified > date {
            return Verdict::Failed;
        }
    }
    // 3 and 4.
    if headers.contains("If-None-Match") {
        if !if_none_match(headers, validators) {
            return Verdict::NotModified;
        }
    } else if let (Some(date), Some(modified)) =
        (date(headers, "If-Modified-Since"), validators.modified)
    {
        if modified <= date {
            return Verdict::NotModified;
        }
    }
    // 5.
    Verdict::Send { ranges: if_range(headers, validators) }
}

/// Section 13.1.1: strong comparison.
fn if_match(headers: Headers<'_>, validators: &Validators) -> bool {
    headers.get_all("If-Match").any(|value| {
        value == "*"
            || validators
                .tag
                .as_ref()
                .is_some_and(|own| read_tags(value).any(|tag| own.is_strongly(&tag)))
    })
}

/// Section 13.1.2: weak comparison.
fn if_none_match(headers: Headers<'_>, validators: &Validators) -> bool {
    !headers.get_all("If-None-Match").any(|value| {
        value == "*"
            || validators
                .tag
                .as_ref()
                .is_some_and(|own| read_tags(value).any(|tag| own.is_weakly(&tag)))
    })
}

/// Section 13.1.5: a tag by strong comparison, or the very date, if that is a strong validator.
/// Without the field, ranges count.
fn if_range(headers: Headers<'_>, validators: &Validators) -> bool {
    let mut values = headers.get_all("If-Range");
    let Some(value) = values.next() else { return true };
    if values.next().is_some() {
        return false;
    }
    if let Some((tag, rest)) = read_tag(value) {
        let own = validators.tag.as_ref();
        return rest.is_empty() && own.is_some_and(|own| own.is_strongly(&tag));
    }
    let date = http_date::read(value);
    validators.modified_is_strong && date.is_some() && date == validators.modified
}

/// The date in a field, which is ignored if it is not one date (sections 13.1.3 and 13.1.4).
fn date(headers: Headers<'_>, name: &str) -> Option<SystemTime> {
    let mut values = headers.get_all(name);
    let value = values.next()?;
    match values.next() {
        None => http_date::read(value),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headers::Fields;
    use std::fs;
    use std::time::{Duration, UNIX_EPOCH};

    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const THEN: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const AFTER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";

    /// Of a file that was last changed at `THEN` and has five bytes, and its tag.
    fn validators() -> (Validators, String) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a");
        fs::write(&path, "hello").unwrap();
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::new(784_111_777, 5)).unwrap();
        let validators = Validators::of(&file.metadata().unwrap());
        let tag = validators.tag.as_ref().unwrap().to_string();
        (validators, tag)
    }

    fn verdict(fields: &[(&str, &str)], validators: &Validators, tag: &str) -> Verdict {
        let mut owned = Fields::default();
        for (name, value) in fields {
            owned.push(name, &value.replace("TAG", tag));
        }
        evaluate(owned.headers(), validators)
    }

    #[test]
    fn the_order_of_rfc_9110_section_13_2_2() {
        use Verdict::{Failed, NotModified};
        const SENT: Verdict = Verdict::Send { ranges: true };
        const WHOLE: Verdict = Verdict::Send { ranges: false };
        let (validators, tag) = validators();
        for (fields, expected) in [
            (&[][..], SENT),
            // 1. If-Match.
            (&[("If-Match", "TAG")], SENT),
            (&[("If-Match", "\"x\", TAG")], SENT),
            (&[("If-Match", "\"x\""), ("If-Match", "TAG")], SENT),
            (&[("If-Match", "*")], SENT),
            (&[("If-Match", "\"x\"")], Failed),
            (&[("If-Match", "W/TAG")], Failed),
            (&[("If-Match", "nonsense")], Failed),
            (&[("If-Match", "TAG"), ("If-Unmodified-Since", BEFORE)], SENT),
            // 2. If-Unmodified-Since.
            (&[("If-Unmodified-Since", BEFORE)], Failed),
            (&[("If-Unmodified-Since", THEN)], SENT),
            (&[("If-Unmodified-Since", AFTER)], SENT),
            (&[("If-Unmodified-Since", "nonsense")], SENT),
            (&[("If-Unmodified-Since", BEFORE), ("If-Unmodified-Since", BEFORE)], SENT),
            (&[("If-Unmodified-Since", BEFORE), ("If-None-Match", "TAG")], Failed),
            // 3. If-None-Match.
            (&[("If-None-Match", "TAG")], NotModified),
            (&[("If-None-Match", "W/TAG")], NotModified),
            (&[("If-None-Match", "\"x\", W/\"y\", TAG")], NotModified),
            (&[("If-None-Match", "*")], NotModified),
            (&[("If-None-Match", "\"x\"")], SENT),
            (&[("If-None-Match", "\"x\""), ("If-Modified-Since", AFTER)], SENT),
            (&[("If-None-Match", "TAG"), ("If-Modified-Since", BEFORE)], NotModified),
            (&[("If-Match", "TAG"), ("If-None-Match", "TAG")], NotModified),
            // 4. If-Modified-Since.
            (&[("If-Modified-Since", BEFORE)], SENT),
            (&[("If-Modified-Since", THEN)], NotModified),
            (&[("If-Modified-Since", AFTER)], NotModified),
            (&[("If-Modified-Since", "Sunday, 06-Nov-94 08:49:37 GMT")], NotModified),
            (&[("If-Modified-Since", "Sun Nov  6 08:49:37 1994")], NotModified),
            (&[("If-Modified-Since", "nonsense")], SENT),
            (&[("If-Modified-Since", AFTER), ("If-Range", "\"x\"")], NotModified),
            // 5. If-Range.
            (&[("If-Range", "TAG")], SENT),
            (&[("If-Range", "W/TAG")], WHOLE),
            (&[("If-Range", "\"x\"")], WHOLE),
            (&[("If-Range", "TAG, TAG")], WHOLE),
            (&[("If-Range", THEN)], SENT),
            (&[("If-Range", BEFORE)], WHOLE),
            (&[("If-Range", AFTER)], WHOLE),
            (&[("If-Range", "nonsense")], WHOLE),
        ] {
            assert_eq!(verdict(fields, &validators, &tag), expected, "{fields:?}");
        }
    }

    #[test]
    fn a_file_without_validators_is_sent() {
        let none = Validators::default();
        for (name, value, expected) in [
            ("If-Match", "\"x\"", Verdict::Failed),
            ("If-Match", "*", Verdict::Send { ranges: true }),
            ("If-None-Match", "\"x\"", Verdict::Send { ranges: true }),
            ("If-Modified-Since", AFTER, Verdict::Send { ranges: true }),
            ("If-Unmodified-Since", BEFORE, Verdict::Send { ranges: true }),
            ("If-Range", THEN, Verdict::Send { ranges: false }),
        ] {
            assert_eq!(verdict(&[(name, value)], &none, ""), expected, "{name}: {value}");
        }
    }

    #[test]
    fn what_has_not_settled_has_no_strong_validator() {
        let (mut validators, tag) = validators();
        validators.modified_is_strong = false;
        let whole = Verdict::Send { ranges: false };
        assert_eq!(verdict(&[("If-Range", THEN)], &validators, &tag), whole);
    }
}
