//! Entity tags that a handler makes (RFC 9110 section 8.8.3): of a version, or of content.

use std::fmt::{self, Write};
use std::ops::Deref;

use crate::percent;

/// How many bytes of the hash a tag has. Two contents with the same 16 bytes are not found by
/// chance, and a search for them takes 2 to the power of 64 steps.
#[cfg(feature = "etag")]
const HASHED: usize = 16;

/// An entity tag, as it stands in an `ETag` field: in its quotes, with `W/` in front of it if it is
/// weak (RFC 9110 section 8.8.3).
///
/// It is a `str`, so [`check_conditions`](crate::Exchange::check_conditions) takes it by reference:
///
/// ```
/// use bhrh::{ETag, Exchange, http_handler};
/// use std::io;
///
/// struct Article { revision: u64, text: &'static str }
///
/// #[http_handler]
/// impl Article {
///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
///         let etag = ETag::strong(self.revision);
///         if !http.check_conditions(Some(&etag), None)? {
///             return Ok(()); // it is answered
///         }
///         http.add_header("ETag", &etag);
///         http.reply(200, "text/plain", self.text)
///     }
/// }
///
/// let article = Article { revision: 7, text: "tea" };
/// let client = bhrh::testing::client(&article);
/// assert_eq!(client.get("/").send().header("ETag"), Some("\"7\""));
/// assert_eq!(client.get("/").header("If-None-Match", "\"7\"").send().status(), 304);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ETag(String);

impl ETag {
    /// A strong tag: two contents under one path with the same tag are equal, byte for byte.
    ///
    /// `version` is whatever tells one state from another: a number, a hash. A tag has no escapes
    /// for the characters that it cannot have (spaces, `"`, control characters, all beyond ASCII).
    /// They are percent-encoded, and `%` is as well, so that two versions never become one tag.
    ///
    /// ```
    /// use bhrh::ETag;
    /// assert_eq!(ETag::strong("v7").as_str(), "\"v7\"");
    /// assert_eq!(ETag::strong("5\" 100%").as_str(), "\"5%22%20100%25\"");
    /// ```
    #[must_use]
    pub fn strong(version: impl fmt::Display) -> ETag {
        ETag::new("", version)
    }

    /// A weak tag: two contents with the same tag are as good as equal for their readers, such as a
    /// page with another clock time in it. It serves GET and HEAD, and never satisfies `If-Match`
    /// or a range. Characters are encoded as in [`strong`](ETag::strong).
    ///
    /// ```
    /// assert_eq!(bhrh::ETag::weak(7).as_str(), "W/\"7\"");
    /// ```
    #[must_use]
    pub fn weak(version: impl fmt::Display) -> ETag {
        ETag::new("W/", version)
    }

    /// The strong tag of a content: the first 16 bytes of its SHA-256, in hexadecimal digits. Every
    /// server and every release makes the same tag of it.
    ///
    /// This saves sending the content, not making it. Where a version is known without making the
    /// content, [`strong`](ETag::strong) saves more.
    ///
    /// ```
    /// use bhrh::{ETag, Exchange, http_handler};
    /// use std::io;
    ///
    /// struct App;
    ///
    /// #[http_handler]
    /// impl App {
    ///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
    ///         let page = "<p>tea, milk";
    ///         let etag = ETag::of(page);
    ///         if !http.check_conditions(Some(&etag), None)? {
    ///             return Ok(());
    ///         }
    ///         http.add_header("ETag", &etag);
    ///         http.reply(200, "text/html", page)
    ///     }
    /// }
    ///
    /// let client = bhrh::testing::client(&App);
    /// let etag = client.get("/").send().header("ETag").expect("a tag").to_owned();
    /// assert_eq!(etag, "\"d398ca9cce7b3eba935853061bd3a2bd\"");
    /// assert_eq!(client.get("/").header("If-None-Match", &etag).send().status(), 304);
    /// ```
    #[cfg(feature = "etag")]
    #[must_use]
    pub fn of(content: impl AsRef<[u8]>) -> ETag {
        use sha2::Digest;

        let hash = sha2::Sha256::digest(content.as_ref());
        let mut tag = String::with_capacity(2 * HASHED + 2);
        tag.push('"');
        for byte in &hash[..HASHED] {
            // Writing to a String cannot fail.
            let _ = write!(tag, "{byte:02x}");
        }
        tag.push('"');
        ETag(tag)
    }

    fn new(prefix: &str, version: impl fmt::Display) -> ETag {
        let mut tag = format!("{prefix}\"");
        // Only a `Display` that fails by itself makes this fail, and then the tag has what it
        // wrote.
        let _ = write!(Opaque(&mut tag), "{version}");
        tag.push('"');
        ETag(tag)
    }

    /// The tag with its quotes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The part between the quotes.
struct Opaque<'t>(&'t mut String);

impl Write for Opaque<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for byte in text.bytes() {
            match byte {
                b'!' | b'#'..=b'$' | b'&'..=b'~' => self.0.push(char::from(byte)),
                _ => percent::push_escape(self.0, byte),
            }
        }
        Ok(())
    }
}

impl Deref for ETag {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl From<ETag> for String {
    fn from(tag: ETag) -> String {
        tag.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tag_cannot_have_is_encoded_and_so_is_what_encodes_it() {
        for (version, tag) in [
            ("", "\"\""),
            ("a-Z_0!#$&'()*+,./:;<=>?@[\\]^`{|}~", "\"a-Z_0!#$&'()*+,./:;<=>?@[\\]^`{|}~\""),
            ("a\"b", "\"a%22b\""),
            ("a%22b", "\"a%2522b\""),
            ("a b\t\r\n\0\x7f", "\"a%20b%09%0D%0A%00%7F\""),
            ("é", "\"%C3%A9\""),
        ] {
            assert_eq!(ETag::strong(version).as_str(), tag);
            assert_eq!(ETag::weak(version).to_string(), format!("W/{tag}"));
        }
    }

    #[cfg(feature = "etag")]
    #[test]
    fn the_tag_of_a_content_is_half_of_its_sha_256() {
        assert_eq!(&*ETag::of(""), "\"e3b0c44298fc1c149afbf4c8996fb924\"");
        assert_eq!(String::from(ETag::of(b"abc")), "\"ba7816bf8f01cfea414140de5dae2223\"");
    }
}
