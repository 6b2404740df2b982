//! Field lines as a handler reads them: ordered, case-insensitive, duplicates kept.
//!
//! The counterpart of Python's `MessageClass`. A view into text that the parser owns; it knows
//! nothing of how the text came here.

use std::borrow::Cow;
use std::ops::Range;

use crate::grammar::{latin1_bytes, same_name, split_outside_quotes, unquoted};
use crate::scan::ascii;

/// Where one field line's name and value stand in the text of its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldSpan {
    pub(crate) name: Range<u32>,
    pub(crate) value: Range<u32>,
}

/// Field lines that own their text: the trailers of a chunked body, or fields made by hand.
///
/// ```
/// let mut fields = bhrh::Fields::default();
/// fields.push("Digest", "abc");
/// assert_eq!(fields.headers().get("digest"), Some("abc"));
///
/// let fields: bhrh::Fields = [("A", "1"), ("B", "2")].into_iter().collect();
/// for (name, value) in &fields {
///     println!("{name}: {value}");
/// }
/// ```
#[derive(Clone, Default)]
pub struct Fields {
    /// UTF-8 throughout. It is bytes, so that what nobody reads need not be shown to be text: of a
    /// head, most is not read.
    pub(crate) text: Vec<u8>,
    pub(crate) spans: Vec<FieldSpan>,
}

impl Fields {
    /// Adds a field line at the end.
    pub fn push(&mut self, name: &str, value: &str) {
        let name = self.append(name);
        let value = self.append(value);
        self.spans.push(FieldSpan { name, value });
    }

    /// The fields, to be read.
    #[must_use]
    pub fn headers(&self) -> Headers<'_> {
        Headers { text: &self.text, fields: &self.spans }
    }

    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.spans.clear();
    }

    /// Adds text and says where it stands. Heads are bounded far below 4 GiB by `Limits::head`.
    pub(crate) fn append(&mut self, text: &str) -> Range<u32> {
        let start = self.text.len() as u32;
        self.text.extend_from_slice(text.as_bytes());
        start..self.text.len() as u32
    }

    /// Adds bytes, each as one character, as Python's ISO-8859-1 decoding does.
    pub(crate) fn append_latin1(&mut self, bytes: &[u8]) -> Range<u32> {
        let start = self.text.len() as u32;
        let mut rest = bytes;
        while !rest.is_empty() {
            // Nearly all of it is ASCII, which is text as it is.
            let (same, others) = rest.split_at(ascii(rest));
            self.text.extend_from_slice(same);
            let count = others.iter().take_while(|byte| !byte.is_ascii()).count();
            let (others, more) = others.split_at(count);
            for byte in others {
                self.append(char::from(*byte).encode_utf8(&mut [0; 2]));
            }
            rest = more;
        }
        start..self.text.len() as u32
    }

    pub(crate) fn text_of(&self, span: &Range<u32>) -> &str {
        piece(&self.text, span)
    }
}

/// Adds field lines at the end: names and values, in order.
impl<N: AsRef<str>, V: AsRef<str>> Extend<(N, V)> for Fields {
    fn extend<I: IntoIterator<Item = (N, V)>>(&mut self, fields: I) {
        for (name, value) in fields {
            self.push(name.as_ref(), value.as_ref());
        }
    }
}

impl<N: AsRef<str>, V: AsRef<str>> FromIterator<(N, V)> for Fields {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Fields {
        let mut all = Fields::default();
        all.extend(fields);
        all
    }
}

impl<'a> IntoIterator for &'a Fields {
    type Item = (&'a str, &'a str);
    type IntoIter = HeadersIter<'a>;

    fn into_iter(self) -> HeadersIter<'a> {
        self.headers().into_iter()
    }
}

impl std::fmt::Debug for Fields {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.headers().fmt(f)
    }
}

