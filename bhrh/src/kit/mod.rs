//! Helpers on top of an exchange: what a handler could write itself, and everybody would. A file
//! each, most of them an `impl Exchange`; they know one another only where they say so, and nothing
//! below knows them. What brings crates along is behind a feature.

#[cfg(not(all(
    feature = "auth",
    feature = "forms",
    feature = "gzip",
    feature = "multipart",
    feature = "serde_json"
)))]
mod absent;
#[cfg(feature = "auth")]
pub(crate) mod auth;
mod conditions;
#[cfg(any(feature = "forms", feature = "multipart", feature = "serde_json"))]
mod content_type;
pub(crate) mod cookies;
pub(crate) mod events;
#[cfg(feature = "files")]
pub mod files;
#[cfg(feature = "forms")]
pub(crate) mod forms;
#[cfg(feature = "gzip")]
mod gzip;
#[cfg(feature = "serde_json")]
mod json;
#[cfg(feature = "multipart")]
pub(crate) mod multipart;
pub mod negotiate;
mod reply;
