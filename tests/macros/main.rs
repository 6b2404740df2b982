//! What handlers written with `#[http_handler]` do.

mod agreement;
mod arguments;
mod commands;
mod errors;
mod hooks;

use bhrh::Handler;
use bhrh::testing::Response;

/// The answer to a request with any command.
fn request(handler: &dyn Handler, command: &str) -> Response {
    bhrh_tests::request(handler, command, "/", &[], b"")
}