/// The header fields of a request, in the order in which they came.
///
/// Names are compared without regard to case and keep the case they came in; values are text, one
/// character for each byte (ISO-8859-1), as in Python.
///
/// ```
/// use bhrh::{Exchange, http_handler};
///
/// struct App;
///
/// #[http_handler]
/// impl App {
///     fn do_GET(&self, http: &mut Exchange) -> std::io::Result<()> {
///         assert_eq!(http.headers.get("x-tag"), Some("one"));
///         assert_eq!(http.headers.get_all("X-Tag").collect::<Vec<_>>(), ["one", "two"]);
///         http.send_response(204);
///         http.end_headers()
///     }
/// }
///
/// let request = bhrh::testing::client(&App).get("/").header("X-Tag", "one");
/// assert_eq!(request.header("X-TAG", "two").send().status(), 204);
/// ```
///
/// Python's `MessageClass` is the class of `headers`. Here a type of your own is made from them
/// where it is needed:
///
/// ```
/// use bhrh::Headers;
///
/// struct Trace {
///     id: u64,
/// }
///
/// impl TryFrom<Headers<'_>> for Trace {
///     type Error = std::num::ParseIntError;
///
///     fn try_from(headers: Headers<'_>) -> Result<Trace, Self::Error> {
///         Ok(Trace { id: headers.get("X-Trace").unwrap_or("0").parse()? })
///     }
/// }
///
/// let app = bhrh::from_fn(|http| {
///     let trace: Trace = http.headers.try_into().map_err(std::io::Error::other)?;
///     http.reply(200, "text/plain", format!("{}\n", trace.id))
/// });
/// assert_eq!(bhrh::testing::get(&app, "/").text(), "0\n");
/// ```
#[derive(Clone, Copy, Default)]
pub struct Headers<'a> {
    text: &'a [u8],
    fields: &'a [FieldSpan],
}

impl<'a> Headers<'a> {
    /// The value of the first field of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.get_all(name).next()
    }

    /// The values of all fields of this name, in order.
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| {
    ///     let hops: Vec<&str> = http.headers.get_all("Via").collect();
    ///     http.reply(200, "text/plain", hops.join(" | "))
    /// });
    /// let request = bhrh::testing::client(&app).get("/").header("Via", "1.1 a").header("Via", "1.1 b");
    /// assert_eq!(request.send().text(), "1.1 a | 1.1 b");
    /// ```
    pub fn get_all<'n>(
        &self,
        name: &'n str,
    ) -> impl DoubleEndedIterator<Item = &'a str> + use<'a, 'n> {
        let text = self.text;
        let named = move |field: &&FieldSpan| same_name(bytes_of(text, &field.name), name);
        self.fields.iter().filter(named).map(move |field| piece(text, &field.value))
    }

    /// The bytes of the first value of this name as they came: for a client that sends UTF-8 in a
    /// field. Bytes above 0x7F are single characters in [`get`](Headers::get)'s text.
    #[must_use]
    pub fn get_bytes(&self, name: &str) -> Option<Cow<'a, [u8]>> {
        self.get(name).map(latin1_bytes)
    }

    /// Whether a field of this name is present.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Names and values in order. Python's `items()`.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&'a str, &'a str)> + Clone + use<'a> {
        self.into_iter()
    }

    /// Names and values in order, under Python's name.
    pub fn items(&self) -> impl ExactSizeIterator<Item = (&'a str, &'a str)> + use<'a> {
        self.iter()
    }

    /// The names in order, duplicates included. Python's `keys()`.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &'a str> + use<'a> {
        self.iter().map(|field| field.0)
    }

    /// The values in order. Python's `values()`.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &'a str> + use<'a> {
        self.iter().map(|field| field.1)
    }

    /// How many field lines there are, duplicates counted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are no fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The media type of `Content-Type` in lower case, without parameters; `text/plain` where it
    /// is absent or not of the form `type/subtype`, as in Python.
    ///
    /// ```
    /// let mut fields = bhrh::Fields::default();
    /// fields.push("Content-Type", "Text/HTML; charset=UTF-8");
    /// let headers = fields.headers();
    /// assert_eq!(headers.get_content_type(), "text/html");
    /// assert_eq!(headers.get_content_charset().as_deref(), Some("utf-8"));
    /// assert_eq!(headers.get_param("charset").as_deref(), Some("UTF-8"));
    /// ```
    #[must_use]
    pub fn get_content_type(&self) -> Cow<'a, str> {
        let Some(value) = self.get("Content-Type") else { return Cow::Borrowed("text/plain") };
        let media_type = value.split(';').next().unwrap_or_default().trim();
        match media_type.split_once('/') {
            Some((kind, subtype))
                if !kind.is_empty() && !subtype.is_empty() && !subtype.contains('/') =>
            {
                lower_case(Cow::Borrowed(media_type))
            }
            _ => Cow::Borrowed("text/plain"),
        }
    }

    /// The `charset` parameter of `Content-Type`, in lower case.
    #[must_use]
    pub fn get_content_charset(&self) -> Option<Cow<'a, str>> {
        self.get_param("charset").map(lower_case)
    }

    /// A parameter of `Content-Type`, with the quotes of a quoted string taken off
    /// (RFC 9110 section 5.6.6). Its name is compared without regard to case.
    #[must_use]
    pub fn get_param(&self, name: &str) -> Option<Cow<'a, str>> {
        let value = self.get("Content-Type")?;
        let mut rest = value.split_once(';')?.1;
        loop {
            let (parameter, after) = split_outside_quotes(rest, b';');
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            if key.trim().eq_ignore_ascii_case(name) {
                return Some(unquoted(value.trim()));
            }
            rest = after?;
        }
    }

    /// The `boundary` parameter of `Content-Type`, which sets the parts of a multipart body apart.
    #[must_use]
    pub fn get_boundary(&self) -> Option<Cow<'a, str>> {
        self.get_param("boundary")
    }
}

