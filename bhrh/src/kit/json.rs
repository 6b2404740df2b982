//! JSON bodies, in and out, by `serde_json`.

use std::io;

use serde_core::Serialize;
use serde_core::de::DeserializeOwned;
use serde_json::error::Category;

use super::json_objects::Objects;
use super::json_place::path_at;
use crate::error::{Error, IntoStatus};
use crate::exchange::Exchange;

/// # Reading and answering: JSON (feature `serde_json`)
impl Exchange<'_> {
    /// Reads the request's body as JSON. A byte order mark before it is ignored.
    ///
    /// ```
    /// use bhrh::{Exchange, http_handler};
    /// use std::collections::BTreeMap;
    /// use std::io;
    ///
    /// struct Sum;
    ///
    /// #[http_handler]
    /// impl Sum {
    ///     fn do_POST(&self, http: &mut Exchange) -> io::Result<()> {
    ///         let numbers: Vec<i64> = http.read_json()?;
    ///         let sum: i64 = numbers.iter().sum();
    ///         http.reply_json(200, &BTreeMap::from([("sum", sum)]))
    ///     }
    /// }
    ///
    /// let json = bhrh::testing::client(&Sum).post("/").header("Content-Type", "application/json");
    /// let send = |body: &str| json.clone().body(body).send();
    /// assert_eq!(send("[1, 2, 3]").text(), r#"{"sum":6}"#);
    ///
    /// let response = send("[1,\n 2,, 3]");
    /// assert_eq!((response.status(), response.reason()), (400, "Bad JSON"));
    /// assert!(response.text().contains("expected value at line 2 column 4"));
    /// ```
    ///
    /// # Errors
    ///
    /// Passed on with `?`, they are answered so:
    ///
    /// * 415 for a `Content-Type` that is neither `application/json` nor `application/*+json`,
    ///   for none, and for an encoded body;
    /// * 413 for more than [`Limits::collected_body`](crate::Limits::collected_body) bytes;
    /// * 400 for malformed JSON, with line and column;
    /// * 422 for JSON that does not fit `T`, with what is wrong and where (RFC 9110 section
    ///   15.5.21).
    ///
    /// And what [`rfile`](crate::BodyReader) reports.
    ///
    /// The JSON is read as JSON Schema sees it: `5.0` is an integer, and an array is not a struct,
    /// at any depth. (Inside of untagged enums, enums with an internal tag and flattened fields,
    /// serde reads a copy, and takes arrays for structs.)
    pub fn read_json<T: DeserializeOwned>(&mut self) -> Result<T, Error> {
        self.json_of(Exchange::read_body)
    }

    /// The JSON that `read` reads from the request.
    pub(crate) fn json_of<T: DeserializeOwned>(
        &mut self,
        read: impl FnOnce(&mut Self) -> io::Result<Vec<u8>>,
    ) -> Result<T, Error> {
        self.expect_content("application/json", is_json)?;
        let body = read(self)?;
        // RFC 8259 section 8.1: a parser may ignore a byte order mark, and editors leave one.
        let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&body);
        read_value(text).or_else(|error| match error.classify() {
            Category::Data => {
                if let Some(value) = with_whole_numbers(text) {
                    return Ok(value);
                }
                let explanation = match path_at(text, error.line(), error.column()) {
                    Some(path) => format!("{path}: {error}"),
                    None => error.to_string(),
                };
                Err(Error::status((422, "Unexpected JSON", explanation)))
            }
            _ => Err(Error::status((400, "Bad JSON", error.to_string()))),
        })
    }

    /// Answers with a value as JSON: `application/json`, with its `Content-Length`.
    ///
    /// ```
    /// let app = bhrh::from_fn(|http| http.reply_json(200, &vec![1, 2, 3]));
    /// let response = bhrh::testing::get(&app, "/");
    /// assert_eq!(response.header("Content-Type"), Some("application/json"));
    /// assert_eq!(response.text(), "[1,2,3]");
    /// ```
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::InvalidData`] if the value cannot be written as JSON (a map whose keys are
    /// not text, a `Serialize` that fails); nothing is sent then. And as
    /// [`reply`](Exchange::reply).
    pub fn reply_json<'m, T: Serialize + ?Sized>(
        &mut self,
        status: impl IntoStatus<'m>,
        value: &T,
    ) -> io::Result<()> {
        let body = serde_json::to_vec(value).map_err(|error| {
            io::Error::new(io::ErrorKind::InvalidData, format!("reply_json: {error}"))
        })?;
        self.reply(status, "application/json", body)
    }
}

/// The value that the whole text is.
fn read_value<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = T::deserialize(Objects(&mut reader))?;
    reader.end()?;
    Ok(value)
}

/// The value, if it fits `T` once `5.0` is written as `5`: that is the same integer (JSON Schema
/// 2020-12, section 6.1.1), and some languages write it so. serde_json takes only the second.
#[cold]
fn with_whole_numbers<T: DeserializeOwned>(text: &[u8]) -> Option<T> {
    let text = whole_numbers(text)?;
    read_value(&text).ok()
}

/// The text with each number such as `5.0` as `5`, if there is one.
fn whole_numbers(text: &[u8]) -> Option<Vec<u8>> {
    let mut written = Vec::with_capacity(text.len());
    let (mut at, mut in_text) = (0, false);
    while let Some(&byte) = text.get(at) {
        if in_text && byte == b'\\' {
            written.extend_from_slice(text.get(at..at + 2)?);
            at += 2;
            continue;
        }
        in_text ^= byte == b'"';
        if byte == b'.' && !in_text {
            let after = text.get(at + 1..)?;
            let zeros = after.iter().take_while(|byte| **byte == b'0').count();
            if !matches!(after.get(zeros), Some(b'0'..=b'9' | b'e' | b'E')) {
                at += 1 + zeros;
                continue;
            }
        }
        written.push(byte);
        at += 1;
    }
    (written.len() < text.len()).then_some(written)
}

/// RFC 8259 section 11, and the suffix of RFC 6839 section 3.1.
fn is_json(media_type: &str) -> bool {
    let suffixed =
        || media_type.strip_prefix("application/").is_some_and(|it| it.ends_with("+json"));
    media_type == "application/json" || suffixed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_without_a_fraction() {
        for (text, whole) in [
            ("5.0", Some("5")),
            ("-5.000", Some("-5")),
            (r#"{"a": [1.0, 2.50], "b.0": "1.0"}"#, Some(r#"{"a": [1, 2.50], "b.0": "1.0"}"#)),
            (r#"["\\\"1.0", 2.0]"#, Some(r#"["\\\"1.0", 2]"#)),
            ("5", None),
            ("5.01", None),
            ("5.0e1", None),
            (r#""1.0""#, None),
        ] {
            let found = whole_numbers(text.as_bytes());
            assert_eq!(found.as_deref(), whole.map(str::as_bytes), "{text}");
        }
    }
}
