//! What the arguments of methods are read from, beside the path and the query: header fields,
//! cookies, and the content. The macro's output calls it.

mod content;
pub mod cookie;
pub mod guard;
pub mod header;
#[cfg(feature = "serde")]
pub(crate) mod pairs;
mod whole;

pub use content::{FromBody, FromForm, FromJson, has_content};
pub use whole::FromQuery;
