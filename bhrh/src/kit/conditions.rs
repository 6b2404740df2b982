//! Conditional requests: which answer the preconditions lead to (RFC 9110 section 13).
//!
//! `files` evaluates the conditions of its requests by the same function.

use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::date;
use crate::exchange::Exchange;
use crate::headers::Headers;

/// # Answering: conditional requests
impl Exchange<'_> {
    /// Evaluates the conditions of the request (`If-Match`, `If-Unmodified-Since`,
    /// `If-None-Match`, `If-Modified-Since`; RFC 9110 section 13) against the present state of
    /// what it is for. `true`: the method goes on. `false`: the request has been answered, and the
    /// method returns.
    ///
    /// * `etag` is the entity tag of the present state: an [`ETag`](crate::ETag), or a text as it
    ///   stands in an `ETag` field, `"v7"` with its quotes or `W/"v7"`.
    /// * `modified` is the time of its last change; a part of a second does not count.
    /// * Both are `None` if there is nothing yet: then `If-Match: *` fails, and `If-None-Match: *`
    ///   holds. A client sends the latter if it does not want to replace anything.
    ///
    /// GET and HEAD are answered with 304 if the client has the present state already. The 304 has
    /// `etag` in it, or `modified` if there is no tag. Fields that such an answer needs as well,
    /// `Vary` and `Cache-Control` among them, are sent by [`add_header`](Exchange::add_header)
    /// before. If any other condition does not hold, the answer is a 412 by
    /// [`send_error`](Exchange::send_error). CONNECT, OPTIONS and TRACE have no conditions (section
    /// 13.2.1).
    ///
    /// A method that changes something calls this before it reads the body, so that no client sends
    /// a body in vain. Two requests may both find their condition true: hold a lock from this call
    /// to the change, or let a database compare the version once more.
    ///
    /// ```
    /// use bhrh::{ETag, Exchange, http_handler};
    /// use std::io;
    /// use std::sync::Mutex;
    ///
    /// struct Note(Mutex<(u32, String)>);
    ///
    /// #[http_handler]
    /// impl Note {
    ///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
    ///         let (version, text) = self.0.lock().unwrap().clone();
    ///         let etag = ETag::strong(version);
    ///         if !http.check_conditions(Some(&etag), None)? {
    ///             return Ok(());
    ///         }
    ///         http.send_response(200);
    ///         http.send_header("ETag", &etag);
    ///         http.send_body("text/plain", text)
    ///     }
    ///
    ///     fn do_PUT(&self, http: &mut Exchange) -> io::Result<()> {
    ///         let version = self.0.lock().unwrap().0;
    ///         if !http.check_conditions(Some(&ETag::strong(version)), None)? {
    ///             return Ok(());
    ///         }
    ///         let text = String::from_utf8_lossy(&http.read_body()?).into_owned();
    ///         let mut note = self.0.lock().unwrap();
    ///         // Somebody may have been quicker while the body came.
    ///         if !http.check_conditions(Some(&ETag::strong(note.0)), None)? {
    ///             return Ok(());
    ///         }
    ///         *note = (note.0 + 1, text);
    ///         http.send_response(204);
    ///         http.send_header("ETag", &ETag::strong(note.0));
    ///         http.end_headers()
    ///     }
    /// }
    ///
    /// let note = Note(Mutex::new((7, "tea".into())));
    /// let client = bhrh::testing::client(&note);
    /// let ask = |method, name, etag: &str| {
    ///     client.request(method, "/").header(name, etag).body("milk").send()
    /// };
    /// assert_eq!(ask("GET", "If-None-Match", "\"7\"").status(), 304);
    /// assert_eq!(ask("PUT", "If-Match", "\"6\"").status(), 412);
    /// assert_eq!(ask("PUT", "If-Match", "\"7\"").header("ETag"), Some("\"8\""));
    /// assert_eq!(ask("GET", "If-None-Match", "\"7\"").text(), "milk");
    /// ```
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidInput`] if `etag` is not an entity tag; nothing is sent then. And as
    /// [`end_headers`](Exchange::end_headers).
    pub fn check_conditions(
        &mut self,
        etag: Option<&str>,
        modified: Option<SystemTime>,
    ) -> io::Result<bool> {
        let tag = match etag.map(|etag| (etag, read_tag(etag))) {
            None => None,
            Some((_, Some((tag, "")))) if tag.is_sound() => Some(tag),
            Some((etag, _)) => {
                let what = format!("not an entity tag: {etag:?}; write it as `\"{etag}\"`");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
            }
        };
        let exists = tag.is_some() || modified.is_some();
        match evaluate(self.command, self.headers, &State { exists, tag, modified }) {
            Verdict::Holds => return Ok(true),
            Verdict::Failed => self.send_error(412)?,
            Verdict::NotModified => {
                self.send_response(304);
                match (etag, modified) {
                    (Some(etag), _) => self.send_header("ETag", etag),
                    (None, Some(modified)) => {
                        // Section 8.8.2.1: never later than the `Date` of the response.
                        let told = modified.min(SystemTime::now());
                        self.send_header("Last-Modified", date::http::shown(told).to_string());
                    }
                    (None, None) => {}
                }
                self.end_headers()?;
            }
        }
        Ok(false)
    }
}

