//! Helpers on top of an exchange: code that every handler would otherwise have to write itself.
//! Each helper is a file, in most cases an `impl Exchange`. Helpers use one another only where they
//! say so, and nothing in the lower layers uses them. A helper that needs other crates is behind a
//! feature.

#[cfg(not(all(
    feature = "auth",
    feature = "etag",
    feature = "forms",
    feature = "gzip",
    feature = "multipart",
    feature = "openapi",
    feature = "serde_json",
    feature = "websocket"
)))]
mod absent;
pub(crate) mod answers;
#[cfg(feature = "auth")]
pub(crate) mod auth;
pub(crate) mod cache_control;
mod conditions;
mod content_type;
pub(crate) mod cookies;
mod encodings;
pub(crate) mod etag;
pub(crate) mod events;
#[cfg(feature = "files")]
pub mod files;
#[cfg(feature = "forms")]
pub(crate) mod forms;
#[cfg(feature = "gzip")]
mod gzip;
pub mod inputs;
#[cfg(feature = "serde_json")]
pub(crate) mod json;
#[cfg(feature = "serde_json")]
mod json_objects;
#[cfg(feature = "serde_json")]
mod json_place;
#[cfg(feature = "multipart")]
pub(crate) mod multipart;
pub mod negotiate;
#[cfg(feature = "openapi")]
pub(crate) mod openapi;
pub(crate) mod reply;
#[cfg(feature = "websocket")]
pub mod websocket;
