//! One entry of a listing.

use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::fs::Metadata;
use std::path::Path;
use std::time::SystemTime;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::kit::files::types::Types;

/// What a name keeps as it is in a reference: RFC 3986's `unreserved`, and the slash, which no name
/// has.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A file or a directory in a [`Listing`](super::Listing).
#[derive(Debug, Clone)]
pub struct Entry {
    /// In the results of a search, the way from the directory to the entry, with slashes.
    name: OsString,
    /// `None` for a directory.
    size: Option<u64>,
    modified: Option<SystemTime>,
    kind: Kind,
}

/// What a page marks an entry as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Directory,
    Image,
    Audio,
    Video,
    Text,
    Code,
    Archive,
    Other,
}

impl Entry {
    /// The metadata are those of a file or of a directory.
    pub(super) fn new(name: OsString, metadata: &Metadata) -> Entry {
        let size = metadata.is_file().then_some(metadata.len());
        Entry { name, size, modified: metadata.modified().ok(), kind: Kind::Other }
    }

    #[cfg(test)]
    pub(super) fn of(name: &str, size: Option<u64>, modified: Option<SystemTime>) -> Entry {
        Entry { name: name.into(), size, modified, kind: Kind::Other }
    }

    /// The name, with U+FFFD for what is not text. In the results of a search it is the path from
    /// the listed directory.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        self.name.to_string_lossy()
    }

    /// The reference that leads to the entry from the listing. It holds only ASCII letters, digits
    /// and `-._~%/`, so it needs no escapes in HTML. That of a directory ends with a slash.
    #[must_use]
    pub fn href(&self) -> String {
        // With the dot before it, no name is taken for a scheme or a host.
        let path = percent_encode(self.name.as_encoded_bytes(), ESCAPED);
        format!("./{path}{}", if self.is_directory() { "/" } else { "" })
    }

    /// Whether it is a directory, or a link to one.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        self.size.is_none()
    }

    /// The size of a file in bytes; `None` for a directory.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// When it was last modified, if the system knows.
    #[must_use]
    pub fn modified(&self) -> Option<SystemTime> {
        self.modified
    }

    pub(super) fn os_name(&self) -> &OsStr {
        &self.name
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    /// Decides by the type that the file is sent with.
    pub(super) fn find_kind(&mut self, types: &Types) {
        self.kind = match self.size {
            None => Kind::Directory,
            Some(_) => Kind::of(&types.of(Path::new(&self.name))),
        };
    }
}

impl Kind {
    fn of(media_type: &str) -> Kind {
        let essence = media_type.split(';').next().unwrap_or_default();
        let (main, sub) = essence.split_once('/').unwrap_or_default();
        match (main, sub) {
            ("image", _) => Kind::Image,
            ("audio", _) => Kind::Audio,
            ("video", _) => Kind::Video,
            ("text", "plain" | "csv" | "markdown" | "tab-separated-values" | "calendar") => {
                Kind::Text
            }
            ("text", _) => Kind::Code,
            ("application", "json" | "xml" | "x-sh" | "sql" | "yaml" | "toml" | "wasm") => {
                Kind::Code
            }
            ("application", "pdf" | "rtf" | "epub+zip" | "msword") => Kind::Text,
            ("application", "zip" | "gzip" | "zstd" | "java-archive" | "x-tar" | "x-xz") => {
                Kind::Archive
            }
            ("application", _) if sub.ends_with("compressed") || sub.ends_with("bzip2") => {
                Kind::Archive
            }
            ("application", _) if sub.ends_with("package") || sub.ends_with("package-manager") => {
                Kind::Archive
            }
            ("application", _) if sub.contains("document") => Kind::Text,
            _ => Kind::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_of_a_file_is_its_kind() {
        for (name, kind) in [
            ("a.png", Kind::Image),
            ("a.mp3", Kind::Audio),
            ("a.webm", Kind::Video),
            ("a.txt", Kind::Text),
            ("a.pdf", Kind::Text),
            ("a.docx", Kind::Text),
            ("a.html", Kind::Code),
            ("a.json", Kind::Code),
            ("a.tar.gz", Kind::Archive),
            ("a.7z", Kind::Archive),
            ("a.deb", Kind::Archive),
            ("a.unheard-of", Kind::Other),
        ] {
            let mut entry = Entry::of(name, Some(1), None);
            entry.find_kind(&Types::default());
            assert_eq!(entry.kind(), kind, "{name}");
        }
        let mut directory = Entry::of("a.png", None, None);
        directory.find_kind(&Types::default());
        assert_eq!(directory.kind(), Kind::Directory);
    }

    #[test]
    fn no_reference_is_a_scheme_or_markup() {
        for (name, expected) in [
            ("<script>", "./%3Cscript%3E"),
            ("javascript:alert(1)", "./javascript%3Aalert%281%29"),
            ("a?b#c%2e", "./a%3Fb%23c%252e"),
            ("é", "./%C3%A9"),
            ("d/e f", "./d/e%20f"),
        ] {
            assert_eq!(Entry::of(name, Some(1), None).href(), expected);
        }
        assert_eq!(Entry::of("d", None, None).href(), "./d/");
    }
}