/// The present state of what a request is for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct State<'a> {
    /// There is something, with validators or without.
    pub(crate) exists: bool,
    pub(crate) tag: Option<Tag<'a>>,
    /// As exact as it is known: what is shown to clients may be less.
    pub(crate) modified: Option<SystemTime>,
}

/// The outcome of the preconditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A condition does not hold: 412.
    Failed,
    /// The client has it already: 304.
    NotModified,
    /// All hold, or there are none.
    Holds,
}

/// Evaluates the preconditions of a request, in the order of section 13.2.2.
pub(crate) fn evaluate(method: &str, headers: Headers<'_>, state: &State<'_>) -> Verdict {
    // Section 13.2.1.
    if matches!(method, "CONNECT" | "OPTIONS" | "TRACE") {
        return Verdict::Holds;
    }
    let reads = matches!(method, "GET" | "HEAD");
    // 1 and 2.
    if headers.contains("If-Match") {
        if !any_tag(headers, "If-Match", state, |own, tag| own.is_strongly(tag)) {
            return Verdict::Failed;
        }
    } else if is_later(state.modified, date(headers, "If-Unmodified-Since")) == Some(true) {
        return Verdict::Failed;
    }
    // 3 and 4.
    if headers.contains("If-None-Match") {
        if any_tag(headers, "If-None-Match", state, |own, tag| own.is_weakly(tag)) {
            return if reads { Verdict::NotModified } else { Verdict::Failed };
        }
    } else if reads && is_later(state.modified, date(headers, "If-Modified-Since")) == Some(false) {
        return Verdict::NotModified;
    }
    Verdict::Holds
}

/// Whether a field names the present state by one of its tags (sections 13.1.1 and 13.1.2).
fn any_tag(
    headers: Headers<'_>,
    name: &str,
    state: &State<'_>,
    same: impl Fn(&Tag<'_>, &Tag<'_>) -> bool,
) -> bool {
    let names_it = |tag: Tag<'_>| state.tag.as_ref().is_some_and(|own| same(own, &tag));
    headers.get_all(name).any(|value| match value {
        "*" => state.exists,
        tags => read_tags(tags).any(names_it),
    })
}

/// Whether something was changed after a date, which has whole seconds only. `None`: one of the
/// two is not known.
fn is_later(modified: Option<SystemTime>, date: Option<SystemTime>) -> Option<bool> {
    let modified = modified?;
    let seconds = modified.duration_since(UNIX_EPOCH).map(|age| Duration::from_secs(age.as_secs()));
    let modified = seconds.map_or(modified, |seconds| UNIX_EPOCH + seconds);
    Some(modified > date?)
}

/// Section 13.1.5: whether a `Range` field counts. `If-Range` has a tag, by strong comparison, or
/// the very date, where that is a strong validator: `strong_date`. Without the field, ranges
/// count.
#[cfg(feature = "files")]
pub(crate) fn if_range(
    headers: Headers<'_>,
    tag: Option<Tag<'_>>,
    strong_date: Option<SystemTime>,
) -> bool {
    let mut values = headers.get_all("If-Range");
    let Some(value) = values.next() else { return true };
    if values.next().is_some() {
        return false;
    }
    if let Some((named, rest)) = read_tag(value) {
        return rest.is_empty() && tag.is_some_and(|own| own.is_strongly(&named));
    }
    let date = date::http::read(value);
    date.is_some() && date == strong_date
}

