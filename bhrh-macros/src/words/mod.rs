//! The names and the little languages that the macro knows, as plain strings. Nothing here knows
//! Rust's syntax.

pub(crate) mod hooks;
pub(crate) mod http_methods;
pub(crate) mod page_format;
pub(crate) mod percent;
pub(crate) mod python_names;
pub(crate) mod spelling;
