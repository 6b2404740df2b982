//! JSON bodies, in and out, by `serde_json`.

use std::io;

use serde_core::Serialize;
use serde_core::de::DeserializeOwned;
use serde_json::error::Category;

use super::json_objects::{Objects, Wholes};
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
    /// Feature `serde_json`.
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
    /// The JSON is read as JSON Schema sees it: `5.0` is an integer where one is asked for (below
    /// 10 to the power of 15), and an array is not a struct, at any depth. (Inside of untagged
    /// enums, enums with an internal tag and flattened fields, serde reads a copy, and takes arrays
    /// for structs.)
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
        read_value(text, Wholes::ForIntegers).or_else(|error| match error.classify() {
            Category::Data => {
                // It may fit once `5.0` is an integer in serde's copies, too.
                if let Ok(value) = read_value(text, Wholes::Everywhere) {
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
    /// Feature `serde_json`.
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
fn read_value<T: DeserializeOwned>(text: &[u8], wholes: Wholes) -> serde_json::Result<T> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = T::deserialize(Objects(&mut reader, wholes))?;
    reader.end()?;
    Ok(value)
}

/// RFC 8259 section 11, and the suffix of RFC 6839 section 3.1.
fn is_json(media_type: &str) -> bool {
    let suffixed =
        || media_type.strip_prefix("application/").is_some_and(|it| it.ends_with("+json"));
    media_type == "application/json" || suffixed()
}
