//! Media types by the ending of a name, as Python's `mimetypes` has them: a table, not a look into
//! the file.
//!
//! A `charset` in the header overrides what a page says of itself (HTML, "determining the character
//! encoding"), so it is left out of the types that can say it: `<meta charset>` in HTML, `@charset`
//! in CSS, the declaration of XML. The other types cannot say it, and today most such files are
//! UTF-8. Without a `charset` a browser takes text for windows-1252.

use std::borrow::Cow;
use std::path::Path;

/// The type of a file whose name says nothing about it, as in Python.
const UNKNOWN: &str = "application/octet-stream";

/// The media type for a file of this name, by its ending alone: what [`Files`](super::Files) sends
/// without settings. The file need not be there. An ending that is not in the table, and a name
/// without one, is `application/octet-stream`.
///
/// Types of text have `charset=utf-8`, except HTML, CSS and XML, which can name their charset
/// themselves.
///
/// ```
/// use bhrh::files::media_type;
///
/// assert_eq!(media_type("a/logo.SVG"), "image/svg+xml");
/// assert_eq!(media_type("notes.txt"), "text/plain; charset=utf-8");
/// assert_eq!(media_type("index.html"), "text/html");
/// assert_eq!(media_type("Makefile"), "application/octet-stream");
/// ```
#[must_use]
pub fn media_type(path: impl AsRef<Path>) -> &'static str {
    extension(path.as_ref()).and_then(|extension| in_table(&extension)).unwrap_or(UNKNOWN)
}

/// The settings of a program for media types.
#[derive(Debug, Clone, Default)]
pub(super) struct Types {
    /// These take precedence over the table. The last entry for an ending counts.
    pub(super) own: Vec<(String, String)>,
    /// Instead of [`UNKNOWN`].
    pub(super) unknown: Option<String>,
    /// The charset for text, instead of the table's. `Some(None)` leaves it out.
    pub(super) charset: Option<Option<String>>,
}

impl Types {
    /// The `Content-Type` of a file of this name.
    pub(super) fn of(&self, path: &Path) -> Cow<'_, str> {
        let extension = extension(path).unwrap_or_default();
        if let Some((_, media_type)) = self.own.iter().rev().find(|(own, _)| *own == extension) {
            return media_type.into();
        }
        match in_table(&extension) {
            Some(media_type) => self.with_charset(media_type),
            None => self.unknown.as_deref().unwrap_or(UNKNOWN).into(),
        }
    }

    fn with_charset(&self, media_type: &'static str) -> Cow<'static, str> {
        let Some(charset) = self.charset.as_ref().filter(|_| media_type.starts_with("text/"))
        else {
            return media_type.into();
        };
        let essence = media_type.split(';').next().unwrap_or(media_type);
        match charset {
            Some(charset) => format!("{essence}; charset={charset}").into(),
            None => essence.into(),
        }
    }
}

/// Whether the bytes of a file of this name are the gzipped form of what its type says: no browser
/// shows an `.svgz` that comes without a `Content-Encoding`.
pub(super) fn is_gzipped(path: &Path, media_type: &str) -> bool {
    media_type == "image/svg+xml" && extension(path).is_some_and(|extension| extension == "svgz")
}

fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

fn in_table(extension: &str) -> Option<&'static str> {
    let at = TYPES.binary_search_by(|row| row.0.cmp(extension)).ok()?;
    Some(TYPES[at].1)
}

