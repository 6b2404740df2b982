//! Arguments under `#[json]`, `#[form]` and `#[body]`: the content of the request.
//!
//! Each attribute has a trait. Without its feature the trait has no types, and the compiler's
//! message at the argument names the feature.

use std::io;

use super::request::Request;
use crate::error::Error;
use crate::exchange::Exchange;

/// Whether the request has content, or says of what type it would be.
#[must_use]
pub fn has_content(http: &Exchange<'_>) -> bool {
    !http.has_no_body() || http.headers.contains("Content-Type")
}

/// What `#[body]` gives.
#[diagnostic::on_unimplemented(
    message = "`#[body]` cannot give a `{T}`",
    label = "not `Vec<u8>`, `&[u8]`, `String` or `&str`",
    note = "`#[json]` and `#[form]` read a type of your own"
)]
pub trait GivesBody<T> {
    /// Reads the content, up to a number of bytes.
    ///
    /// # Errors
    ///
    /// As [`Exchange::read_body`], and what the type refuses.
    fn from_content(http: &mut Exchange<'_>, limit: Option<u64>) -> Result<T, Error>;
}

#[diagnostic::do_not_recommend]
impl GivesBody<Vec<u8>> for Request {
    fn from_content(http: &mut Exchange<'_>, limit: Option<u64>) -> Result<Vec<u8>, Error> {
        Ok(body(http, limit)?)
    }
}

#[diagnostic::do_not_recommend]
impl GivesBody<String> for Request {
    fn from_content(http: &mut Exchange<'_>, limit: Option<u64>) -> Result<String, Error> {
        http.expect_plain()?;
        if let Some(charset) = http.headers.get_content_charset() {
            if !matches!(&*charset, "utf-8" | "utf8" | "us-ascii") {
                let explanation = format!("The charset is {charset}; it should be utf-8");
                return Err(Error::status((415, "Not UTF-8", explanation)));
            }
        }
        String::from_utf8(body(http, limit)?).map_err(|error| {
            let from = error.utf8_error().valid_up_to();
            let explanation = format!("The content is not UTF-8 from byte {from} on.");
            Error::status((400, "Bad UTF-8", explanation))
        })
    }
}

/// The content, up to a number of bytes.
fn body(http: &mut Exchange<'_>, limit: Option<u64>) -> io::Result<Vec<u8>> {
    match limit {
        Some(limit) => http.read_body_within(limit),
        None => http.read_body(),
    }
}

#[cfg(feature = "serde_json")]
mod json {
    use super::{Error, Exchange, Request, body};
    use serde_core::de::DeserializeOwned;

    /// What `#[json]` gives.
    #[diagnostic::on_unimplemented(
        message = "`#[json]` cannot give a `{T}`",
        label = "does not implement `serde::Deserialize`",
        note = "write `#[derive(serde::Deserialize)]` above the type (for a `Json<T>`, write `T`); its texts are `String`, not `&str`"
    )]
    pub trait GivesJson<T> {
        /// Reads the content, up to a number of bytes.
        ///
        /// # Errors
        ///
        /// 411 if the request does not say that it has content; otherwise as
        /// [`Exchange::read_json`].
        fn from_content(http: &mut Exchange<'_>, limit: Option<u64>) -> Result<T, Error>;
    }

    #[diagnostic::do_not_recommend]
    impl<T: DeserializeOwned> GivesJson<T> for Request {
        fn from_content(http: &mut Exchange<'_>, limit: Option<u64>) -> Result<T, Error> {
            let says_length = |name| http.headers.contains(name);
            if !says_length("Content-Length") && !says_length("Transfer-Encoding") {
                let explanation = "The request has no content; it should be application/json.";
                return Err(Error::status((411, "No content", explanation)));
            }
            http.json_of(|http| body(http, limit))
        }
    }
}

#[cfg(not(feature = "serde_json"))]
mod json {
    use super::{Error, Exchange};

    /// What `#[json]` gives.
    #[diagnostic::on_unimplemented(
        message = "`#[json]` is in bhrh's feature `serde_json`, which is off",
        label = "turn it on: `cargo add bhrh --features serde_json`"
    )]
    pub trait GivesJson<T> {
        /// Nothing implements this.
        ///
        /// # Errors
        ///
        /// None.
        fn from_content(http: &mut Exchange<'_>, limit: Option<u64>) -> Result<T, Error>;
    }
}

pub use json::GivesJson;

#[cfg(feature = "forms")]
mod form {
    use super::{Error, Exchange, Request, body};
    use crate::kit::forms::Form;

    /// What `#[form]` gives.
    #[cfg_attr(
        feature = "serde",
        diagnostic::on_unimplemented(
            message = "`#[form]` cannot give a `{T}`",
            label = "does not implement `serde::Deserialize`",
            note = "write `#[derive(serde::Deserialize)]` above the type, or take a `bhrh::Form<'static>`"
        )
    )]
    #[cfg_attr(
        not(feature = "serde"),
        diagnostic::on_unimplemented(
            message = "a form as a type of your own is in bhrh's feature `serde`, which is off",
            label = "turn it on: `cargo add bhrh --features serde`",
            note = "or take a `bhrh::Form<'static>`, which needs no more features"
        )
    )]
    pub trait GivesForm<T> {
        /// Reads the content, up to a number of bytes.
        ///
        /// # Errors
        ///
        /// As [`Exchange::read_form`], and 422 if the fields do not fit the type.
        fn from_content(http: &mut Exchange<'_>, limit: Option<u64>) -> Result<T, Error>;
    }

    #[diagnostic::do_not_recommend]
    impl GivesForm<Form<'static>> for Request {
        fn from_content(
            http: &mut Exchange<'_>,
            limit: Option<u64>,
        ) -> Result<Form<'static>, Error> {
            http.form_of(|http| body(http, limit))
        }
    }

    #[cfg(feature = "serde")]
    #[diagnostic::do_not_recommend]
    impl<T: serde_core::de::DeserializeOwned> GivesForm<T> for Request {
        fn from_content(http: &mut Exchange<'_>, limit: Option<u64>) -> Result<T, Error> {
            let form = http.form_of(|http| body(http, limit))?;
            crate::kit::inputs::pairs::of_form(form.iter())
        }
    }
}

#[cfg(not(feature = "forms"))]
mod form {
    use super::{Error, Exchange};

    /// What `#[form]` gives.
    #[diagnostic::on_unimplemented(
        message = "`#[form]` is in bhrh's feature `forms`, which is off",
        label = "turn it on: `cargo add bhrh --features forms`"
    )]
    pub trait GivesForm<T> {
        /// Nothing implements this.
        ///
        /// # Errors
        ///
        /// None.
        fn from_content(http: &mut Exchange<'_>, limit: Option<u64>) -> Result<T, Error>;
    }
}

pub use form::GivesForm;
