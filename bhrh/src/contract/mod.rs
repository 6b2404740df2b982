//! What a handler's routes take and answer, as an OpenAPI document (feature `openapi`).
//!
//! [`Handler::describe`](crate::Handler::describe) of a block under `#[http_handler(openapi)]`
//! calls what is here. This module knows the shape of the document, but no handlers and no
//! exchanges.

pub(crate) mod answers;
pub(crate) mod api;
pub(crate) mod lookup;
pub(crate) mod operation;
mod schemas;
pub(crate) mod security;