/// Whether one of the fields with conditions has this very tag in it.
#[cfg(feature = "files")]
pub(crate) fn names_tag(headers: Headers<'_>, tag: Tag<'_>) -> bool {
    let fields = ["If-Match", "If-None-Match", "If-Range"];
    let values = fields.iter().flat_map(|name| headers.get_all(name));
    values.flat_map(read_tags).any(|named| tag.is_weakly(&named))
}

/// The date in a field, which is ignored if it is not one date (sections 13.1.3 and 13.1.4).
fn date(headers: Headers<'_>, name: &str) -> Option<SystemTime> {
    let mut values = headers.get_all(name);
    let value = values.next()?;
    match values.next() {
        None => date::http::read(value),
        Some(_) => None,
    }
}

/// An entity tag (section 8.8.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    weak: bool,
    opaque: &'a str,
}

impl Tag<'_> {
    /// Strong comparison (section 8.8.3.2): neither is weak.
    fn is_strongly(&self, other: &Tag<'_>) -> bool {
        !self.weak && !other.weak && self.opaque == other.opaque
    }

    /// Weak comparison.
    fn is_weakly(&self, other: &Tag<'_>) -> bool {
        self.opaque == other.opaque
    }

    /// Whether it is made of the characters that a tag has.
    fn is_sound(&self) -> bool {
        self.opaque.chars().all(|c| c == '!' || ('#'..='\u{ff}').contains(&c) && c != '\x7f')
    }
}

/// Reads one entity tag from the beginning of a text; gives the rest as well.
pub(crate) fn read_tag(text: &str) -> Option<(Tag<'_>, &str)> {
    let (weak, quoted) = match text.strip_prefix("W/") {
        Some(quoted) => (true, quoted),
        None => (false, text),
    };
    let (opaque, rest) = quoted.strip_prefix('"')?.split_once('"')?;
    Some((Tag { weak, opaque }, rest))
}

