//! What methods return as their answers, beside what `handler` knows.

pub(crate) mod content;
#[cfg(feature = "openapi")]
mod described;
pub(crate) mod redirect;
pub(crate) mod types;
