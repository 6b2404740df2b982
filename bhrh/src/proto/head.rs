//! Request heads, once they are read, and what their readers are told and say.

use std::borrow::Cow;
use std::ops::Range;

use super::request_target;
use crate::grammar::same_name;
use crate::headers::{FieldSpan, Fields, Headers, bytes_of};
use crate::settings::Limits;
use crate::settings::Profile;

/// How a head is to be read.
#[derive(Clone, Copy)]
pub(crate) struct HeadRules<'a> {
    pub(crate) profile: &'a Profile,
    pub(crate) limits: &'a Limits,
    /// What a request line without a version counts as; hardly any comes without.
    pub(crate) default_version: &'a dyn Fn() -> Cow<'a, str>,
}

/// One request's head, as text. Reused from request to request: reading allocates only when a
/// head is larger than all before it.
#[derive(Debug, Clone, Default)]
pub(crate) struct RequestHead {
    /// The text that all spans point into, and the field lines.
    pub(crate) fields: Fields,
    pub(crate) requestline: Range<u32>,
    pub(crate) command: Range<u32>,
    pub(crate) path: Range<u32>,
    pub(crate) version: Range<u32>,
    pub(crate) number: VersionNumber,
    /// The last `Host` that was well-formed, of an earlier head perhaps: most clients of a server
    /// name the same. Empty, which no such one is, until there was one.
    pub(super) known_host: Vec<u8>,
}

/// Major and minor version as one number, which compares as the two do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct VersionNumber(u64);

impl VersionNumber {
    pub(crate) const HTTP_1_0: VersionNumber = VersionNumber::new(1, 0);
    pub(crate) const HTTP_1_1: VersionNumber = VersionNumber::new(1, 1);

    /// Both parts must have at most ten digits, and `major` must be below 2<sup>29</sup>.
    pub(crate) const fn new(major: u32, minor: u64) -> VersionNumber {
        VersionNumber((major as u64) << 34 | minor)
    }

    #[cfg(feature = "__internals")]
    pub(crate) fn parts(self) -> (u64, u64) {
        (self.0 >> 34, self.0 & ((1 << 34) - 1))
    }
}

/// What a reader found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The head is complete, and `length` bytes long.
    Complete { length: usize },
    /// More bytes are needed.
    Partial,
    /// The connection ended, or has to end, without a word.
    Silence,
}

impl RequestHead {
    pub(crate) fn clear(&mut self) {
        self.fields.clear();
        self.requestline = 0..0;
        self.command = 0..0;
        self.path = 0..0;
        self.version = 0..0;
        self.number = VersionNumber::default();
    }

    pub(crate) fn requestline(&self) -> &str {
        self.fields.text_of(&self.requestline)
    }

    /// The method; empty while it is not known, which is Python's `None`.
    pub(crate) fn command(&self) -> &str {
        self.fields.text_of(&self.command)
    }

    pub(crate) fn path(&self) -> &str {
        self.fields.text_of(&self.path)
    }

    pub(crate) fn version(&self) -> &str {
        self.fields.text_of(&self.version)
    }

    /// Request line, method, target and version, each as the method of its name has it.
    #[inline(always)]
    pub(crate) fn line(&self) -> [&str; 4] {
        // The line is shown to be text once for all of them, which goes 16 bytes at a time if that
        // takes in a little of what follows.
        let Fields { text, .. } = &self.fields;
        let end = (self.requestline.end as usize).next_multiple_of(16);
        let shown = std::str::from_utf8(text.get(..end).unwrap_or(text)).unwrap_or_default();
        // A version that no line had stands behind it.
        let piece = |span: &Range<u32>| {
            let piece = shown.get(span.start as usize..span.end as usize);
            piece.unwrap_or_else(|| self.fields.text_of(span))
        };
        [piece(&self.requestline), piece(&self.command), piece(&self.path), piece(&self.version)]
    }

    /// The bytes of the text from the method on, and from the target on: in nearly all heads, a
    /// space follows either.
    pub(crate) fn method_and_target(&self) -> (&[u8], &[u8]) {
        let from = |start: u32| self.fields.text.get(start as usize..).unwrap_or_default();
        (from(self.command.start), from(self.path.start))
    }

    pub(crate) fn headers(&self) -> Headers<'_> {
        self.fields.headers()
    }

    /// Replaces the value of `Host` by the authority of a target in absolute form, which takes
    /// precedence (RFC 9112 section 3.2.2), so that a handler that reads `Host` sees the host that
    /// was asked for.
    #[inline(always)]
    pub(crate) fn adopt_target_host(&mut self) {
        if self.fields.text.get(self.path.start as usize) != Some(&b'/') {
            self.replace_host();
        }
    }

    #[cold]
    fn replace_host(&mut self) {
        let Some(authority) = request_target::authority(self.path()) else { return };
        let start = self.path.start;
        let value = start + authority.start as u32..start + authority.end as u32;
        let Fields { text, spans } = &mut self.fields;
        let name = |span: &FieldSpan| same_name(bytes_of(text, &span.name), "Host");
        if let Some(host) = spans.iter_mut().find(|span| name(span)) {
            host.value = value;
        }
    }

    /// Whether the method is HEAD.
    pub(crate) fn is_head(&self) -> bool {
        self.command.len() == 4 && self.command() == "HEAD"
    }

    /// Whether the method is CONNECT, which like HEAD is told by its length first: nearly no
    /// request needs the text for it.
    pub(crate) fn is_connect(&self) -> bool {
        self.command.len() == 7 && self.command() == "CONNECT"
    }

    /// Whether the request is of HTTP/1.1 or a later minor version.
    pub(crate) fn is_11(&self) -> bool {
        self.number >= VersionNumber::HTTP_1_1
    }
}