/// The entity tags of a list. It ends where something else stands.
fn read_tags(mut text: &str) -> impl Iterator<Item = Tag<'_>> {
    std::iter::from_fn(move || {
        let (tag, rest) = read_tag(text.trim_start_matches([' ', '\t', ',']))?;
        text = rest;
        Some(tag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::headers::Fields;

    const BEFORE: &str = "Sun, 06 Nov 1994 08:49:36 GMT";
    const THEN: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const AFTER: &str = "Sun, 06 Nov 1994 08:49:38 GMT";

    const TAG: Tag<'_> = Tag { weak: false, opaque: "t" };

    /// Of something with the tag `"t"` that was last changed within the second of `THEN`.
    fn then() -> State<'static> {
        let modified = UNIX_EPOCH + Duration::new(784_111_777, 5);
        State { exists: true, tag: Some(TAG), modified: Some(modified) }
    }

    fn verdict(method: &str, fields: &[(&str, &str)], state: &State<'_>) -> Verdict {
        let mut owned = Fields::default();
        for (name, value) in fields {
            owned.push(name, value);
        }
        evaluate(method, owned.headers(), state)
    }

    #[test]
    fn the_order_of_rfc_9110_section_13_2_2() {
        use Verdict::{Failed, Holds, NotModified};
        for (fields, expected) in [
            (&[][..], Holds),
            // 1. If-Match.
            (&[("If-Match", "\"t\"")], Holds),
            (&[("If-Match", "\"x\", \"t\"")], Holds),
            (&[("If-Match", "\"x\""), ("If-Match", "\"t\"")], Holds),
            (&[("If-Match", "*")], Holds),
            (&[("If-Match", "\"x\"")], Failed),
            (&[("If-Match", "W/\"t\"")], Failed),
            (&[("If-Match", "nonsense")], Failed),
            (&[("If-Match", "\"t\""), ("If-Unmodified-Since", BEFORE)], Holds),
            // 2. If-Unmodified-Since.
            (&[("If-Unmodified-Since", BEFORE)], Failed),
            (&[("If-Unmodified-Since", THEN)], Holds),
            (&[("If-Unmodified-Since", AFTER)], Holds),
            (&[("If-Unmodified-Since", "nonsense")], Holds),
            (&[("If-Unmodified-Since", BEFORE), ("If-Unmodified-Since", BEFORE)], Holds),
            (&[("If-Unmodified-Since", BEFORE), ("If-None-Match", "\"t\"")], Failed),
            // 3. If-None-Match.
            (&[("If-None-Match", "\"t\"")], NotModified),
            (&[("If-None-Match", "W/\"t\"")], NotModified),
            (&[("If-None-Match", "\"x\", W/\"y\", \"t\"")], NotModified),
            (&[("If-None-Match", "*")], NotModified),
            (&[("If-None-Match", "\"x\"")], Holds),
            (&[("If-None-Match", "\"x\""), ("If-Modified-Since", AFTER)], Holds),
            (&[("If-None-Match", "\"t\""), ("If-Modified-Since", BEFORE)], NotModified),
            (&[("If-Match", "\"t\""), ("If-None-Match", "\"t\"")], NotModified),
            // 4. If-Modified-Since.
            (&[("If-Modified-Since", BEFORE)], Holds),
            (&[("If-Modified-Since", THEN)], NotModified),
            (&[("If-Modified-Since", AFTER)], NotModified),
            (&[("If-Modified-Since", "Sunday, 06-Nov-94 08:49:37 GMT")], NotModified),
            (&[("If-Modified-Since", "Sun Nov  6 08:49:37 1994")], NotModified),
            (&[("If-Modified-Since", "nonsense")], Holds),
            (&[("If-Modified-Since", AFTER), ("If-Range", "\"x\"")], NotModified),
        ] {
            for method in ["GET", "HEAD"] {
                assert_eq!(verdict(method, fields, &then()), expected, "{method} {fields:?}");
            }
            // Step 3 is a 412 for other methods, and step 4 is for those two alone.
            let by_date = !fields.iter().any(|field| field.0 == "If-None-Match");
            let expected = match expected {
                NotModified if by_date => Holds,
                NotModified => Failed,
                other => other,
            };
            for method in ["PUT", "POST", "DELETE", "PATCH", "BREW"] {
                assert_eq!(verdict(method, fields, &then()), expected, "{method} {fields:?}");
            }
            for method in ["OPTIONS", "TRACE", "CONNECT"] {
                assert_eq!(verdict(method, fields, &then()), Holds, "{method} {fields:?}");
            }
        }
    }

    #[test]
    fn what_is_not_there_has_no_tag_and_no_date() {
        use Verdict::{Failed, Holds};
        let nothing = State { exists: false, tag: None, modified: None };
        for (field, expected) in [
            (("If-Match", "*"), Failed),
            (("If-Match", "\"t\""), Failed),
            (("If-None-Match", "*"), Holds),
            (("If-None-Match", "\"t\""), Holds),
            (("If-Unmodified-Since", BEFORE), Holds),
            (("If-Modified-Since", AFTER), Holds),
        ] {
            for method in ["GET", "PUT"] {
                assert_eq!(verdict(method, &[field], &nothing), expected, "{method} {field:?}");
            }
        }
        // A state without validators exists all the same.
        let bare = State { exists: true, ..nothing };
        assert_eq!(verdict("PUT", &[("If-Match", "*")], &bare), Holds);
        assert_eq!(verdict("PUT", &[("If-None-Match", "*")], &bare), Failed);
        assert_eq!(verdict("PUT", &[("If-Match", "\"t\"")], &bare), Failed);
    }

    #[cfg(feature = "files")]
    #[test]
    fn if_range_takes_strong_validators_only() {
        let strong = Some(UNIX_EPOCH + Duration::from_secs(784_111_777));
        let holds = |value: &str, tag, date| {
            let mut fields = Fields::default();
            fields.push("If-Range", value);
            if_range(fields.headers(), tag, date)
        };
        for (value, expected) in [
            ("\"t\"", true),
            ("W/\"t\"", false),
            ("\"x\"", false),
            ("\"t\", \"t\"", false),
            (THEN, true),
            (BEFORE, false),
            (AFTER, false),
            ("nonsense", false),
        ] {
            assert_eq!(holds(value, Some(TAG), strong), expected, "{value}");
        }
        let weak = Tag { weak: true, ..TAG };
        assert!(!holds("\"t\"", Some(weak), strong));
        assert!(!holds("\"t\"", None, strong));
        assert!(!holds(THEN, Some(TAG), None));
        assert!(!holds("nonsense", Some(TAG), None));
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
