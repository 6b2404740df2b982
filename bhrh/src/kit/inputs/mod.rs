//! What the arguments of methods are read from, beside the path and the query: header fields,
//! cookies, and the content. The macro's output calls it.

mod content;
pub mod cookie;
pub mod guard;
pub mod header;
#[cfg(feature = "serde")]
pub(crate) mod pairs;
mod request;
mod whole;

pub use content::{GivesBody, GivesForm, GivesJson, has_content};
pub use request::{GivesError, GivesParameter, Request};
pub use whole::GivesQuery;
