//! Queries and urlencoded forms: `application/x-www-form-urlencoded`, as the URL standard has it.
//!
//! A [`Form`] keeps only its text, and decodes a field when the field is read. So a form of many
//! fields takes no more memory than its bytes.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::str::FromStr;

use crate::error::Error;
use crate::exchange::Exchange;
use crate::grammar::latin1_bytes;

/// # Reading: the query and urlencoded forms (feature `forms`)
impl<'a> Exchange<'a> {
    /// The fields of the request's query, what follows the `?` in [`path`](Exchange::path); none
    /// if there is no query. Python: `parse_qsl(urlsplit(self.path).query)`.
    ///
    /// ```
    /// use bhrh::{Exchange, http_handler};
    /// use std::io;
    ///
    /// struct Search;
    ///
    /// #[http_handler]
    /// impl Search {
    ///     fn do_GET(&self, http: &mut Exchange) -> io::Result<()> {
    ///         let query = http.query();
    ///         let words = query.require("q")?;
    ///         let page = query.parse::<u32>("page")?.unwrap_or(1);
    ///         http.reply(200, "text/plain", format!("page {page} of {words}"))
    ///     }
    /// }
    ///
    /// let response = bhrh::testing::get(&Search, "/?q=caf%C3%A9+noir&page=2");
    /// assert_eq!(response.text(), "page 2 of café noir");
    /// assert_eq!(bhrh::testing::get(&Search, "/?q=tea&page=two").status(), 400);
    /// ```
    ///
    /// Feature `forms`.
    #[must_use]
    pub fn query(&self) -> Form<'a> {
        let query = self.path.split_once('?').map_or("", |(_, query)| query);
        Form { text: latin1_bytes(query) }
    }

    /// Reads the request's body as an urlencoded form.
    ///
    /// ```
    /// use bhrh::{Exchange, http_handler};
    /// use std::io;
    ///
    /// struct Guestbook;
    ///
    /// #[http_handler]
    /// impl Guestbook {
    ///     fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
    ///         let form = http.read_form()?;
    ///         let name = form.require("name")?;
    ///         http.reply(200, "text/plain", format!("Hello, {name}"))
    ///     }
    /// }
    ///
    /// let client = bhrh::testing::client(&Guestbook);
    /// let form = client.post("/").header("Content-Type", "application/x-www-form-urlencoded");
    /// let send = |body: &str| form.clone().body(body).send();
    /// assert_eq!(send("name=Ada+L.&ok=1").text(), "Hello, Ada L.");
    /// assert_eq!(send("ok=1").status(), 400);
    /// ```
    ///
    /// Feature `forms`.
    ///
    /// # Errors
    ///
    /// Passed on with `?`, they are answered so: 415 for another `Content-Type`, for none (unless
    /// there is no body, which is the empty form), and for an encoded body; 413 for more than
    /// [`Limits::collected_body`](crate::Limits::collected_body) bytes. And what
    /// [`rfile`](crate::BodyReader) reports.
    pub fn read_form(&mut self) -> Result<Form<'static>, Error> {
        self.form_of(Exchange::read_body)
    }

    /// The form that `read` reads from the request.
    pub(crate) fn form_of(
        &mut self,
        read: impl FnOnce(&mut Self) -> io::Result<Vec<u8>>,
    ) -> Result<Form<'static>, Error> {
        if !self.headers.contains("Content-Type") && self.has_no_body() {
            return Ok(Form::default());
        }
        self.expect_content(URLENCODED, |media_type| media_type == URLENCODED)?;
        Ok(Form { text: read(self)?.into() })
    }
}

const URLENCODED: &str = "application/x-www-form-urlencoded";

/// The fields of a query or of an urlencoded form, in order, duplicates kept.
///
/// `+` is a space, `%XX` a byte; bytes that are not UTF-8 become U+FFFD. Each call decodes anew, so
/// keep a value that you use often.
///
/// ```
/// let app = bhrh::from_fn(|http| {
///     let form = http.query();
///     let tags: Vec<_> = form.get_all("tag").collect();
///     let limit = form.parse::<usize>("limit")?.unwrap_or(10);
///     http.reply(200, "text/plain", format!("{} at most {limit}", tags.join("+")))?;
///     Ok::<(), bhrh::Error>(())
/// });
/// assert_eq!(bhrh::testing::get(&app, "/?tag=a&tag=b%20c&limit=3").text(), "a+b c at most 3");
/// assert_eq!(bhrh::testing::get(&app, "/?limit=many").status(), 400);
/// ```
#[derive(Clone, Default)]
pub struct Form<'a> {
    text: Cow<'a, [u8]>,
}

impl Form<'_> {
    /// The value of the first field of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.iter().find(|field| field.0 == name).map(|field| field.1)
    }

    /// The values of all fields of this name, in order.
    pub fn get_all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = Cow<'f, str>> {
        self.iter().filter(move |field| field.0 == name).map(|field| field.1)
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
        form_urlencoded::parse(&self.text)
    }

    /// Whether there are no fields.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// The value of a required field.
    ///
    /// # Errors
    ///
    /// If the field is missing: an error that names the field. Passed on with `?`, it is answered
    /// with 400.
    pub fn require(&self, name: &str) -> Result<Cow<'_, str>, Error> {
        self.get(name).ok_or_else(|| Error::status((400, format!("Missing field {name:?}"))))
    }

    /// The value of the first field of this name, parsed by [`FromStr`]; `None`
    /// if there is no such field.
    ///
    /// # Errors
    ///
    /// If the value cannot be parsed: an error that names the field. Passed on with `?`, it is
    /// answered with 400.
    pub fn parse<T>(&self, name: &str) -> Result<Option<T>, Error>
    where
        T: FromStr,
        T::Err: fmt::Display,
    {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.parse().map(Some).map_err(|error: T::Err| {
            Error::status((400, format!("Bad value in field {name:?}"), error.to_string()))
        })
    }
}

impl fmt::Debug for Form<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(text: &str) -> Form<'_> {
        Form { text: text.as_bytes().into() }
    }

    #[test]
    fn fields_as_the_url_standard_reads_them() {
        let form = form("a=1&b=two+words&&a=%F0%9F%8D%B5&c&=d&e==&%61=3&bad=%zz%ff");
        let fields: Vec<_> = form.iter().collect();
        let expected = [
            ("a", "1"),
            ("b", "two words"),
            ("a", "\u{1f375}"),
            ("c", ""),
            ("", "d"),
            ("e", "="),
            ("a", "3"),
            ("bad", "%zz\u{fffd}"),
        ];
        assert!(fields.iter().map(|(name, value)| (&**name, &**value)).eq(expected), "{form:?}");
        assert_eq!(form.get_all("a").collect::<Vec<_>>(), ["1", "\u{1f375}", "3"]);
        assert_eq!(form.get("absent"), None);
    }

    #[test]
    fn values_are_parsed_or_named() {
        let form = form("n=7&bad=x&neg=-1");
        assert_eq!(form.parse::<u8>("n").unwrap(), Some(7));
        assert_eq!(form.parse::<u8>("absent").unwrap(), None);
        for name in ["bad", "neg"] {
            let error = form.parse::<u8>(name).unwrap_err();
            let status = error.wanted_status().expect("a status");
            assert_eq!(status.code, 400);
            assert_eq!(status.message, Some(format!("Bad value in field {name:?}")));
        }
        let error = form.require("absent").unwrap_err();
        assert_eq!(error.wanted_status().expect("a status").code, 400);
        assert!(Form::default().is_empty() && !form.is_empty());
    }
}