/// In the order of the first column. The types are from RFC 9239 for JavaScript, RFC 9512 for YAML,
/// RFC 7946 for GeoJSON, and IANA's registry for those without an `x-`. The other types are as in
/// Debian and nginx.
const TYPES: [(&str, &str); 150] = [
    ("3gp", "video/3gpp"),
    ("7z", "application/x-7z-compressed"),
    ("aac", "audio/aac"),
    ("aif", "audio/x-aiff"),
    ("aiff", "audio/x-aiff"),
    ("apk", "application/vnd.android.package-archive"),
    ("apng", "image/apng"),
    ("atom", "application/atom+xml"),
    ("au", "audio/basic"),
    ("avi", "video/x-msvideo"),
    ("avif", "image/avif"),
    ("bat", "text/plain; charset=utf-8"),
    ("bin", "application/octet-stream"),
    ("bmp", "image/bmp"),
    ("br", "application/x-brotli"),
    ("bz2", "application/x-bzip2"),
    ("c", "text/plain; charset=utf-8"),
    ("cjs", "text/javascript; charset=utf-8"),
    ("conf", "text/plain; charset=utf-8"),
    ("cpio", "application/x-cpio"),
    ("css", "text/css"),
    ("csv", "text/csv; charset=utf-8"),
    ("deb", "application/vnd.debian.binary-package"),
    ("dll", "application/vnd.microsoft.portable-executable"),
    ("dmg", "application/x-apple-diskimage"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("eml", "message/rfc822"),
    ("eot", "application/vnd.ms-fontobject"),
    ("epub", "application/epub+zip"),
    ("exe", "application/vnd.microsoft.portable-executable"),
    ("flac", "audio/flac"),
    ("flv", "video/x-flv"),
    ("geojson", "application/geo+json"),
    ("gif", "image/gif"),
    ("glb", "model/gltf-binary"),
    ("gltf", "model/gltf+json"),
    ("gz", "application/gzip"),
    ("h", "text/plain; charset=utf-8"),
    ("heic", "image/heic"),
    ("heif", "image/heif"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("ico", "image/vnd.microsoft.icon"),
    ("ics", "text/calendar; charset=utf-8"),
    ("iso", "application/x-iso9660-image"),
    ("jar", "application/java-archive"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("jsonld", "application/ld+json"),
    ("jxl", "image/jxl"),
    ("kml", "application/vnd.google-earth.kml+xml"),
    ("kmz", "application/vnd.google-earth.kmz"),
    ("log", "text/plain; charset=utf-8"),
    ("m3u", "application/vnd.apple.mpegurl"),
    ("m3u8", "application/vnd.apple.mpegurl"),
    ("m4a", "audio/mp4"),
    ("m4v", "video/mp4"),
    ("map", "application/json"),
    ("md", "text/markdown; charset=utf-8"),
    ("mid", "audio/midi"),
    ("midi", "audio/midi"),
    ("mjs", "text/javascript; charset=utf-8"),
    ("mka", "audio/matroska"),
    ("mkv", "video/matroska"),
    ("mov", "video/quicktime"),
    ("mp2", "audio/mpeg"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("mpd", "application/dash+xml"),
    ("mpe", "video/mpeg"),
    ("mpeg", "video/mpeg"),
    ("mpg", "video/mpeg"),
    ("msi", "application/x-msi"),
    ("nt", "application/n-triples"),
    ("odg", "application/vnd.oasis.opendocument.graphics"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("oga", "audio/ogg"),
    ("ogg", "audio/ogg"),
    ("ogv", "video/ogg"),
    ("opus", "audio/opus"),
    ("otf", "font/otf"),
    ("pbm", "image/x-portable-bitmap"),
    ("pdf", "application/pdf"),
    ("pgm", "image/x-portable-graymap"),
    ("pl", "text/plain; charset=utf-8"),
    ("png", "image/png"),
    ("ppm", "image/x-portable-pixmap"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("ps", "application/postscript"),
    ("psd", "image/vnd.adobe.photoshop"),
    ("py", "text/x-python; charset=utf-8"),
    ("qt", "video/quicktime"),
    ("rar", "application/vnd.rar"),
    ("rpm", "application/x-redhat-package-manager"),
    ("rs", "text/plain; charset=utf-8"),
    ("rss", "application/rss+xml"),
    ("rtf", "application/rtf"),
    ("sh", "application/x-sh"),
    ("snd", "audio/basic"),
    ("so", "application/octet-stream"),
    ("sql", "application/sql"),
    ("srt", "text/plain; charset=utf-8"),
    ("stl", "model/stl"),
    ("svg", "image/svg+xml"),
    ("svgz", "image/svg+xml"),
    ("tar", "application/x-tar"),
    ("tbz2", "application/x-bzip2"),
    ("tex", "application/x-tex"),
    ("tgz", "application/gzip"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("toml", "application/toml"),
    ("ts", "video/mp2t"),
    ("tsv", "text/tab-separated-values; charset=utf-8"),
    ("ttc", "font/collection"),
    ("ttf", "font/ttf"),
    ("txt", "text/plain; charset=utf-8"),
    ("txz", "application/x-xz"),
    ("tzst", "application/zstd"),
    ("usdz", "model/vnd.usdz+zip"),
    ("vcard", "text/vcard; charset=utf-8"),
    ("vcf", "text/vcard; charset=utf-8"),
    ("vtt", "text/vtt; charset=utf-8"),
    ("wasm", "application/wasm"),
    ("wav", "audio/x-wav"),
    ("weba", "audio/webm"),
    ("webm", "video/webm"),
    ("webmanifest", "application/manifest+json"),
    ("webp", "image/webp"),
    ("wma", "audio/x-ms-wma"),
    ("wmv", "video/x-ms-wmv"),
    ("woff", "font/woff"),
    ("woff2", "font/woff2"),
    ("xhtml", "application/xhtml+xml"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("xml", "application/xml"),
    ("xpi", "application/x-xpinstall"),
    ("xsl", "application/xml"),
    ("xz", "application/x-xz"),
    ("yaml", "application/yaml"),
    ("yml", "application/yaml"),
    ("zip", "application/zip"),
    ("zst", "application/zstd"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order() {
        assert!(TYPES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (extension, media_type) in TYPES {
            assert_eq!(super::media_type(format!("a.{extension}")), media_type);
            let says_itself = matches!(media_type, "text/html" | "text/css");
            let is_said = media_type.ends_with("; charset=utf-8");
            assert_eq!(is_said, media_type.starts_with("text/") && !says_itself, "{extension}");
        }
    }

    #[test]
    fn the_ending_counts() {
        for (name, expected) in [
            ("a/b.HTML", "text/html"),
            ("a.tar.gz", "application/gzip"),
            ("a.tgz", "application/gzip"),
            ("a.tar.zst", "application/zstd"),
            ("a.yml", "application/yaml"),
            ("a.svgz", "image/svg+xml"),
            ("a.geojson", "application/geo+json"),
            ("a.gltf", "model/gltf+json"),
            ("a.glb", "model/gltf-binary"),
            ("a.m4v", "video/mp4"),
            ("a.mpd", "application/dash+xml"),
            ("a.exe", "application/vnd.microsoft.portable-executable"),
            ("a.iso", "application/x-iso9660-image"),
            ("a.rpm", "application/x-redhat-package-manager"),
            ("a.vcf", "text/vcard; charset=utf-8"),
        ] {
            assert_eq!(media_type(name), expected, "{name}");
        }
        for name in ["Makefile", "a.unheard-of", ".html", "a.", "html", ""] {
            assert_eq!(media_type(name), "application/octet-stream", "{name}");
        }
    }

    #[test]
    fn own_types_come_first_and_the_last_of_them_counts() {
        let own = [("md", "text/plain"), ("md", "text/html")];
        let own = own.map(|(extension, media_type)| (extension.to_owned(), media_type.to_owned()));
        let charset = Some(Some("iso-8859-1".to_owned()));
        let types = Types { own: own.into(), unknown: Some("text/x-any".into()), charset };
        for (name, expected) in [
            ("a.MD", "text/html"),
            ("a.css", "text/css; charset=iso-8859-1"),
            ("a.txt", "text/plain; charset=iso-8859-1"),
            ("a.png", "image/png"),
            ("a.json", "application/json"),
            ("Makefile", "text/x-any"),
            ("a.unheard-of", "text/x-any"),
        ] {
            assert_eq!(types.of(Path::new(name)), expected, "{name}");
        }
        let silent = Types { charset: Some(None), ..Types::default() };
        assert_eq!(silent.of(Path::new("a.txt")), "text/plain");
        assert_eq!(silent.of(Path::new("a.html")), "text/html");
    }
}
