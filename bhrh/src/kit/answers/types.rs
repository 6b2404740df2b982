//! The contents that are types of other crates, [`Html`] and [`Json`].

use std::borrow::Cow;
use std::io;

use super::content::Content;

/// Texts and bytes that are written down already.
macro_rules! contents {
    ($($content:ty, $media_type:literal;)*) => {$(
        impl Content for $content {
            const TYPE: &'static str = $media_type;
            type Bytes = Self;

            #[inline]
            fn into_bytes(self) -> io::Result<Self> {
                Ok(self)
            }
        }
    )*};
}

contents! {
    &str, "text/plain; charset=utf-8";
    String, "text/plain; charset=utf-8";
    &[u8], "application/octet-stream";
    Vec<u8>, "application/octet-stream";
}

impl<'c> Content for Cow<'c, str> {
    const TYPE: &'static str = "text/plain; charset=utf-8";
    type Bytes = TextBytes<'c>;

    fn into_bytes(self) -> io::Result<TextBytes<'c>> {
        Ok(TextBytes(self))
    }
}

/// The bytes of a text. (`Cow<str>` lends its text, but not its bytes.)
#[derive(Debug)]
pub struct TextBytes<'c>(Cow<'c, str>);

impl AsRef<[u8]> for TextBytes<'_> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// A page: `text/html; charset=utf-8`.
///
/// The text is sent as it is. Escape what came from elsewhere.
///
/// ```
/// use bhrh::{Html, http_handler};
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     fn do_GET(&self) -> Html<&'static str> {
///         Html("<!doctype html><title>Tea</title><p>hello")
///     }
/// }
///
/// let response = bhrh::testing::get(&App, "/");
/// assert_eq!(response.header("Content-Type"), Some("text/html; charset=utf-8"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Html<T>(pub T);

impl<T: AsRef<str>> Content for Html<T> {
    const TYPE: &'static str = "text/html; charset=utf-8";
    type Bytes = Html<T>;

    #[inline]
    fn into_bytes(self) -> io::Result<Html<T>> {
        Ok(self)
    }
}

impl<T: AsRef<str>> AsRef<[u8]> for Html<T> {
    fn as_ref(&self) -> &[u8] {
        self.0.as_ref().as_bytes()
    }
}

/// A value as JSON: `application/json` (feature `serde_json`).
///
/// ```
/// use bhrh::{Json, http_handler};
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     #[route("POST /sum")]
///     fn sum(&self, #[json] numbers: Vec<i64>) -> Json<i64> {
///         Json(numbers.iter().fold(0, |sum, number| sum.saturating_add(*number)))
///     }
/// }
///
/// let client = bhrh::testing::client(&App);
/// let json = client.post("/sum").header("Content-Type", "application/json");
/// assert_eq!(json.body("[1, 2, 3]").send().text(), "6");
/// ```
#[cfg(feature = "serde_json")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Json<T>(pub T);

#[cfg(feature = "serde_json")]
impl<T: serde_core::Serialize> Content for Json<T> {
    const TYPE: &'static str = "application/json";
    type Bytes = Vec<u8>;

    fn into_bytes(self) -> io::Result<Vec<u8>> {
        serde_json::to_vec(&self.0)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, format!("Json: {error}")))
    }
}