impl<'a> IntoIterator for Headers<'a> {
    type Item = (&'a str, &'a str);
    type IntoIter = HeadersIter<'a>;

    fn into_iter(self) -> HeadersIter<'a> {
        HeadersIter { text: self.text, fields: self.fields.iter() }
    }
}

/// `for (name, value) in &http.headers`.
impl<'a> IntoIterator for &Headers<'a> {
    type Item = (&'a str, &'a str);
    type IntoIter = HeadersIter<'a>;

    fn into_iter(self) -> HeadersIter<'a> {
        (*self).into_iter()
    }
}

/// Names and values of [`Headers`], in order.
#[derive(Clone)]
pub struct HeadersIter<'a> {
    text: &'a [u8],
    fields: std::slice::Iter<'a, FieldSpan>,
}

impl<'a> Iterator for HeadersIter<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        let field = self.fields.next()?;
        Some((piece(self.text, &field.name), piece(self.text, &field.value)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.fields.size_hint()
    }
}

impl ExactSizeIterator for HeadersIter<'_> {}

impl std::iter::FusedIterator for HeadersIter<'_> {}

impl std::fmt::Debug for HeadersIter<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl std::fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Where a piece of a text or an input stands in it.
#[inline(always)]
pub(crate) fn span_of(whole: &[u8], piece: &[u8]) -> Range<u32> {
    let start = (piece.as_ptr() as usize).wrapping_sub(whole.as_ptr() as usize) as u32;
    start..start.wrapping_add(piece.len() as u32)
}

/// A piece of bytes that are text.
pub(crate) fn piece<'a>(text: &'a [u8], span: &Range<u32>) -> &'a str {
    std::str::from_utf8(bytes_of(text, span)).unwrap_or_default()
}

pub(crate) fn bytes_of<'a>(text: &'a [u8], span: &Range<u32>) -> &'a [u8] {
    &text[span.start as usize..span.end as usize]
}

fn lower_case(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(text.to_ascii_lowercase())
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_content_type<T>(value: &str, test: impl FnOnce(Headers<'_>) -> T) -> T {
        let mut fields = Fields::default();
        fields.push("Content-Type", value);
        test(fields.headers())
    }

    #[test]
    fn content_types_are_read_as_python_reads_them() {
        for (value, expected) in [
            ("text/html", "text/html"),
            (" Text/HTML ;charset=x", "text/html"),
            ("nonsense", "text/plain"),
            ("a/b/c", "text/plain"),
            ("a//b", "text/plain"),
            ("/b", "text/plain"),
            ("", "text/plain"),
        ] {
            let found = with_content_type(value, |h| h.get_content_type().into_owned());
            assert_eq!(found, expected, "{value}");
        }
        assert_eq!(Headers::default().get_content_type(), "text/plain");
    }

    #[test]
    fn parameters_survive_quotes_and_escapes() {
        let value = "multipart/form-data; odd=\"a;b\\\"c\"; Boundary=\"--x y\"; last";
        with_content_type(value, |headers| {
            assert_eq!(headers.get_param("odd").as_deref(), Some("a;b\"c"));
            assert_eq!(headers.get_boundary().as_deref(), Some("--x y"));
            assert_eq!(headers.get_param("last").as_deref(), Some(""));
            assert_eq!(headers.get_param("absent"), None);
        });
    }
}
