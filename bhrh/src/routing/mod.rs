//! What the routes that `#[http_handler]` writes need while they run.
//!
//! Finding the route of a request is generated code: a tree of comparisons, made of the functions
//! of [`decoded_path`]. Only what happens when none was found looks into the [`table`] of all
//! routes. Nothing here knows an exchange or a handler. A program without routes does not link this
//! code.

pub mod decoded_path;
pub mod link;
pub mod query;
pub(crate) mod table;
