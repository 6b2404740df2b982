//! Arguments under `#[query(struct)]`: all parameters of the query as one value.

use crate::error::Error;

/// What `#[query(struct)]` gives.
#[cfg_attr(
    feature = "serde",
    diagnostic::on_unimplemented(
        message = "`#[query(struct)]` cannot give a `{T}`",
        label = "does not implement `serde::Deserialize`",
        note = "write `#[derive(serde::Deserialize)]` above the type; its texts are `String`, not `&str`"
    )
)]
#[cfg_attr(
    not(feature = "serde"),
    diagnostic::on_unimplemented(
        message = "`#[query(struct)]` is in bhrh's feature `serde`, which is off",
        label = "turn it on: `cargo add bhrh --features serde`"
    )
)]
pub trait GivesQuery<T> {
    /// Reads the query.
    ///
    /// # Errors
    ///
    /// 400 if the parameters do not fit the type.
    fn from_query(query: &str) -> Result<T, Error>;
}

#[cfg(feature = "serde")]
#[diagnostic::do_not_recommend]
impl<T: serde_core::de::DeserializeOwned> GivesQuery<T> for super::request::Request {
    fn from_query(query: &str) -> Result<T, Error> {
        super::pairs::of_query(query)
    }
}
